"""`SharedDynamicObject`: a live value that may be of another type, shape and length each time.

What differs from an ordinary object, and only that, is here: where the value is, how long it is, and how its segment
grows. A reader learns of growth from a length that is beyond what it has mapped; so growth is no event of the protocol,
and whoever sleeps, asks or triggers needs nothing of the mapping but its first page. (proof/grow.pml)

An old mapping is never closed: the segment does not shrink, so it stays right as far as it goes, and it ends with the
last view of it.
"""

from __future__ import annotations

import errno
from typing import Any, Callable, Optional, Tuple

from .codec import Encoded, decode, describe, encode
from .errors import InvalidObjectError, NoSpaceError
from .layout import (
    ARRAY_SHAPE_OFFSET,
    DYNAMIC_AREA,
    DYNAMIC_LENGTH_OFFSET,
    DYNAMIC_SIZE,
    DYNAMIC_VALUE_OFFSET,
    DYNAMIC_VERSION,
    DYNAMIC_VERSION_OFFSET,
    LARGEST_DYNAMIC_VALUE,
    MAX_NDIM,
    MTIME_SIZE,
    TAG_DYNAMIC,
    TAG_NDARRAY,
    TAG_OFFSET,
    U64,
    Area,
    new_trailer,
    trailer_offset,
    whole_pages,
)
from .mount import POLL_STEP, TornValue
from .parsing import parse_dynamic_segment, parse_value
from .segment import PRIVATE, SHM_DIR, Segment
from .shared_object import LARGEST_UNLOCKED, NOT_READ, SharedObject, store
from .stamps import ORDERED, next_stamp

_ARRAY_TAG = bytes([TAG_NDARRAY])
# The bytes that say what an array is, after which its elements begin.
_LONGEST_HEAD = 1 + ARRAY_SHAPE_OFFSET + U64.size * MAX_NDIM


