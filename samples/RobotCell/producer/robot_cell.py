"""Starts the processes of the cell, an arm and a camera, and ends them all when one ends.

    PYTHONPATH=python/src python3 samples/RobotCell/producer/robot_cell.py --prefix cell

The objects are <prefix>_qpos, _qvel, _qf, _tcp_pose, _state of the arm and <prefix>_cam0_color, _depth, _intr, _info of
the camera. Trigger start_<prefix> once they are all there; assign <prefix>_command; trigger sync_<prefix>_cam0 for a frame that
is begun after it; trigger join_<prefix> for the end.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict

try:
    from lifecycle import Ending, OwnedObjects

    from sharedobjects import unlink
except ModuleNotFoundError as error:
    # The first thing that most people meet; a traceback would only hide what to do.
    sys.exit(
        f"robot_cell: {error} in {sys.executable}. It needs numpy (Debian, Ubuntu: apt-get install python3-numpy) and "
        "sharedobjects (PYTHONPATH=python/src); or use a Python that has them."
    )

_HERE = Path(__file__).resolve().parent

ARM_OBJECTS = ("qpos", "qvel", "qf", "tcp_pose", "state")
CAMERA_OBJECTS = ("cam0_intr", "cam0_color", "cam0_depth", "cam0_info")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", required=True, help="first part of the objects' names: cells with different ones don't meet")
    parser.add_argument("--lifetime", type=float, default=120, help="seconds after which the cell ends by itself (%(default)s)")
    parser.add_argument("--seed", type=int, default=time.time_ns() & 0xFFFFFFFF, help="where the arm's motion begins")
    options = parser.parse_args()
    prefix = options.prefix

    ending = Ending(options.lifetime)
    with OwnedObjects() as objects:
        for name in (f"start_{prefix}", f"join_{prefix}", f"sync_{prefix}_cam0"):
            objects.make(name)
        # The items and their order are those of the C# record ArmCommand.
        objects.make(f"{prefix}_command", {"sequence": 0, "motion": True, "speed": 1.0})

        common = ["--prefix", prefix, "--lifetime", str(options.lifetime)]
        processes = {"arm": _start("arm.py", *common, "--seed", str(options.seed)), "camera": _start("camera.py", *common)}
        try:
            return _watch(processes, ending)
        finally:
            _end(processes)
            # Each has removed its own; this is for one that was killed.
            for name in ARM_OBJECTS + CAMERA_OBJECTS:
                unlink(f"{prefix}_{name}", missing_ok=True)


def _start(script: str, *arguments: str) -> subprocess.Popen:
    # Small matrices only: the threads that BLAS would start cost more than they do.
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    return subprocess.Popen([sys.executable, str(_HERE / script), *arguments], env=environment)


def _watch(processes: Dict[str, subprocess.Popen], ending: Ending) -> int:
    """Until both have ended (the join trigger: 0), one has failed (1), or this process is to end."""
    while True:
        codes = {name: process.poll() for name, process in processes.items()}
        failed = {name: code for name, code in codes.items() if code not in (None, 0)}
        if failed:
            for name, code in failed.items():
                _say(f"the {name} process ended with code {code}")
            return 1
        if all(code == 0 for code in codes.values()):
            return 0
        if ending.due:
            _say(f"ending: {ending.reason}")
            return 0
        time.sleep(0.02)


def _end(processes: Dict[str, subprocess.Popen]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    for process in processes.values():
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _say(message: str) -> None:
    try:
        print(f"robot_cell: {message}", file=sys.stderr, flush=True)
    except OSError:
        pass  # the reader of our stderr is what has ended; the cleaning up must go on


if __name__ == "__main__":
    sys.exit(main())
