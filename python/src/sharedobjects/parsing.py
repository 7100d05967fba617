"""Reading what a segment says about itself, without believing any of it.

The bytes may come from a process that died, from an older version, or from anyone who may write to /dev/shm: every
size, rank, count, tag and index is checked against what is really there before it is used.
"""

from __future__ import annotations

from typing import List, Optional, Tuple, Union

from .errors import InvalidObjectError, NestingError, UnknownTagError, WrongKindError
from .layout import (
    ARRAY_NDIM_OFFSET,
    ARRAY_SHAPE_OFFSET,
    DATA_OFFSET,
    DICT_PREFIX,
    DTYPES,
    DYNAMIC_LENGTH_OFFSET,
    DYNAMIC_SIZE,
    DYNAMIC_VALUE_OFFSET,
    DYNAMIC_VERSION,
    DYNAMIC_VERSION_OFFSET,
    FIXED_AREAS,
    HEADER_SIZE,
    MAX_ARRAY_BYTES,
    MAX_DEPTH,
    MAX_KEY_TAG,
    MAX_NDIM,
    SEQUENCE_COUNT_OFFSET,
    SEQUENCE_SLOTS_OFFSET,
    TAG_BYTEARRAY,
    TAG_DICT,
    TAG_DYNAMIC,
    TAG_LIST,
    TAG_NAMES,
    TAG_NDARRAY,
    TAG_NONE,
    TAG_OFFSET,
    TAG_SET,
    TAG_STR,
    TAG_TUPLE,
    TEXT_PREFIX,
    U64,
    Area,
    ArrayArea,
    DictArea,
    SequenceArea,
    TextArea,
    blank,
    buf_size,
    ends_well,
    has_dict,
    has_trailer,
    is_hashable,
)
from .place import Place

Buffer = Union[bytes, memoryview]

_ADVICE = (
    "It is not an object of this format, or it is damaged (older real_robot versions used other tags). "
    "Unlink it once nobody needs it."
)


def parse_segment(buf: memoryview, name: str) -> Optional[Area]:
    """The area of the object in a segment, or None if the object is still being made.

    To be called under the readers lock.

    :raises InvalidObjectError: it does not add up (UnknownTagError and NestingError are the special cases).
    :raises WrongKindError: it is a dynamic object.
    """
    place = Place(name)
    tag = _segment_tag(buf, place)
    if tag is None:
        return None
    if tag == TAG_DYNAMIC:
        raise WrongKindError(
            f"{place}: its values may change their type and length, and SharedObject's can't. Open it with "
            "SharedDynamicObject."
        )
    area = _Parser(buf).area(tag, DATA_OFFSET, len(buf), place)
    size = buf_size(area)
    if not ends_well(buf, size):
        raise _invalid(place, f"{area} takes {size} bytes, and the segment has {len(buf)}")
    return area


def parse_dynamic_segment(buf: memoryview, name: str) -> bool:
    """Whether a dynamic object is complete (False: it is still being made); what it has for a value is not looked at.

    To be called under the readers lock.

    :raises InvalidObjectError: it does not add up, or is of another version.
    :raises WrongKindError: it is an ordinary object.
    """
    place = Place(name)
    tag = _segment_tag(buf, place)
    if tag is None:
        return False
    if tag != TAG_DYNAMIC:
        held = parse_segment(buf, name)
        raise WrongKindError(f"{place}: holds {held}, for good, and no other types. Open it with SharedObject.")
    if len(buf) <= DYNAMIC_VALUE_OFFSET:
        raise _invalid(place, f"a dynamic object has more than {DYNAMIC_VALUE_OFFSET} bytes, and this one {len(buf)}")
    # With the zeros behind it, which a later version might use.
    version = int.from_bytes(buf[DYNAMIC_VERSION_OFFSET:DYNAMIC_LENGTH_OFFSET], "little")
    if version != DYNAMIC_VERSION:
        raise _invalid(place, f"a dynamic object of version {version}; this package knows version {DYNAMIC_VERSION}")
    if not has_trailer(buf, DYNAMIC_SIZE):
        raise _invalid(place, "a dynamic object without a trailer that this package knows")
    return True


def parse_value(buf: Buffer, length: int, place: Place) -> Area:
    """The area of a value of so many bytes, its tag the first of them, of which `buf` has those that tell.

    :raises InvalidObjectError: as `parse_segment`.
    """
    if length < 1:
        raise _invalid(place, "a value of no bytes")
    area = _Parser(buf).area(buf[0], 1, length, place)
    if 1 + area.size != length:
        raise _invalid(place, f"{area} takes {1 + area.size} bytes, and the value has {length}")
    return area


def _segment_tag(buf: memoryview, place: Place) -> Optional[int]:
    """The tag of a segment; None if it is still being made."""
    if len(buf) < HEADER_SIZE:
        raise _invalid(place, f"a segment has at least {HEADER_SIZE} bytes, and this one {len(buf)}")
    tag = buf[TAG_OFFSET]
    if tag == TAG_NONE and not ends_well(buf, HEADER_SIZE):
        return None  # a None has no more than a header: what is longer is waiting for its tag
    return tag


