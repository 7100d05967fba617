"""When a process of the cell ends, and what it leaves behind: nothing."""

from __future__ import annotations

import os
import signal
import time
from types import TracebackType
from typing import Any, List, Optional, Type

from sharedobjects import SharedObject, unlink


class Ending:
    """Whether it is time to go: asked to by a signal, orphaned, or alive for too long.

    A robot that goes on moving after the program that started it has crashed is the one thing a cell must not have, so
    the parent is watched. By its id and not with `PR_SET_PDEATHSIG`: that signal comes when the *thread* that forked
    ends, and in a .NET parent this may be any thread of the pool.
    """

    def __init__(self, lifetime: float) -> None:
        self._parent = os.getppid()
        self._deadline = time.monotonic() + lifetime
        self.reason: Optional[str] = None
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        self.reason = signal.Signals(number).name

    @property
    def due(self) -> bool:
        """Costs two system calls: loops of 1 kHz look at `reason` every time and at this now and then."""
        if self.reason is None:
            if os.getppid() != self._parent:
                self.reason = "the parent process ended"
            elif time.monotonic() >= self._deadline:
                self.reason = "the lifetime is over"
        return self.reason is not None


class OwnedObjects:
    """Objects that this process makes; leaving the `with` block removes their names, also after an exception."""

    def __init__(self) -> None:
        self._objects: List[SharedObject] = []

    def make(self, name: str, data: Any = None) -> SharedObject:
        made = SharedObject(name, data=data)
        self._objects.append(made)
        return made

    def __enter__(self) -> "OwnedObjects":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        for made in self._objects:
            made.close()
            # The C# side removes what a killed producer leaves; it may have been here already.
            unlink(made.name, missing_ok=True)


class Pace:
    """Wakes up at a fixed rate. Deadlines are absolute, so that the average rate is exact whatever the work takes."""

    def __init__(self, hertz: float) -> None:
        self.period = 1.0 / hertz
        self._next = time.monotonic()

    def wait(self) -> None:
        self._next += self.period
        now = time.monotonic()
        if now - self._next > 10 * self.period:
            # The machine was busy for long: what is late is lost, a burst of old values would help nobody.
            self._next = now
        # A late step is made up for, but not at once: each value stays for readers to see.
        time.sleep(max(self._next - now, self.period / 2))
