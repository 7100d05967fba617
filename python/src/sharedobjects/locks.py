"""Locks: `flock` between processes, and one call at a time between the threads that share a handle.

`flock` belongs to the open file description, so it excludes other processes and other handles, but not two threads on
one descriptor: the second call would only convert the first one's lock. Hence `CallLock`.
"""

from __future__ import annotations

import errno
import fcntl
import threading
import time
from typing import Optional

from .errors import LockTimeoutError, ReentrantCallError

# There is no flock with a timeout; a waiter with one asks again at these intervals (seconds), doubling.
_FIRST_PAUSE = 0.00002
_LONGEST_PAUSE = 0.002


class _FileLock:
    """A `flock` of one mode on one descriptor, as a context manager. Not for two threads at once."""

    _operation: int
    _kind: str

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
            if self._timeout is None:
                fcntl.flock(self._fd, self._operation)
            else:
                self._poll(self._timeout)
        except BaseException:
            # A signal handler may have raised after the kernel granted the lock and before anyone could remember it.
            self.release()
            raise

    def _poll(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while True:
            try:
                fcntl.flock(self._fd, self._operation | fcntl.LOCK_NB)
                return
            except OSError as e:
                if e.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    raise
            left = deadline - time.monotonic()
            if left <= 0:
                raise LockTimeoutError(
                    f"SharedObject {self._name!r}: no {self._kind} lock within {timeout} s. Another process or handle holds "
                    "its lock: a long fetch(fn), or a plain real_robot process in which something raised inside fetch "
                    "(it keeps the lock until it exits). `lslocks` names it."
                )
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)

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
    _kind = "readers"


class WriterLock(_FileLock):
    """Exclusive: one writer, no reader."""

    _operation = fcntl.LOCK_EX
    _kind = "writer"


class CallLock:
    """Lets one thread at a time into a handle, and refuses a thread that is already inside."""

    __slots__ = ("_lock", "_owner", "name", "timeout")

    def __init__(self, name: str, timeout: Optional[float] = None) -> None:
        self._lock = threading.Lock()
        self._owner = 0  # thread ident; no thread has 0
        self.name = name
        self.timeout = timeout

    def __enter__(self) -> None:
        # Only this thread could have stored its own ident, so an unlocked look is enough.
        if self._owner == threading.get_ident():
            raise ReentrantCallError(
                f"SharedObject {self.name!r} was called from inside a function that this same handle is running (the fn "
                "of a fetch, or a signal handler): it would wait for itself. Return the value from fn and go on after "
                "the fetch."
            )
        if not self._lock.acquire(timeout=-1 if self.timeout is None else self.timeout):
            raise LockTimeoutError(
                f"SharedObject {self.name!r}: another thread was still inside a call on this handle after "
                f"{self.timeout} s. Give each thread a handle of its own, or a longer lock_timeout."
            )
        self._owner = threading.get_ident()

    def __exit__(self, *exc: object) -> None:
        self._owner = 0
        self._lock.release()
