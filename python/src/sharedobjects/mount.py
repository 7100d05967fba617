"""`Mount`: what a handle is but for its value: a segment under a name, which comes and goes, and its lock."""

from __future__ import annotations

import fcntl
import logging
import os
import time
import weakref
from functools import partial
from typing import Any, Callable, NamedTuple, Optional, Set, Tuple, TypeVar

from .errors import BeingMadeError, ClosedError, MismatchError, ObjectNotFoundError, ReplacedError, TornError
from .layout import (
    DEFAULT_INIT_SIZE,
    NONE_AREA,
    TAG_NONE,
    TAG_OFFSET,
    Area,
    buf_size,
    new_trailer,
    segment_size,
    trailer_offset,
)
from .locks import CallLock, locked, locked_if_free, shorter
from .parsing import parse_segment
from .place import Place
from .polling import PollPlan, next_look_at_name
from .segment import PRIVATE, EmptySegment, Link, Segment, check_name, unlink
from .stamps import Stamps

_log = logging.getLogger("sharedobjects")

# Waiting for somebody else to make an object, or to finish it: seconds between looks, doubling. (Who waits for one that
# is not begun yet may wait for long: up to POLL_STEP.)
FIRST_PAUSE = 0.0001
_LONGEST_PAUSE = 0.01

# A sleep and its end take some 0.2 ms of a core in Python (measured on a small virtual machine), so this is below 1 %.
POLL_STEP = 0.025

M = TypeVar("M", bound="Mount")


