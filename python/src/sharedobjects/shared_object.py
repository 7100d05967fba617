"""`SharedObject`: a live typed value that processes share by name."""

from __future__ import annotations

import fcntl
import logging
import math
import os
import time
import weakref
from functools import partial
from typing import Any, AsyncIterator, Callable, Iterator, NamedTuple, Optional, Set, Tuple

import numpy as np

from .codec import Buffer, Encoded, array_view, decode, describe, encode
from .errors import (
    BeingMadeError,
    ClosedError,
    MismatchError,
    NeverAssignedError,
    ObjectNotFoundError,
    ReplacedError,
    SilenceError,
    StaleError,
    TornError,
    WaitTimeoutError,
)
from .layout import (
    DATA_OFFSET,
    DEFAULT_INIT_SIZE,
    MTIME_SIZE,
    NONE_AREA,
    TAG_NDARRAY,
    TAG_NONE,
    TAG_OFFSET,
    Area,
    ArrayArea,
    buf_size,
    new_trailer,
    segment_size,
    trailer_offset,
)
from .locks import CallLock, locked, locked_if_free
from .parsing import parse_segment
from .place import Place
from .polling import PollPlan
from .segment import PRIVATE, EmptySegment, Link, Segment, check_name, unlink
from .sleeping import Watched, next_look_at_name
from .stamps import ORDERED, Stamps, next_stamp
from .waiting import Deadline, async_wait_for_news, wait_for_news

_log = logging.getLogger("sharedobjects")

# Waiting for somebody else to make an object, or to finish it: seconds between looks, doubling. (Who waits for one that
# is not begun yet may wait for long: up to POLL_STEP.)
_FIRST_PAUSE = 0.0001
_LONGEST_PAUSE = 0.01

# A sleep and its end take some 0.2 ms of a core in Python (measured on a small virtual machine), so this is below 1 %.
POLL_STEP = 0.025


# Up to so many bytes, what is no array is fetched without the lock: copied as bytes, checked, then decoded. Beyond, the
# second copy costs more than the lock saves, above all from where the C library gets the memory of each block anew from
# the system (128 KiB). Arrays need but one copy, and have no limit.
LARGEST_UNLOCKED = 1 << 16


