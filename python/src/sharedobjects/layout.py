"""The wire format, in one place: tags, dtype table, header, and the layout of each kind of data area.

All integers are little-endian; nothing is aligned. A segment is

    offset  size
    0       8     mtime, u64: CLOCK_REALTIME ns since the epoch of the last write or trigger; 0 = never assigned
    8       1     type tag
    9       ...   data area of that tag            <- `buf_size` ends here
    ...           nothing, or a trailer (at the end of this module)

Nothing here touches shared memory: this module is names, numbers and arithmetic.
"""

from __future__ import annotations

import mmap
import struct
import sys
from typing import Dict, NamedTuple, Optional, Tuple, Union

import numpy as np

if sys.byteorder != "little":  # stamps, array elements and views are used in place, in the machine's own order
    raise ImportError("sharedobjects needs a little-endian machine: the format is little-endian and used in place")

# ---- header ---------------------------------------------------------------------------------------------------------

MTIME_OFFSET = 0
MTIME_SIZE = 8
TAG_OFFSET = 8
DATA_OFFSET = 9
HEADER_SIZE = DATA_OFFSET

# ---- tags -----------------------------------------------------------------------------------------------------------

TAG_NONE = 0
TAG_BOOL = 1
TAG_INT = 2
TAG_FLOAT = 3
TAG_COMPLEX = 4
TAG_POSE = 5
TAG_STR = 6
TAG_BYTES = 7
TAG_BYTEARRAY = 8
TAG_NDARRAY = 9
TAG_DICT = 10

# The tags of our own types are letters. real_robot counts its types up from 0 and has kept the next numbers free for
# these three: whatever it gives them one day must not be read as ours.
TAG_LIST = ord("l")
TAG_SET = ord("s")
TAG_TUPLE = ord("t")
TAG_DYNAMIC = ord("d")  # of a whole segment, never of a value: see the end of this module

TAG_NAMES: Dict[int, str] = dict(
    enumerate(("None", "bool", "int", "float", "complex", "Pose", "str", "bytes", "bytearray", "ndarray", "dict"))
)
TAG_NAMES.update({TAG_LIST: "list", TAG_SET: "set", TAG_TUPLE: "tuple"})
MAX_KEY_TAG = TAG_BYTES  # of dict keys: what Python can hash (in sets also tuples of it)

# ---- data areas of fixed size ---------------------------------------------------------------------------------------
#
#   None      0 bytes
#   bool      u8          0 or 1; a reader takes any other byte for true
#   int       i64
#   float     f64
#   complex   f64 re, f64 im
#   Pose      7 x f32     x y z, then the quaternion w x y z

I64 = struct.Struct("<q")
F64 = struct.Struct("<d")
F64_PAIR = struct.Struct("<2d")
U64 = struct.Struct("<Q")
POSE_DTYPE = np.dtype("<f4")
POSE_COUNT = 7

IDENTITY_POSE = struct.pack("<7f", 0, 0, 0, 1, 0, 0, 0)

INT_MIN, INT_MAX = -(2**63), 2**63 - 1

FIXED_SIZES: Dict[int, int] = {
    TAG_NONE: 0,
    TAG_BOOL: 1,
    TAG_INT: I64.size,
    TAG_FLOAT: F64.size,
    TAG_COMPLEX: F64_PAIR.size,
    TAG_POSE: POSE_COUNT * POSE_DTYPE.itemsize,
}

# ---- bytes layout: str (UTF-8), bytes, bytearray --------------------------------------------------------------------
#
#   0        8    u64 D = capacity + 1
#   8        D    payload of n <= D - 1 bytes, one 0xFF, zeros to the end
#
# The 0xFF lets a payload end in zeros: a reader strips the zeros at the end and then one byte.

TEXT_PREFIX = U64.size
TERMINATOR = b"\xff"
DEFAULT_INIT_SIZE = 100


