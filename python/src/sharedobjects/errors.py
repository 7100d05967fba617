"""Every exception this package raises on its own account.

Each one is a `SharedObjectError` and, besides, the builtin that callers of the older `real_robot` implementation (or of
Python in general) already catch in that situation, so that existing ``except BufferError`` code goes on working.
"""

from __future__ import annotations

import struct
from typing import Tuple

from .holders import LockHolder


class SharedObjectError(Exception):
    """Base class of all errors below."""


class InvalidNameError(SharedObjectError, ValueError):
    """The name can't be that of a file in the shared memory directory."""


class ObjectNotFoundError(SharedObjectError, FileNotFoundError):
    """There is no shared object of that name (to unlink)."""


class UnsupportedTypeError(SharedObjectError, TypeError):
    """The value is of a type that the wire format has no tag for (subclasses and numpy scalars count as such)."""


class UnsupportedDTypeError(UnsupportedTypeError, ValueError):
    """The array's dtype is none of the sixteen of the wire format."""


class IntRangeError(SharedObjectError, struct.error, OverflowError):
    """The int does not fit a signed 64-bit integer."""


class TextEncodeError(SharedObjectError, UnicodeEncodeError):
    """The str can't be UTF-8: it holds a lone surrogate."""


class TextDecodeError(SharedObjectError, UnicodeDecodeError):
    """The bytes of a str in the segment are not UTF-8."""


class MismatchError(SharedObjectError, BufferError):
    """The value's type, dtype, shape or items are not those that the object was made with."""


class WrongKindError(MismatchError):
    """The object is one for `SharedDynamicObject`, and was opened as an ordinary one; or the other way round."""


class CapacityError(MismatchError):
    """The text or bytes are longer than the object's capacity."""


class NestingError(SharedObjectError, ValueError, RecursionError):
    """Dicts nested deeper than `layout.MAX_DEPTH`, or a dict that contains itself."""


class NeverAssignedError(SharedObjectError, BufferError):
    """The object exists and has a type, but no value was ever assigned to it."""


class TornError(SharedObjectError, BufferError):
    """A writer died half-way through the value, or threw while changing it in place: it is part old, part new."""


class InvalidObjectError(SharedObjectError, ValueError):
    """The segment is not an object of this format: what it says about itself does not add up."""


class UnknownTagError(InvalidObjectError, IndexError):
    """A type tag or dtype index in the segment is none of this format's."""


class NotAllowedError(SharedObjectError, PermissionError):
    """The system does not let this user in, or more users take part in the object than the `mode` it was opened with lets."""


class SystemCallError(SharedObjectError, OSError):
    """The system refused to open or make the object; `errno` says why: a symbolic link, too many open files, and the like."""


class NoSpaceError(SharedObjectError, OSError):
    """Shared memory is full, or its limit reached: there is no room for an object, or for a longer value."""


class BeingMadeError(SharedObjectError, TimeoutError):
    """The segment exists, but whoever is making it did not finish in time."""


class LockTimeoutError(SharedObjectError, TimeoutError):
    """A lock was not to be had within the timeout.

    `holders` says who held it then (`LockHolder`s), as far as /proc/locks does: it is empty if the lock was let go just
    then, if its holder is in another PID namespace (a container), and if this process holds it by another thread's
    call on the same handle.
    """

    def __init__(self, message: str, holders: Tuple[LockHolder, ...] = ()) -> None:
        super().__init__(message)
        self.holders = holders


class ReentrantCallError(SharedObjectError, RuntimeError):
    """A handle was called from inside a function that this same handle is running."""


class ClosedError(SharedObjectError, OSError, ValueError):
    """The handle was closed."""


class WaitTimeoutError(SharedObjectError, TimeoutError):
    """What was waited for did not come within the timeout."""


class SilenceError(WaitTimeoutError):
    """A watched object had no new value for as long as its watcher allows."""


class StaleError(SharedObjectError, BufferError):
    """The value is older than the caller takes."""


class ReplacedError(SharedObjectError, FileExistsError):
    """A value can't be published again: another segment has its name now."""


class ProcessEndedError(SharedObjectError, ProcessLookupError):
    """The process ended before it said that it is ready."""