class Mount:
    """A segment that is mounted by its name, or made; then, for as long as the handle is open, the one of that name."""

    def _prepare(
        self,
        name: str,
        init_size: int = DEFAULT_INIT_SIZE,
        lock_timeout: Optional[float] = None,
        mode: int = PRIVATE,
        poll_step: float = POLL_STEP,
        remount: bool = True,
        on_remount: Optional[Callable[[Any], Any]] = None,
    ) -> None:
        self._segment: Optional[Segment] = None
        self._torn: Optional[TornValue] = None
        self.name = check_name(name)
        self.init_size = _check_init_size(init_size)
        self._mode = _check_mode(mode)
        self._calls = CallLock(name, lock_timeout)
        self._place = Place(name)
        self.mtime = 0
        self._area: Area = NONE_AREA
        self.poll_step = poll_step
        self.on_remount = on_remount
        self._remounts = remount
        self._polls = PollPlan()
        self._name_due = 0.0  # when waits look at the name again
        self._known_link = Link.KEPT  # what the log knows
        self._watchers: Set[Callable[[], None]] = set()  # to be called when those who wait must look

    # ---- mounting ---------------------------------------------------------------------------------------------------

    def _mount_or_create(self, data: Any, area: Area, timeout: float, trailer: bool) -> bool:
        """Whether this call made the object."""
        deadline = time.monotonic() + timeout
        pause = FIRST_PAUSE
        while True:
            try:
                if self._mount(patient=True):
                    return False
            except ObjectNotFoundError:
                try:
                    self._create(data, area, trailer)
                    return True
                except FileExistsError:
                    continue  # another process was faster
            except EmptySegment:
                pass
            if time.monotonic() >= deadline:
                raise BeingMadeError(
                    f"{self._place}: exists, but was still being made after {timeout} s: it has no size or no type "
                    "yet. Its maker died or is very slow: unlink the object, or wait longer (creation_timeout)."
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _mount(self, patient: bool, accept: Optional[Callable[[Area], bool]] = None) -> bool:
        """Whether the object is complete, and accepted (then it is mounted).

        :param patient: whether to wait for the readers lock; else BlockingIOError.
        :param accept: tells of what is there whether to mount it, instead of what is mounted; then what was seen last
            stays.
        """
        segment = Segment.open(self.name, self._mode)
        try:

            def look() -> bool:
                segment.has_grown()  # or shrunk, between the first look at its size and the lock
                area = self._parse(segment) if segment.reserve() else None
                if area is None or accept is not None and not accept(area):
                    return False
                seen = Stamps(segment.buf, buf_size(area)).mtime[0] if accept is None else self.mtime
                self._use(segment, area, seen)
                return True

            if patient:
                return locked(segment.fd, fcntl.LOCK_SH, self.lock_timeout, self.name, look)
            return locked_if_free(segment.fd, fcntl.LOCK_SH, look)
        finally:
            if self._segment is not segment:
                segment.close()

    def _parse(self, segment: Segment) -> Optional[Area]:
        """What is there, or None if it is still being made. Under the lock."""
        return parse_segment(segment.buf, self.name)

    def _create(self, data: Any, area: Area, trailer: bool) -> None:
        """Make the object with its first value, and mount it.

        :raises FileExistsError: there is one.
        """
        raise NotImplementedError

    def _use(self, segment: Segment, area: Area, seen: int) -> None:
        _mounts.add(self)
        self._segment, self._area, self.mtime = segment, area, seen
        try:
            self._look_at(segment)
        except BaseException:
            # Only a signal handler that raises gets here, and it must not leave the words of one segment beside the
            # bytes of another.
            self._look_at(segment)
            raise

    def _look_at(self, segment: Segment) -> None:
        """Find the words and the bytes of the object in what is mapped of the segment."""
        self._stamps = Stamps(segment.buf, buf_size(self._area))

    # ---- what the last writer has left ------------------------------------------------------------------------------

    def _settle(self, segment: Segment) -> int:
        """Find out what the last writer has left: mtime. Under the lock, so no writer is active.

        If it left no commit (a plain peer never does), this makes up for it, so that later reads need no lock.
        """
        stamps = self._stamps
        mtime, writing = stamps.mtime[0], stamps.writing
        if writing != 0 and not self._is_repaired(segment, writing, mtime):
            raise self._torn_error()
        stamps.heal()
        return mtime

    def _is_repaired(self, segment: Segment, writing: int, mtime: int) -> bool:
        """Whether a peer that knows no trailer has written a whole value over a torn one.

        It shows in other bytes under the same unended write. A trigger, which changes mtime alone, does not count.
        """
        from hashlib import blake2b  # here, because hardly any process ever sees a torn value

        found = blake2b(segment.readonly[TAG_OFFSET : self.nbytes], digest_size=16).digest()
        known = self._torn
        if known is None or known.writing != writing:
            self._torn = TornValue(writing, mtime, found)
            return False
        if known.digest == found:
            self._torn = known._replace(mtime=mtime)
            return False
        self._stamps.end_torn()
        self._torn = None
        return True

    def _is_known_torn(self, torn: "TornValue") -> bool:
        """Whether this handle has found the value torn, and nobody has written since. Without the lock."""
        return torn.writing == self._stamps.writing and torn.mtime == self._stamps.mtime[0]

    def _torn_error(self) -> TornError:
        return TornError(
            f"{self._place}: its value is torn: a writer died or threw half-way through it. Assign a value, or call "
            "accept_torn() to take it as it is."
        )

    def accept_torn(self) -> bool:
        """Take a torn value as it is: what the dead writer has left, part old and part new, counts as whole.

        :returns: False if the value is not torn; nothing was done.
        :raises ReentrantCallError, LockTimeoutError, ClosedError: see there.
        """
        return self._run(fcntl.LOCK_EX, self._accept_torn)

    def _accept_torn(self, segment: Segment) -> bool:
        if self._stamps.writing == 0:
            return False
        self._stamps.end_torn()
        self._stamps.heal()
        self._torn = None
        return True

    # ---- segments that come and go ----------------------------------------------------------------------------------

    @property
    def is_linked(self) -> bool:
        """Whether the segment still has a name. Without one, nobody else can open it; whoever has it open can go on.

        (A `multiprocessing.resource_tracker` unlinks what its process has only attached to; `republish` mends that.)
        """
        return self._run(None, Segment.is_linked)

    @property
    def is_stale(self) -> bool:
        """Whether another segment has the name: what this handle reads and writes is not what others open now."""
        return self._run(None, Segment.link) is Link.TAKEN

    def remount(self) -> bool:
        """Go on with the segment that has the name now, if it is another one and complete; waits do that by themselves.

        What was seen last stays: a value with another stamp is news. `fileno` changes.

        :returns: whether it has changed. False also if the other one is being made or written just now, or holds None
            and this one does not.
        :raises MismatchError: (a BufferError) the other one is not of the same type, dtype, shape, items and
            capacities.
        :raises InvalidObjectError: (a ValueError) what has the name is not such an object, or damaged.
        :raises ReentrantCallError, LockTimeoutError, ClosedError, OSError: see there.
        """
        if not self._calls.run(self._remount):
            return False
        _log.warning("%s: another segment has its name; this handle has gone on with that", self._place)
        if self.on_remount is not None:
            self.on_remount(self)
        return True

    def _remount(self) -> bool:
        if self._open_segment().link() is not Link.TAKEN:
            return False
        old = self._open_segment()
        try:
            return self._mount(patient=False, accept=self._is_acceptable)
        except (ObjectNotFoundError, EmptySegment, BlockingIOError):
            return False
        finally:
            if self._segment is not old:
                self._leave(old)

    def _is_acceptable(self, area: Area) -> bool:
        """Whether this handle can go on with what another segment holds."""
        if area.tag == TAG_NONE and self._area.tag != TAG_NONE:
            return False  # somebody opened it by name before its producer did, who can't but make it anew
        if area != self._area:
            raise MismatchError(
                f"{self._place}: another segment has its name now, and holds {area} where this one holds {self._area}, "
                "or other capacities or items. Open it anew."
            )
        return True

    def _leave(self, old: Segment) -> None:
        """What follows when another segment was mounted instead."""
        self._torn = None
        self._known_link = Link.KEPT
        old.close()
        self._notify_watchers()

    def republish(self) -> bool:
        """Give a value whose segment has lost its name to a new segment of that name, and go on with that.

        The old segment can't get its name back: Linux links no file that has lost all its names. The new one has the
        same type, value and stamp, so that it is no news to who has seen it. Other handles on the old one go on with
        the new one by `remount`, or when they wait.

        :returns: False if the segment has its name; nothing was done.
        :raises ReplacedError: (a FileExistsError) another segment has the name: `remount`, or unlink it.
        :raises TornError: (a BufferError) there is no whole value to publish.
        :raises ReentrantCallError, LockTimeoutError, ClosedError, OSError: see there.
        """
        return self._calls.run(self._republish)

    def _republish(self) -> bool:
        segment = self._run_locked(fcntl.LOCK_EX, self._publish_again, ())
        if segment is None:
            return False
        old = self._open_segment()
        self._use(segment, self._area, self.mtime)
        self._leave(old)
        return True

    def _publish_again(self, segment: Segment) -> Optional[Segment]:
        """Under the writer lock, so that what is copied is whole."""
        if segment.is_linked():
            return None
        mtime = self._settle(segment)
        try:
            return self._make_copy(segment, mtime)
        except FileExistsError as e:
            raise ReplacedError(
                e.errno,
                f"{self._place}: another segment has its name. `remount` goes on with that one; `unlink` removes it",
            ) from None

    def _make_copy(self, segment: Segment, mtime: int) -> Segment:
        """A new segment of the same name with the same value, which is whole."""
        size = self.nbytes
        whole = segment_size(size) if self._stamps.has_trailer else size

        def fill(buf: memoryview) -> None:
            buf[:size] = segment.readonly[:size]
            if self._stamps.has_trailer:
                buf[trailer_offset(size) :] = new_trailer(mtime, self._stamps.schema_hash)

        return Segment.create(self.name, whole, fill, self._mode)

    def _attend(self, now: float) -> None:
        """What a wait does before it looks for news. If it is time to, it looks at the name."""
        self._calls.refuse_inside()
        if now < self._name_due:
            return
        self._name_due = next_look_at_name(now)
        link = self._open_segment().link()
        if link is Link.TAKEN and self._remounts:
            self.remount()
        elif link is not self._known_link:
            self._known_link = link
            if link is not Link.KEPT:
                _log.warning("%s: %s; this handle stays with what it has", self._place, link.value)

    def _has_name_changed(self, next_look: float) -> bool:
        """Whether `_attend` would have something to do, if it looked at the name. Otherwise the next look is then."""
        segment = self._segment
        try:
            link = Link.TAKEN if segment is None else segment.link()
        except OSError:
            return True  # whoever waits gets this
        if link is Link.TAKEN and self._remounts or link is not self._known_link:
            return True
        self._name_due = next_look
        return False

    def _notify_watchers(self) -> None:
        for notify in tuple(self._watchers):
            notify()

    # ---- locking ----------------------------------------------------------------------------------------------------

    def _run(self, operation: Optional[int], body: Callable[..., Any], *args: Any) -> Any:
        """`body(segment, *args)` as the only call on this handle, under that flock (None: without one)."""
        return self._calls.run(self._run_locked, operation, body, args)

    def _run_locked(
        self,
        operation: Optional[int],
        body: Callable[..., Any],
        args: Tuple[Any, ...],
        within: Optional[float] = None,
        is_given_up: Optional[Callable[[], bool]] = None,
    ) -> Any:
        segment = self._open_segment()
        if operation is None:
            return body(segment, *args)
        timeout = self._calls.timeout if within is None else shorter(self._calls.timeout, within)
        run = self._look_and_run
        return locked(segment.fd, operation, timeout, self.name, run, segment, body, args, is_given_up=is_given_up)

    def _look_and_run(self, segment: Segment, body: Callable[..., Any], args: Tuple[Any, ...]) -> Any:
        """The body, if the memory is still there, and with the trailer that a C# peer may have made meanwhile.

        Who knows a trailer must use it. It is only made under the writer lock, so what this finds under a lock holds
        until the lock is let go.
        """
        if segment.has_grown() and self._concerns_growth():
            segment.map_again(lambda: self._look_at(segment))
        return body(segment, *args)

    def _concerns_growth(self) -> bool:
        """Whether there may be something of the object's in what is not mapped."""
        return not self._stamps.has_trailer

    # ---- the handle -------------------------------------------------------------------------------------------------

    @property
    def lock_timeout(self) -> Optional[float]:
        """Seconds that a call waits for another thread or process; None waits for ever. May be changed at any time."""
        return self._calls.timeout

    @lock_timeout.setter
    def lock_timeout(self, seconds: Optional[float]) -> None:
        self._calls.timeout = seconds

    @property
    def poll_step(self) -> float:
        """Seconds after which a wait looks at the latest, as for the constructor. May be changed at any time."""
        return self._poll_step

    @poll_step.setter
    def poll_step(self, seconds: float) -> None:
        if not seconds > 0:  # it is a divisor, in threads that wait for others too
            raise ValueError(f"poll_step must be more than 0 seconds: {seconds}")
        self._poll_step = seconds

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._segment is None

    @property
    def nbytes(self) -> int:
        """Bytes of the object in shared memory, its 9 of header included (and a peer's trailer not)."""
        return buf_size(self._area)

    @property
    def object_type_idx(self) -> int:
        """The wire's type tag: 0 None, 1 bool, 2 int, 3 float, 4 complex, 5 Pose, 6 str, 7 bytes, 8 bytearray,
        9 ndarray, 10 dict."""
        return self._area.tag

    def fileno(self) -> int:
        """The descriptor of the segment, for a `ReadersLock` or `WriterLock` around something else than this handle.

        This handle's own fetch, assign and trigger lock the same descriptor and let go of it when they are done: use
        another handle inside the lock's scope (a reading one, or it waits), or none.
        """
        return self._open_segment().fd

    def close(self) -> None:
        """Let go of the memory; the object stays. Afterwards every call but `close` and `unlink` raises ClosedError,
        and so do waits of other threads."""
        self._calls.run(self._release)
        self._notify_watchers()

    def unlink(self, *, missing_ok: bool = False) -> None:
        """Remove the object's name (also after `close`): the next to open it makes a new one.

        Whoever has it open keeps the nameless memory. By name only: it removes what has this name *now*.

        :raises ObjectNotFoundError: (a FileNotFoundError) nothing has, and not `missing_ok`.
        """
        unlink(self.name, missing_ok=missing_ok)

    def _open_segment(self) -> Segment:
        segment = self._segment
        if segment is None:
            raise ClosedError(f"{self._place}: this handle was closed. Open the object again by its name.")
        return segment

    def _open_stamps(self) -> Stamps:
        stamps = self._stamps
        if stamps is None:
            self._open_segment()
        return stamps

    def _release(self) -> None:
        segment, self._segment = self._segment, None
        self._stamps = None  # type: ignore[assignment]  # they keep the mapping
        if segment is not None:
            segment.close()

    def _leave_parent(self) -> None:
        # The parent's other threads may have been inside a call; they don't exist here.
        self._calls = CallLock(self.name, self._calls.timeout)
        self._watchers = set()
        if self._segment is not None:
            self._segment.leave_parent()

    def __enter__(self: "M") -> "M":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        # No call can be running: it would hold a reference. __init__ may have failed before the first attribute.
        if getattr(self, "_segment", None) is not None:
            self._release()

    def __reduce__(self) -> Tuple[Any, ...]:
        return partial(type(self), mode=self._mode) if self._mode != PRIVATE else type(self), (self.name,)

    def __repr__(self) -> str:
        state = ", closed" if self.closed else ""
        return f"<{type(self).__name__} {self.name!r}: {self._area}, {self.nbytes} bytes{state}>"


class TornValue(NamedTuple):
    """What a handle remembers of a torn value."""

    writing: int  # the stamp of the write that never ended
    mtime: int  # of when it was looked at last: while both stay, so does the answer
    digest: bytes  # of when this write was first found unended: other bytes are those of a later, whole write


def _check_mode(mode: int) -> int:
    if isinstance(mode, bool) or not isinstance(mode, int):
        raise TypeError(f"mode must be an int such as 0o660, not {type(mode).__name__}")
    if mode & PRIVATE != PRIVATE or mode & ~0o666:
        raise ValueError(f"mode must be 0o600, with or without read and write bits of the group and others: {mode:#o}")
    return mode


def _check_init_size(init_size: int) -> int:
    if isinstance(init_size, bool) or not isinstance(init_size, int):
        raise TypeError(f"init_size must be an int (bytes), not {type(init_size).__name__}")
    if init_size < 0:
        raise ValueError(f"init_size must not be negative: {init_size}")
    return init_size


# After a fork the child's descriptors are the parent's: one flock for both. Each open handle gets its own.
_mounts: "weakref.WeakSet[Mount]" = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for mount in list(_mounts):
        mount._leave_parent()


os.register_at_fork(after_in_child=_after_fork_in_child)
