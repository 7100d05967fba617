"""SharedDynamicObject: values of any type, in a segment that grows."""

import asyncio
import errno
import gc
import logging
import mmap
import os
import pickle
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import SHM
from json_form import bits
from outside import Words, child, reads_without_the_lock, writer_lock

import sharedobjects.shared_dynamic_object as dynamic_module
from sharedobjects import (
    BeingMadeError,
    ClosedError,
    InvalidObjectError,
    LockTimeoutError,
    NestingError,
    NoSpaceError,
    ObjectNotFoundError,
    Pose,
    SharedDynamicObject,
    SharedObject,
    SystemCallError,
    TornError,
    WrongKindError,
    layout,
    stamps,
    wait_any,
)
from sharedobjects import segment as segment_module

needs_lock_free_reads = pytest.mark.skipif(not stamps.ORDERED, reason="reads take the lock on this machine")

# The byte map, once more and as plain numbers.
TAG, VERSION, LENGTH, OBJECT, VALUE = 8, 9, 16, 128, 256

VALUES = [
    None,
    True,
    -(2**63),
    0.1,
    complex(1, -0.0),
    Pose([1, 2, 3], [0, 1, 0, 0]),
    "漢字\0",
    b"",
    b"\xff\0\0",
    bytearray(1000),
    np.arange(6, dtype=np.int16).reshape(2, 3),
    np.array(1.5),
    np.zeros((0, 3), np.float32),
    np.array([True, False]),
    np.arange(30000.0),
    np.arange(12.0)[::-2],
    {},
    {"a": 1, "m": np.eye(2), "n": np.eye(3, dtype=np.complex64), "d": {b"x": {1.5: None}}},
    {"big": bytes(100000), "bigger": np.ones(20000)},
    (),
    [1, "a", [2, (3, {"x": {4, "y"}})]],
    {1, "a", "bb", b"c", None, 2.5},
    "x" * 300000,
    7,
]


class Length:
    """The length word, and the tag and version, from outside."""

    def __init__(self, name):
        self.map = Words(name, OBJECT).map

    value = property(
        lambda self: struct.unpack_from("<Q", self.map, LENGTH)[0],
        lambda self, x: struct.pack_into("<Q", self.map, LENGTH, x),
    )


@pytest.fixture
def so(name):
    with SharedDynamicObject(name) as so:
        yield so


@pytest.fixture
def other(so):
    with SharedDynamicObject(so.name) as other:
        yield other


# ---- values ---------------------------------------------------------------------------------------------------------


def test_values_of_all_types_in_turn(so, other):
    inode = os.stat(SHM / so.name).st_ino
    for value in VALUES + VALUES[::-1]:
        assert so.assign(value) is so and not so.modified
        assert other.modified and bits(other.fetch()) == bits(value) and not other.modified
        assert bits(so.fetch()) == bits(value)
        seen = []
        assert other.fetch(seen.append) is None and bits(seen[0]) == bits(value)
    assert os.stat(SHM / so.name).st_ino == inode


def test_values_by_reads_under_the_lock(name, monkeypatch):
    monkeypatch.setattr("sharedobjects.shared_dynamic_object.ORDERED", False)
    with SharedDynamicObject(name) as so, SharedDynamicObject(name) as other:
        for value in VALUES:
            so.assign(value)
            assert bits(other.fetch()) == bits(value) and not reads_without_the_lock(other)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_the_first_value(name, value):
    with SharedDynamicObject(name, data=value) as so, SharedDynamicObject(name) as other:
        assert not so.modified and not other.modified and so.mtime == other.mtime != 0
        assert bits(other.fetch()) == bits(so.fetch()) == bits(value)


def random_bytes(dice, count):
    return dice.getrandbits(8 * count + 8).to_bytes(count + 1, "little")[:count]  # Random.randbytes is Python 3.9's


