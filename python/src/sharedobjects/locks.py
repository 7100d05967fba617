"""Locks: `flock` between processes, and one call at a time between the threads that share a handle.

`flock` belongs to the open file description, so it excludes other processes and other handles, but not two threads on
one descriptor: the second call would only convert the first one's lock. Hence `CallLock`.

A signal handler may raise (Ctrl-C does) between any two steps of Python code, and no lock may stay behind. CPython runs
handlers when a call returns and when a Python function begins, not before a call of a C function. So `locked` and
`CallLock.run` acquire *inside* their try, and the first thing that their finally calls is the C function that releases.
A context manager written in Python can't be as safe: its __exit__ may be interrupted before its first line.
"""

from __future__ import annotations

import errno
import fcntl
import math
import threading
import time
from typing import Any, Callable, Optional, TypeVar

from .errors import LockTimeoutError, ReentrantCallError
from .holders import lock_holders

_R = TypeVar("_R")

# There is no flock with a timeout; a waiter with one asks again at these intervals (seconds), doubling.
_FIRST_PAUSE = 0.00002
_LONGEST_PAUSE = 0.002


def shorter(one: Optional[float], other: Optional[float]) -> Optional[float]:
    """The shorter of two timeouts in seconds; None has no end."""
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def locked(
    fd: int,
    operation: int,
    timeout: Optional[float],
    name: str,
    body: Callable[..., _R],
    *args: Any,
    is_given_up: Optional[Callable[[], bool]] = None,
) -> _R:
    """What `body(*args)` returns, run under a `flock` that is released whatever happens.

    :param operation: fcntl.LOCK_SH or fcntl.LOCK_EX.
    :param timeout: seconds to wait; None waits for ever, 0 tries once.
    :param name: the object's, for messages.
    :param is_given_up: asked while it waits; then it stops as if the time were over.
    :raises LockTimeoutError: it was not free within the timeout.
    """
    try:
        acquire(fd, operation, timeout, name, is_given_up)
        return body(*args)
    finally:
        fcntl.flock(fd, fcntl.LOCK_UN)


def locked_if_free(fd: int, operation: int, body: Callable[..., _R], *args: Any) -> _R:
    """The same, without waiting, and without finding out who is in the way.

    :raises BlockingIOError: it is not free.
    """
    try:
        fcntl.flock(fd, operation | fcntl.LOCK_NB)
        return body(*args)
    finally:
        fcntl.flock(fd, fcntl.LOCK_UN)


def acquire(
    fd: int, operation: int, timeout: Optional[float], name: str, is_given_up: Optional[Callable[[], bool]] = None
) -> None:
    """Take a `flock`; parameters and errors as for `locked`."""
    if timeout is None:
        if is_given_up is None:
            fcntl.flock(fd, operation)
            return
        timeout = math.inf
    deadline = time.monotonic() + timeout
    pause = _FIRST_PAUSE
    while True:
        try:
            fcntl.flock(fd, operation | fcntl.LOCK_NB)
            return
        except OSError as e:
            if e.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
        left = deadline - time.monotonic()
        if not left > 0 or is_given_up is not None and is_given_up():  # NaN: at once
            raise _timeout_error(fd, operation, timeout, name)
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


def _timeout_error(fd: int, operation: int, timeout: float, name: str) -> LockTimeoutError:
    kind = "writer" if operation == fcntl.LOCK_EX else "readers"
    holders = lock_holders(fd)
    who = "Nobody is seen to hold it: it was let go just now, or its holder is in another container."
    if holders:
        who = f"It is held by {', '.join(map(str, holders))}."
    return LockTimeoutError(
        f"SharedObject {name!r}: no {kind} lock within {timeout:.3g} s. {who} A long fetch(fn) keeps it for so long, and a "
        "plain real_robot process in which something raised inside fetch until it exits.",
        holders,
    )


class _FileLock:
    """A `flock` of one mode on one descriptor, as a context manager. Not for two threads at once."""

    _operation: int

    def __init__(self, fd: int, timeout: Optional[float] = None, *, name: str = "") -> None:
        """
        :param fd: an open descriptor of the segment.
        :param timeout: seconds to wait; None waits for ever (but Ctrl-C ends it), 0 tries once.
        :param name: the object's, for messages.
        """
        self._fd = fd
        self._timeout = timeout
        self._name = name

    def acquire(self) -> None:
        """Take the lock.

        :raises LockTimeoutError: it was not free within the timeout.
        """
        try:
            acquire(self._fd, self._operation, self._timeout, self._name)
        except BaseException:
            fcntl.flock(self._fd, fcntl.LOCK_UN)  # a signal handler may have raised after the kernel granted it
            raise

    def release(self) -> None:
        """Let the lock go; harmless if it is not held."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def __enter__(self):  # type: ignore[no-untyped-def]
        self.acquire()
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()


class ReadersLock(_FileLock):
    """Shared: any number of readers, no writer."""

    _operation = fcntl.LOCK_SH


class WriterLock(_FileLock):
    """Exclusive: one writer, no reader."""

    _operation = fcntl.LOCK_EX


class CallLock:
    """Lets one thread at a time into a handle, and refuses a thread that is already inside."""

    __slots__ = ("_lock", "name", "timeout")

    def __init__(self, name: str, timeout: Optional[float] = None) -> None:
        # Never entered twice; it is an RLock because that knows its owner, and its release fails for anyone else.
        self._lock = threading.RLock()
        self.name = name
        self.timeout = timeout

    def run(self, body: Callable[..., _R], *args: Any, within: Optional[float] = None) -> _R:
        """What `body(*args)` returns.

        :param within: seconds, where the call has less time than the timeout.
        :raises ReentrantCallError: this thread is inside already.
        :raises LockTimeoutError: another thread was inside for longer than the timeout.
        """
        lock = self._lock
        if lock._is_owned():  # type: ignore[attr-defined]  # as threading.Condition does
            raise self._reentrant_call()
        try:
            timeout = self.timeout if within is None else shorter(self.timeout, within)
            # acquire refuses what is longer and what is negative, but for -1, which has no end there.
            is_endless = timeout is None or timeout > threading.TIMEOUT_MAX
            if not lock.acquire(timeout=-1 if is_endless else max(0, timeout)):
                raise LockTimeoutError(
                    f"SharedObject {self.name!r}: another thread was still inside a call on this handle after "
                    f"{timeout} s. Give each thread a handle of its own, or a longer lock_timeout."
                )
            return body(*args)
        finally:
            try:
                lock.release()
            except RuntimeError:
                pass  # not acquired

    def refuse_inside(self) -> None:
        """
        :raises ReentrantCallError: this thread is inside.
        """
        if self._lock._is_owned():  # type: ignore[attr-defined]
            raise self._reentrant_call()

    def _reentrant_call(self) -> ReentrantCallError:
        return ReentrantCallError(
            f"SharedObject {self.name!r} was called from inside a function that this same handle is running (the fn of "
            "a fetch, or a signal handler): it would wait for itself. Return the value from fn and go on after the "
            "fetch."
        )
