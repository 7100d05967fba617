"""Values whose length varies within an object whose size does not: lists and sets with room, arrays of fewer rows."""

from __future__ import annotations

from typing import Any, Dict, Union

import numpy as np

from .errors import InvalidObjectError, MismatchError

LENGTH_SUFFIX = "_len"


class Room:
    """A list or set for a new object, with room for more elements; what is fetched is a plain list or set.

        SharedObject("found", data={"boxes": Room([], 20, like={"x": 0, "y": 0})})

    It is what C# has for `[MaxShape(20)] List<Box>`.
    """

    __slots__ = ("elements", "count", "like")

    def __init__(self, elements: Union[list, set], count: int, like: Any = None) -> None:
        """
        :param elements: the first elements.
        :param count: how many there can be at most.
        :param like: an element with the type, shapes and keys that all have, and the longest texts (as for any new
            object, they may then be twice as long); by default one of the first elements.
        """
        if type(elements) not in (list, set):
            raise TypeError(f"a list or set is needed, not {type(elements).__name__}")
        if isinstance(count, bool) or not isinstance(count, int) or count < len(elements):
            raise ValueError(f"room for {count!r} elements, and there are {len(elements)}")
        self.elements = elements
        self.count = count
        self.like = next(iter(elements)) if like is None and elements else like

    def __repr__(self) -> str:
        return f"Room({self.elements!r}, {self.count}, like={self.like!r})"


def with_length(key: str, array: np.ndarray, max_rows: int) -> Dict[str, Any]:
    """The two items of a dict for an array whose first length varies: C#'s `[MaxShape(max_rows, ...)]`.

        cloud.assign({"stamp": t, **with_length("points", points, 100)})

    :param array: of shape (n, ...), where n is at most `max_rows`.
    """
    if array.ndim == 0 or len(array) > max_rows:
        raise MismatchError(f"{key!r}: an array of shape {array.shape}, where there is room for {max_rows} rows")
    whole = np.zeros((max_rows, *array.shape[1:]), array.dtype)
    whole[: len(array)] = array
    return {key: whole, key + LENGTH_SUFFIX: len(array)}


def rows(value: Dict[Any, Any], key: str) -> np.ndarray:
    """The rows that count of an array whose first length varies, as a view of it.

        points = rows(cloud.fetch(), "points")

    :raises InvalidObjectError: the length beside it is none.
    """
    array, count = value[key], value[key + LENGTH_SUFFIX]
    if not 0 <= count <= len(array):
        raise InvalidObjectError(
            f"{key + LENGTH_SUFFIX!r} is {count}, and {key!r} has {len(array)} rows. Its writer counts wrongly."
        )
    return array[:count]
