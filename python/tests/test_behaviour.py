"""The recorded call sequences of real_robot's implementation."""

import pytest
from conftest import golden_sequences
from json_form import bits, from_json

from sharedobjects import SharedObject, layout

SEQUENCES = golden_sequences()

# Where our peers differ (docs of the wire format): a text of up to D - 1 bytes always fits, whatever init_size is, and
# a dict may hold two arrays. (sequence, step) -> recorded as BufferError or NotImplementedError, succeeds here.
ACCEPTED_HERE = {("str overflow", 3), ("str overflow", 4), ("str another init_size", 2), ("str another init_size", 4)}
ACCEPTED_HERE.add(("dict two arrays", 0))


def test_there_are_66():
    assert len(SEQUENCES) == 66


@pytest.mark.parametrize("sequence", SEQUENCES, ids=[s["name"] for s in SEQUENCES])
def test_sequence(sequence, name):
    handles = {}
    override = None  # what a fetch returns after an assign that was accepted here and refused there
    for i, step in enumerate(sequence["steps"]):
        op = step["op"]
        data = from_json(step["data"]) if "data" in step else None

        def call():
            if op == "open":
                handles[step["handle"]] = SharedObject(name, data=data, init_size=step["init_size"])
                return None
            handle = handles[step["handle"]]
            if op in ("modified", "triggered"):
                return getattr(handle, op)
            return getattr(handle, op)(*([data] if "data" in step else []))

        where = f"step {i}: {step}"
        if (sequence["name"], i) in ACCEPTED_HERE:
            assert "raises" in step, where
            call()
            override = bits(data)
            continue
        if "raises" in step:
            before = (segment_bytes(name), [h.mtime for h in handles.values()])
            with pytest.raises(BufferError) as caught:
                call()
            assert step["raises"] == "BufferError" and name in str(caught.value), where
            assert (segment_bytes(name), [h.mtime for h in handles.values()]) == before, where
            continue
        result = call()
        if op in ("assign", "trigger"):
            assert result is handles[step["handle"]], where
            if op == "assign":
                override = None
        elif op == "fetch":
            expected = bits(from_json(step["returns"])) if override is None else override
            assert bits(result) == expected, where
        elif op in ("modified", "triggered"):
            assert result is step["returns"], where
    for handle in handles.values():
        handle.close()


def segment_bytes(name):
    with open(f"/dev/shm/{name}", "rb") as f:
        content = f.read()
    assert len(content) >= layout.HEADER_SIZE
    return content
