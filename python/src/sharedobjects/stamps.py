"""The words by which peers tell each other of writes, and the steps of the lock-free read protocol on them.

It is Lamport's register with two stamps (1977). A writer stores mtime, then the data, then commit; a reader loads
commit, copies the data, loads mtime, and has a whole value if both are the same and not 0. Plain peers store mtime and
the data, but no commit: until somebody has made up for it under the lock (`Stamps.heal`), their values are read under
the lock.

**Single stores.** An item of a memoryview that was cast to "Q" is loaded and stored by one aligned 8-byte move
(memoryview.c: PACK_SINGLE and UNPACK_SINGLE are a memcpy of constant size), while struct.pack_into zeroes its target
first, which readers of other processes would see.

**Order.** Each step below is a bytecode of its own that goes through calls the compiler can't see through, so stores
happen in the order of the source. x86-64 makes them visible in this order, and loads too. What it does not promise:
  - a load after a store to another word may come first (`waiters` after `wake`: a lost wake-up);
  - memcpy of large blocks may use stores that are ordered with nothing.
`_fence` is for these. Other machines promise nothing, and CPython can't be made to: there, this package reads only
under the lock, and for peers who read without it, its writes are those of a plain Python process.
"""

from __future__ import annotations

import time
from _thread import allocate_lock
from typing import Optional, Tuple

from .futex import MACHINE, Word, futex
from .layout import (
    MTIME_OFFSET,
    MTIME_SIZE,
    TRAILER_COMMIT_OFFSET,
    TRAILER_SCHEMA_HASH_OFFSET,
    TRAILER_SIZE,
    TRAILER_WAITERS_OFFSET,
    TRAILER_WAKE_OFFSET,
    TRAILER_WRITING_OFFSET,
    has_trailer,
    trailer_offset,
)

ORDERED = MACHINE == "x86_64"
"""Whether this machine keeps the order of loads and of stores, and has 8-byte ones."""

_DAY_NS = 24 * 60 * 60 * 10**9

# Indices into the trailer as u64 and as u32.
_WRITING = TRAILER_WRITING_OFFSET // 8
_COMMIT = TRAILER_COMMIT_OFFSET // 8
_SCHEMA_HASH = TRAILER_SCHEMA_HASH_OFFSET // 8
_WAKE = TRAILER_WAKE_OFFSET // 4
_WAITERS = TRAILER_WAITERS_OFFSET // 4
_U32_MAX = 2**32 - 1


def next_stamp(*in_use: int) -> int:
    """A stamp for a write over ones that are in use: now, but another one than those, and later.

    Also where the clock was set back. A stamp of more than a day ahead is garbage, or hostile: it is not followed, as
    following it could overflow.
    """
    now = stamp = time.time_ns()
    for other in in_use:
        if stamp <= other <= now + _DAY_NS:
            stamp = other + 1
    while stamp in in_use:  # one that is garbage may still be what the steps above have arrived at
        stamp += 1
    return stamp


def _fence() -> None:
    """On x86-64, a full memory fence: all stores before it are visible before any load or store after it happens.

    CPython has no fence to call, but taking a lock that is free is an atomic compare-and-swap: up to 3.12,
    lock_PyThread_acquire_lock tries PyThread_acquire_lock_timed(lock, 0, 0), which is sem_trywait, in glibc and musl a
    compare-and-swap; from 3.13 on, PyMutex_Lock is one itself. On x86-64 that is a LOCK CMPXCHG, and no load or store
    passes a locked instruction (Intel SDM 3A, 8.2.2). A lock of its own for each time, so that there is none that a
    signal handler or a fork could leave taken; 0.1 us.

    On arm64 this is not one: taking a lock keeps later accesses from coming earlier, but not earlier ones from coming
    later.
    """
    allocate_lock().acquire()


