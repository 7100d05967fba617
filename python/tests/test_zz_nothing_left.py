"""Runs last (by its name): the tests before it must have cleaned up after themselves."""

from conftest import PREFIX, SHM


def test_no_segment_of_this_run_is_left():
    assert list(SHM.glob(PREFIX + "*")) == []
