"""Values to bytes and back.

Three steps, each of which may be all there is to do:
  `describe`  a value           -> the area that a new object for it has
  `encode`    a value, an area  -> the bytes of that area; the place for every check
  `decode`    bytes, an area    -> the value
Nothing that `encode` returns can fail to be stored, so an assign that fails has touched nothing.
"""

from __future__ import annotations

import struct
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple, Union

import numpy as np

from .errors import (
    CapacityError,
    IntRangeError,
    InvalidObjectError,
    MismatchError,
    TextDecodeError,
    TextEncodeError,
    UnsupportedDTypeError,
    UnsupportedTypeError,
)
from .layout import (
    DICT_PREFIX,
    F64,
    F64_PAIR,
    FIXED_AREAS,
    I64,
    INT_MAX,
    INT_MIN,
    MAX_DEPTH,
    MAX_KEY_TAG,
    SEQUENCE_COUNT_OFFSET,
    SEQUENCE_SLOTS_OFFSET,
    TAG_BOOL,
    TAG_BYTEARRAY,
    TAG_BYTES,
    TAG_COMPLEX,
    TAG_DICT,
    TAG_FLOAT,
    TAG_INT,
    TAG_LIST,
    TAG_NAMES,
    TAG_NDARRAY,
    TAG_NONE,
    TAG_POSE,
    TAG_SET,
    TAG_STR,
    TAG_TUPLE,
    TERMINATOR,
    TEXT_PREFIX,
    U64,
    Area,
    ArrayArea,
    DictArea,
    FixedArea,
    SequenceArea,
    TextArea,
    blank,
    dict_area,
    dtype_index,
    has_dict,
    sequence_area,
    text_field_size,
)
from .parsing import too_deep
from .place import Place
from .pose import Pose, as_pose
from .room import Room

Buffer = Union[bytes, bytearray, memoryview]
Encoded = List[Buffer]  # the area's bytes, in order, cut where a large array begins and ends

# An array of fewer bytes is copied together with what surrounds it; a larger one is read where it is, once.
_COPY_BELOW = 4096

_TAGS: Dict[type, int] = {
    type(None): TAG_NONE,
    bool: TAG_BOOL,
    int: TAG_INT,
    float: TAG_FLOAT,
    complex: TAG_COMPLEX,
    Pose: TAG_POSE,
    str: TAG_STR,
    bytes: TAG_BYTES,
    bytearray: TAG_BYTEARRAY,
    np.ndarray: TAG_NDARRAY,
    dict: TAG_DICT,
    tuple: TAG_TUPLE,
    list: TAG_LIST,
    set: TAG_SET,
}


def _tag_of(value: Any, place: Place) -> int:
    tag = _TAGS.get(type(value))
    if tag is not None:
        return tag
    if type(value) is Room:
        return TAG_SET if type(value.elements) is set else TAG_LIST
    if as_pose(value) is not None:
        return TAG_POSE
    kind = type(value)
    advice = (
        "Convert it with .item(), or make it a 0-d array with np.asarray()."
        if isinstance(value, np.generic)
        else "Convert it to a set: what is read is one."
        if kind is frozenset
        else f"The types are {', '.join(TAG_NAMES.values())}, exactly (no subclasses)."
    )
    raise UnsupportedTypeError(f"{place}: a {kind.__module__}.{kind.__qualname__} can't be shared. {advice}")


def _key_tag(key: Any, place: Place) -> int:
    tag = _tag_of(key, place)
    if tag > MAX_KEY_TAG:
        raise UnsupportedTypeError(f"{place}: a {TAG_NAMES[tag]} can't be a key of a dict")
    return tag


def _element_tag(element: Any, place: Place) -> int:
    tag = _tag_of(element, place)
    if tag == TAG_TUPLE:
        if place.depth >= MAX_DEPTH:
            raise too_deep(place)
        for i, item in enumerate(element):
            _element_tag(item, place.at(i))
    elif tag > MAX_KEY_TAG:
        raise UnsupportedTypeError(f"{place}: a {TAG_NAMES[tag]} can't be an element of a set")
    return tag


# ---- describe -------------------------------------------------------------------------------------------------------


