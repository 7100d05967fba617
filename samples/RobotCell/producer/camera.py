"""The depth camera's driver process: 30 frames a second of what it sees of the arm, whose joints it reads from there."""

from __future__ import annotations

import argparse
import time

from kinematics import Arm
from lifecycle import Ending, OwnedObjects, Pace
from scene import INTRINSICS, Scene

from sharedobjects import SharedObject

RATE = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--lifetime", type=float, required=True, help="seconds after which it ends by itself")
    options = parser.parse_args()
    prefix, cam = options.prefix, f"{options.prefix}_cam0"

    ending = Ending(options.lifetime)
    start, join = SharedObject(f"start_{prefix}"), SharedObject(f"join_{prefix}")
    sync = SharedObject(f"sync_{cam}")

    arm, scene = Arm(), Scene()
    frame, syncs = 0, 0

    def info() -> dict:
        # The items and their order are those of the C# record CameraInfo.
        return {"timestamp": time.time_ns(), "frame": frame, "syncs": syncs, "rate": float(RATE)}

    with OwnedObjects() as objects:
        objects.make(f"{cam}_intr", INTRINSICS)
        color_object = objects.make(f"{cam}_color", scene.color)
        depth_object = objects.make(f"{cam}_depth", scene.depth)
        info_object = objects.make(f"{cam}_info", info())

        while not start.triggered:
            if ending.due or join.triggered:
                return
            time.sleep(0.005)

        # Not before: without data, SharedObject would make a trigger of this name if the arm were not up yet.
        qpos_object = SharedObject(f"{prefix}_qpos")
        pace = Pace(RATE)
        while not ending.due and not join.triggered:
            frame += 1
            scene.draw(arm.move_to(qpos_object.fetch()), time.monotonic(), frame)
            color_object.assign(scene.color)
            depth_object.assign(scene.depth)
            # Last: whoever sees this frame's number finds its images.
            info_object.assign(info())
            pace.wait()
            if sync.triggered:
                # The next frame is one that was begun after the request.
                syncs += 1


if __name__ == "__main__":
    main()