class SharedDynamicObject(SharedObject):
    """A value in shared memory under a name, of which each `assign` may change type, dtype, shape, length and items.

        detections = SharedDynamicObject("detections", data=[])
        detections.assign([{"label": "cup", "box": np.zeros(4)}])
        detections.assign(None)

    All that can be shared in a `SharedObject` can be here, and everything else is as there. The segment grows when a
    value needs it to, and never shrinks; it keeps its name, so that nobody has to open it anew.

    It costs a little more: each assign finds out anew what the value is, and each fetch what is there. For values that
    stay as they are, a `SharedObject` is the better one; for an array of fewer rows each time, `with_length`; for
    lists, `Room`.

    **Peers** are this package and the C# library; either refuses to open it as an ordinary object, and an ordinary one
    as this. A plain `real_robot` process must stay away: it opens it, and its `fetch` raises with its lock held.
    """

    def __init__(
        self,
        name: str,
        *,
        data: Any = None,
        lock_timeout: Optional[float] = None,
        creation_timeout: float = 1.0,
        mode: int = PRIVATE,
        poll_step: float = POLL_STEP,
        remount: bool = True,
        on_remount: Optional[Callable[["SharedObject"], Any]] = None,
    ) -> None:
        """Open the object of that name, or make it.

        If it exists, `data` (unless None) is assigned to it, with a log message. If it does not, `data` is its first
        value, also if it is None. Parameters and errors as for `SharedObject`.

        :raises WrongKindError: (a BufferError) the object is an ordinary one.
        """
        self._prepare(
            name, lock_timeout=lock_timeout, mode=mode, poll_step=poll_step, remount=remount, on_remount=on_remount
        )
        self._mount_or_make(data, DYNAMIC_AREA, creation_timeout, trailer=True)

    def _what_it_lacks(self, trigger: bool) -> str:
        return ""  # it is made with a value, and None is one

    def _parse(self, segment: Segment) -> Optional[Area]:
        return DYNAMIC_AREA if parse_dynamic_segment(segment.buf, self.name) else None

    def _create(self, data: Any, area: Area, trailer: bool) -> None:
        mtime = next_stamp()
        self._use(self._make(self._encode(data), mtime), area, mtime)

    def _make(self, encoded: Encoded, mtime: int) -> Segment:
        def fill(buf: memoryview) -> None:
            store(buf, DYNAMIC_VALUE_OFFSET, encoded)
            U64.pack_into(buf, DYNAMIC_LENGTH_OFFSET, _length(encoded))
            buf[:MTIME_SIZE] = mtime.to_bytes(MTIME_SIZE, "little")
            buf[DYNAMIC_VERSION_OFFSET] = DYNAMIC_VERSION
            buf[TAG_OFFSET] = TAG_DYNAMIC
            buf[trailer_offset(DYNAMIC_SIZE) : DYNAMIC_VALUE_OFFSET] = new_trailer(commit=mtime)

        size = whole_pages(DYNAMIC_VALUE_OFFSET + _length(encoded))
        return Segment.create(self.name, size, fill, self._mode)

    def _make_copy(self, segment: Segment, mtime: int) -> Segment:
        self._locate_value(segment)  # what does not add up is not published again
        return self._make([segment.readonly[DYNAMIC_VALUE_OFFSET : self._end_of_value(segment)]], mtime)

    def _look_at(self, segment: Segment) -> None:
        super()._look_at(segment)
        self._length = segment.buf[DYNAMIC_LENGTH_OFFSET : DYNAMIC_LENGTH_OFFSET + U64.size].cast("Q")  # of one item
        self._unlocked = segment.readonly if ORDERED else None

    def _release(self) -> None:
        super()._release()
        self._length = None  # type: ignore[assignment]  # it keeps the mapping

    def _concerns_growth(self) -> bool:
        return True

    def _is_acceptable(self, area: Area) -> bool:
        return True  # whatever value it has

    # ---- reading ----------------------------------------------------------------------------------------------------

    def _read_unlocked(self, segment: Segment, memory: memoryview, stamp: int) -> Any:
        # Until end_read has said that all of this belongs together, any of it may be half of something.
        end = DYNAMIC_VALUE_OFFSET + self._length[0]
        if end > len(memory):
            if not segment.has_grown():
                return NOT_READ
            segment.map_again(lambda: self._look_at(segment))
            memory = segment.readonly
            if end > len(memory):
                return NOT_READ
        value = memory[DYNAMIC_VALUE_OFFSET:end]
        head = value[:_LONGEST_HEAD].tobytes()
        if head[:1] == _ARRAY_TAG:
            return self._read_array_unlocked(value, head, stamp)
        if len(value) > LARGEST_UNLOCKED:
            return NOT_READ
        copy = value.tobytes()
        if not self._stamps.end_read(stamp):
            return NOT_READ
        return decode(copy, 1, parse_value(copy, len(copy), self._place), self._place)

    def _read_array_unlocked(self, value: memoryview, head: bytes, stamp: int) -> Any:
        """Copies the elements once, to where they are aligned; what they are is told by `head`, which is a copy."""
        try:
            area = parse_value(head, len(value), self._place)
        except InvalidObjectError:
            return NOT_READ  # the lock tells whether it is damaged, or was only half there
        array = decode(value, 1, area, self._place)
        return array if self._stamps.end_read(stamp) else NOT_READ

    def _locate_value(self, segment: Segment) -> Tuple[int, Area]:
        value = segment.readonly[DYNAMIC_VALUE_OFFSET : self._end_of_value(segment)]
        return DYNAMIC_VALUE_OFFSET + 1, parse_value(value, len(value), self._place)

    def _end_of_value(self, segment: Segment) -> int:
        """Under the lock, and all of the segment is mapped."""
        length, room = self._length[0], segment.size - DYNAMIC_VALUE_OFFSET
        if length > room:
            raise InvalidObjectError(
                f"{self._place}: claims a value of {length} bytes, where its segment has {room}. Its writer counts "
                "wrongly: assign a value."
            )
        return DYNAMIC_VALUE_OFFSET + length

    def _is_repaired(self, segment: Segment, writing: int, mtime: int) -> bool:
        self._torn = TornValue(writing, mtime, b"")  # no peer without a trailer can have repaired it
        return False

    # ---- writing ----------------------------------------------------------------------------------------------------

    def assign(self, data: Any) -> "SharedDynamicObject":
        """Store a value of any type, which counts as seen by this handle. If it raises, nothing changed.

        :returns: the object itself, for chaining.
        :raises UnsupportedTypeError: (a TypeError) no way to share such data; `np.asarray` makes numpy scalars
            shareable.
        :raises IntRangeError: (a struct.error and OverflowError) an int of more than 64 bits.
        :raises TextEncodeError: (a UnicodeEncodeError) a str with a lone surrogate.
        :raises NestingError: (a RecursionError) too many dicts, tuples and lists inside one another.
        :raises NoSpaceError: (an OSError) shared memory is too full for the segment to grow, or the value has more than
            2 GiB (errno is then EFBIG).
        :raises ReentrantCallError, LockTimeoutError, ClosedError: see there.
        """
        super().assign(data)
        return self

    def _encode(self, data: Any) -> Encoded:
        area = describe(data, None, self._place)
        if 1 + area.size > LARGEST_DYNAMIC_VALUE:
            # Its segment would never again be short enough for a C# process to open.
            raise NoSpaceError(
                errno.EFBIG,
                f"{self._place}: a value of {1 + area.size} bytes; such an object's have at most "
                f"{LARGEST_DYNAMIC_VALUE}. Share its parts as objects of their own.",
                SHM_DIR,
            )
        return [bytes([area.tag]), *encode(data, area, self._place)]

    def _write(self, segment: Segment, encoded: Encoded) -> None:
        end = DYNAMIC_VALUE_OFFSET + _length(encoded)
        if end > segment.size:
            segment.grow(end, lambda: self._look_at(segment))
        super()._write(segment, encoded)

    def _store_value(self, segment: Segment, encoded: Encoded) -> None:
        store(segment.buf, DYNAMIC_VALUE_OFFSET, encoded)
        self._length[0] = _length(encoded)

    # ---- the handle -------------------------------------------------------------------------------------------------

    @property
    def nbytes(self) -> int:
        """Bytes of the value that is there now, and of the 256 before it."""
        return self._run(None, lambda segment: DYNAMIC_VALUE_OFFSET + self._length[0])

    @property
    def capacity(self) -> int:
        """Bytes of the segment, as far as this handle knows: `nbytes` may be so many before it has to grow."""
        return self._open_segment().size

    @property
    def object_type_idx(self) -> int:
        """The wire's type tag of such an object: 100. (That of the value may change at any time: fetch it.)"""
        return self._area.tag

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{self.capacity} bytes"
        return f"<{type(self).__name__} {self.name!r}: {self._area}, {state}>"


def _length(encoded: Encoded) -> int:
    return sum(map(len, encoded))