def describe(value: Any, init_size: Optional[int], place: Place) -> Area:
    """The area of a new object that is made for this value.

    :param init_size: least capacity, in bytes, of each text in it (keys too); None for no more than it needs now.
    :raises UnsupportedTypeError: of it or of something in it (UnsupportedDTypeError for arrays).
    :raises TextEncodeError: a lone surrogate.
    :raises NestingError: too many dicts, tuples and lists inside one another.
    """
    return _describe(value, _tag_of(value, place), init_size, place)


def _describe(value: Any, tag: int, init_size: Optional[int], place: Place) -> Area:
    fixed = FIXED_AREAS.get(tag)
    if fixed is not None:
        return fixed
    if tag == TAG_NDARRAY:
        return ArrayArea(_index_of_dtype(value, place), value.shape, value.nbytes)
    if tag == TAG_DICT:
        if place.depth >= MAX_DEPTH:
            raise too_deep(place)
        items = []
        for i, (key, item) in enumerate(value.items()):
            key_place = place.key(i)
            key_area = _describe(key, _key_tag(key, key_place), init_size, key_place)
            items.append((key_area, describe(item, init_size, place.at(key))))
        return dict_area(tuple(items))
    if tag in (TAG_TUPLE, TAG_LIST, TAG_SET) and place.depth >= MAX_DEPTH:
        raise too_deep(place)
    if type(value) is Room:
        here = place.at(0)
        if tag == TAG_SET:
            _element_tag(value.like, here)
        slot = describe(value.like, init_size, here)
        return sequence_area(tag, (slot,) * value.count, (_blank(slot, value.like, here),) * value.count)
    if tag in (TAG_TUPLE, TAG_LIST):
        slots = tuple(describe(item, init_size, place.at(i)) for i, item in enumerate(value))
        return sequence_area(tag, slots, tuple(map(_blank, slots, value, map(place.at, range(len(value))))))
    if tag == TAG_SET:
        return sequence_area(tag, _describe_set(value, init_size, place))
    return TextArea(tag, text_field_size(len(_payload(value, tag, place)), init_size))


def _blank(slot: Area, value: Any, place: Place) -> Optional[bytes]:
    return blank(slot, b"".join(encode(value, slot, place))) if has_dict(slot) else None


def _describe_set(value: Set[Any], init_size: Optional[int], place: Place) -> Tuple[Area, ...]:
    # In a new set, slots of one tag have one capacity, what the largest element gets: any of them then fits any slot.
    slots: List[Area] = []
    for tag, elements in sorted(_by_tag(value, place).items()):
        areas = [_describe(item, tag, init_size, place) for _, item in elements]
        common: Optional[Area] = areas[0]
        for area in areas[1:]:
            common = common and _roomier(common, area)
        slots += areas if common is None else [common] * len(areas)
    return tuple(slots)


def _roomier(area: Area, other: Area) -> Optional[Area]:
    """What elements of a set, of either area and of one tag, both fit; None for tuples of different types."""
    if not isinstance(area, SequenceArea):
        return other if other.size > area.size else area
    assert isinstance(other, SequenceArea), "of one tag"
    if [slot.tag for slot in area.slots] != [slot.tag for slot in other.slots]:
        return None
    slots = [_roomier(*pair) for pair in zip(area.slots, other.slots)]
    return None if None in slots else sequence_area(TAG_TUPLE, tuple(slots))  # type: ignore[arg-type]


def _by_tag(value: Set[Any], place: Place) -> Dict[int, List[Tuple[bytes, Any]]]:
    """The elements of a set by their tags, those of each in the order of their bytes, which are there as well.

    :raises UnsupportedTypeError: one that can't be in a set.
    """
    found: Dict[int, List[Tuple[bytes, Any]]] = {}
    for i, item in enumerate(value):
        here = place.at(i)
        tag = _element_tag(item, here)
        if tag == TAG_TUPLE:
            data = b"".join(encode(item, _describe(item, tag, None, here), here))
        else:
            data = bytes(_payload(item, tag, here)) if TAG_STR <= tag else _FIXED[tag][0](item, here)
        found.setdefault(tag, []).append((data, item))
    for items in found.values():
        items.sort(key=lambda item: item[0])
    return found


