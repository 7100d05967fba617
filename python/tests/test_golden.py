"""The vectors that real_robot's implementation wrote, both ways."""

import json

import pytest
from conftest import golden_bytes, golden_vectors
from json_form import bits, from_json, to_json

from sharedobjects import SharedObject, layout

VECTORS = golden_vectors()
BY_NAME = pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])


def test_there_are_128():
    assert len(VECTORS) == 128


@BY_NAME
def test_json_form_round_trip(vector):
    assert to_json(from_json(vector["value"])) == vector["value"]


@BY_NAME
def test_decode(vector, name, segment):
    segment.write(golden_bytes(vector))
    with SharedObject(name) as so:
        assert so.mtime == int(vector["mtime"])
        assert so.nbytes == vector["size"]
        value = so.fetch()
        assert bits(value) == bits(from_json(vector["value"]))
        assert json.dumps(to_json(value)) == json.dumps(vector["value"])
    assert segment.read() == golden_bytes(vector)


@pytest.mark.parametrize("trailer", [False, True], ids=["plain", ""])
@BY_NAME
def test_encode(vector, name, segment, trailer):
    first = from_json(vector.get("first_assigned", vector["value"]))
    with SharedObject(name, data=first, init_size=vector["init_size"], trailer=trailer) as so:
        if "first_assigned" in vector:
            so.assign(from_json(vector["value"]))
    expected = golden_bytes(vector)
    whole = segment.read()
    found = whole[: vector["size"]]
    assert len(whole) == (layout.segment_size(len(found)) if trailer else vector["size"])
    assert found[8:] == expected[8:]
    assert (found[:8] == bytes(8)) == (vector["value"]["type"] == "none")


@BY_NAME
def test_assign_back_what_was_fetched(vector, name, segment):
    segment.write(golden_bytes(vector))
    with SharedObject(name, init_size=vector["init_size"]) as so:
        so.assign(so.fetch())
    assert segment.read()[8:] == golden_bytes(vector)[8:]
