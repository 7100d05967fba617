"""What can be shared, beyond what real_robot could."""

import sys
import types

import numpy as np
import pytest
from json_form import bits

from sharedobjects import Pose, SharedObject, layout

ALL_DTYPES = [d for d in layout.DTYPES if d is not None]


def round_trip(name, value):
    with SharedObject(name, data=value) as so, SharedObject(name) as other:
        assert bits(other.fetch()) == bits(so.fetch())
        return other.fetch()


def test_the_package_knows_all_sixteen_dtypes_here():
    assert len(layout.DTYPES) == 16
    if sys.platform == "linux" and np.finfo(np.longdouble).nmant == 63:
        assert len(ALL_DTYPES) == 16


@pytest.mark.parametrize("dtype", ALL_DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 0, 3), (2, 3, 4), (1,) * 32], ids=str)
def test_arrays_of_every_dtype_and_rank(name, dtype, shape):
    value = np.asarray(np.random.default_rng(7).integers(0, 2, shape) * 3 - 1).astype(dtype)
    found = round_trip(name, value)
    assert bits(found) == bits(value)
    assert found.flags.owndata and found.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
        np.arange(24.0).reshape(4, 6)[::2, ::-3],
        np.asfortranarray(np.arange(10000).reshape(100, 100)),
        np.broadcast_to(np.float32(5), (3, 3)),
    ],
    ids=["fortran", "strided", "large fortran", "broadcast"],
)
def test_arrays_go_over_the_wire_in_c_order(name, segment, value):
    found = round_trip(name, value)
    assert np.array_equal(found, value)
    assert segment.read()[18 + 8 * value.ndim :].startswith(value.tobytes(order="C"))


def test_a_big_endian_array_is_converted(name):
    value = np.arange(5, dtype=">i4")
    found = round_trip(name, value)
    assert np.array_equal(found, value) and found.dtype == np.dtype("<i4")


def test_a_long_long_array_is_an_int64_array(name):
    assert round_trip(name, np.arange(3, dtype=np.longlong)).dtype == np.int64


def test_nan_payloads_and_signalling_nans_survive(name):
    for raw, dtype in [
        (0x7FF0000000000001, np.uint64),
        (0xFFF800000000BEEF, np.uint64),
        (0x7F800001, np.uint32),
        (0x7C01, np.uint16),
    ]:
        value = np.full(3, raw, dtype).view(f"f{np.dtype(dtype).itemsize}")
        assert round_trip(name, value).tobytes() == value.tobytes()
        SharedObject(name).unlink()
    pose = Pose(np.full(3, 0x7F800001, np.uint32).view(np.float32))
    assert bits(round_trip(name, pose)) == bits(pose)


def test_two_arrays_and_nested_dicts(name):
    value = {
        "rgb": np.arange(6000, dtype=np.uint8).reshape(20, 100, 3),
        "depth": np.arange(2000, dtype=np.float32).reshape(20, 100),
        "info": {"stamp": 12, "pose": Pose([1, 2, 3]), "deeper": {"K": np.eye(3), "none": {}, b"raw": bytearray(b"x")}},
        Pose(): None,
    }
    found = round_trip(name, value)
    assert bits(found) == bits(value)
    with SharedObject(name) as so:
        value["info"]["deeper"]["K"] = np.eye(3) * 2
        so.assign(value)
        assert bits(so.fetch()) == bits(value)


@pytest.mark.parametrize("make", [lambda n: "x" * n, lambda n: b"\0" * n, lambda n: bytearray(b"\xff" * n)])
@pytest.mark.parametrize("init_size", [100, 0, 7])
def test_text_of_any_length_up_to_the_capacity(name, make, init_size):
    with SharedObject(name, data=make(3), init_size=100) as so, SharedObject(name, init_size=init_size) as other:
        for n in (0, 1, 50, 51, 99, 100):
            other.assign(make(n))
            assert so.fetch() == make(n)
        with pytest.raises(BufferError, match="at most 100 bytes.*101 bytes"):
            other.assign(make(101))
        assert so.fetch() == make(100)


def test_an_empty_capacity(name):
    with SharedObject(name, data="", init_size=0) as so:
        assert so.nbytes == 18 and so.fetch() == ""


def test_a_bool_byte_may_be_anything(name, segment):
    with SharedObject(name, data=np.zeros((2, 2), bool)) as so:
        content = bytearray(segment.read())
        content[34:38] = bytes([0, 1, 2, 255])
        segment.write(content)
        expected = np.array([[False, True], [True, True]])
        assert so.fetch().tobytes() == expected.tobytes()
        assert so.fetch(lambda x: x.view(np.uint8).max()) == 1
        assert so.fetch(lambda x: x.sum()) == 3
        assert not so.fetch(lambda x: x.flags.writeable)


def test_an_int_is_not_a_bool_and_a_bool_no_int(name):
    with SharedObject(name, data=True) as so:
        with pytest.raises(BufferError, match="holds bool, and got int"):
            so.assign(1)


def test_a_sapien_pose_is_accepted(name, monkeypatch):
    class SapienPose:
        p = np.array([1, 2, 3], np.float32)
        q = np.array([0, 1, 0, 0], np.float32)

    monkeypatch.setitem(sys.modules, "sapien", types.SimpleNamespace(Pose=SapienPose))
    with SharedObject(name, data=SapienPose()) as so:
        assert so.fetch() == Pose([1, 2, 3], [0, 1, 0, 0])
        assert so.assign(Pose()).assign(SapienPose()).fetch().p[2] == 3


def test_pose():
    pose = Pose([1, 2, -0.0])
    assert pose == Pose((1, 2, 0)) and hash(pose) == hash(Pose((1, 2, 0)))
    assert pose != Pose() and pose != "pose"
    assert pose.p.dtype == pose.q.dtype == np.float32
    assert "q=[1.0, 0.0, 0.0, 0.0]" in repr(pose)
    with pytest.raises(ValueError, match=r"Pose.q must have shape \(4,\), not \(3,\)"):
        Pose([1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="read-only"):
        pose.p[0] = 5


def test_the_attributes(name):
    with SharedObject(name, data={"a": 1}, init_size=20) as so:
        assert (so.name, so.init_size, so.object_type_idx) == (name, 20, 10)
        assert so.nbytes == 9 + 8 + 1 + 8 + 21 + 1 + 8
        assert so.mtime > 0 and not so.closed
        assert name in repr(so) and "dict of 1 items" in repr(so)
    assert so.closed and "closed" in repr(so)
