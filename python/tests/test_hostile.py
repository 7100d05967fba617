"""Segments that are damaged, foreign, unfinished or made to hurt."""

import errno
import os
import resource
import struct
import threading
from random import Random

import numpy as np
import pytest
from conftest import SHM, golden_bytes, golden_vectors

from sharedobjects import (
    BeingMadeError,
    InvalidObjectError,
    NestingError,
    NeverAssignedError,
    SharedObject,
    SharedObjectError,
    SystemCallError,
    TextDecodeError,
    TornError,
    UnknownTagError,
    unlink,
)
from sharedobjects.parsing import parse_segment

U64_MAX = 2**64 - 1


def header(tag, mtime=1):
    return struct.pack("<QB", mtime, tag)


def text(field, content, tag=6):
    return header(tag) + struct.pack("<Q", field) + content


def array(dtype, shape, content=b"", ndim=None):
    ndim = len(shape) if ndim is None else ndim
    return header(9) + struct.pack(f"<BQ{len(shape)}Q", dtype, ndim, *shape) + content


def dict_of(content, length=None):
    return header(10) + struct.pack("<Q", len(content) if length is None else length) + content


LIST, SET, TUPLE = b"lst"
INT = b"\2" + struct.pack("<q", 5)


def sequence_of(tag, count, slots, size=None):
    return header(tag) + struct.pack("<QQ", 8 + len(slots) if size is None else size, count) + slots


HOSTILE = {
    "one byte": b"\0",
    "eight bytes": b"\0" * 8,
    "bool without its byte": header(1),
    "bool with two": header(1) + b"\0\0",
    "int cut off": header(2) + b"\0" * 7,
    "int too long": header(2) + b"\0" * 9,
    "float cut off": header(3) + b"\0" * 7,
    "complex cut off": header(4) + b"\0" * 15,
    "pose cut off": header(5) + b"\0" * 27,
    "text without D": header(6) + b"\0" * 7,
    "text D = 0": text(0, b""),
    "text D too large": text(6, b"\xff" + b"\0" * 4),
    "text D too small": text(4, b"\xff" + b"\0" * 4),
    "text D huge": text(U64_MAX, b"\xff"),
    "text D wraps": text(2**64 - 17, b"\xff"),
    "array without rank": header(9) + b"\0" * 8,
    "array cut off in its shape": array(2, (3,), ndim=2),
    "array of huge rank": array(2, (3,), ndim=U64_MAX),
    "array of rank 65": array(2, (1,) * 65, b"\0"),
    "array shape huge": array(2, (U64_MAX,)),
    "array shape wraps": array(2, (2**32, 2**32)),
    "array bytes wrap": array(8, (2**61,)),
    "array empty but beyond numpy": array(8, (0, 2**62, 2**62)),
    "array too short": array(8, (2,), b"\0" * 15),
    "array too long": array(8, (2,), b"\0" * 17),
    "dict without L": header(10) + b"\0" * 7,
    "dict L huge": dict_of(b"", U64_MAX),
    "dict L too large": dict_of(b"\0\0", 3),
    "dict L too small": dict_of(b"\0\0", 0),
    "dict key without value": dict_of(b"\1\1"),
    "dict value outside": dict_of(b"\0\2" + b"\0" * 7) + b"\0",
    "dict array outside": dict_of(b"\0\x09\2" + struct.pack("<QQ", 1, 5) + b"\0" * 4),
    "list without L": header(LIST) + b"\0" * 7,
    "list without count": header(LIST) + struct.pack("<Q", 7) + b"\0" * 7,
    "list L huge": sequence_of(LIST, 0, b"", U64_MAX),
    "list L too large": sequence_of(LIST, 1, INT, 18),
    "list L too small": sequence_of(LIST, 1, INT, 16),
    "list L of 0": sequence_of(LIST, 0, b"", 0),
    "list count too large": sequence_of(LIST, 2, INT),
    "list count huge": sequence_of(LIST, U64_MAX, INT),
    "set count too large": sequence_of(SET, 2, INT),
    "tuple count too large": sequence_of(TUPLE, 2, INT),
    "tuple count too small": sequence_of(TUPLE, 0, INT),
    "list slot outside": sequence_of(LIST, 0, b"\2" + b"\0" * 7) + b"\0",
    "trailer without magic": header(2) + b"\0" * 300,
    "trailer of other letters": header(2).ljust(128, b"\0") + b"SHOBTRM\1".ljust(128, b"\0"),
    "trailer too short": header(2).ljust(128, b"\0") + b"SHOBTRL\1".ljust(127, b"\0"),
    "trailer too early": header(2).ljust(64, b"\0") + b"SHOBTRL\1".ljust(192, b"\0"),
    "trailer too late": header(2).ljust(256, b"\0") + b"SHOBTRL\1".ljust(128, b"\0"),
}