def _index_of_dtype(array: np.ndarray, place: Place) -> int:
    index = dtype_index(array.dtype)
    if index is None:
        raise UnsupportedDTypeError(
            f"{place}: an array of dtype {array.dtype} can't be shared. The dtypes are bool, the ints of 8 to 64 bits, "
            "the floats of 16 to 64 bits, complex64 and complex128, and on x86-64 the long doubles; convert it with "
            ".astype()."
        )
    return index


def _payload(value: Any, tag: int, place: Place) -> Union[bytes, bytearray]:
    if tag != TAG_STR:
        return value
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as e:
        reason = f"{place}: {e.reason}; share it as bytes, or without its surrogates"
        raise TextEncodeError(e.encoding, e.object, e.start, e.end, reason) from None


# ---- encode ---------------------------------------------------------------------------------------------------------


def encode(value: Any, area: Area, place: Place) -> Encoded:
    """The bytes that the value has in this area.

    :raises MismatchError: the value needs another area (CapacityError: a text is too long for it).
    :raises IntRangeError: an int of more than 64 bits.
    :raises UnsupportedTypeError, TextEncodeError: as `describe`.
    """
    if type(area) is FixedArea and _TAGS.get(type(value)) == area.tag:
        return [_FIXED[area.tag][0](value, place)]
    return _Encoder(place).run(value, area)


class _Encoder:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._done: Encoded = []
        self._tail = bytearray()

    def run(self, value: Any, area: Area) -> Encoded:
        self._add(value, _tag_of(value, self._place), area, self._place)
        if self._tail:
            self._done.append(self._tail)
        return self._done

    def _add(self, value: Any, tag: int, area: Area, place: Place) -> None:
        if tag != area.tag:
            raise _mismatch(place, area, TAG_NAMES[tag])
        if type(value) is Room:
            value = value.elements
        if isinstance(area, FixedArea):
            self._tail += _FIXED[tag][0](value, place)
        elif isinstance(area, TextArea):
            self._add_text(value, area, place)
        elif isinstance(area, ArrayArea):
            self._add_array(value, area, place)
        elif isinstance(area, DictArea):
            self._add_dict(value, area, place)
        elif tag == TAG_SET:
            self._add_sequence(_arranged(value, area, place), area, place)
        else:
            self._add_sequence(value, area, place)

    def _add_text(self, value: Any, area: TextArea, place: Place) -> None:
        payload = _payload(value, area.tag, place)
        if len(payload) > area.capacity:
            raise CapacityError(
                f"{place}: holds {area}, and got {len(payload)} bytes. Its capacity was fixed when it was made: "
                "shorten the value, or unlink the object and make it again with a larger init_size."
            )
        self._tail += U64.pack(area.field)
        self._tail += payload
        self._tail += TERMINATOR
        self._tail += bytes(area.capacity - len(payload))

    def _add_array(self, value: np.ndarray, area: ArrayArea, place: Place) -> None:
        index = _index_of_dtype(value, place)
        if index != area.dtype_index or value.shape != area.shape:
            raise _mismatch(place, area, f"ndarray of {value.dtype.name} {value.shape}")
        if not value.dtype.isnative:
            value = value.astype(value.dtype.newbyteorder("="))
        self._tail.append(index)
        self._tail += U64.pack(value.ndim)
        self._tail += struct.pack(f"<{value.ndim}Q", *value.shape)
        if value.nbytes < _COPY_BELOW:
            self._tail += value.tobytes()
            return
        self._done.append(self._tail)
        # As bytes: no float is loaded and stored on the way, so NaN payloads and long double's padding stay as they
        # are.
        self._done.append(memoryview(np.ascontiguousarray(value).reshape(-1).view(np.uint8)))
        self._tail = bytearray()

    def _add_dict(self, value: Dict[Any, Any], area: DictArea, place: Place) -> None:
        if len(value) != len(area.items):
            raise _mismatch(place, area, f"dict of {len(value)}")
        self._tail += U64.pack(area.content_size)
        # By position: the keys' contents are data like any other and may change, as long as they fit.
        for i, ((key, item), (key_area, item_area)) in enumerate(zip(value.items(), area.items)):
            key_place = place.key(i)
            tag = _key_tag(key, key_place)
            self._tail.append(tag)
            self._add(key, tag, key_area, key_place)
            item_place = place.at(key)
            tag = _tag_of(item, item_place)
            self._tail.append(tag)
            self._add(item, tag, item_area, item_place)


    def _add_sequence(self, value: Sequence[Any], area: SequenceArea, place: Place) -> None:
        if len(value) > len(area.slots) or (area.tag == TAG_TUPLE and len(value) != len(area.slots)):
            raise _mismatch(place, area, f"{TAG_NAMES[area.tag]} of {len(value)}")
        self._tail += U64.pack(area.content_size)
        self._tail += U64.pack(len(value))
        for i, (item, slot) in enumerate(zip(value, area.slots)):
            item_place = place.at(i)
            tag = _tag_of(item, item_place)
            self._tail.append(tag)
            self._add(item, tag, slot, item_place)
        for slot, kept in zip(area.slots[len(value) :], area.blanks[len(value) :]):
            self._tail.append(slot.tag)
            self._tail += blank(slot) if kept is None else kept