def random_value(dice, depth=0):
    kind = dice.choice("nbifcPsBAa" + ("dtlS" * 2 if depth < 4 else ""))
    if kind == "d":
        return {random_key(dice): random_value(dice, depth + 1) for _ in range(dice.randrange(5))}
    if kind == "S":
        return {random_key(dice) for _ in range(dice.randrange(5))}
    if kind in "tl":
        items = [random_value(dice, depth + 1) for _ in range(dice.randrange(5))]
        return tuple(items) if kind == "t" else items
    if kind == "A":
        return bytearray(random_bytes(dice, dice.randrange(100)))
    if kind == "a":
        dtype = dice.choice([d for d in layout.DTYPES if d is not None and d.kind not in "fcb"])
        shape = [dice.randrange(4) for _ in range(dice.randrange(4))]
        size = int(np.prod(shape)) * dtype.itemsize * dice.choice([1, 1, 100])
        array = np.frombuffer(random_bytes(dice, size), dtype)
        return array.reshape(shape) if array.size == np.prod(shape) else array
    return {
        "n": lambda: None,
        "b": lambda: dice.random() < 0.5,
        "i": lambda: dice.randrange(-(2**63), 2**63),
        "f": dice.random,
        "c": lambda: complex(dice.random(), dice.random()),
        "P": lambda: Pose([dice.random() for _ in range(3)]),
        "s": lambda: "".join(map(chr, dice.choices([0, 65, 0xE9, 0x6F22, 0x1F600], k=dice.randrange(30)))),
        "B": lambda: random_bytes(dice, dice.randrange(300)),
    }[kind]()


def random_key(dice):
    return dice.choice([lambda: dice.randrange(2, 10**9), lambda: str(dice.random()), lambda: random_bytes(dice, 9)])()


@pytest.mark.parametrize("seed", range(4))
def test_random_nested_values(so, other, seed):
    dice = random.Random(seed)
    for _ in range(150):
        value = random_value(dice)
        so.assign(value)
        assert bits(other.fetch()) == bits(value)


def test_an_array_is_a_copy_and_aligned(so, other):
    value = so.assign(np.arange(1000.0)).fetch()
    assert value.flags.owndata and value.flags.writeable and value.flags.aligned
    so.assign("something else" * 1000)
    assert np.array_equal(value, np.arange(1000.0))


def test_a_function_gets_a_view_and_what_it_returns_is_copied(so, other):
    so.assign(np.arange(10))

    def slice_of(x):
        assert not x.flags.writeable and not x.flags.owndata
        return {"a": x[2:4], "b": [x]}

    found = other.fetch(slice_of)
    so.assign(b"\xff" * 1000)
    assert list(found["a"]) == [2, 3] and list(found["b"][0]) == list(range(10))


@pytest.mark.parametrize("value", [object(), np.float64(1), {"a": object()}, 2**63, "\ud800", {b"x": {(1, frozenset())}}])
def test_what_can_not_be_shared_changes_nothing(so, segment, value):
    so.assign({"a": 1})
    before = segment.read()
    with pytest.raises((TypeError, OverflowError, UnicodeEncodeError)):
        so.assign(value)
    assert segment.read() == before
    with pytest.raises((TypeError, OverflowError, UnicodeEncodeError)):
        SharedDynamicObject(so.name + "new", data=value)
    assert not (SHM / (so.name + "new")).exists()


# ---- the byte map ---------------------------------------------------------------------------------------------------


def test_the_bytes(name, segment):
    with SharedDynamicObject(name, data="ab") as so:
        content = segment.read()
        assert len(content) == so.capacity == 4096
        assert content[:8] == struct.pack("<Q", so.mtime) and so.mtime != 0
        assert content[8:128] == b"d\1" + bytes(6) + struct.pack("<Q", 12) + bytes(104)
        assert content[128:152] == b"SHOBTRL\1" + bytes(8) + struct.pack("<Q", so.mtime)
        assert content[152:256] == bytes(104)
        assert content[256:] == b"\6" + struct.pack("<Q", 3) + b"ab\xff" + bytes(4096 - 268)
        assert so.nbytes == 268 and so.object_type_idx == ord("d")


def test_a_value_is_what_an_ordinary_object_has_from_its_tag_on(so, name):
    for value in VALUES[:6] + [np.arange(6.0).reshape(2, 3), {1: np.ones(3)}, [1, (2, None)], {2, 3.5}]:
        so.assign(value)
        with SharedObject(name + "o", data=value) as ordinary:
            ordinary.unlink()
            expected = os.pread(ordinary.fileno(), ordinary.nbytes, 0)[TAG:]
        assert os.pread(so.fileno(), so.nbytes, 0)[VALUE:] == expected


