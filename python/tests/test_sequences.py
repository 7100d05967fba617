"""Tuples, lists and sets."""

import random

import numpy as np
import pytest
from json_form import bits, from_json, to_json

from sharedobjects import (
    CapacityError,
    InvalidObjectError,
    MismatchError,
    Pose,
    Room,
    SharedDynamicObject,
    SharedObject,
    SharedObjectError,
    UnsupportedTypeError,
    rows,
    unlink,
    with_length,
)


def elements(kind):
    return [None, True, -5, 0.5, 1j, Pose([1, 2, 3]), "text\0", b"\xff\0", bytearray(b"x"), np.arange(6.0).reshape(2, 3)][:kind]


VALUES = {
    "empty tuple": (),
    "empty list": [],
    "empty set": set(),
    "tuple": tuple(elements(10)),
    "list": elements(10),
    "set": set(elements(8)),
    "nested": [(1, [{"k": {2, 3}}], ()), {"a": ([],), b"b": {"x"}}],
    "in a dict": {"l": [1, 2], "t": ("a", None), "s": {"x", 1.5}},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_they_come_back_as_they_were(name, value):
    with SharedObject(name, data=value) as so, SharedObject(name) as other:
        assert bits(other.fetch()) == bits(value)
        assert bits(other.assign(value).fetch()) == bits(so.fetch()) == bits(value)
    assert bits(from_json(to_json(value))) == bits(value)


def test_the_bytes(name, segment):
    with SharedObject(name, data=(7, [True]), init_size=0):
        assert segment.read()[8:53] == bytes.fromhex(
            "74 2400000000000000 0200000000000000"  # t, L, count
            " 02 0700000000000000"
            " 6c 0a00000000000000 0100000000000000 01 01"  # l, L, count
        )


def test_a_list_may_become_shorter_and_longer_again(name):
    with SharedObject(name, data=[1, "a", np.zeros(2)]) as so, SharedObject(name) as other:
        for value in ([], [2], [3, "x" * 100], [4, "", np.ones(2)]):
            so.assign(value)
            assert bits(other.fetch()) == bits(value)
        so.assign([])
        with SharedObject(name) as late:  # its slots still say what it can hold
            assert late.assign([5, "b"]).fetch() == [5, "b"]


@pytest.mark.parametrize(
    "first, second, match",
    [
        ([1], [1, 2], "list of at most 1 elements, and got list of 2"),
        ([1], (1,), "holds list"),
        ([1], ["a"], r"\[0\]: holds int, and got str"),
        ((1, 2), (1,), "holds tuple of 2 elements, and got tuple of 1"),
        ((1,), (1, 2), "holds tuple of 1 elements"),
        ([[1]], [[1, 2]], r"\[0\]: holds list"),
        ({1}, {1, 2}, "set of at most 1"),
        ({1}, {"a"}, r"got elements \(str\)"),
        ({1, "a"}, {"b"}, "got elements"),
    ],
)
def test_what_does_not_fit_changes_nothing(name, segment, first, second, match):
    with SharedObject(name, data=first) as so:
        before = segment.read()
        with pytest.raises(MismatchError, match=match):
            so.assign(second)
        assert segment.read() == before


def test_texts_fit_up_to_their_capacity(name):
    with SharedObject(name, data=["a"]) as so:
        assert so.assign(["x" * 100]).fetch() == ["x" * 100]
        with pytest.raises(CapacityError, match=r"\[0\].*101 bytes"):
            so.assign(["x" * 101])


def test_the_texts_of_a_set_fit_each_others_slots(name):
    with SharedObject(name, data={"a", "b" * 200}) as so:
        assert so.assign({"a" * 400, "b"}).fetch() == {"a" * 400, "b"}


def test_equal_sets_have_equal_bytes(name, segment):
    rng = random.Random(3)
    members = [f"t{i}" for i in range(50)] + list(range(-20, 20))
    with SharedObject(name, data=set(members)) as so:
        expected = segment.read()[8 : so.nbytes]
        for _ in range(10):
            rng.shuffle(members)
            so.assign(set(members))
            assert segment.read()[8 : so.nbytes] == expected


def test_tuples_in_a_set(name, segment):
    value = {(1, "b"), (2, "a" * 70), (-1, ""), 7, ((1.5, None), b"\0")}
    with SharedDynamicObject(name, data=value) as so:
        assert bits(so.fetch()) == bits(value) == bits(from_json(to_json(value)))
    unlink(name)
    cells = {(i, (str(i), -i)) for i in range(20)}
    with SharedObject(name, data=cells) as so:
        expected = segment.read()[8 : so.nbytes]
        assert so.assign(set(sorted(cells)[:3])).fetch() == set(sorted(cells)[:3])
        longer = {(i, ("x" * (100 - i), 0)) for i in range(20)}  # any fits any slot
        assert so.assign(longer).fetch() == longer
        so.assign(set(sorted(cells, reverse=True)))
        assert segment.read()[8 : so.nbytes] == expected
        for other in ({(1, 2)}, {(1, ("", 0), 2)}, {1}):
            with pytest.raises(MismatchError):
                so.assign(other)
        assert so.fetch() == cells


@pytest.mark.parametrize("order", [1, -1])
def test_tuples_of_several_types_in_a_set_find_their_slots_again(name, order):
    value = {(1, "a"), ("a", 1), (), (2,)}
    with SharedObject(name, data=set(list(value)[::order])) as so:
        assert so.assign(value).fetch() == value
        with pytest.raises(MismatchError):
            so.assign({(1, 2), (3, 4), (), (2,)})


def test_room_for_tuples_in_a_set(name):
    with SharedObject(name, data=Room(set(), 3, like=(0, ""))) as so:
        assert so.fetch() == set()
        assert so.assign({(1, "a"), (2, "b" * 100)}).fetch() == {(1, "a"), (2, "b" * 100)}


def deep(depth):
    return (deep(depth - 1),) if depth else 1


@pytest.mark.parametrize("value", [{(1, frozenset())}, {(np.float64(1),)}, {deep(64)}, {(2**63,)}, {("\ud800",)}])
def test_what_can_not_be_in_a_set_changes_nothing(name, segment, value):
    with SharedDynamicObject(name, data=1) as so:
        before = segment.read()
        with pytest.raises(SharedObjectError):
            so.assign(value)
        assert segment.read() == before
        assert so.assign({deep(63)}).fetch() == {deep(63)}


@pytest.mark.parametrize("inner", [b"\x6c" + (8).to_bytes(8, "little") + bytes(8), b"\x09\1" + bytes(8) + b"\1"])
def test_a_tuple_of_lists_or_arrays_in_a_set_is_no_object(name, segment, inner):
    tuple_ = b"\x74" + (8 + len(inner)).to_bytes(8, "little") + (1).to_bytes(8, "little") + inner
    content = (8 + len(tuple_)).to_bytes(8, "little") + (1).to_bytes(8, "little") + tuple_
    segment.write(bytes(8) + b"\x73" + content)
    with pytest.raises(InvalidObjectError, match="can't be in one"):
        SharedObject(name)


def test_a_frozenset_is_refused_with_advice(name):
    with pytest.raises(UnsupportedTypeError, match="Convert it to a set"):
        SharedObject(name, data=frozenset([1]))


def test_room_for_more(name):
    with SharedObject(name, data={"l": Room([], 3, like={"x": 0, "t": "a" * 60}), "s": Room({"a"}, 2)}) as so:
        assert so.fetch() == {"l": [], "s": {"a"}}
        value = {"l": [{"x": i, "t": "b" * 120} for i in range(3)], "s": {"c", "d"}}
        assert so.assign(value).fetch() == value
        for key, too_many in {"l": [{"x": 0, "t": ""}] * 4, "s": {"1", "2", "3"}}.items():
            with pytest.raises(MismatchError):
                so.assign({**value, key: too_many})


def test_what_has_no_room():
    with pytest.raises(TypeError, match="not tuple"):
        Room((1,), 2)
    with pytest.raises(ValueError, match="room for 1 elements, and there are 2"):
        Room([1, 2], 1)
    with pytest.raises(UnsupportedTypeError, match="element of a set"):
        SharedObject("so-pytest-never", data=Room(set(), 3, like=[1]))


def test_spare_slots_keep_the_keys_of_their_dicts(name, segment):
    with SharedObject(name, data=[{"k1": 1}, ({"k2": 2},)]) as so, SharedObject(name) as other:
        for handle in (so, other):
            handle.assign([])
            content = segment.read()
            assert so.fetch() == [] and content.count(b"k1\xff") == content.count(b"k2\xff") == 1
            handle.assign([{"k3": 1}, ({"k4": 5},)])
            assert other.fetch() == [{"k3": 1}, ({"k4": 5},)]


def test_arrays_of_varying_length(name):
    points = np.arange(12.0).reshape(4, 3)
    with SharedObject(name, data={"t": 1, **with_length("points", points, 10)}) as so:
        value = so.fetch()
        assert value["points"].shape == (10, 3) and list(value) == ["t", "points", "points_len"]
        assert np.array_equal(rows(value, "points"), points)
        so.assign({"t": 2, **with_length("points", points[:0], 10)})
        assert rows(so.fetch(), "points").shape == (0, 3)
        with pytest.raises(MismatchError, match="room for 3 rows"):
            with_length("points", points, 3)
        for bad in (-1, 11):
            so.assign({"t": 2, "points": np.zeros((10, 3)), "points_len": bad})
            with pytest.raises(InvalidObjectError, match=f"is {bad}, and 'points' has 10 rows"):
                rows(so.fetch(), "points")