def _arranged(value: Set[Any], area: SequenceArea, place: Place) -> List[Any]:
    """The elements of a set in the order of its slots.

    A set has no order, so one is made, for each element to find a slot and for equal sets to have equal bytes: by tag,
    and among those of one tag by their bytes (of a text its payload, of all others the data area, where texts in tuples
    have no capacity to spare).
    """
    if len(value) > len(area.slots):
        raise _mismatch(place, area, f"set of {len(value)}")
    by_tag = _by_tag(value, place)
    for items in by_tag.values():
        items.reverse()
    arranged = []
    for slot in area.slots[: len(value)]:  # where not all slots are in use, the first ones must be
        if not by_tag.get(slot.tag):
            found = ", ".join(sorted({TAG_NAMES[tag] for tag in by_tag}))
            raise _mismatch(place, area, f"elements ({found}) that need others")
        data, item = by_tag[slot.tag].pop()
        if by_tag[slot.tag] and by_tag[slot.tag][-1][0] == data:  # two NaNs
            raise UnsupportedTypeError(f"{place}: the set has {item!r} twice, and nobody could tell them apart")
        arranged.append(item)
    return arranged


def _mismatch(place: Place, area: Area, found: str) -> MismatchError:
    return MismatchError(
        f"{place}: holds {area}, and got {found}. Type, dtype, shape, items and their "
        "order are fixed when an object is made: convert the value, or unlink the object and make it again."
    )


def _encode_int(value: int, place: Place) -> bytes:
    if not INT_MIN <= value <= INT_MAX:
        raise IntRangeError(f"{place}: {value} does not fit a signed 64-bit int. Share it as bytes or str.")
    return I64.pack(value)


def _encode_pose(value: Any, place: Place) -> bytes:
    pose = as_pose(value)
    assert pose is not None, "its tag says so"
    return pose.to_wire()


# ---- decode ---------------------------------------------------------------------------------------------------------


def decode(buf: Buffer, offset: int, area: Area, place: Place) -> Any:
    """A copy of the value in the area at `offset`. The area is trusted (it was parsed), the values are not.

    :raises TextDecodeError: a str is not UTF-8.
    :raises InvalidObjectError: two keys of a dict, or elements of a set, are equal for Python, or a count is wrong.
    """
    if isinstance(area, FixedArea):
        return _FIXED[area.tag][1](buf, offset)
    if isinstance(area, ArrayArea):
        view = array_view(buf, offset, area)
        return view if view.flags.owndata else view.copy()
    if isinstance(area, TextArea):
        return _decode_text(buf, offset, area, place)
    if isinstance(area, SequenceArea):
        return _decode_sequence(buf, offset, area, place)
    return _decode_dict(buf, offset, area, place)