class Stamps:
    """mtime and, if the object has one, the trailer of this version."""

    __slots__ = ("mtime", "words", "_halves", "_futex_words")

    def __init__(self, buf: memoryview, object_size: int) -> None:
        """
        :param buf: the whole segment, mapped (words are at multiples of their size, as mappings begin at a page).
        :param object_size: the `buf_size` of the object in it.
        """
        self.mtime = buf[MTIME_OFFSET : MTIME_OFFSET + MTIME_SIZE].cast("Q")  # of one item
        self.words: Optional[memoryview] = None  # the trailer as u64
        self._futex_words: Optional[Tuple[Word, Word]] = None
        if has_trailer(buf, object_size):
            start = trailer_offset(object_size)
            trailer = buf[start : start + TRAILER_SIZE]
            self.words = trailer.cast("Q")
            self._halves = trailer.cast("I")

    @property
    def has_trailer(self) -> bool:
        return self.words is not None

    @property
    def writing(self) -> int:
        """The stamp of a write that has begun and not ended, or 0. Under the lock: of one that never will."""
        return 0 if self.words is None else self.words[_WRITING]

    @property
    def schema_hash(self) -> int:
        """Of the C# schema that made the object; 0 if none did."""
        return 0 if self.words is None else self.words[_SCHEMA_HASH]

    # ---- looking -------------------------------------------------------------------------------------------------

    def is_news(self, seen: int, refused: int = 0) -> bool:
        """Whether there is something else than what was seen. Without the lock.

        :param refused: the stamp of a value that was found torn: no news until somebody declares it whole.
        """
        stamp = self.mtime[0]
        # 0 is either "never assigned" or the instant in which a real_robot writer is storing a stamp (it zeroes first).
        # Different, not greater: the clock may have been set back.
        return stamp != 0 and stamp != seen and (stamp != refused or self.writing == 0)

    # ---- reading without the lock --------------------------------------------------------------------------------

    def begin_read(self) -> int:
        """The stamp to read under; 0 if what is there can only be read under the lock. Only where ORDERED."""
        return 0 if self.words is None else self.words[_COMMIT]

    def end_read(self, stamp: int) -> bool:
        """Whether all that was copied since `begin_read` was one whole value."""
        return self.mtime[0] == stamp

    # ---- under the lock ------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """Make up for the commit that the last writer did not store. Only if `writing` is 0."""
        if self.words is not None:
            mtime = self.mtime[0]
            if mtime != 0 and self.words[_COMMIT] != mtime:
                self.words[_COMMIT] = mtime

    def end_torn(self) -> None:
        """Declare that the torn value is whole again."""
        if self.words is not None:
            self.words[_WRITING] = 0

    # ---- under the writer lock -----------------------------------------------------------------------------------

    def next(self, seen: int) -> int:
        """The stamp of the next write: unique, as a reader takes two that are equal for the same write."""
        if self.words is None:
            return next_stamp(self.mtime[0], seen)
        return next_stamp(self.mtime[0], self.words[_COMMIT], self.words[_WRITING], seen)

    def begin_write(self, stamp: int) -> None:
        """What is stored from now on is not part of the old value: until `end_write`, it is torn."""
        self.mtime[0] = stamp  # before the data: whoever sees a byte of it sees this too
        if self.words is not None:
            # After mtime. The other way round, a death between the two would leave a value that is whole to readers
            # without the lock, and torn to those who take it.
            self.words[_WRITING] = stamp
            _fence()

    def end_write(self, stamp: int) -> None:
        """The data is complete."""
        if self.words is not None:
            _fence()
            self.words[_WRITING] = 0
            self.words[_COMMIT] = stamp
            self._wake()

    def trigger(self, stamp: int) -> None:
        """A new stamp for the value that is there."""
        self.mtime[0] = stamp
        if self.words is not None:
            if self.words[_WRITING] == 0:
                self.words[_COMMIT] = stamp  # else the value is torn, and stays so
            self._wake()

    def _wake(self) -> None:
        halves = self._halves
        halves[_WAKE] = halves[_WAKE] + 1 & _U32_MAX
        if ORDERED:
            _fence()  # the count must not be read before the new word can be seen
            if halves[_WAITERS] == 0:
                return
        # Elsewhere without a look at the count, which there is no fence for: the kernel has one of its own.
        self._futex_wake()

    def _futex_wake(self) -> None:
        words = self.futex_words()
        calls = futex()
        if words is not None and calls is not None:
            calls.wake_all(words[0])

    # ---- waiting -------------------------------------------------------------------------------------------------

    @property
    def wake(self) -> int:
        """What `wake` is, which a waiter reads before it looks for news; 0 without a trailer."""
        return 0 if self.words is None else self._halves[_WAKE]

    def futex_words(self) -> Optional[Tuple[Word, Word]]:
        """`wake`, to sleep on, and `waiters`, to be counted in; None without a trailer or a way to the system calls."""
        if self._futex_words is None and self.words is not None:
            calls = futex()
            if calls is not None:
                memory = self._halves.cast("B")
                self._futex_words = (
                    calls.word(memory, TRAILER_WAKE_OFFSET),
                    calls.word(memory, TRAILER_WAITERS_OFFSET),
                )
        return self._futex_words
