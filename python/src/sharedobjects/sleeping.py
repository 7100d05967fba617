"""Sleeping until something happens to one of several objects: the part that is the same for all who wait.

The steps of a waiter are: count itself in `waiters`, read `wake`, look for news, FUTEX_WAIT for another `wake`, and
take its count back in the end. Peers that know the trailer wake it. Plain `real_robot` writers wake nobody, so that it
looks by itself in between (polling.py).

The order matters (proof/wait.pml has what goes wrong otherwise). On x86-64 it is kept: the count is changed by a locked
instruction, and loads stay in order. Elsewhere `wake` may be read after the look for news; then a wake can be missed,
and the news is found by the next look.

Nobody tells of a segment that was replaced or lost its name either: the name is looked at each 25 ms, or less often
where there are many.
"""

from __future__ import annotations

import threading
import time
from typing import Callable, List, Optional

from .futex import Futex, Several, Time, futex
from .mount import Mount
from .polling import next_look_at_name

MOST_BY_WAITV = Several.MOST - 1  # objects that one sleep takes where there is futex_waitv; it needs a word of its own


class Watched:
    """A handle that somebody waits for, as it is mounted now."""

    __slots__ = ("handle", "stamps", "refused", "words", "due", "notify", "index", "has_place")

    def __init__(self, handle: Mount, refused: int, notify: Callable[[], None]) -> None:
        """
        :param refused: a stamp that is no news: of a value that the waiter has found torn. 0 if none is.
        :param notify: called, by any thread, when the handle is closed or mounted anew.
        """
        self.handle = handle
        self.stamps = handle._open_stamps()
        self.refused = refused
        self.words = self.stamps.futex_words()
        self.notify = notify
        self.due = 0.0  # when to look at it, woken or not
        handle._polls.begin(time.monotonic())
        self.index = -1
        self.has_place = False  # in a thread of the hub

    def needs_attention(self, now: float, among: int) -> bool:
        """Whether its waiter should look at the handle: there is news, or it is not mounted as it was, or should be."""
        handle = self.handle
        if handle._stamps is not self.stamps or self.stamps.is_news(handle.mtime, self.refused):
            return True
        if now >= handle._name_due and handle._has_name_changed(next_look_at_name(now, among)):
            return True
        due = handle._polls.next(now, handle.poll_step)
        name_due = handle._name_due
        self.due = name_due if name_due < due else due
        return False


class _WaitvSleep:
    """By futex_waitv: up to 127 objects, and a word of its own for `poke`."""

    def __init__(self, calls: Futex) -> None:
        self._calls = calls
        self._time = Time(calls)
        self._several = Several(calls)
        memory = bytearray(4)
        self._poked = memoryview(memory).cast("I")
        self._word = calls.word(memory)
        self.resize(0)

    def put(self, index: int, watched: Watched) -> None:
        """What is at that index from now on. One without a word is only polled; its place takes the own one."""
        if watched.words is None:
            self._several.put(index, self._word, private=True)
            self._several.expect(index, 0)
        else:
            self._several.put(index, watched.words[0])

    def resize(self, count: int) -> None:
        """How many objects there are."""
        self._count = count
        self._several.put(count, self._word, private=True)
        self._several.expect(count, 0)

    def expect(self, watched: Watched) -> None:
        """`wake` as it is now: from here on a change of it ends the sleep. To be called before the look for news."""
        if watched.words is not None:
            self._several.expect(watched.index, watched.stamps.wake)

    def sleep(self, until: float) -> Optional[int]:
        """The index of what was woken, None if the time is over, or -1: there is no telling."""
        woken = self._calls.wait_for_several(self._several, self._count + 1, until, self._time)
        if self._poked[0] != 0:
            self._poked[0] = 0
            return -1
        return None if woken == self._count else woken  # by a poke whose flag was seen before its wake

    def poke(self) -> None:
        """End the sleep, or the next one. For all threads."""
        self._poked[0] = 1
        self._calls.wake_all(self._word, private=True)


class _StepSleep:
    """Where there is no futex_waitv: a single object by its word. Several, and where there is no futex, are polled."""

    def __init__(self, calls: Optional[Futex]) -> None:
        self._calls = calls
        self._time = None if calls is None else Time(calls)
        self._poked = threading.Event()
        self._first: Optional[Watched] = None
        self._count = 0
        self._expected = 0

    def put(self, index: int, watched: Watched) -> None:
        if index == 0:
            self._first = watched

    def resize(self, count: int) -> None:
        self._count = count
        if count == 0:
            self._first = None

    def expect(self, watched: Watched) -> None:
        if watched.index == 0:
            self._expected = watched.stamps.wake

    def sleep(self, until: float) -> Optional[int]:
        seconds = max(until - time.monotonic(), 0.0)
        first = self._first
        if self._count != 1 or first is None or first.words is None or self._calls is None or self._time is None:
            self._poked.wait(seconds)
        elif not self._poked.is_set():
            # A poke that comes between these two is heard when the step is over.
            self._calls.wait(first.words[0], self._expected, seconds, self._time)
            self._poked.clear()
            return 0
        if not self._poked.is_set():
            return None
        self._poked.clear()
        return -1

    def poke(self) -> None:
        self._poked.set()
        first = self._first
        if first is not None and first.words is not None and self._calls is not None:
            self._calls.wake_all(first.words[0])  # those of other processes look, and sleep again


class Vigil:
    """Some watched handles, and the sleep until one needs attention. For one thread, but for `poke`."""

    def __init__(self) -> None:
        calls = futex()
        self._sleep = _WaitvSleep(calls) if calls is not None and calls.can_wait_for_many else _StepSleep(calls)
        self._watched: List[Watched] = []

    def __len__(self) -> int:
        return len(self._watched)

    def add(self, watched: Watched) -> None:
        watched.index = len(self._watched)
        self._sleep.put(watched.index, watched)
        self._watched.append(watched)
        self._sleep.resize(len(self._watched))

    def remove(self, watched: Watched) -> None:
        """Harmless if it is not here."""
        if watched.index < 0:
            return
        last = self._watched.pop()
        if last is not watched:
            last.index = watched.index
            self._watched[last.index] = last
            self._sleep.put(last.index, last)
            self._sleep.expect(last)
            last.due = 0.0  # what its word was when it was looked at is not known any more
        watched.index = -1
        self._sleep.resize(len(self._watched))

    def clear(self) -> None:
        for watched in self._watched:
            watched.index = -1
        self._watched.clear()
        self._sleep.resize(0)

    def rest(self, until: float) -> List[Watched]:
        """Those that need attention, at once; if none does, sleep, until one may: then the next call tells."""
        now = time.monotonic()
        found = []
        for watched in self._watched:
            if watched.due <= now:
                self._sleep.expect(watched)
                if watched.needs_attention(now, len(self._watched)):
                    found.append(watched)
        if found or until <= now:
            return found
        woken = self._sleep.sleep(min([until] + [watched.due for watched in self._watched]))
        if woken == -1:
            for watched in self._watched:
                watched.due = 0.0
        elif woken is not None:
            self._watched[woken].due = 0.0
        return found

    def poke(self) -> None:
        """End the sleep, or the next one, and look at all."""
        self._sleep.poke()
