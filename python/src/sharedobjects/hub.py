"""Threads that sleep for those who can't: tasks of an event loop, and a wait for more objects than one call takes.

200 objects take two threads, by futex_waitv. Where that is missing (Linux before 5.16), each of the first objects gets
a thread of its own, and one polls all others. A thread that has had nothing to do for a while ends.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from typing import Callable, Deque, List, Sequence, Tuple

from .futex import futex
from .sleeping import MOST_BY_WAITV, Vigil, Watched

_IDLE_SECONDS = 1.0
_MOST_SINGLE = 8  # threads that sleep for one object each


class Registration:
    """What somebody waits for through the hub; `done` is called once, by any thread, when one of it needs attention."""

    def __init__(self, done: Callable[[], None]) -> None:
        self._done = done
        self._lock = threading.Lock()
        self._places: List[Tuple["_Shard", Watched]] = []
        self._ended = False

    def begin(self, watched: Sequence[Watched]) -> None:
        """Have threads sleep for these. `end` must be called in the end."""
        for one in watched:
            _hub.place(one, self._places).take(one)

    def fire(self) -> None:
        """One of it needs attention. May be called again."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._done()

    def end(self) -> None:
        """Nobody waits any more. May be called again."""
        with self._lock:
            self._ended = True
        while self._places:
            shard, watched = self._places[-1]
            shard.drop(watched)
            self._places.pop()  # not before: a signal handler may raise, and then this is called again


class _Hub:
    """The threads that there are."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._shards: List[_Shard] = []

    def place(self, watched: Watched, places: List[Tuple["_Shard", Watched]]) -> "_Shard":
        """Takes a place where there is one, and notes it down."""
        with self.lock:
            for shard in self._shards:
                if shard.load < shard.most:
                    break
            else:
                shard = _Shard(self, self._most())
                self._shards.append(shard)
            # No signal handler runs between these.
            watched.has_place = True
            shard.load += 1
            places.append((shard, watched))
            return shard

    def _most(self) -> int:
        """How many objects the next thread sleeps for."""
        calls = futex()
        if calls is not None and calls.can_wait_for_many:
            return MOST_BY_WAITV
        return 1 if calls is not None and len(self._shards) < _MOST_SINGLE else 2**31

    def retire(self, shard: "_Shard") -> bool:
        """Whether it may end, as nobody has a place there."""
        with self.lock:
            if shard.load > 0:
                return False
            self._shards.remove(shard)
            return True


class _Shard:
    """A thread and what it sleeps for."""

    def __init__(self, hub: _Hub, most: int) -> None:
        self.most = most
        self.load = 0  # places that are taken; under the hub's lock
        self._hub = hub
        self._vigil = Vigil()
        self._inbox: Deque[Tuple[bool, Watched]] = deque()  # whether it comes or goes
        threading.Thread(target=self._run, name="sharedobjects-wait", daemon=True).start()

    def take(self, watched: Watched) -> None:
        self._inbox.append((True, watched))
        self._vigil.poke()

    def drop(self, watched: Watched) -> None:
        """Harmless if it was dropped before."""
        self._inbox.append((False, watched))
        self._vigil.poke()

    def _run(self) -> None:
        idle_since = time.monotonic()
        while True:
            self._look_into_inbox()
            now = time.monotonic()
            if len(self._vigil) > 0:
                idle_since = now
            elif now - idle_since >= _IDLE_SECONDS and self._hub.retire(self):
                return
            self._rest(now + _IDLE_SECONDS)

    # Two methods, so that no variable of the thread's keeps a handle that nobody else has.

    def _look_into_inbox(self) -> None:
        while self._inbox:
            is_new, watched = self._inbox.popleft()
            if is_new:
                self._vigil.add(watched)
            else:
                self._vigil.remove(watched)
                with self._hub.lock:
                    self.load -= watched.has_place
                    watched.has_place = False

    def _rest(self, until: float) -> None:
        for watched in self._vigil.rest(until):
            self._vigil.remove(watched)
            watched.notify()


_hub = _Hub()


def _after_fork_in_child() -> None:
    global _hub
    _hub = _Hub()  # the threads of the other are the parent's


os.register_at_fork(after_in_child=_after_fork_in_child)