def text_field_size(payload: int, init_size: Optional[int]) -> int:
    """D of a new object whose first payload has that many bytes; with init_size None, no more than the payload needs.

    The rule is `real_robot`'s. Its writers recompute it on every assign and refuse the object if it comes out
    different, so an object that they are to write must have been made with it.
    """
    if init_size is None:
        return 1 + payload
    doubled = 2 * payload
    return 1 + (doubled if doubled >= init_size else init_size)


# ---- array layout ---------------------------------------------------------------------------------------------------
#
#   0        1        u8 dtype index
#   1        8        u64 ndim
#   9        8*ndim   u64 shape
#   9+8*ndim ...      the elements in C order

ARRAY_NDIM_OFFSET = 1
ARRAY_SHAPE_OFFSET = 9
# numpy's own limit: 32 in version 1, 64 in version 2. np.MAXDIMS is gone from 2.
MAX_NDIM = 64 if int(np.__version__.split(".")[0]) >= 2 else 32
MAX_ARRAY_BYTES = 2**63 - 1  # npy_intp: numpy multiplies shapes in it

_LONG_DOUBLE_IS_X87 = np.finfo(np.longdouble).nmant == 63 and np.dtype(np.longdouble).itemsize == 16

# Index = position. longdouble is x86-64's 80-bit extended in 16 bytes; where numpy's is another, the two can't be
# shared.
DTYPES: Tuple[Optional[np.dtype], ...] = (
    np.dtype(np.bool_),
    np.dtype(np.int8),
    np.dtype(np.uint8),
    np.dtype(np.int16),
    np.dtype(np.uint16),
    np.dtype(np.int32),
    np.dtype(np.uint32),
    np.dtype(np.int64),
    np.dtype(np.uint64),
    np.dtype(np.float16),
    np.dtype(np.float32),
    np.dtype(np.float64),
    np.dtype(np.longdouble) if _LONG_DOUBLE_IS_X87 else None,
    np.dtype(np.complex64),
    np.dtype(np.complex128),
    np.dtype(np.clongdouble) if _LONG_DOUBLE_IS_X87 else None,
)

# By kind and width, not by dtype: `longlong` and `int64` are two numpy types of one layout.
_DTYPE_INDEX = {(d.kind, d.itemsize): i for i, d in enumerate(DTYPES) if d is not None}


def dtype_index(dtype: np.dtype) -> Optional[int]:
    """The wire's index of a dtype (its byte order aside), or None if it has none."""
    return _DTYPE_INDEX.get((dtype.kind, dtype.itemsize))


# ---- dict layout ----------------------------------------------------------------------------------------------------
#
#   0        8    u64 L: bytes that follow
#   then for each item, in insertion order:
#            1    u8 key tag (0 to 7)
#            ...  the key's data area
#            1    u8 value tag
#            ...  the value's data area

DICT_PREFIX = U64.size
# Not the format's limit but ours: ten bytes make a level, so a hostile segment could exhaust the stack of any reader.
MAX_DEPTH = 64

# ---- sequence layout: tuple, list, set ------------------------------------------------------------------------------
#
#   0        8    u64 L: bytes that follow
#   8        8    u64 count: how many of the slots are elements
#   then for each slot:
#            1    u8 tag (in a set 0 to 7, or that of a tuple of such)
#            ...  a data area of that tag
#
# The first `count` slots are the elements; the spare ones behind them have a type and no meaning, but for the keys of
# dicts in them: they stay, as a peer with a schema compares them. A tuple has no spare slots.

SEQUENCE_COUNT_OFFSET = 8
SEQUENCE_SLOTS_OFFSET = 16

# ---- what is known of an area before its values ---------------------------------------------------------------------


class FixedArea(NamedTuple):
    """None, bool, int, float, complex or Pose."""

    tag: int

    @property
    def size(self) -> int:
        return FIXED_SIZES[self.tag]

    def __str__(self) -> str:
        return TAG_NAMES[self.tag]


