"""Where in which object something is: for messages only, so it is put into words only when one is needed."""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple


class Place(NamedTuple):
    """An object, or an item inside one."""

    name: str
    path: Tuple[Tuple[str, Any], ...] = ()

    def at(self, key: Any) -> "Place":
        """The value of that key."""
        return Place(self.name, self.path + (("[{!r}]", key),))

    def key(self, index: int) -> "Place":
        """The key of the item with that index."""
        return Place(self.name, self.path + ((" (key {})", index),))

    def item(self, index: int) -> "Place":
        """The value of the item with that index, where its key is not known yet."""
        return Place(self.name, self.path + ((" (item {})", index),))

    @property
    def depth(self) -> int:
        return len(self.path)

    def __str__(self) -> str:
        return f"SharedObject {self.name!r}" + "".join(text.format(what) for text, what in self.path)
