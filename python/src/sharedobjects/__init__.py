"""Live typed values that processes share through POSIX shared memory, by name.

    >>> from sharedobjects import SharedObject, Pose
    >>> so = SharedObject("tcp", data=Pose([0.1, 0.2, 0.3]))
    >>> so.assign(Pose([0.1, 0.2, 0.4])).trigger()
    >>> so.fetch().p

Peers are the C# library of the same project and `real_robot`'s SharedObject; the format is theirs.
"""

from .errors import (
    BeingMadeError,
    CapacityError,
    ClosedError,
    IntRangeError,
    InvalidNameError,
    InvalidObjectError,
    LockTimeoutError,
    MismatchError,
    NestingError,
    NeverAssignedError,
    NotAllowedError,
    ObjectNotFoundError,
    ReentrantCallError,
    SharedObjectError,
    TextDecodeError,
    TextEncodeError,
    TornError,
    UnknownTagError,
    UnsupportedDTypeError,
    UnsupportedTypeError,
)
from .holders import LockHolder
from .locks import ReadersLock, WriterLock
from .pose import Pose
from .room import Room, rows, with_length
from .segment import unlink
from .shared_object import SharedObject

__version__ = "0.1.0"

__all__ = [
    "BeingMadeError",
    "CapacityError",
    "ClosedError",
    "IntRangeError",
    "InvalidNameError",
    "InvalidObjectError",
    "LockHolder",
    "LockTimeoutError",
    "MismatchError",
    "NestingError",
    "NeverAssignedError",
    "NotAllowedError",
    "ObjectNotFoundError",
    "Pose",
    "ReadersLock",
    "ReentrantCallError",
    "Room",
    "SharedObject",
    "SharedObjectError",
    "TextDecodeError",
    "TextEncodeError",
    "TornError",
    "UnknownTagError",
    "UnsupportedDTypeError",
    "UnsupportedTypeError",
    "WriterLock",
    "rows",
    "unlink",
    "with_length",
]