class TextArea(NamedTuple):
    """str, bytes or bytearray with a field of `field` = D bytes."""

    tag: int
    field: int

    @property
    def capacity(self) -> int:
        """The longest payload in bytes."""
        return self.field - 1

    @property
    def size(self) -> int:
        return TEXT_PREFIX + self.field

    def __str__(self) -> str:
        return f"{TAG_NAMES[self.tag]} of at most {self.capacity} bytes"


class ArrayArea(NamedTuple):
    """An ndarray."""

    dtype_index: int
    shape: Tuple[int, ...]
    nbytes: int  # of the elements; derived, kept because every fetch needs it

    @property
    def tag(self) -> int:
        return TAG_NDARRAY

    @property
    def dtype(self) -> np.dtype:
        dtype = DTYPES[self.dtype_index]
        assert dtype is not None, "an area is only made of a dtype that this machine has"
        return dtype

    @property
    def elements_offset(self) -> int:
        """Of the elements, from the start of the area."""
        return ARRAY_SHAPE_OFFSET + U64.size * len(self.shape)

    @property
    def size(self) -> int:
        return self.elements_offset + self.nbytes

    def __str__(self) -> str:
        return f"ndarray of {self.dtype.name} {self.shape}"


class DictArea(NamedTuple):
    """A dict: the areas of each key and value. The keys' contents are data, not part of the area."""

    items: Tuple[Tuple["Area", "Area"], ...]
    content_size: int  # L

    @property
    def tag(self) -> int:
        return TAG_DICT

    @property
    def size(self) -> int:
        return DICT_PREFIX + self.content_size

    def __str__(self) -> str:
        return f"dict of {len(self.items)} items"


class SequenceArea(NamedTuple):
    """A tuple, list or set: the areas of its slots. How many of them are in use is data, but for a tuple all."""

    tag: int
    slots: Tuple["Area", ...]
    content_size: int  # L
    blanks: Tuple[Optional[bytes], ...]  # of each slot with a dict in it, its bytes as a spare one

    @property
    def size(self) -> int:
        return SEQUENCE_COUNT_OFFSET + self.content_size

    def __str__(self) -> str:
        at_most = "" if self.tag == TAG_TUPLE else "at most "
        return f"{TAG_NAMES[self.tag]} of {at_most}{len(self.slots)} elements"


class DynamicArea(NamedTuple):
    """The fixed part of an object whose value may be of another area each time; see the end of this module."""

    @property
    def tag(self) -> int:
        return TAG_DYNAMIC

    @property
    def size(self) -> int:
        return DYNAMIC_SIZE - HEADER_SIZE

    def __str__(self) -> str:
        return "values of any type"


Area = Union[FixedArea, TextArea, ArrayArea, DictArea, SequenceArea, DynamicArea]

FIXED_AREAS: Dict[int, FixedArea] = {tag: FixedArea(tag) for tag in FIXED_SIZES}
NONE_AREA = FIXED_AREAS[TAG_NONE]


def dict_area(items: Tuple[Tuple[Area, Area], ...]) -> DictArea:
    """The area of a dict with these items."""
    return DictArea(items, sum(2 + key.size + value.size for key, value in items))


def sequence_area(
    tag: int, slots: Tuple[Area, ...], blanks: Optional[Tuple[Optional[bytes], ...]] = None
) -> SequenceArea:
    """The area of a tuple, list or set with these slots; `blanks` if there are dicts in them."""
    content = U64.size + sum(1 + slot.size for slot in slots)
    return SequenceArea(tag, slots, content, blanks or (None,) * len(slots))


def is_hashable(area: Area) -> bool:
    """Whether values of this area can be elements of a set: those of keys, and tuples of such."""
    if isinstance(area, SequenceArea):
        return area.tag == TAG_TUPLE and all(map(is_hashable, area.slots))
    return area.tag <= MAX_KEY_TAG