class _Parser:
    def __init__(self, buf: Buffer) -> None:
        self._buf = buf

    def area(self, tag: int, start: int, end: int, place: Place) -> Area:
        """The area that starts there and must end by `end`."""
        fixed = FIXED_AREAS.get(tag)
        if fixed is not None:
            if fixed.size > end - start:
                raise _invalid(place, f"{fixed} takes {fixed.size} bytes, and {end - start} are left")
            return fixed
        if TAG_STR <= tag <= TAG_BYTEARRAY:
            return self._text(tag, start, end, place)
        if tag == TAG_NDARRAY:
            return self._array(start, end, place)
        if tag == TAG_DICT:
            return self._dict(start, end, place)
        if tag in (TAG_TUPLE, TAG_LIST, TAG_SET):
            return self._sequence(tag, start, end, place)
        known = ", ".join(map(str, TAG_NAMES))
        raise UnknownTagError(f"{place}: type tag {tag} is unknown; tags are {known}. {_ADVICE}")

    def _u64(self, offset: int, end: int, what: str, place: Place) -> int:
        if U64.size > end - offset:
            raise _invalid(place, f"cut off in {what}")
        return U64.unpack_from(self._buf, offset)[0]

    def _text(self, tag: int, start: int, end: int, place: Place) -> TextArea:
        field = self._u64(start, end, "the capacity", place)
        left = end - start - TEXT_PREFIX
        if not 1 <= field <= left:
            raise _invalid(place, f"a {TAG_NAMES[tag]} field of {field} bytes, where 1 to {left} are possible")
        return TextArea(tag, field)

    def _array(self, start: int, end: int, place: Place) -> ArrayArea:
        ndim = self._u64(start + ARRAY_NDIM_OFFSET, end, "the array's rank", place)
        index = self._buf[start]
        dtype = DTYPES[index] if index < len(DTYPES) else None
        if dtype is None:
            raise UnknownTagError(
                f"{place}: dtype index {index} is not one that this machine has; they go from 0 to {len(DTYPES) - 1}, "
                f"and 12 and 15 are x86-64's long double. {_ADVICE}"
            )
        if ndim > MAX_NDIM:
            raise _invalid(place, f"an array of {ndim} dimensions; numpy has at most {MAX_NDIM}")
        shape = tuple(
            self._u64(start + ARRAY_SHAPE_OFFSET + U64.size * i, end, "the array's shape", place) for i in range(ndim)
        )
        # numpy leaves zeros out when it looks for overflow, so a (0, huge, huge) shape is beyond it although it is
        # empty.
        nonzero = dtype.itemsize
        for length in shape:
            nonzero *= length or 1
        if nonzero > MAX_ARRAY_BYTES:
            raise _invalid(place, f"an array of shape {shape}, which no address space holds")
        area = ArrayArea(index, shape, 0 if 0 in shape else nonzero)
        if area.size > end - start:
            raise _invalid(place, f"{area} takes {area.size} bytes, and {end - start} are left")
        return area

    def _dict(self, start: int, end: int, place: Place) -> DictArea:
        if place.depth >= MAX_DEPTH:
            raise too_deep(place)
        content = self._u64(start, end, "the dict's length", place)
        offset = start + DICT_PREFIX
        if content > end - offset:
            raise _invalid(place, f"a dict of {content} bytes, and {end - offset} are left")
        end = offset + content
        items: List[Tuple[Area, Area]] = []
        while offset < end:
            here = place.item(len(items))
            key_tag = self._buf[offset]
            if key_tag > MAX_KEY_TAG:
                raise UnknownTagError(f"{here}: key tag {key_tag}; keys have tags 0 to {MAX_KEY_TAG}. {_ADVICE}")
            key = self.area(key_tag, offset + 1, end, here)
            offset += 1 + key.size
            if offset >= end:
                raise _invalid(here, "a key without a value")
            value = self.area(self._buf[offset], offset + 1, end, here)
            offset += 1 + value.size
            items.append((key, value))
        return DictArea(tuple(items), content)


    def _sequence(self, tag: int, start: int, end: int, place: Place) -> SequenceArea:
        if place.depth >= MAX_DEPTH:
            raise too_deep(place)
        name = TAG_NAMES[tag]
        content = self._u64(start, end, f"the {name}'s length", place)
        if content > end - start - SEQUENCE_COUNT_OFFSET:
            raise _invalid(place, f"a {name} of {content} bytes, and {end - start - SEQUENCE_COUNT_OFFSET} are left")
        end = start + SEQUENCE_COUNT_OFFSET + content
        count = self._u64(start + SEQUENCE_COUNT_OFFSET, end, f"the {name}'s count", place)
        offset = start + SEQUENCE_SLOTS_OFFSET
        slots: List[Area] = []
        blanks: List[Optional[bytes]] = []
        while offset < end:
            here = place.at(len(slots))
            slot_tag = self._buf[offset]
            if tag == TAG_SET and slot_tag > MAX_KEY_TAG and slot_tag != TAG_TUPLE:
                raise UnknownTagError(
                    f"{here}: tag {slot_tag}; elements of a set have tags 0 to {MAX_KEY_TAG}, or {TAG_TUPLE}. {_ADVICE}"
                )
            slot = self.area(slot_tag, offset + 1, end, here)
            if tag == TAG_SET and not is_hashable(slot):
                raise _invalid(here, "a tuple in a set has an element that can't be in one")
            slots.append(slot)
            blanks.append(blank(slot, self._buf, offset + 1) if has_dict(slot) else None)
            offset += 1 + slot.size
        if count > len(slots) or (tag == TAG_TUPLE and count != len(slots)):
            raise _invalid(place, f"a {name} of {count} elements in {len(slots)} slots")
        return SequenceArea(tag, tuple(slots), content, tuple(blanks))


def _invalid(place: Place, problem: str) -> InvalidObjectError:
    return InvalidObjectError(f"{place}: {problem}. {_ADVICE}")


def too_deep(place: Place) -> NestingError:
    """The error for dicts, tuples and lists nested deeper than MAX_DEPTH."""
    return NestingError(
        f"SharedObject {place.name!r}: dicts, tuples, lists and sets nested more than {MAX_DEPTH} deep. "
        "Does one contain itself? Flatten it."
    )
