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
    NoSpaceError,
    NotAllowedError,
    ObjectNotFoundError,
    ProcessEndedError,
    ReentrantCallError,
    ReplacedError,
    SharedObjectError,
    SilenceError,
    StaleError,
    SystemCallError,
    TextDecodeError,
    TextEncodeError,
    TornError,
    UnknownTagError,
    UnsupportedDTypeError,
    UnsupportedTypeError,
    WaitTimeoutError,
    WrongKindError,
)
from .holders import LockHolder
from .locks import ReadersLock, WriterLock
from .pose import Pose
from .readiness import async_wait_ready, signal_ready, wait_ready
from .room import Room, rows, with_length
from .segment import exists, unlink
from .shared_dynamic_object import SharedDynamicObject
from .shared_object import SharedObject
from .waiting import async_wait_all, async_wait_any, wait_all, wait_any

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
    "NoSpaceError",
    "NotAllowedError",
    "ObjectNotFoundError",
    "Pose",
    "ProcessEndedError",
    "ReadersLock",
    "ReentrantCallError",
    "ReplacedError",
    "Room",
    "SharedDynamicObject",
    "SharedObject",
    "SharedObjectError",
    "SilenceError",
    "StaleError",
    "SystemCallError",
    "TextDecodeError",
    "TextEncodeError",
    "TornError",
    "UnknownTagError",
    "UnsupportedDTypeError",
    "UnsupportedTypeError",
    "WaitTimeoutError",
    "WriterLock",
    "WrongKindError",
    "async_wait_all",
    "async_wait_any",
    "async_wait_ready",
    "exists",
    "rows",
    "signal_ready",
    "unlink",
    "wait_all",
    "wait_any",
    "wait_ready",
    "with_length",
]
