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
    SharedObject,
    UnsupportedTypeError,
    rows,
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
