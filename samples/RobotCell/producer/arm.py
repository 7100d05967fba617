"""The arm's driver process: publishes the joint state at 1 kHz and obeys the command object that C# writes."""

from __future__ import annotations

import argparse
import time

import numpy as np
from kinematics import HOME, Arm, quaternion
from lifecycle import Ending, OwnedObjects, Pace

from sharedobjects import Pose, SharedObject

RATE = 1000

# How far each joint swings (rad), and how often for one turn of the phase. No two of the rates have a small common
# period, so that the pictures of two runs differ.
_SWING = np.array([0.8, 0.2, 0.2, 0.22, 0.35, 0.25, 1.4])
_TURNS = np.array([1.0, 1.31, 0.73, 1.57, 0.89, 1.13, 1.93]) * 1.3

_FRICTION = 0.6  # N m for each rad/s
_SPEED_CHANGE = 5.0  # of the speed factor, in each second: 0.2 s from full speed to a stop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--lifetime", type=float, required=True, help="seconds after which it ends by itself")
    parser.add_argument("--seed", type=int, required=True, help="where the motion begins")
    options = parser.parse_args()
    prefix = options.prefix

    ending = Ending(options.lifetime)
    # Triggers and the command come first: whoever sees our own objects may use them at once.
    start, join = SharedObject(f"start_{prefix}"), SharedObject(f"join_{prefix}")
    command_object = SharedObject(f"{prefix}_command")

    arm = Arm()
    offsets = np.random.default_rng(options.seed).uniform(0, 2 * np.pi, 7)
    phase, speed = 0.0, 0.0
    command = command_object.fetch()
    qpos, qvel = HOME + _SWING * np.sin(offsets), np.zeros(7)
    sequence, mode = 0, "waiting"

    def read_tcp() -> Pose:
        tool = arm.frames[7]
        return Pose(tool[:3, 3], quaternion(tool[:3, :3]))

    arm.move_to(qpos)
    qf, tcp = arm.holding_torques(), read_tcp()

    def state() -> dict:
        # The items and their order are those of the C# record ArmState.
        return {
            "timestamp": time.time_ns(),
            "sequence": sequence,
            "command": command["sequence"],
            "mode": mode,
            "ok": True,
            "speed": speed,
            "tcp": tcp,
            "qpos": qpos,
            "qvel": qvel,
            "qf": qf,
        }

    with OwnedObjects() as objects:
        qpos_object = objects.make(f"{prefix}_qpos", qpos)
        qvel_object = objects.make(f"{prefix}_qvel", qvel)
        qf_object = objects.make(f"{prefix}_qf", qf)
        tcp_object = objects.make(f"{prefix}_tcp_pose", tcp)
        state_object = objects.make(f"{prefix}_state", state())

        while not start.triggered:
            if ending.due or join.triggered:
                return
            time.sleep(0.005)

        pace = Pace(RATE)
        while ending.reason is None and not join.triggered:
            if command_object.modified:
                command = command_object.fetch()
            wanted = command["speed"] if command["motion"] else 0.0
            change = _SPEED_CHANGE * pace.period
            speed += min(max(wanted - speed, -change), change)
            phase += speed * pace.period
            mode = "moving" if speed == wanted != 0 else "stopped" if speed == wanted else "changing speed"

            angle = _TURNS * phase + offsets
            qpos = HOME + _SWING * np.sin(angle)
            qvel = _SWING * _TURNS * speed * np.cos(angle)
            arm.move_to(qpos)
            qf = arm.holding_torques() + _FRICTION * qvel
            tcp = read_tcp()
            sequence += 1

            # The whole state last: a reader who knows its stamp knows which step the others are of.
            qpos_object.assign(qpos)
            qvel_object.assign(qvel)
            qf_object.assign(qf)
            tcp_object.assign(tcp)
            state_object.assign(state())

            if sequence % 50 == 0 and ending.due:
                break
            pace.wait()


if __name__ == "__main__":
    main()
