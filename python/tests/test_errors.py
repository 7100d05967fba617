"""Every error names the object, is the builtin to be expected, and leaves every byte as it was."""

import struct
import sys

import numpy as np
import pytest
from conftest import SHM

import sharedobjects
from sharedobjects import Pose, Room, SharedObject, SharedObjectError


class MyInt(int):
    pass


class MyDict(dict):
    pass


def nested(depth, value=None):
    value = value or {}
    for _ in range(depth - 1):
        value = {"d": value}
    return value


SELF_CONTAINING = {}
SELF_CONTAINING["me"] = SELF_CONTAINING
ENDLESS = []
ENDLESS.append(ENDLESS)

UNSHAREABLE = {
    "numpy scalar": (np.float64(1), TypeError),
    "numpy bool": (np.bool_(True), TypeError),
    "int subclass": (MyInt(1), TypeError),
    "dict subclass": (MyDict(), TypeError),
    "array subclass": (np.ma.masked_array([1]), TypeError),
    "frozenset": (frozenset(), TypeError),
    "tuple subclass": (sys.version_info, TypeError),
    "object in a tuple in a set": ({(1, object())}, TypeError),
    "object in a list": ([[object()]], TypeError),
    "memoryview": (memoryview(b"x"), TypeError),
    "object": (object(), TypeError),
    "object array": (np.array([None]), TypeError),
    "str array": (np.array(["x"]), ValueError),
    "time array": (np.array(["2020-01-01"], "M8[s]"), TypeError),
    "record array": (np.zeros(2, [("a", "i4")]), TypeError),
    "object in a dict": ({"k": [object()]}, TypeError),
    "tuple key": ({(1, 2): 1}, TypeError),
    "frozenset key": ({frozenset(): 1}, TypeError),
    "large int": (2**63, struct.error),
    "small int": (-(2**63) - 1, OverflowError),
    "large int in a dict": ({"k": 2**64}, struct.error),
    "large int key": ({2**64: 1}, struct.error),
    "lone surrogate": ("a\ud800b", UnicodeEncodeError),
    "lone surrogate key": ({"\udfff": 1}, UnicodeEncodeError),
    "two NaNs in a set": ({float("nan"), float("nan")}, TypeError),
    "large int in a set": ({2**64}, struct.error),
    "lone surrogate in a set": ({"\udfff"}, UnicodeEncodeError),
    "too deep": (nested(65), ValueError),
    "set too deep": (nested(64, {"d": set()}), ValueError),
    "room too deep": (nested(64, {"d": Room([], 1, like=1)}), ValueError),
    "contains itself": (SELF_CONTAINING, RecursionError),
    "list that contains itself": (ENDLESS, RecursionError),
}


@pytest.mark.parametrize("value, error", UNSHAREABLE.values(), ids=UNSHAREABLE)
def test_nothing_is_made_of_what_cannot_be_shared(name, value, error):
    with pytest.raises(error) as caught:
        SharedObject(name, data=value)
    assert isinstance(caught.value, SharedObjectError) and name in str(caught.value)
    assert not (SHM / name).exists()


GOOD = {
    "none": None,
    "int": 5,
    "str": "text",
    "array": np.arange(4.0),
    "dict": {"a": 1, "s": "x", "m": np.eye(2), "d": {"e": 1}},
}

BAD_DICTS = {
    "value of another type": {"a": 1.0, "s": "x", "m": np.eye(2), "d": {"e": 1}},
    "key of another type": {"a": 1, b"s": "x", "m": np.eye(2), "d": {"e": 1}},
    "long key": {"a": 1, "s" * 101: "x", "m": np.eye(2), "d": {"e": 1}},
    "long text": {"a": 1, "s": "x" * 101, "m": np.eye(2), "d": {"e": 1}},
    "another shape": {"a": 1, "s": "x", "m": np.eye(3), "d": {"e": 1}},
    "another dtype": {"a": 1, "s": "x", "m": np.eye(2, dtype="f4"), "d": {"e": 1}},
    "fewer": {"a": 1},
    "more": {"a": 1, "s": "x", "m": np.eye(2), "d": {"e": 1}, "z": 1},
    "deep": {"a": 1, "s": "x", "m": np.eye(2), "d": {"e": 1.5}},
    "deep range": {"a": 1, "s": "x", "m": np.eye(2), "d": {"e": 2**63}},
    "deep surrogate": {"a": 1, "s": "x", "m": np.eye(2), "d": {"\ud800": 1}},
}


