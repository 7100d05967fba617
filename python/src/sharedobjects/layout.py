"""The wire format, in one place: tags, dtype table, header, and the layout of each kind of data area.

All integers are little-endian; nothing is aligned. A segment is

    offset  size
    0       8     mtime, u64: CLOCK_REALTIME ns since the epoch of the last write or trigger; 0 = never assigned
    8       1     type tag
    9       ...   data area of that tag            <- `buf_size` ends here
    ...           (a peer may keep a trailer behind it, 64-byte aligned; see `has_trailer`)

Nothing here touches shared memory: this module is names, numbers and arithmetic.
"""

from __future__ import annotations

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

TAG_NAMES = ("None", "bool", "int", "float", "complex", "Pose", "str", "bytes", "bytearray", "ndarray", "dict")
MAX_KEY_TAG = TAG_BYTES  # dict keys: what Python can hash

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


def text_field_size(payload: int, init_size: int) -> int:
    """D of a new object whose first payload has that many bytes.

    The rule is `real_robot`'s. Its writers recompute it on every assign and refuse the object if it comes out
    different, so an object that they are to write must have been made with it.
    """
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


Area = Union[FixedArea, TextArea, ArrayArea, DictArea]

FIXED_AREAS: Dict[int, FixedArea] = {tag: FixedArea(tag) for tag in FIXED_SIZES}
NONE_AREA = FIXED_AREAS[TAG_NONE]


def dict_area(items: Tuple[Tuple[Area, Area], ...]) -> DictArea:
    """The area of a dict with these items."""
    return DictArea(items, sum(2 + key.size + value.size for key, value in items))


def buf_size(area: Area) -> int:
    """Bytes of a whole object: header and data area."""
    return HEADER_SIZE + area.size


# ---- trailer --------------------------------------------------------------------------------------------------------
#
# A C# peer may keep fields of its own behind `buf_size`. Nothing in this package reads or writes them: all it has to
# know is that a segment may be longer than its object for that one reason, and for no other. The magic is written last,
# so a place where it still is zero is no trailer.

TRAILER_ALIGNMENT = 64
TRAILER_MIN_SIZE = 40  # magic and version, two u64 stamps, futex word, waiter count, schema hash


def trailer_offset(object_size: int) -> int:
    """Where the trailer of an object of that `buf_size` starts."""
    return -(-object_size // TRAILER_ALIGNMENT) * TRAILER_ALIGNMENT


def has_trailer(buf: memoryview, object_size: int) -> bool:
    """Whether a segment that is longer than its object has a trailer there."""
    offset = trailer_offset(object_size)
    return len(buf) >= offset + TRAILER_MIN_SIZE and U64.unpack_from(buf, offset)[0] != 0