@pytest.mark.parametrize(
    "size, needed, grown",
    [
        (4096, 4097, 8192),
        (4096, 100000, 25 * 4096),
        (2**25, 2**25 + 1, 2**26),
        (2**26 - 4096, 2**26 - 4000, 2**27 - 8192),
        (2**26, 2**26 + 1, 5 * 2**24),
        (2_000_001_024, 2_000_001_025, 2_147_475_456),  # the largest that C# opens
    ],
)
def test_how_much_it_grows(size, needed, grown):
    assert layout.grown_size(size, needed) == grown


def test_a_value_that_csharp_could_not_open_is_refused(so, other, segment):
    before, largest = segment.read(), 2_147_475_456 - VALUE
    array = np.broadcast_to(np.uint8(7), largest - 18 + 1)  # of no memory; 18 bytes say what it is
    with pytest.raises(NoSpaceError, match=f"{so.name}.* {largest + 1} bytes.* {largest}") as caught:
        so.assign(array)
    assert caught.value.errno == errno.EFBIG
    with pytest.raises(NoSpaceError):
        SharedDynamicObject(so.name + "new", data=[array])
    assert not (SHM / (so.name + "new")).exists() and segment.read() == before and other.fetch() is None


def test_the_steps_of_a_write(so, other, monkeypatch):
    """Seen from outside, before each of them."""
    so.assign(b"old")  # 13 bytes, with its tag, D and 0xFF
    words, length, before, steps = Words(so.name, OBJECT), Length(so.name), so.mtime, []

    def look(step):
        begun = words.mtime != before and words.writing == words.mtime
        steps.append((step, begun, words.commit == before, length.value == 13, words.map[VALUE] == 7))

    class Word:
        def __init__(self, word):
            self.word = word

        def __setitem__(self, index, value):
            look("length")
            self.word[index] = value

    grow, store = segment_module.Segment.grow, dynamic_module.store

    def grow_watched(segment, needed, then):
        look("grow")
        grow(segment, needed, then)
        so._length = Word(so._length)

    monkeypatch.setattr(segment_module.Segment, "grow", grow_watched)
    monkeypatch.setattr(dynamic_module, "store", lambda *a: (look("value"), store(*a)))
    so.assign(np.zeros(5000))
    assert steps == [
        ("grow", False, True, True, True),
        ("value", True, True, True, True),
        ("length", True, True, True, False),
    ]
    assert words.writing == 0 and words.commit == words.mtime and len(other.fetch()) == 5000


# ---- growth ---------------------------------------------------------------------------------------------------------


def test_it_grows_rarely_and_never_shrinks(so, other):
    sizes = [os.stat(SHM / so.name).st_size]
    for i in range(1, 200):
        value = np.arange(i * 100)
        so.assign(value)
        assert len(other.fetch()) == i * 100
        sizes.append(os.stat(SHM / so.name).st_size)
    assert sizes == sorted(sizes) and sizes[-1] == so.capacity == other.capacity < 4 * so.nbytes
    assert len(set(sizes)) <= 8
    assert os.stat(SHM / so.name).st_blocks * 512 >= sizes[-1]  # or a full tmpfs would be a SIGBUS later
    so.assign(None)
    assert other.fetch() is None and os.stat(SHM / so.name).st_size == sizes[-1]


@needs_lock_free_reads
def test_who_has_not_mapped_it_reads_it_without_the_lock(so, other):
    for value in (np.arange(100000), "x" * 60000):
        so.assign(value)
        with writer_lock(so.name):
            assert len(other.fetch()) == len(value)
        assert other.capacity == so.capacity