def has_dict(area: Area) -> bool:
    """Whether there is a dict in an area, whose keys a spare slot keeps."""
    return isinstance(area, DictArea) or (isinstance(area, SequenceArea) and any(map(has_dict, area.slots)))


def blank(area: Area, buf: Union[bytes, bytearray, memoryview] = b"", offset: int = 0) -> bytes:
    """The bytes of an area without a value in it: empty texts and lists, zeros, the identity pose.

    :param buf, offset: the area's present bytes, of which the keys of dicts are kept; only needed where `has_dict`.
    """
    if isinstance(area, TextArea):
        return U64.pack(area.field) + TERMINATOR + bytes(area.capacity)
    if isinstance(area, ArrayArea):
        shape = struct.pack(f"<BQ{len(area.shape)}Q", area.dtype_index, len(area.shape), *area.shape)
        return shape + bytes(area.nbytes)
    if isinstance(area, SequenceArea):
        parts = [U64.pack(area.content_size), U64.pack(len(area.slots) if area.tag == TAG_TUPLE else 0)]
        offset += SEQUENCE_SLOTS_OFFSET
        for slot in area.slots:
            parts += [bytes([slot.tag]), blank(slot, buf, offset + 1)]
            offset += 1 + slot.size
        return b"".join(parts)
    if isinstance(area, DictArea):
        parts = [U64.pack(area.content_size)]
        offset += DICT_PREFIX
        for key, item in area.items:
            parts.append(bytes(buf[offset : offset + 1 + key.size]))
            offset += 1 + key.size
            parts += [bytes([item.tag]), blank(item, buf, offset + 1)]
            offset += 1 + item.size
        return b"".join(parts)
    return IDENTITY_POSE if area.tag == TAG_POSE else bytes(area.size)


def buf_size(area: Area) -> int:
    """Bytes of a whole object: header and data area."""
    return HEADER_SIZE + area.size


# ---- trailer --------------------------------------------------------------------------------------------------------
#
# Behind the object, where plain peers never look, the peers of this project keep the stamps of the lock-free read
# protocol and the words that waiters sleep on. It begins at the first multiple of 128 at or behind `buf_size`, so it
# never lies across two pages. Two cache lines: readers look at the first only, and waiters that come and go change the
# second.
#
#   0               8               16              24              32                              64
#   +---------------+---------------+---------------+---------------+-------------------------------+
#   |     magic     |    writing    |    commit     |  schema hash  |           (zeros)             |
#   +---------------+---------------+---------------+---------------+-------------------------------+
#   64      68      72                                                                              128
#   +-------+-------+-------------------------------------------------------------------------------+
#   | wake  |waiters|                               (zeros)                                         |
#   +-------+-------+-------------------------------------------------------------------------------+
#
#   magic         seven letters and a byte for the version
#   writing       u64: the stamp of a write that has begun and not ended; 0 if there is none
#   commit        u64: the stamp of the last write that is known to be complete; 0 if none is
#   schema hash   u64: of the C# schema that made the object; 0 from here
#   wake          u32: grows by one with each write of a peer that knows the trailer; the futex word
#   waiters       u32: how many sleep on `wake`, at least
#
# A trailer of another version is one that this version must not touch: the object is used as if it had none.

TRAILER_ALIGNMENT = 128
TRAILER_SIZE = 128
TRAILER_MAGIC_OFFSET = 0
TRAILER_WRITING_OFFSET = 8
TRAILER_COMMIT_OFFSET = 16
TRAILER_SCHEMA_HASH_OFFSET = 24
TRAILER_WAKE_OFFSET = 64
TRAILER_WAITERS_OFFSET = 68

TRAILER_LETTERS = b"SHOBTRL"
TRAILER_VERSION = 1
TRAILER_MAGIC = TRAILER_LETTERS + bytes([TRAILER_VERSION])


