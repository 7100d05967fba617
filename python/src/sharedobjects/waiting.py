"""Waiting for news of one object, or of any or all of several: by a thread, and by a task of asyncio's.

A wait never holds a lock while it sleeps, neither the object's nor the handle's: other threads go on using the handle.
"""

from __future__ import annotations

import atexit
import math
import os
import threading
import time
from typing import Any, Callable, Iterable, List, Optional, Sequence, Set, TypeVar

from .futex import Count, futex
from .hub import Registration
from .locks import shorter
from .mount import Mount
from .sleeping import MOST_BY_WAITV, Vigil, Watched

H = TypeVar("H", bound=Mount)  # a handle

_FOREVER = 3600.0  # seconds that a sleep takes at most, if nothing ends it


class Deadline:
    """When a call with a timeout must end."""

    __slots__ = ("_at",)

    def __init__(self, timeout: Optional[float]) -> None:
        """
        :param timeout: seconds; None for no end.
        """
        if timeout is not None and math.isnan(timeout):
            raise ValueError("a timeout in seconds is needed, or None, and this is NaN")
        self._at = None if timeout is None else time.monotonic() + timeout

    def left(self) -> Optional[float]:
        """Seconds that are left, at least 0; None for no end."""
        return None if self._at is None else max(0.0, self._at - time.monotonic())

    @property
    def is_over(self) -> bool:
        return self._at is not None and time.monotonic() >= self._at

    def within(self, seconds: float) -> float:
        """So many seconds from now, or the deadline if that comes first; by time.monotonic()."""
        at = time.monotonic() + seconds
        return at if self._at is None else min(at, self._at)


# ---- for threads ----------------------------------------------------------------------------------------------------


def wait_any(objects: Iterable[H], timeout: Optional[float] = None) -> List[H]:
    """Sleep until one of these objects at least has news, as their `modified` would say; nothing counts as seen.

    :param timeout: seconds; None waits for ever, 0 only looks.
    :returns: those that have news, in the order given; none if the time is over.
    :raises: what `SharedObject.wait` raises, for any of them.
    """
    return wait_for_news(_handles(objects), Deadline(timeout))


def wait_all(objects: Iterable[Mount], timeout: Optional[float] = None) -> bool:
    """Sleep until all of these objects have news. Parameters and errors as for `wait_any`.

    :returns: False if the time is over.
    """
    handles, deadline = _handles(objects), Deadline(timeout)
    while True:
        # News stays until somebody fetches it, so that waiting for one after the other is waiting for all.
        without = _without_news(handles)
        if not without:
            return True
        if not wait_for_news(without[:1], deadline):
            return False


def wait_for_news(handles: Sequence[H], deadline: Deadline, refused: int = 0) -> List[H]:
    """Those that have news; none if the time is over.

    :param refused: the stamp of a value that was found torn, and is no news: of the one handle that there is then.
    """
    while True:
        found = _look(handles, refused)
        if found or deadline.is_over:
            return found
        calls = futex()
        if len(handles) > MOST_BY_WAITV and calls is not None and calls.can_wait_for_many:
            _sleep_by_hub(handles, deadline, refused)
        else:
            _sleep_here(handles, deadline, refused)


def _sleep_here(handles: Sequence[Mount], deadline: Deadline, refused: int) -> None:
    """Sleep in this thread until one of the handles needs attention, or the time is over."""
    try:
        vigil = _idle.pop()
    except IndexError:
        vigil = Vigil()
    watched = _watch(handles, refused, vigil.poke)
    count = _count(watched)
    try:
        count.up()
        for one in watched:
            one.handle._watchers.add(one.notify)
            vigil.add(one)
        while not vigil.rest(deadline.within(_FOREVER)) and not deadline.is_over:
            pass
    finally:
        # A signal handler may raise when a Python function begins, which `down` is not. All else is done again then.
        count.down()
        try:
            _end(count, watched, vigil.clear)
        except BaseException:
            _end(count, watched, vigil.clear)
            raise
    if len(_idle) < _MOST_IDLE:
        _idle.append(vigil)


def _sleep_by_hub(handles: Sequence[Mount], deadline: Deadline, refused: int) -> None:
    done = threading.Event()
    registration = Registration(done.set)
    watched = _watch(handles, refused, registration.fire)
    count = _count(watched)
    try:
        count.up()
        for one in watched:
            one.handle._watchers.add(one.notify)
        registration.begin(watched)
        done.wait(shorter(deadline.left(), _FOREVER))
    finally:
        count.down()
        try:
            _end(count, watched, registration.end)
        except BaseException:
            _end(count, watched, registration.end)
            raise