def test_old_mappings_stay_for_their_views_and_no_longer(so, other):
    inode = str(os.fstat(so.fileno()).st_ino)

    def mappings():
        gc.collect()
        with open("/proc/self/maps") as maps:  # whose names differ: it was made without one
            return sum(line.split()[4] == inode for line in maps)

    so.assign(np.arange(100))
    with SharedDynamicObject(so.name) as third:
        view = memoryview(third._segment.buf)  # of the first mapping
        before = mappings()
        for i in range(1, 40):
            so.assign(np.arange(i * 2000))
            assert len(third.fetch()) == i * 2000
        assert mappings() <= before + 1
        assert bytes(view[:VALUE]) == os.pread(so.fileno(), VALUE, 0)  # the same memory, and as it is now
    del view, third
    assert mappings() == 2


def test_a_wait_goes_on_where_the_segment_grows(so, other):
    with child(lambda: (so.assign(np.zeros(10)), time.sleep(0.001), so.assign(np.ones(100000)), time.sleep(0.001))):
        lengths = set()
        for value in other.watch(silence=20):
            assert value.min() == value.max() == (len(value) > 10)
            lengths.add(len(value))
            if len(lengths) == 2:
                break
        assert wait_any([other], 20) == [other] and other.wait(20)
        assert len(asyncio.run(other.async_fetch_next(20))) in lengths


def test_a_trigger_keeps_the_value(so, other):
    so.assign([1, 2])
    other.fetch()
    so.trigger()
    assert other.triggered and not other.triggered and other.fetch() == [1, 2]
    with SharedObject(so.name + "t") as ordinary:
        assert ordinary.fetch() is None
    ordinary.unlink()


# ---- other processes ------------------------------------------------------------------------------------------------


