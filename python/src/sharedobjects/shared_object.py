"""`SharedObject`: a live typed value that processes share by name."""

from __future__ import annotations

import fcntl
import logging
import os
import time
import weakref
from functools import partial
from typing import Any, Callable, NamedTuple, Optional, Tuple

import numpy as np

from .codec import Buffer, Encoded, array_view, decode, describe, encode
from .errors import BeingMadeError, ClosedError, NeverAssignedError, ObjectNotFoundError, TornError
from .layout import (
    DATA_OFFSET,
    DEFAULT_INIT_SIZE,
    MTIME_SIZE,
    NONE_AREA,
    TAG_NDARRAY,
    TAG_NONE,
    TAG_OFFSET,
    Area,
    buf_size,
    new_trailer,
    segment_size,
    trailer_offset,
)
from .locks import CallLock, locked
from .parsing import parse_segment
from .place import Place
from .segment import PRIVATE, EmptySegment, Segment, check_name, unlink
from .stamps import ORDERED, Stamps, next_stamp

_log = logging.getLogger("sharedobjects")

# Waiting for somebody else to finish making an object: seconds between looks, doubling.
_FIRST_PAUSE = 0.0001
_LONGEST_PAUSE = 0.01


# Up to so many bytes, what is no array is fetched without the lock: copied as bytes, checked, then decoded. Beyond, the
# second copy costs more than the lock saves, above all from where the C library gets the memory of each block anew from
# the system (128 KiB). Arrays need but one copy, and have no limit.
_LARGEST_UNLOCKED = 1 << 16


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
        :raises UnsupportedTypeError: (a TypeError) no way to share such data.
        :raises MismatchError: (a BufferError) the object exists and does not fit the data.
        :raises InvalidObjectError: (a ValueError) what has that name is not such an object, or damaged.
        :raises BeingMadeError: (a TimeoutError) it was not finished in time.
        :raises NotAllowedError: (a PermissionError) it is open to more users than `mode` lets.
        :raises OSError: no permission, no space.
        """
        self._segment: Optional[Segment] = None
        self._torn: Optional[_TornValue] = None
        self.name = check_name(name)
        self.init_size = _check_init_size(init_size)
        self._mode = _check_mode(mode)
        self._calls = CallLock(name, lock_timeout)
        self._place = Place(name)
        self.mtime = 0
        self._area: Area = NONE_AREA
        area = describe(data, init_size, self._place)
        try:
            if not self._mount_or_create(data, area, creation_timeout, trailer) and data is not None:
                # Not %r of self: a log record may be kept for long, and the handle with it.
                _log.warning("implicitly overwriting the data of %s", self._place)
                self.assign(data)
        except BaseException:
            self._release()
            raise
        _handles.add(self)

    # ---- opening ----------------------------------------------------------------------------------------------------

    def _mount_or_create(self, data: Any, area: Area, timeout: float, trailer: bool) -> bool:
        """Whether this call made the object."""
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while True:
            try:
                if self._mount():
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

    def _mount(self) -> bool:
        """Whether the object is complete (then it is mounted)."""
        segment = Segment.open(self.name, self._mode)
        try:

            def look() -> bool:
                segment.has_grown()  # or shrunk, between the first look at its size and the lock
                area = parse_segment(segment.buf, self.name) if segment.reserve() else None
                if area is None:
                    return False
                self._use(segment, area, seen=Stamps(segment.buf, buf_size(area)).mtime[0])
                return True

            complete = locked(segment.fd, fcntl.LOCK_SH, self.lock_timeout, self.name, look)
        except BaseException:
            segment.close()
            raise
        if not complete:
            segment.close()
        return complete

    def _create(self, data: Any, area: Area, trailer: bool) -> None:
        encoded = encode(data, area, self._place)
        # An object without data was never assigned: mtime 0.
        mtime = 0 if data is None else next_stamp()
        size = buf_size(area)

        def fill(buf: memoryview) -> None:
            _store(buf, encoded)
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
        worthwhile = self._area.tag == TAG_NDARRAY or size <= _LARGEST_UNLOCKED
        unlocked = ORDERED and worthwhile and self._stamps.has_trailer
        self._unlocked = segment.readonly[DATA_OFFSET:size] if unlocked else None

    # ---- reading ----------------------------------------------------------------------------------------------------

    def fetch(self, fn: Optional[Callable[[Any], Any]] = None) -> Any:
        """A copy of the value, or what `fn` makes of it. The value counts as seen.

        Arrays and small values are read without the lock where that is possible, and then no writer can hold this up.

        `fn` runs under the readers lock: keep it short. It gets the value; for an object that is an ndarray, that is a
        read-only view of the shared memory, so ``fetch(lambda x: x.sum())`` or ``fetch(lambda x: x[..., 0].copy())``
        need not copy the whole. An array that fn returns and that does not own its data is copied, also inside tuples,
        lists and dict values. fn must not keep the view in any other way: it would go on changing.

        Cost: a `fn` that makes its own result is cheaper than a plain fetch; one that returns a slice is not.

        :raises NeverAssignedError: (a BufferError) the object has a type, but its maker did not assign a value yet.
        :raises TornError: (a BufferError) a writer died half-way through the value. The next assign makes it whole;
            `accept_torn` takes it as it is.
        :raises TextDecodeError: (a UnicodeDecodeError) a str in it is not UTF-8.
        :raises ReentrantCallError, LockTimeoutError, ClosedError: see there; whatever `fn` raises passes through.
        """
        return self._calls.run(self._fetch, fn)

    def _fetch(self, fn: Optional[Callable[[Any], Any]]) -> Any:
        segment = self._open_segment()
        if fn is None and self._unlocked is not None:
            stamp = self._stamps.begin_read()
            if stamp != 0:
                # Nothing is decoded from memory that may change meanwhile. An array's elements need no decoding: what
                # they are is known, and the copy of them is the value.
                is_array = self._area.tag == TAG_NDARRAY
                copy = self._decode(self._unlocked) if is_array else self._unlocked.tobytes()
                if self._stamps.end_read(stamp):
                    value = copy if is_array else self._decode(copy)
                    self.mtime = stamp
                    return value
        if self._torn is not None and self._is_known_torn(self._torn):
            raise self._torn_error()
        return self._run_locked(fcntl.LOCK_SH, self._fetch_locked, (fn,))

    def _decode(self, buf: Buffer) -> Any:
        return decode(buf, 0, self._area, self._place)

    def _fetch_locked(self, segment: Segment, fn: Optional[Callable[[Any], Any]]) -> Any:
        area = self._area
        mtime = self._settle(segment)
        if mtime == 0 and area.tag != TAG_NONE:
            raise NeverAssignedError(
                f"{self._place}: holds {area}, but was never assigned: whoever made it stopped half-way or is about to "
                "assign. Try again, or assign a value."
            )
        if fn is None or area.tag != TAG_NDARRAY:
            value = decode(segment.readonly, DATA_OFFSET, area, self._place)
            self.mtime = mtime
            return value if fn is None else fn(value)
        view = array_view(segment.readonly, DATA_OFFSET, area)
        view.setflags(write=False)
        self.mtime = mtime
        return _detached(fn(view))

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
            self._torn = _TornValue(writing, mtime, found)
            return False
        if known.digest == found:
            self._torn = known._replace(mtime=mtime)
            return False
        self._stamps.end_torn()
        self._torn = None
        return True

    def _is_known_torn(self, torn: "_TornValue") -> bool:
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
        stamp = self._stamps.mtime[0]
        # 0 is either "never assigned" or the instant in which a real_robot writer is storing a stamp (it zeroes first).
        # Different, not greater: the clock may have been set back.
        return stamp != 0 and stamp != self.mtime

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
        self._run(fcntl.LOCK_EX, self._write, encode(data, self._area, self._place))
        return self

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
        _store(segment.buf, encoded)
        self._stamps.end_write(stamp)

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
        if segment.has_grown() and not self._stamps.has_trailer:
            segment.map_again(lambda: self._look_at(segment))
        return body(segment, *args)

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
        """Let go of the memory; the object stays. Afterwards every call but `close` and `unlink` raises ClosedError."""
        self._calls.run(self._release)

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

    def _release(self) -> None:
        segment, self._segment = self._segment, None
        self._stamps = self._unlocked = None  # type: ignore[assignment]  # they keep the mapping
        if segment is not None:
            segment.close()

    def _leave_parent(self) -> None:
        # The parent's other threads may have been inside a call; they don't exist here.
        self._calls = CallLock(self.name, self._calls.timeout)
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


class _TornValue(NamedTuple):
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


def _store(buf: memoryview, encoded: Encoded) -> None:
    offset = DATA_OFFSET
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