def trailer_offset(object_size: int) -> int:
    """Where the trailer of an object of that `buf_size` starts."""
    return -(-object_size // TRAILER_ALIGNMENT) * TRAILER_ALIGNMENT


def segment_size(object_size: int) -> int:
    """Bytes of a segment with an object of that `buf_size` and a trailer."""
    return trailer_offset(object_size) + TRAILER_SIZE


def new_trailer(commit: int, schema_hash: int = 0) -> bytes:
    """A trailer for an object that is just being made; `commit` is its mtime."""
    trailer = bytearray(TRAILER_SIZE)
    trailer[TRAILER_MAGIC_OFFSET : TRAILER_MAGIC_OFFSET + len(TRAILER_MAGIC)] = TRAILER_MAGIC
    U64.pack_into(trailer, TRAILER_COMMIT_OFFSET, commit)
    U64.pack_into(trailer, TRAILER_SCHEMA_HASH_OFFSET, schema_hash)
    return bytes(trailer)


def has_trailer(buf: memoryview, object_size: int) -> bool:
    """Whether an object has a trailer of this version."""
    return _letters_of_trailer(buf, object_size, len(TRAILER_MAGIC)) == TRAILER_MAGIC


def has_any_trailer(buf: memoryview, object_size: int) -> bool:
    """Whether an object has a trailer of any version."""
    return _letters_of_trailer(buf, object_size, len(TRAILER_LETTERS)) == TRAILER_LETTERS


def ends_well(buf: memoryview, object_size: int) -> bool:
    """Whether what a segment has behind its object is nothing, or a trailer of any version."""
    return len(buf) == object_size or has_any_trailer(buf, object_size)


def _letters_of_trailer(buf: memoryview, object_size: int, count: int) -> bytes:
    offset = trailer_offset(object_size)
    return bytes(buf[offset : offset + count]) if len(buf) >= offset + TRAILER_SIZE else b""


# ---- objects whose values may be of any type and length -------------------------------------------------------------
#
#   0       8    9    10      16      24          128         256  257
#   +-------+----+----+-------+-------+-----------+-----------+----+--------------------------+------------------+
#   | mtime |'d' | 1  | zeros |length |  (zeros)  |  trailer  |tag | data area of that tag    |  room to grow    |
#   +-------+----+----+-------+-------+-----------+-----------+----+--------------------------+------------------+
#                                                             |<---------- length ----------->|
#
#   'd', 1    u8, u8: the tag, and the version of all this
#   length    u64: the bytes of the value that is there now, with its tag; one aligned store
#
# The fixed part is an object of 128 bytes like any other, so that the trailer is where trailers are, and stays there
# when the segment grows. A text has no more capacity than its payload needs. The segment is whole pages, and never
# shrinks.

DYNAMIC_SIZE = 128
DYNAMIC_VERSION_OFFSET = 9
DYNAMIC_VERSION = 1
DYNAMIC_LENGTH_OFFSET = 16
DYNAMIC_VALUE_OFFSET = segment_size(DYNAMIC_SIZE)
DYNAMIC_AREA = DynamicArea()

_PAGE = mmap.PAGESIZE
_DOUBLED_UP_TO = 1 << 26
_LARGEST_OPENED = 2147479551 // _PAGE * _PAGE  # by C#, whose sizes have 31 bits
LARGEST_DYNAMIC_VALUE = _LARGEST_OPENED - DYNAMIC_VALUE_OFFSET


def whole_pages(size: int) -> int:
    """The size of a segment that has room for so many bytes at least."""
    return -(-size // _PAGE) * _PAGE


def grown_size(size: int, needed: int) -> int:
    """What a segment of that size grows to: more than is needed now, so that growing remains rare."""
    generous = 2 * size if size < _DOUBLED_UP_TO else size + size // 4
    return whole_pages(max(needed, min(generous, _LARGEST_OPENED)))
