"""A rigid transform as it goes over the wire: position and quaternion, float32."""

from __future__ import annotations

import sys
from typing import Any, Optional, Tuple

import numpy as np

from .layout import POSE_COUNT, POSE_DTYPE

_P_COUNT = 3


def _part(value: Any, count: int, name: str) -> np.ndarray:
    array = np.array(value, dtype=POSE_DTYPE)
    if array.shape != (count,):
        raise ValueError(f"Pose.{name} must have shape ({count},), not {array.shape}")
    array.setflags(write=False)
    return array


class Pose:
    """Position `p`, shape (3,), and rotation `q`, shape (4,), a quaternion in the order **w x y z**; both float32.

    The unit of `p` is the application's (metres, by custom). `q` is taken as it is: neither checked nor normalised.
    A Pose does not change after it is made (`p` and `q` are read-only arrays), so it can be a dict key. Two are equal
    if all seven numbers are.

    :raises ValueError: `p` or `q` has another shape.
    """

    __slots__ = ("_p", "_q")

    def __init__(self, p: Any = (0, 0, 0), q: Any = (1, 0, 0, 0)) -> None:
        self._p = _part(p, _P_COUNT, "p")
        self._q = _part(q, POSE_COUNT - _P_COUNT, "q")

    @property
    def p(self) -> np.ndarray:
        """x, y, z."""
        return self._p

    @property
    def q(self) -> np.ndarray:
        """w, x, y, z."""
        return self._q

    @classmethod
    def from_wire(cls, raw: bytes) -> "Pose":
        """From the 28 bytes of the wire; every bit of the floats is kept."""
        numbers = np.frombuffer(raw, POSE_DTYPE, POSE_COUNT)
        return cls(numbers[:_P_COUNT], numbers[_P_COUNT:])

    def to_wire(self) -> bytes:
        """The 28 bytes of the wire."""
        return self._p.tobytes() + self._q.tobytes()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pose):
            return NotImplemented
        return np.array_equal(self._p, other._p) and np.array_equal(self._q, other._q)

    def __hash__(self) -> int:
        # -0.0 + 0.0 is 0.0: what is equal must hash the same.
        return hash(((self._p + 0.0).tobytes(), (self._q + 0.0).tobytes()))

    def __reduce__(self) -> Tuple[Any, ...]:
        return Pose.from_wire, (self.to_wire(),)

    def __repr__(self) -> str:
        return f"Pose(p={self._p.tolist()}, q={self._q.tolist()})"


def as_pose(value: Any) -> Optional[Pose]:
    """The value as a Pose, if it is exactly one or exactly a `sapien.Pose`; else None.

    sapien is looked up among the loaded modules and never imported: no object can be of its type before it is loaded.
    """
    if type(value) is Pose:
        return value
    sapien_pose = getattr(sys.modules.get("sapien"), "Pose", None)
    if sapien_pose is not None and type(value) is sapien_pose:
        return Pose(value.p, value.q)
    return None