UNKNOWN = {
    "tag 11": header(11) + b"\0" * 8,
    "tag 255": header(255),
    "dtype 16": array(16, (1,), b"\0" * 32),
    "dtype 255": array(255, (0,)),
    "dict value tag": dict_of(b"\0\x0b"),
    "list slot tag": sequence_of(LIST, 0, b"\x0b"),
    "set slot tag 8": sequence_of(SET, 0, b"\x08" + struct.pack("<Q", 1) + b"\xff"),
    "set slot tag of a list": sequence_of(SET, 0, sequence_of(LIST, 0, b"")[8:]),
    "dict key tag 8": dict_of(b"\x08" + struct.pack("<Q", 1) + b"\xff\0"),
    "dict key tag 10": dict_of(b"\x0a" + struct.pack("<Q", 0) + b"\0"),
}


def refuses(name, segment, content, error):
    segment.write(content)
    for data in ({}, {"data": 5}):
        with pytest.raises(error) as caught:
            SharedObject(name, creation_timeout=0, **data)
        assert isinstance(caught.value, SharedObjectError) and name in str(caught.value)
    assert segment.read() == content


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_does_not_add_up_is_refused(name, segment, content):
    refuses(name, segment, content, InvalidObjectError)


@pytest.mark.parametrize("content", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_tags_are_refused(name, segment, content):
    refuses(name, segment, content, UnknownTagError)


def test_dicts_nested_without_end(name, segment):
    content = b"\0\0"
    for _ in range(20000):
        content = b"\0\x0a" + struct.pack("<Q", len(content)) + content
        if len(content) > 2000:
            break
    refuses(name, segment, dict_of(content), NestingError)


@pytest.mark.parametrize("tag", [LIST, TUPLE], ids=["list", "tuple"])
def test_sequences_nested_without_end(name, segment, tag):
    content = sequence_of(tag, 0, b"")
    for _ in range(200):
        content = sequence_of(tag, 1, content[8:])
    refuses(name, segment, content, NestingError)


def test_a_count_that_changes_under_a_handle(name, segment):
    with SharedObject(name, data=[1, 2]) as so:
        content = bytearray(segment.read())
        for count in (3, 2**31, U64_MAX):
            content[17:25] = struct.pack("<Q", count)
            segment.write(content)
            with pytest.raises(InvalidObjectError, match="claims"):
                so.fetch()
        assert so.assign([3]).fetch() == [3]


@pytest.mark.parametrize("slots", [INT + INT, b"\1\1" + b"\2" + struct.pack("<q", 1)], ids=["same", "equal"])
def test_a_set_with_equal_elements(name, segment, slots):
    segment.write(sequence_of(SET, 2, slots))
    with SharedObject(name) as so:
        with pytest.raises(InvalidObjectError, match="equal in Python"):
            so.fetch()


@pytest.mark.parametrize("vector", golden_vectors(), ids=lambda v: v["name"])
def test_no_truncation_and_no_extra_byte_is_an_object(vector, name, segment):
    whole = golden_bytes(vector)
    cuts = range(1, len(whole)) if len(whole) < 150 else range(1, len(whole), 17)
    for content in [whole[:n] for n in cuts] + [whole + b"\0", whole + b"\1"]:
        segment.write(content)
        with pytest.raises((InvalidObjectError, BeingMadeError)):
            SharedObject(name, creation_timeout=0)


def test_random_bytes_never_do_worse_than_a_named_error(name, segment):
    random = np.random.default_rng(20)
    vectors = [golden_bytes(v) for v in golden_vectors()]
    for _ in range(1500):
        content = bytearray(vectors[random.integers(len(vectors))])
        for _ in range(random.integers(1, 6)):
            content[random.integers(len(content))] = random.choice([0, 1, 9, 10, 127, 255, random.integers(256)])
        segment.write(content)
        try:
            with SharedObject(name, creation_timeout=0) as so:
                so.fetch()
        except SharedObjectError:
            pass


def test_mutations_are_parsed_or_refused():
    """Sizes, ranks, counts and tags are changed to what breaks arithmetic; nothing but our errors comes out."""
    numbers = [0, 1, 2, 7, 8, 9, 64, 65, 255, 2**31 - 1, 2**31, 2**32, 2**61, 2**63 - 1, 2**63, U64_MAX - 8, U64_MAX]
    tags = [*range(13), *b"dlst", 255]
    inner = dict_of(b"\6" + struct.pack("<Q", 3) + b"a\xff\0" + sequence_of(LIST, 1, INT + INT)[8:])
    goods = [golden_bytes(v) for v in golden_vectors()]
    goods = [good for good in goods if len(good) < 1500]
    goods += [inner, sequence_of(SET, 1, INT + INT), sequence_of(TUPLE, 2, inner[8:] + sequence_of(LIST, 0, INT)[8:])] * 5
    dice = Random(6)
    parsed = 0
    for _ in range(20_000):
        content = bytearray(dice.choice(goods))
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(8, len(content))
            if dice.randrange(2):
                content[at] = dice.choice(tags)
            else:
                content[at : at + 8] = struct.pack("<Q", dice.choice(numbers))[: len(content) - at]
        if dice.randrange(8) == 0:
            del content[dice.randrange(len(content)) :]
        try:
            parsed += parse_segment(memoryview(bytes(content)), "x") is not None
        except SharedObjectError:
            pass
    assert 1000 < parsed < 19_000


@pytest.mark.parametrize("version", [0, 2, 255])
@pytest.mark.parametrize("size", [128, 4096])
@pytest.mark.parametrize("content", [header(2) + struct.pack("<q", 7), header(0, 0)], ids=["int", "none"])
def test_a_trailer_of_another_version_is_left_alone(name, segment, content, size, version):
    trailer = b"SHOBTRL" + bytes([version]) + bytes(range(1, 256)) * 20
    segment.write(content.ljust(128, b"\0") + trailer[:size])
    with SharedObject(name) as so, SharedObject(name) as other:
        assert so.nbytes == len(content)
        if so.object_type_idx == 2:
            assert so.fetch() == 7
            assert so.assign(8).fetch() == other.fetch() == 8
        so.trigger()
        assert other.triggered and not so.accept_torn()
    assert segment.read()[128:] == trailer[:size]


def test_a_trailer_may_hold_anything(name, segment):
    random = np.random.default_rng(4)
    for i in range(300):
        words = random.choice(np.array([0, 1, 10**18, 2**63, U64_MAX], np.uint64), 15)
        mtime = int(random.choice(words))
        segment.write((header(2, mtime) + struct.pack("<q", 7)).ljust(128, b"\0") + b"SHOBTRL\1" + words.tobytes())
        with SharedObject(name) as so, SharedObject(name) as other:
            try:
                so.fetch()
            except (TornError, NeverAssignedError):
                pass
            so.assign(i).trigger()
            assert other.triggered and other.fetch() == i and so.mtime != U64_MAX


def test_not_a_plain_file(name):
    os.symlink("/dev/null", SHM / name)
    with pytest.raises(SystemCallError, match="symbolic link") as caught:
        SharedObject(name)
    assert isinstance(caught.value, OSError) and name in str(caught.value)
    os.unlink(SHM / name)
    os.mkfifo(SHM / name)
    with pytest.raises(InvalidObjectError, match="not a plain file"):
        SharedObject(name)
    os.unlink(SHM / name)
    os.mkdir(SHM / name)
    try:
        for call in (lambda: SharedObject(name), lambda: unlink(name)):
            with pytest.raises(InvalidObjectError, match="not a plain file"):
                call()
    finally:
        os.rmdir(SHM / name)


def test_too_many_open_files_is_an_error_of_ours(name):
    with SharedObject(name, data=1.5):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            for other in (name, name + "-new"):  # to open, and to make
                with pytest.raises(SystemCallError) as caught:
                    SharedObject(other, data=2.5)
                assert caught.value.errno == errno.EMFILE and repr(other) in str(caught.value)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert not (SHM / (name + "-new")).exists()


@pytest.mark.parametrize("content", [b"", b"\0" * 10, b"\0" * 500], ids=["no size", "no tag", "no tag, large"])
def test_an_object_that_is_never_finished(name, segment, content):
    segment.write(content)
    with pytest.raises(BeingMadeError, match="still being made") as caught:
        SharedObject(name, creation_timeout=0.01)
    assert isinstance(caught.value, TimeoutError)


def test_an_object_that_is_finished_meanwhile(name, segment):
    found = []
    segment.write(b"")
    thread = threading.Thread(target=lambda: found.append(SharedObject(name, creation_timeout=30).fetch()))
    thread.start()
    with open(segment.path, "r+b") as f:  # as a plain peer does it: size, then metadata, then mtime and data
        os.ftruncate(f.fileno(), 17)
        os.pwrite(f.fileno(), struct.pack("<Qq", 5, 77)[8:], 9)
        os.pwrite(f.fileno(), struct.pack("<Q", 5), 0)
        os.pwrite(f.fileno(), b"\2", 8)
    thread.join()
    assert found == [77]


def test_an_object_that_was_never_assigned(name, segment):
    segment.write(struct.pack("<QB", 0, 2) + b"\0" * 8)
    with SharedObject(name) as so, SharedObject(name) as other:
        assert not so.modified and not so.triggered
        with pytest.raises(NeverAssignedError, match="never assigned"):
            so.fetch()
        other.assign(5)
        assert so.modified and so.fetch() == 5


def test_text_that_is_not_utf_8(name, segment):
    segment.write(text(5, b"\xff\xfe\xff\0\0"))
    with SharedObject(name) as so:
        with pytest.raises(TextDecodeError) as caught:
            so.fetch()
        assert isinstance(caught.value, UnicodeDecodeError) and name in str(caught.value)
        assert so.assign("ok").fetch() == "ok"


def test_text_all_zeros_reads_as_empty(name, segment):
    segment.write(text(5, b"\0" * 5))
    assert SharedObject(name).fetch() == ""


def test_keys_that_python_cannot_tell_apart(name, segment):
    segment.write(dict_of(b"\1\1\0" + b"\2" + struct.pack("<q", 1) + b"\0"))
    with SharedObject(name) as so:
        with pytest.raises(InvalidObjectError, match="equal keys"):
            so.fetch()
