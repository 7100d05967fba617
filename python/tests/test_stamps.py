"""mtime and "last seen"."""

import struct
import time

import pytest

from sharedobjects import SharedObject

DAY = 24 * 3600 * 10**9


def stamp(segment):
    return struct.unpack_from("<Q", segment.read())[0]


def set_stamp(segment, value):
    with open(segment.path, "r+b") as f:
        f.write(struct.pack("<Q", value))


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 10**18

    monkeypatch.setattr(time, "time_ns", lambda: Clock.now)
    return Clock


def test_stamps_are_now_and_always_increase(name, segment, clock):
    with SharedObject(name, data=1) as so:
        assert stamp(segment) == so.mtime == clock.now
        so.assign(2)
        assert stamp(segment) == so.mtime == clock.now + 1
        so.trigger()
        assert stamp(segment) == clock.now + 2 and so.mtime == clock.now + 1
        clock.now -= 10**9
        so.assign(3)
        assert stamp(segment) == 10**18 + 3
        clock.now = 2 * 10**18
        so.assign(4)
        assert stamp(segment) == clock.now


@pytest.mark.parametrize("garbage", [2**64 - 1, 10**18 + DAY + 1])
def test_a_stamp_more_than_a_day_ahead_is_not_followed(name, segment, clock, garbage):
    with SharedObject(name, data=1) as so:
        set_stamp(segment, garbage)
        assert so.modified
        assert so.assign(2).modified is False
        assert stamp(segment) == so.mtime == clock.now + 1  # past the one that this handle has seen
        set_stamp(segment, garbage)
        assert so.trigger().triggered
        assert stamp(segment) == clock.now + 2


def test_a_stamp_up_to_a_day_ahead_is(name, segment, clock):
    with SharedObject(name, data=1) as so:
        set_stamp(segment, 10**18 + DAY)
        so.assign(2)
        assert stamp(segment) == 10**18 + DAY + 1


def test_an_earlier_stamp_is_news_too(name, segment):
    with SharedObject(name, data=1) as so:
        set_stamp(segment, so.mtime - 5)
        assert so.modified and so.triggered and not so.triggered


def test_a_stamp_of_zero_means_nothing(name, segment):
    with SharedObject(name, data=1) as so:
        seen = so.mtime
        set_stamp(segment, 0)
        assert not so.modified and not so.triggered and so.mtime == seen


def test_without_data_the_stamp_is_zero_and_nothing_was_seen(name, segment):
    with SharedObject(name) as so, SharedObject(name) as other:
        assert segment.read()[:9] == bytes(9)
        assert not so.modified and not so.triggered and so.fetch() is None
        other.trigger()
        assert so.modified and so.triggered and not so.triggered
        assert other.triggered and not other.triggered


def test_calls_chain(name):
    with SharedObject(name, data=1) as so:
        assert so.assign(2).trigger() is so
        assert so.modified and so.fetch() == 2 and not so.modified


def test_a_fetch_whose_fn_raises_has_seen_the_value(name):
    with SharedObject(name, data=1) as so, SharedObject(name) as other:
        other.assign(2)
        with pytest.raises(ZeroDivisionError):
            so.fetch(lambda x: x / 0)
        assert not so.modified