def array_view(buf: Buffer, offset: int, area: ArrayArea) -> np.ndarray:
    """The array in place, read-only if `buf` is; a bool array is a normalised copy.

    numpy takes for granted that a bool's byte is 0 or 1, and the wire does not: other peers may store any.
    """
    offset += area.elements_offset
    if area.dtype.kind == "b":
        flags = np.empty(area.shape, np.bool_)  # given, because a comparison alone makes a scalar of a 0-d array
        return np.not_equal(np.frombuffer(buf, np.uint8, area.nbytes, offset).reshape(area.shape), 0, out=flags)
    # frombuffer, because an np.ndarray(buffer=buf) takes the memory behind `buf` as its base, which is writable.
    count = area.nbytes // area.dtype.itemsize
    return np.frombuffer(buf, area.dtype, count, offset).reshape(area.shape)


def _decode_text(buf: Buffer, offset: int, area: TextArea, place: Place) -> Union[str, bytes, bytearray]:
    start = offset + TEXT_PREFIX
    payload = bytes(buf[start : start + area.field]).rstrip(b"\0")[:-1]
    if area.tag == TAG_BYTES:
        return payload
    if area.tag == TAG_BYTEARRAY:
        return bytearray(payload)
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError as e:
        reason = f"{place}: {e.reason}; whoever wrote it should have made a bytes object"
        raise TextDecodeError(e.encoding, e.object, e.start, e.end, reason) from None


def _decode_dict(buf: Buffer, offset: int, area: DictArea, place: Place) -> Dict[Any, Any]:
    value: Dict[Any, Any] = {}
    offset += DICT_PREFIX
    for i, (key_area, item_area) in enumerate(area.items):
        key = decode(buf, offset + 1, key_area, place.key(i))
        offset += 1 + key_area.size
        value[key] = decode(buf, offset + 1, item_area, place.at(key))
        offset += 1 + item_area.size
    if len(value) != len(area.items):
        # E.g. 1, 1.0 and True from a peer whose keys know types. Dropping one silently would lose a value, and the dict
        # that came out could not be assigned back.
        raise InvalidObjectError(
            f"{place}: {len(area.items)} items, of which some have equal keys in Python; it read {list(value)!r}. "
            "The writer must use keys that differ by more than their type."
        )
    return value


def _decode_sequence(buf: Buffer, offset: int, area: SequenceArea, place: Place) -> Union[Tuple, List, Set]:
    count = U64.unpack_from(buf, offset + SEQUENCE_COUNT_OFFSET)[0]
    if count > len(area.slots) or (area.tag == TAG_TUPLE and count != len(area.slots)):
        raise InvalidObjectError(f"{place}: holds {area}, and claims {count}. Its writer counts wrongly.")
    offset += SEQUENCE_SLOTS_OFFSET
    value: List[Any] = []
    for i, slot in enumerate(area.slots[:count]):
        value.append(decode(buf, offset + 1, slot, place.at(i)))
        offset += 1 + slot.size
    if area.tag == TAG_LIST:
        return value
    if area.tag == TAG_TUPLE:
        return tuple(value)
    found = set(value)
    if len(found) != count:
        raise InvalidObjectError(
            f"{place}: a set of {count} elements, of which some are equal in Python; it read {value!r}. "
            "The writer must use elements that differ by more than their type."
        )
    return found


# By tag: (to bytes, from bytes).
_FIXED: Dict[int, Tuple[Callable[[Any, Place], bytes], Callable[[Buffer, int], Any]]] = {
    TAG_NONE: (lambda value, place: b"", lambda buf, offset: None),
    TAG_BOOL: (lambda value, place: b"\1" if value else b"\0", lambda buf, offset: buf[offset] != 0),
    TAG_INT: (_encode_int, lambda buf, offset: I64.unpack_from(buf, offset)[0]),
    TAG_FLOAT: (lambda value, place: F64.pack(value), lambda buf, offset: F64.unpack_from(buf, offset)[0]),
    TAG_COMPLEX: (
        lambda value, place: F64_PAIR.pack(value.real, value.imag),
        lambda buf, offset: complex(*F64_PAIR.unpack_from(buf, offset)),
    ),
    TAG_POSE: (
        _encode_pose,
        lambda buf, offset: Pose.from_wire(bytes(buf[offset : offset + FIXED_AREAS[TAG_POSE].size])),
    ),
}