def certified(k):
    """A value that shows by itself whether it is whole: its type and length follow from its number."""
    n = k * 37 % 4000
    return [
        lambda: np.full(n + 1, k),
        lambda: {"k": k, "s": str(k) * n, "a": np.full(n, k, np.int32)},
        lambda: [k] * (n // 10 + 1),
        lambda: f"{k:08}" * (n + 1),
        lambda: (k, bytes([k % 256]) * n),
    ][k % 5]()


def number_of(value):
    kind = type(value)
    if kind is np.ndarray:
        return int(value[0])
    return value["k"] if kind is dict else int(value[:8]) if kind is str else value[0]


def check(value):
    k = number_of(value)
    assert bits(value) == bits(certified(k))
    return k


def as_long_as(k):
    """One that is longer than the segment that was made for the one before."""
    return np.full(k * mmap.PAGESIZE, k % 251, np.uint8)


def check(value):
    """The value's number, if it is whole."""
    if type(value) is np.ndarray and value.dtype == np.uint8:
        k = len(value) // mmap.PAGESIZE
        assert np.array_equal(value, as_long_as(k))
        return k
    kind = type(value)
    k = int(value[:8]) if kind is str else value["k"] if kind is dict else int(value[0])
    assert bits(value) == bits(certified(k))
    return k


class Readers:
    """Forked processes that fetch until they have seen number `last`; what they see is whole, and never goes back."""

    def __init__(self, name, last, count=2):
        self._seen = mmap.mmap(-1, 8 * count)
        self._words = memoryview(self._seen).cast("Q")
        self._pids = [self._start(name, last, i) for i in range(count)]

    def _start(self, name, last, i):
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            status = 1
            try:
                with SharedDynamicObject(name) as so:
                    k = 0
                    while k < last and os.getppid() == parent:
                        now = check(so.fetch_next(20) if k % 2 else so.fetch())
                        assert now >= k
                        self._words[i] = k = now
                status = 0
            except BaseException as e:
                os.write(2, f"{type(e).__name__}: {e}\n".encode())
            finally:
                os._exit(status)
        return pid

    def wait_for(self, k):
        """Until each has seen that number, or a later one; fails if one has failed."""
        while min(self._words) < k:
            assert os.waitpid(-1, os.WNOHANG) == (0, 0), "a reader has failed"
            time.sleep(0.0001)

    def end(self):
        assert [os.waitpid(self._pids.pop(), 0)[1] for _ in list(self._pids)] == [0] * len(self._words)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@pytest.mark.parametrize("_", range(4))
def test_a_thousand_growth_steps_under_readers(name, monkeypatch, _):
    """In four segments: all of it is written, and mapped anew by three processes, at each step."""
    # As little as possible each time, so that each step is one.
    monkeypatch.setattr(segment_module, "grown_size", lambda size, needed: layout.whole_pages(needed))
    with SharedDynamicObject(name, data=certified(0)) as so, Readers(name, last=251) as readers:
        inode, sizes = os.fstat(so.fileno()).st_ino, set()
        for k in range(1, 251):
            so.assign(as_long_as(k))
            sizes.add(os.stat(SHM / name).st_size)
            so.assign(certified(k))
            if k % 50 == 0:
                readers.wait_for(k - 49)
        so.assign(certified(251))
        readers.end()
        assert len(sizes) == 250 and os.stat(SHM / name).st_ino == inode


def test_writers_of_several_processes(so):
    """Each writes its own numbers, of lengths that make the others map anew."""
    with SharedDynamicObject(so.name) as first, SharedDynamicObject(so.name) as second:
        so.assign(certified(0))
        with child(lambda: [first.assign(certified(k)) for k in range(0, 400, 7)]):
            with child(lambda: [second.assign(as_long_as(k)) for k in range(1, 60)]):
                kinds = set()
                while len(kinds) < 4:
                    value = so.fetch()
                    check(value)
                    kinds.add((type(value), getattr(value, "dtype", None)))


def test_a_child_goes_on_with_a_handle_that_others_grow(so, other):
    so.assign(1)
    pid = os.fork()
    if pid == 0:
        try:
            other.assign(certified(33))
            os._exit(0 if check(other.fetch()) == 33 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0
    assert check(so.fetch()) == check(other.fetch()) == 33


# ---- deaths ---------------------------------------------------------------------------------------------------------


def test_a_writer_that_is_killed_while_it_grows_or_writes(name):
    dice, deaths, outcomes = random.Random(5), 0, set()
    while deaths < 40 or len(outcomes) < 2 and deaths < 300:
        with SharedDynamicObject(name, data=certified(1)) as so, SharedDynamicObject(name) as reader:
            writer = SharedDynamicObject(name)
            pages = iter(range(50, 100000, 150))
            with child(lambda: writer.assign(as_long_as(next(pages))).assign(certified(2))):
                time.sleep(dice.uniform(0.0005, 0.006))
            deaths += 1
            writer.close()
            try:
                check(reader.fetch())
                outcomes.add("whole")
            except TornError:
                outcomes.add("torn")
                with pytest.raises(TornError):
                    so.fetch()
                with pytest.raises(TornError):
                    reader.fetch()  # from memory
            size = os.stat(SHM / name).st_size
            for value in (certified(3), np.zeros(size // 8)):
                so.assign(value)
                assert bits(reader.fetch()) == bits(value)
            so.unlink()
    assert outcomes == {"whole", "torn"}, f"{deaths} deaths"


def test_a_segment_that_a_dead_writer_left_longer_is_as_good(so, other):
    so.assign([1, 2])
    os.truncate(SHM / so.name, 10 * mmap.PAGESIZE)
    assert so.fetch() == other.fetch() == [1, 2]
    assert other.assign(np.ones(4000)).capacity == 10 * mmap.PAGESIZE
    assert so.fetch().sum() == 4000


def test_a_torn_value_may_be_taken_as_it_is(so, other):
    so.assign("abc")
    Words(so.name, OBJECT).writing = 5
    Words(so.name, OBJECT).mtime = so.mtime + 5
    for _ in range(2):
        with pytest.raises(TornError):
            other.fetch()
    so.trigger()
    with pytest.raises(TornError):
        other.fetch()
    assert so.accept_torn() and other.fetch() == so.fetch() == "abc"


@pytest.mark.parametrize("at", ["grown_size", "store"])
def test_a_write_that_is_interrupted(so, other, monkeypatch, at):
    so.assign(certified(1))
    module = {"grown_size": segment_module, "store": dynamic_module}[at]
    real, calls = getattr(module, at), []

    def interrupted(*arguments):
        result = real(*arguments)
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(module, at, interrupted)
    with pytest.raises(KeyboardInterrupt):
        so.assign(as_long_as(9))
    assert check(other.fetch()) == check(so.fetch()) == (1 if at == "grown_size" else 9)
    assert check(so.assign(as_long_as(10)).fetch()) == check(other.fetch()) == 10


def test_interrupted_between_growing_and_mapping(so, other, monkeypatch):
    so.assign(certified(1))
    with monkeypatch.context() as patch:

        def interrupted(*arguments):
            raise KeyboardInterrupt

        patch.setattr(segment_module.Segment, "map_again", interrupted)
        with pytest.raises(KeyboardInterrupt):
            so.assign(as_long_as(9))
    assert check(other.fetch()) == check(so.fetch()) == 1
    assert check(so.assign(as_long_as(10)).fetch()) == check(other.fetch()) == 10


# ---- no space -------------------------------------------------------------------------------------------------------

FULL = """
import os, sys, numpy as np
from sharedobjects import NoSpaceError, SharedDynamicObject
assert os.statvfs("/dev/shm").f_blocks * os.statvfs("/dev/shm").f_frsize == 65536, "not a /dev/shm of its own"
so, other = SharedDynamicObject("so"), SharedDynamicObject("so")
for n in (7000, 20000, 40000):
    so.assign(np.full(n, 1, np.uint8))
assert other.fetch().sum() == 40000
before = open("/dev/shm/so", "rb").read()
try:
    so.assign(np.full(70000, 2, np.uint8))
    sys.exit("it fitted")
except NoSpaceError as e:
    assert isinstance(e, OSError) and e.errno == 28 and "so" in str(e), e
assert open("/dev/shm/so", "rb").read() == before and other.fetch().sum() == 40000 and not other.modified
size = so.capacity
so.assign(np.full(size + 1 - 266, 3, np.uint8))  # not twice as much, but what is needed
assert other.fetch()[-1] == 3 and other.capacity == size + 4096, (size, other.capacity)
so.assign("short")
with open("/dev/shm/rest", "wb") as f:
    os.posix_fallocate(f.fileno(), 0, 65536 - os.stat("/dev/shm/so").st_size)
for n in range(0, other.capacity - 266, 1000):
    so.assign(np.full(n, 4, np.uint8))  # needs no space
    assert len(other.fetch()) == n
try:
    SharedDynamicObject("another")
    sys.exit("it fitted")
except NoSpaceError:
    pass
print("fine")
"""


def test_where_shared_memory_is_full():
    # In a mount namespace of its own; who is not root needs a user namespace for that, too.
    namespaces = ["--mount"] if os.geteuid() == 0 else ["--mount", "--user", "--map-root-user"]
    mounted = 'mount -t tmpfs -o size=65536 tmpfs /dev/shm && exec "$@"'
    command = ["unshare", *namespaces, "sh", "-c", mounted, "sh", sys.executable, "-c", FULL]
    environment = {**os.environ, "PYTHONPATH": str(Path(segment_module.__file__).parents[1])}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=25)
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)


# ---- what others store ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 2, 10, 4096 - 255, 2**32, 2**63 - 1, 2**63, 2**64 - 257, 2**64 - 256, 2**64 - 1])
@pytest.mark.parametrize("value", [5, np.arange(3)], ids=["int", "array"])
def test_a_length_that_is_wrong(so, other, length, value):
    so.assign(value)
    Length(so.name).value = length
    for handle in (so, other):
        for fn in (None, lambda x: x):
            with pytest.raises(InvalidObjectError, match=so.name):
                handle.fetch(fn)
    with SharedDynamicObject(so.name) as late:  # it can be opened, and made good
        with pytest.raises(InvalidObjectError):
            late.fetch()
        late.unlink()
        with pytest.raises(InvalidObjectError):
            late.republish()
        assert late.assign([1]).fetch() == so.fetch() == other.fetch() == [1]


HOSTILE = {
    "unknown tag": b"\x0b",
    "a dynamic object": b"d",
    "text beyond": b"\6" + struct.pack("<Q", 5000) + b"\xff",
    "text shorter": b"\6" + struct.pack("<Q", 1) + b"\xff\0",
    "array of rank 65": b"\x09\2" + struct.pack("<Q", 65) + b"\0" * 600,
    "array of huge rank": b"\x09\2" + struct.pack("<Q", 2**64 - 1) + b"\0" * 600,
    "array beyond": b"\x09\2" + struct.pack("<QQ", 1, 4000),
    "array that wraps": b"\x09\x08" + struct.pack("<QQQ", 2, 2**61, 8),
    "array cut off": b"\x09\2" + struct.pack("<I", 1),
    "array of an unknown dtype": b"\x09\x10" + struct.pack("<QQ", 1, 1) + b"\0",
    "array and more": b"\x09\2" + struct.pack("<QQ", 1, 1) + b"\0\0",
    "dict beyond": b"\x0a" + struct.pack("<Q", 100) + b"\0\0",
    "list of too many": b"l" + struct.pack("<QQ", 8, 1),
    "nested without end": b"".join(b"l" + struct.pack("<QQ", 8 + 17 * i, 1) for i in range(199, -1, -1)),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_value_that_does_not_add_up(so, other, content):
    so.assign(bytes(4000))
    length = Length(so.name)
    length.map[VALUE : VALUE + len(content)] = content
    length.value = len(content)
    for handle in (so, other):
        with pytest.raises((InvalidObjectError, NestingError), match=so.name):
            handle.fetch()
        with pytest.raises((InvalidObjectError, NestingError), match=so.name):
            handle.fetch(str)
    assert so.assign(1).fetch() == other.fetch() == 1


@needs_lock_free_reads
def test_garbage_under_stamps_that_do_not_match_is_not_looked_at(so, other):
    """What a writer half-way through may have left: whoever reads it without the lock must not believe any of it."""
    so.assign([1, 2])
    words, length, dice = Words(so.name, OBJECT), Length(so.name), random.Random(11)
    before = bytes(length.map[:])
    for _ in range(300):
        words.mtime = other.mtime + 1
        length.value = dice.choice([0, 5, 3840, 10**6, 2**64 - 1, dice.randrange(3840)])
        head = dice.choice([b"\x09", b"l", b"\x0a", b"\6", b""])
        value = head + bytes([dice.randrange(15)]) + struct.pack("<Q", dice.randrange(70)) + random_bytes(dice, 3840)
        length.map[VALUE:] = value[:3840]
        with writer_lock(so.name), pytest.raises(LockTimeoutError):
            other.lock_timeout = 0
            other.fetch()
    length.map[:] = before
    other.lock_timeout = None
    assert other.fetch() == [1, 2]


@pytest.mark.parametrize(
    "offset, byte, match",
    [
        (VERSION, 0, "version 0"),
        (VERSION, 2, "version 2"),
        (VERSION + 1, 1, "version 257"),
        (OBJECT, 0, "without a trailer"),
        (OBJECT + 7, 2, "without"),
    ],
)
def test_what_is_not_a_dynamic_object_of_this_version(so, offset, byte, match):
    Length(so.name).map[offset] = byte
    for data in (None, 5):
        with pytest.raises(InvalidObjectError, match=match):
            SharedDynamicObject(so.name, data=data)
    with pytest.raises(WrongKindError):
        SharedObject(so.name)


@pytest.mark.parametrize("size", [9, 255, 256])
def test_too_short_a_segment(so, size, segment):
    content = segment.read()[:size]
    (SHM / so.name).unlink()
    segment.write(content)
    with pytest.raises(InvalidObjectError):
        SharedDynamicObject(so.name)


def test_one_that_a_peer_has_made_too_long_to_map(so):
    os.truncate(SHM / so.name, 2**47)  # all of the address space that a process has
    for call in (lambda: so.fetch(lambda x: x), lambda: so.assign(2), lambda: SharedDynamicObject(so.name)):
        with pytest.raises(SystemCallError, match=so.name):
            call()


def test_a_truncated_segment_is_noticed(so, other):
    so.assign(np.arange(10000))
    other.fetch()
    os.truncate(SHM / so.name, 4096)
    for call in (lambda: so.assign(1), lambda: other.fetch(str), so.trigger):
        with pytest.raises(InvalidObjectError, match="truncated"):
            call()


# ---- the other kind of object ---------------------------------------------------------------------------------------


def test_each_kind_is_refused_as_the_other(so, name):
    for data in (None, 5):
        with pytest.raises(WrongKindError, match="SharedDynamicObject") as caught:
            SharedObject(name, data=data)
        assert isinstance(caught.value, BufferError)
    with pytest.raises(WrongKindError, match="SharedDynamicObject"):
        SharedObject.open(name, 0)
    assert so.fetch() is None
    for value in (None, 5, np.zeros(3)):
        with SharedObject(name + "o", data=value) as ordinary:
            for data in (None, 5):
                with pytest.raises(WrongKindError, match="Open it with SharedObject"):
                    SharedDynamicObject(name + "o", data=data)
            with pytest.raises(WrongKindError):
                SharedDynamicObject.open(name + "o", 0)
            assert bits(ordinary.fetch()) == bits(value)
            ordinary.unlink()


def test_an_ordinary_segment_that_is_not_finished_is_waited_for(name, segment):
    segment.write(bytes(100))
    with pytest.raises(BeingMadeError):
        SharedDynamicObject(name, creation_timeout=0)


def test_another_kind_that_has_got_the_name(so, name):
    so.unlink()
    with SharedObject(name, data=1) as ordinary:
        with pytest.raises(WrongKindError):
            so.remount()
        ordinary.unlink()
    with SharedObject(name, data=1) as ordinary:
        ordinary.unlink()
        with SharedDynamicObject(name, data=2), pytest.raises(WrongKindError):
            ordinary.remount()


# ---- the handle -----------------------------------------------------------------------------------------------------


def test_data_for_an_existing_one_is_assigned(so, name, caplog):
    so.assign("x" * 1000)
    with caplog.at_level(logging.WARNING, "sharedobjects"):
        SharedDynamicObject(name).close()
        assert not caplog.records and so.fetch() == "x" * 1000
        SharedDynamicObject(name, data=5).close()
    assert "implicitly overwriting" in caplog.text and so.fetch() == 5


def test_open_waits_for_its_maker_and_never_makes_one(name):
    with pytest.raises(TimeoutError):
        SharedDynamicObject.open(name, 0)
    assert not (SHM / name).exists()
    with SharedDynamicObject(name), SharedDynamicObject.open(name, 0) as so:
        assert so.fetch() is None  # a value like any other
        assert asyncio.run(SharedDynamicObject.async_open(name, 0)).fetch() is None


def test_replaced_and_republished(so, other, name):
    so.assign(certified(8))
    stamp, seen = so.mtime, []
    other.fetch()
    other.on_remount = seen.append
    so.unlink()
    assert not so.is_linked and so.republish() and so.is_linked and not so.republish()
    assert other.remount() and seen == [other] and not other.modified
    assert so.mtime == other.mtime == stamp and check(other.fetch()) == 8
    so.unlink()
    with SharedDynamicObject(name, data=certified(9)) as third:
        assert check(other.fetch_next(20)) == 9 and check(so.fetch_next(20)) == 9
        assert check(third.assign(as_long_as(5)).fetch()) == check(so.fetch()) == check(other.fetch()) == 5


def test_pickled_copied_by_fork_and_closed(so, name):
    so.assign(as_long_as(3))
    with pickle.loads(pickle.dumps(so)) as copy:
        assert type(copy) is SharedDynamicObject and check(copy.fetch()) == 3
    assert repr(so) == f"<SharedDynamicObject {name!r}: values of any type, {so.capacity} bytes>"
    so.close()
    assert repr(so).endswith("closed>") and so.object_type_idx == 100
    for call in (so.fetch, lambda: so.assign(1), so.trigger, lambda: so.nbytes, lambda: so.capacity, lambda: so.wait(0)):
        with pytest.raises(ClosedError):
            call()
    so.close()
    so.unlink()
    with pytest.raises(ObjectNotFoundError):
        so.unlink()


def test_where_files_without_names_are_unknown(name, monkeypatch):
    monkeypatch.setattr(segment_module.Segment, "_create_unnamed", lambda *_: None)
    with SharedDynamicObject(name, data=certified(4)) as so, SharedDynamicObject(name) as other:
        assert check(so.fetch()) == check(other.fetch()) == 4
        assert check(other.assign(as_long_as(7)).fetch()) == check(so.fetch()) == 7