class SharedObject:
    """A value in shared memory under a name, for processes (and threads) that read and write it at any time.

    What can be shared: None, bool, int (64-bit), float, complex, `Pose` (also `sapien.Pose`), str, bytes, bytearray,
    `np.ndarray`, and dicts of these, nested as you like; exactly these types, no subclasses. The type, an array's dtype
    and shape, a dict's items in their order, and the capacity of every text are fixed when the object is made; the
    value is what `assign` changes. An object made without data holds None and serves as a trigger.

    **Threads.** A handle may be used by several threads; its calls run one after the other. A call on the handle from
    inside a function that it is running (`fetch(fn)`) raises ReentrantCallError. Another handle on the *same object* is
    not detected there: assigning through it inside fn waits for fn itself, for ever or until `lock_timeout`.

    **Processes.** Pickles as its name: the receiving process opens the object of that name. After a fork the child goes
    on with the handle; it gets locks of its own.

    **Without locks.** Behind its objects this package keeps a trailer of stamps, as the C# library does. With it,
    arrays and small values are fetched without the lock, a writer that dies half-way is noticed (TornError), and
    processes that wait for a value are woken. Objects of plain `real_robot` processes have none, unless a C# process
    has adopted them since; they are read under the lock.

    **Last seen.** Every handle remembers the stamp of the value that it saw last (`mtime`), see `modified`.

    **Waiting.** `wait`, `fetch_next` and `watch` sleep until there is something newer; peers that know the trailer wake
    them, for others they look, see `poll_step`. They also notice that the segment was replaced (its producer has
    restarted, say), within some 25 ms, and go on with the new one. Each has a form for asyncio. Waits hold no locks.
    """

    def __init__(
        self,
        name: str,
        *,
        data: Any = None,
        init_size: int = DEFAULT_INIT_SIZE,
        lock_timeout: Optional[float] = None,
        creation_timeout: float = 1.0,
        trailer: bool = True,
        mode: int = PRIVATE,
        poll_step: float = POLL_STEP,
        remount: bool = True,
        on_remount: Optional[Callable[["SharedObject"], Any]] = None,
    ) -> None:
        """Open the object of that name, or make it.

        If it exists, `data` (unless None) is assigned to it, with a log message. If it does not, it is made to fit
        `data`.

        :param name: a file name: not empty, no "/", at most 255 bytes.
        :param data: the first value.
        :param init_size: least capacity in bytes of each str, bytes and bytearray (keys of dicts too) of an object that
            this call makes; one whose first payload is of n bytes gets max(init_size, 2n).
        :param lock_timeout: seconds that a call waits for another thread or process; None waits for ever.
        :param creation_timeout: seconds to wait for another process that is in the middle of making the object.
        :param trailer: whether an object that this call makes gets a trailer; without, it is like a plain process's.
        :param mode: who takes part: the mode that an object which this call makes gets, whatever the umask. One that
            exists is opened only if it belongs to this user, or if this gives the group or others access, and only if
            nobody may write it whom this does not let. 0o660 shares objects within a group.
        :param poll_step: seconds after which a wait looks at the latest whether a writer that wakes nobody (a plain
            `real_robot` process) has written: its news comes so much later, at most.
        :param remount: whether waits go on with the new segment when another has got the name. Otherwise the handle
            stays with its own, and `is_stale` tells.
        :param on_remount: called with this handle when it has gone on with a new segment, by whoever calls or waits.
        :raises UnsupportedTypeError: (a TypeError) no way to share such data.
        :raises MismatchError: (a BufferError) the object exists and does not fit the data.
        :raises InvalidObjectError: (a ValueError) what has that name is not such an object, or damaged.
        :raises BeingMadeError: (a TimeoutError) it was not finished in time.
        :raises WrongKindError: (a BufferError) it is a `SharedDynamicObject`'s.
        :raises NotAllowedError: (a PermissionError) no permission, or it is open to more users than `mode` lets.
        :raises NoSpaceError: (an OSError) shared memory is full.
        :raises SystemCallError: (an OSError) a symbolic link, too many open files, and the like.
        """
        self._prepare(name, init_size, lock_timeout, mode, poll_step, remount, on_remount)
        self._mount_or_make(data, describe(data, init_size, self._place), creation_timeout, trailer)

    def _mount_or_make(self, data: Any, area: Area, creation_timeout: float, trailer: bool) -> None:
        """What makes a prepared handle a mounted one."""
        try:
            if not self._mount_or_create(data, area, creation_timeout, trailer) and data is not None:
                # Not %r of self: a log record may be kept for long, and the handle with it.
                _log.warning("implicitly overwriting the data of %s", self._place)
                self.assign(data)
        except BaseException:
            self._release()
            raise
        _handles.add(self)

    def _prepare(
        self,
        name: str,
        init_size: int = DEFAULT_INIT_SIZE,
        lock_timeout: Optional[float] = None,
        mode: int = PRIVATE,
        poll_step: float = POLL_STEP,
        remount: bool = True,
        on_remount: Optional[Callable[["SharedObject"], Any]] = None,
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
        if not poll_step > 0:
            raise ValueError(f"poll_step must be more than 0 seconds: {poll_step}")
        self.poll_step = poll_step
        self.on_remount = on_remount
        self._remounts = remount
        self._polls = PollPlan()
        self._name_due = 0.0  # when waits look at the name again
        self._known_link = Link.KEPT  # what the log knows
        self._watchers: Set[Watched] = set()  # what waits for this handle in this process

    # ---- opening ----------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls, name: str, timeout: Optional[float] = None, *, trigger: bool = False, **options: Any
    ) -> "SharedObject":
        """Open the object of that name; if there is none yet, wait for whoever makes it. Never makes one.

        An object counts as made when it has a value. Caught in between, or if it holds None because somebody
        opened it before its producer did (`SharedObject(name)` makes such ones), it is waited for as well.

        :param timeout: seconds; None waits for ever, 0 only looks.
        :param trigger: take an object that holds None, which is what triggers do.
        :param options: `lock_timeout`, `mode`, `poll_step`, `remount`, `on_remount`, as for the constructor.
        :raises WaitTimeoutError: (a TimeoutError) it was not there, or not complete, within the timeout.
        :raises InvalidObjectError: (a ValueError) what has that name is not such an object, or damaged.
        :raises NotAllowedError: (a PermissionError) no permission, or it is open to more users than `mode` lets.
        :raises SystemCallError: (an OSError) a symbolic link, too many open files, and the like.
        """
        for opened, pause in cls._attempts_to_open(name, timeout, trigger, options):
            if opened is not None:
                return opened
            time.sleep(pause)
        raise AssertionError("attempts end with an object or an exception")

    @classmethod
    async def async_open(
        cls, name: str, timeout: Optional[float] = None, *, trigger: bool = False, **options: Any
    ) -> "SharedObject":
        """`open` for a task: other tasks go on."""
        import asyncio

        for opened, pause in cls._attempts_to_open(name, timeout, trigger, options):
            if opened is not None:
                return opened
            await asyncio.sleep(pause)
        raise AssertionError("attempts end with an object or an exception")

    @classmethod
    def _attempts_to_open(
        cls, name: str, timeout: Optional[float], trigger: bool, options: Any
    ) -> Iterator[Tuple[Optional["SharedObject"], float]]:
        """For each attempt the handle, or how many seconds to wait before the next."""
        deadline, pause = Deadline(timeout), _FIRST_PAUSE
        while True:
            opened, problem = cls._open_complete(name, trigger, options)
            if opened is None and deadline.is_over:
                raise WaitTimeoutError(f"SharedObject {name!r}: not to be opened within {timeout} s: {problem}.")
            left = deadline.left()
            yield opened, pause if left is None else min(pause, left)
            pause = min(2 * pause, POLL_STEP)

    @classmethod
    def _open_complete(cls, name: str, trigger: bool, options: Any) -> Tuple[Optional["SharedObject"], str]:
        """A handle on the object, if it is complete; else None and what it lacks."""
        handle = cls.__new__(cls)
        handle._prepare(name, **options)
        try:
            mounted = handle._mount(patient=False)
        except ObjectNotFoundError:
            return None, "there is none"
        except BlockingIOError:
            return None, "a writer holds its lock"
        except EmptySegment:
            mounted = False
        if not mounted:
            return None, "it is still being made: it has no size or no type yet"
        problem = handle._what_it_lacks(trigger)
        if problem:
            handle._release()
            return None, problem
        _handles.add(handle)
        return handle, ""

    def _what_it_lacks(self, trigger: bool) -> str:
        """Why a mounted object is not one to open yet; empty if it is."""
        if self._area.tag == TAG_NONE:
            return "" if trigger else "it holds None, as a trigger does; pass trigger=True if it is one"
        return "" if self._stamps.mtime[0] != 0 else "it was never assigned"

    def _mount_or_create(self, data: Any, area: Area, timeout: float, trailer: bool) -> bool:
        """Whether this call made the object."""
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE
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
        encoded = encode(data, area, self._place)
        # An object without data was never assigned: mtime 0.
        mtime = 0 if data is None else next_stamp()
        size = buf_size(area)

        def fill(buf: memoryview) -> None:
            store(buf, DATA_OFFSET, encoded)
            buf[:MTIME_SIZE] = mtime.to_bytes(MTIME_SIZE, "little")
            buf[TAG_OFFSET] = area.tag
            if trailer:
                buf[trailer_offset(size) :] = new_trailer(commit=mtime)

        whole = segment_size(size) if trailer else size
        self._use(Segment.create(self.name, whole, fill, self._mode), area, mtime)

    def _use(self, segment: Segment, area: Area, seen: int) -> None:
        self._segment, self._area, self.mtime = segment, area, seen
        self._look_at(segment)

    def _look_at(self, segment: Segment) -> None:
        """Find the words and the bytes of the object in what is mapped of the segment."""
        size = buf_size(self._area)
        self._stamps = Stamps(segment.buf, size)
        # The bytes that may be read without the lock; None: none may.
        worthwhile = self._area.tag == TAG_NDARRAY or size <= LARGEST_UNLOCKED
        unlocked = ORDERED and worthwhile and self._stamps.has_trailer
        self._unlocked = segment.readonly[DATA_OFFSET:size] if unlocked else None

    # ---- reading ----------------------------------------------------------------------------------------------------

    def fetch(self, fn: Optional[Callable[[Any], Any]] = None, *, max_age: Optional[float] = None) -> Any:
        """A copy of the value, or what `fn` makes of it. The value counts as seen.

        Arrays and small values are read without the lock where that is possible, and then no writer can hold this up.

        `fn` runs under the readers lock: keep it short. It gets the value; for an object that is an ndarray, that is a
        read-only view of the shared memory, so ``fetch(lambda x: x.sum())`` or ``fetch(lambda x: x[..., 0].copy())``
        need not copy the whole. An array that fn returns and that does not own its data is copied, also inside tuples,
        lists and dict values. fn must not keep the view in any other way: it would go on changing.

        Cost: a `fn` that makes its own result is cheaper than a plain fetch; one that returns a slice is not.

        :param max_age: refuse a value that was assigned or triggered more than so many seconds ago.
        :raises StaleError: (a BufferError) the value is older than that. It does not count as seen.
        :raises NeverAssignedError: (a BufferError) the object has a type, but its maker did not assign a value yet.
        :raises TornError: (a BufferError) a writer died half-way through the value. The next assign makes it whole;
            `accept_torn` takes it as it is.
        :raises TextDecodeError: (a UnicodeDecodeError) a str in it is not UTF-8.
        :raises ReentrantCallError, LockTimeoutError, ClosedError: see there; whatever `fn` raises passes through.
        """
        if max_age is None:
            return self._calls.run(self._fetch, fn)
        return self._calls.run(self._fetch_recent, fn, max_age)

    def _fetch_recent(self, fn: Optional[Callable[[Any], Any]], max_age: float) -> Any:
        self._open_segment()
        self._check_age(self._stamps.mtime[0], max_age)  # before fn is called, or much is copied
        seen = self.mtime
        value = self._fetch(fn)
        try:
            self._check_age(self.mtime, max_age)  # it may have taken a while to get the lock
        except StaleError:
            self.mtime = seen
            raise
        return value

    def _check_age(self, stamp: int, max_age: float) -> None:
        age = _age(stamp)
        if stamp != 0 and age > max_age:
            raise StaleError(
                f"{self._place}: its value is {age:.3f} s old, and {max_age} s is the limit. Its producer may have "
                "stopped."
            )

    def _fetch(self, fn: Optional[Callable[[Any], Any]]) -> Any:
        segment = self._open_segment()
        if fn is None and self._unlocked is not None:
            stamp = self._stamps.begin_read()
            if stamp != 0:
                value = self._read_unlocked(segment, self._unlocked, stamp)
                if value is not NOT_READ:
                    self.mtime = stamp
                    return value
        if self._torn is not None and self._is_known_torn(self._torn):
            raise self._torn_error()
        return self._run_locked(fcntl.LOCK_SH, self._fetch_locked, (fn,))

    def _read_unlocked(self, segment: Segment, memory: memoryview, stamp: int) -> Any:
        """The value, if it is whole and `stamp` is its; else NOT_READ."""
        # Nothing is decoded from memory that may change meanwhile. An array's elements need no decoding: what they are
        # is known, and the copy of them is the value.
        is_array = self._area.tag == TAG_NDARRAY
        copy = self._decode(memory) if is_array else memory.tobytes()
        if not self._stamps.end_read(stamp):
            return NOT_READ
        return copy if is_array else self._decode(copy)

    def _decode(self, buf: Buffer) -> Any:
        return decode(buf, 0, self._area, self._place)

    def _fetch_locked(self, segment: Segment, fn: Optional[Callable[[Any], Any]]) -> Any:
        mtime = self._settle(segment)
        if mtime == 0 and self._area.tag != TAG_NONE:
            raise NeverAssignedError(
                f"{self._place}: holds {self._area}, but was never assigned: whoever made it stopped half-way or is "
                "about to assign. Try again, or assign a value."
            )
        offset, area = self._locate_value(segment)
        if fn is None or not isinstance(area, ArrayArea):
            value = decode(segment.readonly, offset, area, self._place)
            self.mtime = mtime
            return value if fn is None else fn(value)
        view = array_view(segment.readonly, offset, area)
        view.setflags(write=False)
        self.mtime = mtime
        return _detached(fn(view))

    def _locate_value(self, segment: Segment) -> Tuple[int, Area]:
        """Where the value's data area is, and what it is. Under the lock."""
        return DATA_OFFSET, self._area

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

    @property
    def modified(self) -> bool:
        """Whether the object was assigned or triggered since this handle last saw it. Asking does not count as seeing.

        Looks at the stamp without a lock, so no writer can hold it up: during another process's assign it may be True
        before that is done, and the fetch then waits for it.
        """
        return self._run(None, self._is_modified)

    def _is_modified(self, segment: Segment) -> bool:
        return self._stamps.is_news(self.mtime)

    @property
    def triggered(self) -> bool:
        """The same as `modified`, but asking counts as seeing: each trigger makes it True once for each handle."""
        return self._run(None, self._is_triggered)

    def _is_triggered(self, segment: Segment) -> bool:
        stamp = self._stamps.mtime[0]
        if stamp == 0 or stamp == self.mtime:
            return False
        self.mtime = stamp
        return True

    @property
    def age(self) -> float:
        """Seconds since the object was assigned or triggered, by the wall clock; infinite if it never was."""
        return self._run(None, lambda segment: _age(self._stamps.mtime[0]))

    # ---- waiting ----------------------------------------------------------------------------------------------------

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Sleep until there is something newer than what this handle saw last. Like `modified`, does not count as
        seeing.

        :param timeout: seconds; None waits for ever (Ctrl-C ends it), 0 only looks.
        :returns: False if the time is over.
        :raises ClosedError: the handle was closed, maybe meanwhile, by another thread.
        :raises MismatchError: (a BufferError) another segment has got the name, and holds something else.
        :raises ReentrantCallError: see there.
        """
        return bool(wait_for_news((self,), Deadline(timeout)))

    async def async_wait(self, timeout: Optional[float] = None) -> bool:
        """`wait` for a task: other tasks go on. Cancelling it ends it at once."""
        return bool(await async_wait_for_news((self,), Deadline(timeout)))

    def wait_triggered(self, timeout: Optional[float] = None) -> bool:
        """Sleep until `triggered` is True, which then counts as seen: each trigger ends one wait of each handle.

        Parameters and errors as for `wait`. Of triggers in quick succession, only the last is seen.
        """
        deadline = Deadline(timeout)
        while wait_for_news((self,), deadline):
            if self.triggered:  # else another thread was faster
                return True
        return False

    async def async_wait_triggered(self, timeout: Optional[float] = None) -> bool:
        """`wait_triggered` for a task: other tasks go on. Cancelling it ends it at once."""
        deadline = Deadline(timeout)
        while await async_wait_for_news((self,), deadline):
            if self.triggered:
                return True
        return False

    def fetch_next(self, timeout: Optional[float] = None, fn: Optional[Callable[[Any], Any]] = None) -> Any:
        """Sleep until there is something newer than what this handle saw last, and fetch it.

        A value that is torn is none: it waits for the next one.

        :param timeout: seconds; None waits for ever (Ctrl-C ends it).
        :param fn: as for `fetch`.
        :raises WaitTimeoutError: (a TimeoutError) nothing came within the timeout.
        :raises: also what `wait` and `fetch` raise.
        """
        deadline, refused = Deadline(timeout), 0
        while wait_for_news((self,), deadline, refused):
            found = self._open_stamps().mtime[0]
            try:
                return self.fetch(fn)
            except (TornError, NeverAssignedError):
                refused = found
        raise self._nothing_came(timeout, refused)

    async def async_fetch_next(
        self, timeout: Optional[float] = None, fn: Optional[Callable[[Any], Any]] = None
    ) -> Any:
        """`fetch_next` for a task: other tasks go on, also while another process holds the lock, or fn runs (in
        a thread). Cancelling it ends it at once."""
        deadline, refused = Deadline(timeout), 0
        while await async_wait_for_news((self,), deadline, refused):
            found = self._open_stamps().mtime[0]
            try:
                return await self._async_fetch(fn)
            except (TornError, NeverAssignedError):
                refused = found
        raise self._nothing_came(timeout, refused)

    async def _async_fetch(self, fn: Optional[Callable[[Any], Any]]) -> Any:
        stamps = self._open_stamps()
        if fn is None and self._may_read_unlocked() and stamps.end_read(stamps.begin_read()):
            return self.fetch()  # without a lock, unless a writer comes right now
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self.fetch, fn)

    def _may_read_unlocked(self) -> bool:
        return self._unlocked is not None

    def _nothing_came(self, timeout: Optional[float], refused: int) -> WaitTimeoutError:
        but = " but a torn one: its writer died half-way through it" if refused else ""
        return WaitTimeoutError(f"{self._place}: no newer value came within {timeout} s{but}.")

    def watch(
        self,
        fn: Optional[Callable[[Any], Any]] = None,
        *,
        max_age: Optional[float] = None,
        silence: Optional[float] = None,
        on_silence: Optional[Callable[["SharedObject"], Any]] = None,
    ) -> Iterator[Any]:
        """The newest value each time, for as long as the caller asks: ``for pose in tcp.watch(): ...``

        Never a queue: whoever is slower than the writer misses what came between. The first one is the first that is
        newer than what this handle saw last. Torn values are left out.

        :param fn: as for `fetch`.
        :param max_age: leave out values that were assigned or triggered more than so many seconds ago.
        :param silence: seconds without a value after which to say so: by `on_silence`, or else by SilenceError.
        :param on_silence: called with this handle after each `silence` seconds without a value.
        :raises SilenceError: (a TimeoutError) nothing came for `silence` seconds, and there is no `on_silence`.
        :raises: also what `wait` and `fetch` raise.
        """
        deadline = Deadline(silence)
        while True:
            try:
                value = self.fetch_next(deadline.left(), fn)
            except WaitTimeoutError:
                self._report_silence(silence, on_silence)
            else:
                if self._is_too_old(max_age):
                    continue
                yield value
            deadline = Deadline(silence)

    async def watch_async(
        self,
        fn: Optional[Callable[[Any], Any]] = None,
        *,
        max_age: Optional[float] = None,
        silence: Optional[float] = None,
        on_silence: Optional[Callable[["SharedObject"], Any]] = None,
    ) -> AsyncIterator[Any]:
        """`watch` for a task: ``async for pose in tcp.watch_async(): ...`` Cancelling the task ends it at once."""
        import asyncio

        deadline = Deadline(silence)
        while True:
            try:
                value = await self.async_fetch_next(deadline.left(), fn)
            except WaitTimeoutError:
                self._report_silence(silence, on_silence)
            else:
                if self._is_too_old(max_age):
                    continue
                yield value
                await asyncio.sleep(0)  # a writer that is quicker than this task must not stop the others
            deadline = Deadline(silence)

    def _report_silence(
        self, silence: Optional[float], on_silence: Optional[Callable[["SharedObject"], Any]]
    ) -> None:
        if on_silence is None:
            raise SilenceError(f"{self._place}: no new value for {silence} s. Its producer may have stopped.") from None
        on_silence(self)

    def _is_too_old(self, max_age: Optional[float]) -> bool:
        return max_age is not None and _age(self.mtime) > max_age

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
        for watched in tuple(self._watchers):
            watched.notify()

    # ---- writing ----------------------------------------------------------------------------------------------------

    def assign(self, data: Any) -> "SharedObject":
        """Store a value, which counts as seen by this handle. If it raises, nothing changed: all is checked first.

        :returns: the object itself, for chaining.
        :raises MismatchError: (a BufferError) another type, dtype or shape, other items; CapacityError: a text too
            long.
        :raises UnsupportedTypeError: (a TypeError) no way to share such data; `np.asarray` makes numpy scalars
            shareable.
        :raises IntRangeError: (a struct.error and OverflowError) an int of more than 64 bits.
        :raises TextEncodeError: (a UnicodeEncodeError) a str with a lone surrogate.
        :raises ReentrantCallError, LockTimeoutError, ClosedError: see there.
        """
        self._run(fcntl.LOCK_EX, self._write, self._encode(data))
        return self

    def _encode(self, data: Any) -> Encoded:
        return encode(data, self._area, self._place)

    def _write(self, segment: Segment, encoded: Encoded) -> None:
        stamp = self._stamps.next(self.mtime)
        try:
            self._write_whole(segment, encoded, stamp)
        except BaseException:
            # Only a signal handler that raises (Ctrl-C) gets here, and half a value must not stay: storing can't fail
            # and may be repeated. Should a second one come, the value is torn for all who look.
            self._write_whole(segment, encoded, stamp)
            raise
        finally:
            self.mtime = stamp

    def _write_whole(self, segment: Segment, encoded: Encoded, stamp: int) -> None:
        self._stamps.begin_write(stamp)
        self._store_value(segment, encoded)
        self._stamps.end_write(stamp)

    def _store_value(self, segment: Segment, encoded: Encoded) -> None:
        store(segment.buf, DATA_OFFSET, encoded)

    def trigger(self) -> "SharedObject":
        """Mark the object as modified without changing its value; does not count as seen, not even by this handle.

        :returns: the object itself, for chaining.
        """
        self._run(fcntl.LOCK_EX, self._stamp)
        return self

    def _stamp(self, segment: Segment) -> None:
        self._stamps.trigger(self._stamps.next(self.mtime))

    # ---- locking ----------------------------------------------------------------------------------------------------

    def _run(self, operation: Optional[int], body: Callable[..., Any], *args: Any) -> Any:
        """`body(segment, *args)` as the only call on this handle, under that flock (None: without one)."""
        return self._calls.run(self._run_locked, operation, body, args)

    def _run_locked(self, operation: Optional[int], body: Callable[..., Any], args: Tuple[Any, ...]) -> Any:
        segment = self._open_segment()
        if operation is None:
            return body(segment, *args)
        return locked(segment.fd, operation, self._calls.timeout, self.name, self._look_and_run, segment, body, args)

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
    def nbytes(self) -> int:
        """Bytes of the object in shared memory, its 9 of header included (and a peer's trailer not)."""
        return buf_size(self._area)

    @property
    def object_type_idx(self) -> int:
        """The wire's type tag: 0 None, 1 bool, 2 int, 3 float, 4 complex, 5 Pose, 6 str, 7 bytes, 8 bytearray,
        9 ndarray, 10 dict."""
        return self._area.tag

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._segment is None

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
        self._stamps = self._unlocked = None  # type: ignore[assignment]  # they keep the mapping
        if segment is not None:
            segment.close()

    def _leave_parent(self) -> None:
        # The parent's other threads may have been inside a call; they don't exist here.
        self._calls = CallLock(self.name, self._calls.timeout)
        self._watchers = set()
        if self._segment is not None:
            self._segment.leave_parent()

    def __enter__(self) -> "SharedObject":
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


NOT_READ = object()  # what no value is


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


def _age(stamp: int) -> float:
    """Seconds since then; infinite for the stamp of what was never assigned."""
    return (time.time_ns() - stamp) / 1e9 if stamp != 0 else math.inf


def store(buf: memoryview, offset: int, encoded: Encoded) -> None:
    """Store bytes that `encode` has made, from that offset on."""
    for part in encoded:
        end = offset + len(part)
        buf[offset:end] = part
        offset = end


def _detached(result: Any) -> Any:
    """The result without arrays that might look into the shared memory."""
    if isinstance(result, np.ndarray):
        return result if result.flags.owndata else result.copy()
    if type(result) in (tuple, list):
        return type(result)(_detached(item) for item in result)
    if type(result) is dict:
        return {key: _detached(item) for key, item in result.items()}
    return result


# After a fork the child's descriptors are the parent's: one flock for both. Each open handle gets its own.
_handles: "weakref.WeakSet[SharedObject]" = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for handle in list(_handles):
        handle._leave_parent()


os.register_at_fork(after_in_child=_after_fork_in_child)
