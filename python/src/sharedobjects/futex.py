"""futex(2) on words of shared memory: to wake, to sleep, and to count who sleeps.

Python has no call for it, so this goes through ctypes and libc's `syscall`. ctypes lets other threads run meanwhile,
and a signal ends a sleep (EINTR), after which the interpreter runs its handlers.

**Counting.** Several processes change `waiters` at once, C# ones by a locked instruction. CPython has none for shared
memory, but the kernel does one for whoever asks: FUTEX_WAKE_OP changes a word atomically (on x86-64 by LOCK XADD, on
arm64 by an exclusive pair and a barrier) before it looks for sleepers to wake, and has been there since Linux 2.6.14.
Nobody ever sleeps on `waiters` itself, so that is all it does. libatomic would have the instruction too, but many
machines that run Python don't have libatomic.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections import deque
from functools import partial
from itertools import repeat
from typing import Any, Callable, List, Optional, Sequence

MACHINE = os.uname().machine if sys.maxsize > 2**32 else "32 bit"

_NUMBERS = {"x86_64": 202, "aarch64": 98}  # of futex
_WAITV = 449  # futex_waitv's number, on all machines; Linux 5.16 and later

_WAIT = 0
_WAKE = 1
_WAKE_OP = 5
_PRIVATE = 128
_ALL = 2**31 - 1
# FUTEX_WAKE_OP's operation: ADD (bits 28 to 31) of the signed 12 bits from bit 12 on. The comparison in the other bits
# decides about a second wake, for which there is nobody either.
_ADD_ONE = 1 << 28 | 1 << 12
_SUBTRACT_ONE = 1 << 28 | 0xFFF << 12

# struct futex_waitv { u64 val; u64 uaddr; u32 flags; u32 reserved }, as u64
_FIELDS = 3
_32_BITS = 2
_MOST_WAITERS = 128
_CLOCK_MONOTONIC = 1

_USUAL = (errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT)


class Word:
    """The address of a u32 in a mapping, which stays for as long as this is there."""

    __slots__ = ("address", "_keep")

    def __init__(self, ctypes: Any, memory: Any, offset: int = 0) -> None:
        self._keep = ctypes.c_uint32.from_buffer(memory, offset)
        self.address: int = ctypes.addressof(self._keep)


class Count:
    """`waiters` of some objects, one higher between `up` and `down`: ``try: count.up() ... finally: count.down()``.

    Both are calls of C that no signal handler can interrupt, and `down` takes back exactly what `up` has done, also if
    a handler raises (Ctrl-C does) before anybody could have noted it down. A count that is too high costs wake calls;
    one that is too low would lose wakes. May be used once.
    """

    __slots__ = ("up", "down")

    up: Callable[[], Any]
    down: Callable[[], Any]

    def __init__(self, syscall: Any, number: int, words: Sequence[Word]) -> None:
        addresses = [word.address for word in words]
        done: List[int] = []  # a 0 for each word that was changed
        # The private flag only says where the kernel looks for sleepers; it is quicker.
        operation = repeat(_WAKE_OP | _PRIVATE)
        add = map(syscall, repeat(number), addresses, operation, repeat(0), repeat(0), addresses, repeat(_ADD_ONE))
        subtract = map(syscall, repeat(number), addresses, operation, done, repeat(0), addresses, repeat(_SUBTRACT_ONE))
        # A map ends with the shortest of its lists, and looks at `done` when it gets there.
        self.up = partial(done.extend, add)
        self.down = partial(deque(maxlen=0).extend, subtract)


class Futex:
    """The system calls, as far as this machine has them. Get one by `futex()`."""

    def __init__(self) -> None:
        import ctypes  # here, because few objects are ever waited for

        self._ctypes = ctypes
        self._number = _NUMBERS[MACHINE]
        self._syscall = ctypes.CDLL(None, use_errno=True)["syscall"]
        self._syscall.restype = ctypes.c_long
        self._syscall.argtypes = [ctypes.c_long] * 7
        memory = bytearray(4)
        word = self.word(memory)
        # Sandboxes may refuse each of these. The tries can't sleep, as the word is not what they expect.
        self._syscall(self._number, word.address, _WAIT | _PRIVATE, 1, 0, 0, 0)
        if ctypes.get_errno() != errno.EAGAIN:
            raise OSError(ctypes.get_errno(), "no futex(2) here")
        count = self.count([word])
        count.up()
        self.can_count = memory[0] == 1
        self.can_wait_for_many = self._has_waitv(word)

    def _has_waitv(self, word: Word) -> bool:
        several = Several(self)
        several.put(0, word, private=True)
        several.expect(0, 2**32 - 1)
        self._syscall(_WAITV, several.address, 1, 0, 0, _CLOCK_MONOTONIC, 0)
        return bool(self._ctypes.get_errno() == errno.EAGAIN)

    def word(self, memory: Any, offset: int = 0) -> Word:
        """
        :param memory: a writable buffer.
        :param offset: of the word, a multiple of 4.
        """
        return Word(self._ctypes, memory, offset)

    def count(self, words: Sequence[Word]) -> Count:
        return Count(self._syscall, self._number, words)

    def wake_all(self, word: Word, private: bool = False) -> None:
        """Wake all who sleep on the word."""
        # If it fails (a sandbox), waiters look by themselves, if later.
        self._syscall(self._number, word.address, _WAKE | _PRIVATE * private, _ALL, 0, 0, 0)

    def wait(self, word: Word, expected: int, seconds: float, time_: "Time") -> None:
        """Sleep until the word is woken; not at all if it is not what is expected. May return sooner."""
        time_.set(seconds)
        if self._syscall(self._number, word.address, _WAIT, expected, time_.address, 0, 0) < 0:
            self._check_errno(seconds)

    def wait_for_several(self, several: "Several", count: int, until: float, time_: "Time") -> Optional[int]:
        """The same with the first `count` of several words.

        :param until: by time.monotonic().
        :returns: the index of one that was woken, None if there was none, or -1 if one is not what is expected.
        """
        time_.set(until)
        woken = int(self._syscall(_WAITV, several.address, count, 0, time_.address, _CLOCK_MONOTONIC, 0))
        if woken >= 0:
            return woken
        return -1 if self._check_errno(until - time.monotonic()) == errno.EAGAIN else None

    def _check_errno(self, seconds: float) -> int:
        found = int(self._ctypes.get_errno())
        if found not in _USUAL:
            # Memory that a hostile peer has cut off, a kernel without memory: whoever calls in a loop must not spin.
            time.sleep(max(0.0, min(seconds, 0.01)))
        return found

    def address_of(self, memory: bytearray) -> Any:
        """The address of all of it, and what keeps it there."""
        keep = (self._ctypes.c_char * len(memory)).from_buffer(memory)
        return self._ctypes.addressof(keep), keep


class Time:
    """A struct timespec to be used again and again."""

    __slots__ = ("address", "_fields", "_keep")

    def __init__(self, futex: Futex) -> None:
        memory = bytearray(16)
        self._fields = memoryview(memory).cast("q")
        self.address, self._keep = futex.address_of(memory)

    def set(self, seconds: float) -> None:
        seconds = max(seconds, 0.0)
        whole = int(seconds)
        self._fields[0] = whole
        self._fields[1] = int((seconds - whole) * 1e9)


class Several:
    """The words that a futex_waitv waits for."""

    MOST = _MOST_WAITERS

    __slots__ = ("address", "_fields", "_keep")

    def __init__(self, futex: Futex) -> None:
        memory = bytearray(8 * _FIELDS * _MOST_WAITERS)
        self._fields = memoryview(memory).cast("Q")
        self.address, self._keep = futex.address_of(memory)

    def put(self, index: int, word: Word, private: bool = False) -> None:
        """Wait for this word at that index. The caller keeps the word."""
        self._fields[_FIELDS * index + 1] = word.address
        self._fields[_FIELDS * index + 2] = _32_BITS | _PRIVATE * private

    def expect(self, index: int, value: int) -> None:
        self._fields[_FIELDS * index] = value


_futex: Any = None


def futex() -> Optional[Futex]:
    """The system calls, or None where there is no way to them."""
    global _futex
    if _futex is None:
        try:
            _futex = Futex()
        except (ImportError, OSError, AttributeError, KeyError):
            _futex = False
    return _futex or None