@pytest.mark.parametrize("good", GOOD.values(), ids=GOOD)
def test_a_failed_assign_changes_nothing(name, segment, good):
    with SharedObject(name, data=good) as so, SharedObject(name) as other:
        before, seen = segment.read(), so.mtime
        bad = [value for value, _ in UNSHAREABLE.values()] + list(BAD_DICTS.values())
        bad += ["x" * 101, np.arange(5.0), np.arange(4), np.arange(4.0).reshape(2, 2)]
        bad += [value for value in GOOD.values() if type(value) is not type(good)]
        for value in bad:
            with pytest.raises(SharedObjectError) as caught:
                so.assign(value)
            assert name in str(caught.value)
            assert segment.read() == before and so.mtime == seen
        assert not other.modified
        so.assign(good)


@pytest.mark.parametrize("bad", BAD_DICTS.values(), ids=BAD_DICTS)
def test_a_dict_that_does_not_fit(name, bad):
    with SharedObject(name, data=GOOD["dict"]) as so:
        with pytest.raises((BufferError, OverflowError, UnicodeEncodeError)):
            so.assign(bad)


def test_messages_say_where_and_what(name):
    with SharedObject(name, data={"arm": {"qpos": np.zeros(7)}}) as so:
        with pytest.raises(BufferError) as caught:
            so.assign({"arm": {"qpos": np.zeros(6, np.float32)}})
    message = str(caught.value)
    for part in (name, "['arm']['qpos']", "float64 (7,)", "float32 (6,)", "unlink"):
        assert part in message


def test_dict_keys_may_change_but_not_their_place(name):
    with SharedObject(name, data={"a": 1, "b": 1.0}) as so:
        so.assign({"x": 2, "y": 2.0})
        assert so.fetch() == {"x": 2, "y": 2.0}
        with pytest.raises(BufferError):
            so.assign({"y": 2.0, "x": 2})


def test_implicit_overwrite_with_another_type(name, segment):
    with SharedObject(name, data=3):
        before = segment.read()
        with pytest.raises(BufferError):
            SharedObject(name, data="text")
        with pytest.raises(TypeError):
            SharedObject(name, data=object())
        assert segment.read() == before


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "/a", "a\0b", "x" * 256, "é" * 128, "\ud800"])
def test_names_that_no_segment_can_have(bad):
    for call in (SharedObject, sharedobjects.unlink):
        with pytest.raises(ValueError) as caught:
            call(bad)
        assert isinstance(caught.value, sharedobjects.InvalidNameError)


@pytest.mark.parametrize("bad", [None, 5, b"name"])
def test_a_name_is_a_str(bad):
    with pytest.raises(TypeError):
        SharedObject(bad)


def test_the_longest_name(name):
    long = name + "x" * (255 - len(name))
    with SharedObject(long, data=1) as so:
        assert so.fetch() == 1


@pytest.mark.parametrize("bad, error", [(-1, ValueError), ("100", TypeError), (True, TypeError)])
def test_init_size_is_checked(name, bad, error):
    with pytest.raises(error):
        SharedObject(name, data="x", init_size=bad)
    assert not (SHM / name).exists()


def test_a_closed_handle(name):
    so = SharedObject(name, data=Pose())
    so.close()
    so.close()
    for call in (so.fetch, lambda: so.assign(Pose()), so.trigger, lambda: so.modified, lambda: so.triggered, so.fileno):
        with pytest.raises(sharedobjects.ClosedError, match="closed") as caught:
            call()
        assert isinstance(caught.value, (OSError, ValueError)) and name in str(caught.value)
    so.unlink()
    with pytest.raises(FileNotFoundError):
        so.unlink()
    so.unlink(missing_ok=True)
