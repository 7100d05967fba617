"""`SharedObject`: a live typed value that processes share by name."""

from __future__ import annotations

import fcntl
import logging
import math
import threading
import time
from typing import Any, AsyncIterator, Callable, Iterator, Optional, Tuple

import numpy as np

from .codec import Buffer, Encoded, array_view, decode, describe, encode
from .errors import (
    LockTimeoutError,
    NeverAssignedError,
    ObjectNotFoundError,
    SilenceError,
    StaleError,
    TornError,
    WaitTimeoutError,
)
from .layout import (
    DATA_OFFSET,
    DEFAULT_INIT_SIZE,
    MTIME_SIZE,
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
from .mount import FIRST_PAUSE, POLL_STEP, Mount
from .segment import PRIVATE, EmptySegment, Segment
from .stamps import ORDERED, next_stamp
from .waiting import Deadline, async_wait_for_news, wait_for_news

_log = logging.getLogger("sharedobjects")

# Up to so many bytes, what is no array is fetched without the lock: copied as bytes, checked, then decoded. Beyond, the
# second copy costs more than the lock saves, above all from where the C library gets the memory of each block anew from
# the system (128 KiB). Arrays need but one copy, and have no limit.
LARGEST_UNLOCKED = 1 << 16


class SharedObject(Mount):
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
        deadline, pause = Deadline(timeout), FIRST_PAUSE
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
        return handle, ""

    def _what_it_lacks(self, trigger: bool) -> str:
        """Why a mounted object is not one to open yet; empty if it is."""
        if self._area.tag == TAG_NONE:
            return "" if trigger else "it holds None, as a trigger does; pass trigger=True if it is one"
        return "" if self._stamps.mtime[0] != 0 else "it was never assigned"

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

    def _look_at(self, segment: Segment) -> None:
        super()._look_at(segment)
        size = buf_size(self._area)
        # The bytes that may be read without the lock; None: none may.
        worthwhile = self._area.tag == TAG_NDARRAY or size <= LARGEST_UNLOCKED
        unlocked = ORDERED and worthwhile and self._stamps.has_trailer
        self._unlocked = segment.readonly[DATA_OFFSET:size] if unlocked else None

    def _release(self) -> None:
        self._unlocked = None  # it keeps the mapping
        super()._release()

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

    def _fetch_in_time(self, fn: Optional[Callable[[Any], Any]], deadline: Deadline) -> Any:
        """`fetch`, which waits for its locks no longer than the deadline."""
        return self._calls.run(self._fetch, fn, deadline, within=deadline.left())

    def _fetch(
        self,
        fn: Optional[Callable[[Any], Any]],
        deadline: Optional[Deadline] = None,
        is_given_up: Optional[Callable[[], bool]] = None,
        may_lock: bool = True,
    ) -> Any:
        segment = self._open_segment()
        if fn is None and self._unlocked is not None:
            stamp = self._stamps.begin_read()
            if stamp != 0:
                value = self._read_unlocked(segment, self._unlocked, stamp)
                if value is not NOT_READ:
                    self.mtime = stamp
                    return value
        if not may_lock:
            return NOT_READ
        if self._torn is not None and self._is_known_torn(self._torn):
            raise self._torn_error()
        within = None if deadline is None else deadline.left()
        return self._run_locked(fcntl.LOCK_SH, self._fetch_locked, (fn,), within, is_given_up)

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
        :raises LockTimeoutError: (a TimeoutError) something came, and somebody kept its lock for the rest of the timeout.
        :raises: also what `wait` and `fetch` raise.
        """
        deadline, refused = Deadline(timeout), 0
        while wait_for_news((self,), deadline, refused):
            found = self._open_stamps().mtime[0]
            try:
                return self._fetch_in_time(fn, deadline)
            except (TornError, NeverAssignedError):
                refused = found
        raise self._nothing_came(timeout, refused)

    async def async_fetch_next(
        self, timeout: Optional[float] = None, fn: Optional[Callable[[Any], Any]] = None
    ) -> Any:
        """`fetch_next` for a task: other tasks go on, also while another process holds the lock, or fn runs (in
        a thread). Cancelling it ends it at once, and nothing counts as seen; an fn that has begun runs to its end."""
        deadline, refused = Deadline(timeout), 0
        while await async_wait_for_news((self,), deadline, refused):
            found = self._open_stamps().mtime[0]
            try:
                return await self._async_fetch(fn, deadline)
            except (TornError, NeverAssignedError):
                refused = found
        raise self._nothing_came(timeout, refused)

    async def _async_fetch(self, fn: Optional[Callable[[Any], Any]], deadline: Deadline) -> Any:
        """`_fetch_in_time`. What has to wait, be it for another thread, does so in a thread."""
        stamps = self._open_stamps()
        if fn is None and stamps.end_read(stamps.begin_read()):
            try:
                value = self._calls.run(self._fetch, None, None, None, False, within=0)
            except LockTimeoutError:
                value = NOT_READ
            if value is not NOT_READ:
                return value
        import asyncio

        given_up = threading.Event()
        try:
            value, stamp, seen = await asyncio.get_running_loop().run_in_executor(
                None, self._fetch_unseen, fn, deadline, given_up.is_set
            )
        finally:
            given_up.set()
        if self.mtime == seen:
            self.mtime = stamp  # here, as a task that was cancelled has seen nothing
        return value

    def _fetch_unseen(
        self, fn: Optional[Callable[[Any], Any]], deadline: Deadline, is_given_up: Callable[[], bool]
    ) -> Tuple[Any, int, int]:
        """The value, which does not count as seen, its stamp, and that of what does."""

        def fetch() -> Tuple[Any, int, int]:
            seen = self.mtime
            try:
                return self._fetch(fn, deadline, is_given_up), self.mtime, seen
            finally:
                self.mtime = seen

        return self._calls.run(fetch, within=deadline.left())

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
            except LockTimeoutError:
                if not deadline.is_over:
                    raise  # by lock_timeout
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
            except LockTimeoutError:
                if not deadline.is_over:
                    raise  # by lock_timeout
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

NOT_READ = object()  # what no value is


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