# A vigil is 4 KiB and some 20 us to make. Not one for each thread: a signal handler may wait inside a wait.
_idle: List[Vigil] = []
_MOST_IDLE = 4


# ---- for tasks ------------------------------------------------------------------------------------------------------


async def async_wait_any(objects: Iterable[H], timeout: Optional[float] = None) -> List[H]:
    """`wait_any` for a task: other tasks go on. Cancelling it ends it at once."""
    return await async_wait_for_news(_handles(objects), Deadline(timeout))


async def async_wait_all(objects: Iterable[Mount], timeout: Optional[float] = None) -> bool:
    """`wait_all` for a task: other tasks go on. Cancelling it ends it at once."""
    handles, deadline = _handles(objects), Deadline(timeout)
    while True:
        without = _without_news(handles)
        if not without:
            return True
        if not await async_wait_for_news(without[:1], deadline):
            return False


async def async_wait_for_news(
    handles: Sequence[H], deadline: Deadline, refused: int = 0
) -> List[H]:
    """`wait_for_news` for a task."""
    while True:
        found = _look(handles, refused)
        if found or deadline.is_over:
            return found
        await _sleep_in_loop(handles, deadline, refused)


async def _sleep_in_loop(handles: Sequence[Mount], deadline: Deadline, refused: int) -> None:
    import asyncio  # here, because it takes longer to import than all of this package

    loop = asyncio.get_running_loop()
    future: "asyncio.Future[None]" = loop.create_future()

    def finish() -> None:
        if not future.done():
            future.set_result(None)

    def finish_soon() -> None:
        try:
            loop.call_soon_threadsafe(finish)
        except RuntimeError:
            pass  # the loop was closed, and nobody waits

    registration = Registration(finish_soon)
    watched = _watch(handles, refused, registration.fire)
    count = _count(watched)
    left = deadline.left()
    timer = None if left is None else loop.call_later(left, finish)
    try:
        count.up()
        for one in watched:
            one.handle._watchers.add(one.notify)
        registration.begin(watched)
        await future
    finally:
        count.down()
        try:
            _end(count, watched, registration.end)
        except BaseException:
            _end(count, watched, registration.end)
            raise
        if timer is not None:
            timer.cancel()


# ---- both -----------------------------------------------------------------------------------------------------------


def _handles(objects: Iterable[H]) -> List[H]:
    handles = list(dict.fromkeys(objects))
    if not handles:
        raise ValueError("there is nothing to wait for: the list of objects is empty")
    return handles


def _look(handles: Sequence[H], refused: int) -> List[H]:
    """Mount what was replaced, where it is time to look; then those that have news."""
    now = time.monotonic()
    found = []
    for handle in handles:
        handle._attend(now)
        stamps = handle._open_stamps()
        if stamps.is_news(handle.mtime, refused):
            handle._polls.found(now, stamps.mtime[0], stamps.wake)
            found.append(handle)
    return found


def _without_news(handles: Sequence[H]) -> List[H]:
    found = set(_look(handles, 0))
    return [handle for handle in handles if handle not in found]


def _watch(handles: Sequence[Mount], refused: int, notify: Callable[[], None]) -> List[Watched]:
    return [Watched(handle, refused, notify) for handle in handles]


def _end(count: Any, watched: Sequence[Watched], let_go: Callable[[], None]) -> None:
    """What is left to do when a wait has ended and its count was taken back. May be done again."""
    for one in watched:
        one.handle._watchers.discard(one.notify)
    let_go()
    _counts.discard(count)


class _NoCount:
    """Where there is no way to count atomically: a poll then finds what a wake would have told."""

    @staticmethod
    def up() -> None:
        pass

    down = up


def _count(watched: Sequence[Watched]) -> Any:
    calls = futex()
    words = [one.words[1] for one in watched if one.words is not None]
    if calls is None or not calls.can_count or not words:
        return _NoCount
    count: Count = calls.count(words)
    _counts.add(count)
    return count


# Daemon threads that sleep when the interpreter ends never wake: nobody else would take their counts back.
_counts: Set[Any] = set()


@atexit.register
def _take_counts_back() -> None:
    for count in list(_counts):
        count.down()


os.register_at_fork(after_in_child=_counts.clear)  # those are the parent's
