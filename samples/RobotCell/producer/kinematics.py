"""Forward kinematics and static torques of a 7-joint arm, in numpy calls that are cheap enough for 1 kHz."""

from __future__ import annotations

from typing import Tuple

import numpy as np

# Modified Denavit-Hartenberg parameters of an arm of 0.7 m reach: a (m), alpha (rad), d (m) for each joint.
_HALF = np.pi / 2
_A = np.array([0.0, 0.0, 0.0, 0.0525, 0.0775, 0.0, 0.076])
_ALPHA = np.array([0.0, -_HALF, _HALF, _HALF, _HALF, _HALF, -_HALF])
_D = np.array([0.267, 0.0, 0.293, 0.0, 0.3425, 0.0, 0.097])
_COS_ALPHA, _SIN_ALPHA = np.cos(_ALPHA), np.sin(_ALPHA)

# From the flange to the point between the finger tips.
TOOL_LENGTH = 0.14

# Masses (kg) that the links' far ends stand for.
_MASS = np.array([2.4, 1.9, 1.7, 1.6, 1.2, 0.9, 0.8])
_GRAVITY = 9.81

# The gripper over the table, pointing down.
HOME = np.array([0.1, -0.1, 0.0, 1.2, 0.0, 1.25, 0.0])


class Arm:
    """Keeps its buffers: no allocation of more than a few small arrays a step."""

    def __init__(self) -> None:
        self._steps = np.zeros((7, 4, 4))
        self._steps[:, 0, 3] = _A
        self._steps[:, 1, 2] = -_SIN_ALPHA
        self._steps[:, 1, 3] = -_SIN_ALPHA * _D
        self._steps[:, 2, 2] = _COS_ALPHA
        self._steps[:, 2, 3] = _COS_ALPHA * _D
        self._steps[:, 3, 3] = 1.0
        self.frames = np.zeros((8, 4, 4))  # base_T_joint for each joint, then base_T_tcp
        self._tool = np.eye(4)
        self._tool[2, 3] = TOOL_LENGTH

    def move_to(self, qpos: np.ndarray) -> np.ndarray:
        """The frames of the seven joints and of the tool, seen from the base: (8, 4, 4), valid until the next call."""
        cos, sin = np.cos(qpos), np.sin(qpos)
        steps = self._steps
        steps[:, 0, 0] = cos
        steps[:, 0, 1] = -sin
        steps[:, 1, 0] = sin * _COS_ALPHA
        steps[:, 1, 1] = cos * _COS_ALPHA
        steps[:, 2, 0] = sin * _SIN_ALPHA
        steps[:, 2, 1] = cos * _SIN_ALPHA
        frames = self.frames
        frames[0] = steps[0]
        for i in range(1, 7):
            np.matmul(frames[i - 1], steps[i], out=frames[i])
        np.matmul(frames[6], self._tool, out=frames[7])
        return frames

    def holding_torques(self) -> np.ndarray:
        """What the motors need against gravity where `move_to` left the arm (N m)."""
        # About each joint's axis z through p: the weight of everything that it carries.
        z, p, ends = self.frames[:7, :3, 2], self.frames[:7, :3, 3], self.frames[1:, :3, 3]
        carried = np.cumsum(_MASS[::-1])[::-1]
        moment = np.cumsum((_MASS[:, None] * ends)[::-1], axis=0)[::-1]
        lever = moment - carried[:, None] * p
        # lever x (0, 0, g), projected on z: written out, as np.cross takes longer than all of the rest.
        return _GRAVITY * (z[:, 0] * lever[:, 1] - z[:, 1] * lever[:, 0])


def quaternion(rotation: np.ndarray) -> Tuple[float, float, float, float]:
    """w x y z of a rotation matrix; the largest of the four is found first and divided by (no loss of digits)."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rotation.tolist()
    trace = xx + yy + zz
    if trace > 0:
        s = 2 * (trace + 1) ** 0.5
        return s / 4, (zy - yz) / s, (xz - zx) / s, (yx - xy) / s
    if xx >= yy and xx >= zz:
        s = 2 * (1 + xx - yy - zz) ** 0.5
        return (zy - yz) / s, s / 4, (xy + yx) / s, (xz + zx) / s
    if yy >= zz:
        s = 2 * (1 + yy - xx - zz) ** 0.5
        return (xz - zx) / s, (xy + yx) / s, s / 4, (yz + zy) / s
    s = 2 * (1 + zz - xx - yy) ** 0.5
    return (yx - xy) / s, (xz + zx) / s, (yz + zy) / s, s / 4
