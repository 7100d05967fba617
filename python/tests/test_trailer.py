"""The trailer, and the lock-free read protocol on it: beside plain writers, C# peers, and writers that died."""

import contextlib
import errno
import fcntl
import mmap
import os
import platform
import random
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import SHM
from outside import WAITERS, WAKE, Words, child, reads_without_the_lock, writer_lock

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "peer"))
import plain  # noqa: E402

import sharedobjects.shared_object as shared_object_module  # noqa: E402
from sharedobjects import futex as futex_module  # noqa: E402
from sharedobjects import LockTimeoutError, NeverAssignedError, SharedObject, TornError, layout, stamps  # noqa: E402

needs_lock_free_reads = pytest.mark.skipif(not stamps.ORDERED, reason="reads take the lock on this machine")
needs_futex = pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="number not known")

def adopt(name, object_size, version=1):
    """What a C# process does when it first opens an object that a plain process made."""
    with writer_lock(name) as fd:
        assert os.fstat(fd).st_size == object_size
        trailer = bytearray(128)
        trailer[:8] = b"SHOBTRL" + bytes([version])
        os.pwrite(fd, trailer, (object_size + 127) // 128 * 128)


def die_in_the_middle(name, object_size, stamp, content=None):
    """What a C# writer leaves that dies after it has stored `content`, the first bytes of its value."""
    words = Words(name, object_size)
    words.mtime = stamp
    words.writing = stamp
    if content is not None:
        words.map[9 : 9 + len(content)] = content
    return words


# ---- the byte map ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size, offset", [(9, 128), (127, 128), (128, 128), (129, 256), (4096, 4096), (4097, 4224)])
def test_where_it_begins(size, offset):
    assert layout.trailer_offset(size) == offset
    assert layout.segment_size(size) == offset + 128


def test_the_byte_map(name, segment):
    with SharedObject(name, data=7) as so:
        so.assign(8).trigger()
        mtime = struct.unpack_from("<Q", segment.read())[0]
        expected = struct.pack("<QBq", mtime, 2, 8).ljust(128, b"\0")
        expected += b"SHOBTRL\x01" + struct.pack("<QQQ", 0, mtime, 0) + bytes(32) + struct.pack("<II", 2, 0) + bytes(56)
        assert segment.read() == expected


def test_names_of_the_offsets():
    names = {n: getattr(layout, n) for n in dir(layout) if n.startswith("TRAILER_")}
    assert names == {
        "TRAILER_ALIGNMENT": 128,
        "TRAILER_SIZE": 128,
        "TRAILER_MAGIC_OFFSET": 0,
        "TRAILER_WRITING_OFFSET": 8,
        "TRAILER_COMMIT_OFFSET": 16,
        "TRAILER_SCHEMA_HASH_OFFSET": 24,
        "TRAILER_WAKE_OFFSET": 64,
        "TRAILER_WAITERS_OFFSET": 68,
        "TRAILER_LETTERS": b"SHOBTRL",
        "TRAILER_VERSION": 1,
        "TRAILER_MAGIC": b"SHOBTRL\x01",
    }


@pytest.mark.parametrize("data", [None, 5, "text", np.zeros(111, np.uint8), np.zeros(100000), {"a": 1}])
def test_objects_are_made_with_it(name, segment, data):
    with SharedObject(name, data=data) as so:
        content = segment.read()
        start = layout.trailer_offset(so.nbytes)
        assert content[so.nbytes : start] == bytes(start - so.nbytes)
        assert content[start:] == b"SHOBTRL\x01" + bytes(8) + content[:8] + bytes(104)
        assert (so.mtime == 0) == (data is None)
        with SharedObject(name) as other:
            assert other._stamps.has_trailer and other.object_type_idx == so.object_type_idx


def test_or_without_it(name, segment):
    with SharedObject(name, data=5, trailer=False) as so:
        assert len(segment.read()) == so.nbytes == 17
        assert so.assign(6).trigger().fetch() == 6
        assert not so.accept_torn() and not reads_without_the_lock(so)
        with SharedObject(name) as other:  # it is kept as it is
            assert other.assign(7).fetch() == so.fetch() == 7
        assert len(segment.read()) == 17


def test_a_none_that_is_longer_than_a_header_needs_a_trailer(name, segment):
    with SharedObject(name) as so:
        content = segment.read()
        assert so.nbytes == 9 and len(content) == 256
    for wrong in (content[:-1], content[:128] + b"\0" + content[129:], content[:200]):
        segment.write(wrong)
        with pytest.raises(TimeoutError, match="still being made"):
            SharedObject(name, creation_timeout=0)
    segment.write(content[:135] + b"\x02" + content[136:])  # another version
    assert SharedObject(name).fetch() is None


# ---- writing --------------------------------------------------------------------------------------------------------


class Recorder:
    """Stands in for the memory of a handle, and keeps what is stored in which order."""

    def __init__(self, so, monkeypatch):
        self.steps = []
        self.fail_after = None
        real = so._stamps

        class Watched:
            def __init__(self, words, names):
                self.words, self.names = words, names

            def __getitem__(_, i):
                if _.names.get(i) == "waiters":
                    self.add("read waiters")
                return _.words[i]

            def __setitem__(_, i, value):
                _.words[i] = value
                self.add(f"{_.names[i]} = {'0' if value == 0 else 't'}")

        real.mtime = Watched(real.mtime, {0: "mtime"})
        real.words = Watched(real.words, {1: "writing", 2: "commit"})
        real._halves = Watched(real._halves, {16: "wake", 17: "waiters"})
        monkeypatch.setattr(stamps, "_fence", lambda: self.add("fence"))
        monkeypatch.setattr(stamps.Stamps, "_futex_wake", lambda _: self.add("futex wake"))
        store = shared_object_module.store
        monkeypatch.setattr(shared_object_module, "store", lambda *a: (self.add("data"), store(*a)))

    def add(self, step):
        self.steps.append(step)
        if self.fail_after == len(self.steps):
            raise KeyboardInterrupt


WRITE = ["mtime = t", "writing = t", "fence", "data", "fence", "writing = 0", "commit = t", "wake = t"]
TRIGGER = ["mtime = t", "commit = t", "wake = t"]
LOOK = ["fence", "read waiters"] if stamps.ORDERED else ["futex wake"]


def test_the_steps_of_a_write_and_of_a_trigger(name, monkeypatch):
    with SharedObject(name, data=1) as so:
        recorder = Recorder(so, monkeypatch)
        so.assign(2)
        assert recorder.steps == WRITE + LOOK
        recorder.steps.clear()
        so.trigger()
        assert recorder.steps == TRIGGER + LOOK
        words = Words(name, so.nbytes)
        words.writing, words.waiters = 5, 1
        recorder.steps.clear()
        so.trigger()
        assert recorder.steps == ["mtime = t", "wake = t"] + LOOK + ["futex wake"] * stamps.ORDERED
        recorder.steps.clear()
        so.assign(3)
        assert recorder.steps == WRITE + LOOK + ["futex wake"] * stamps.ORDERED


@pytest.mark.parametrize("step", range(1, 11))
def test_a_write_that_is_interrupted_is_done_again(name, monkeypatch, step):
    with SharedObject(name, data=1) as so, SharedObject(name) as other:
        recorder = Recorder(so, monkeypatch)
        recorder.fail_after = step
        with pytest.raises(KeyboardInterrupt):
            so.assign(2)
        assert recorder.steps[step:] == WRITE + LOOK
        assert not so.modified and other.modified and other.fetch() == 2
        words = Words(name, so.nbytes)
        assert words.mtime == words.commit == so.mtime and words.writing == 0


def test_a_write_that_is_interrupted_twice_is_torn(name, monkeypatch):
    with SharedObject(name, data=1) as so, SharedObject(name) as other:
        with monkeypatch.context() as patch:

            def fail(*arguments):
                raise KeyboardInterrupt

            patch.setattr(shared_object_module, "store", fail)
            with pytest.raises(KeyboardInterrupt):
                so.assign(2)
        for handle in (so, other):
            with pytest.raises(TornError):
                handle.fetch()
        assert so.assign(3).fetch() == other.fetch() == 3


def test_a_stamp_is_later_than_all_words(name, monkeypatch):
    monkeypatch.setattr(time, "time_ns", lambda: 10**18)
    day = 24 * 3600 * 10**9
    with SharedObject(name, data=1) as so:
        words = Words(name, so.nbytes)
        assert so.mtime == 10**18
        for word in ("mtime", "commit", "writing"):
            setattr(words, word, 10**18 + 1000)
            assert so.assign(2).mtime == 10**18 + 1001
            setattr(words, word, 10**18 + 1001 + day)  # beyond a day: not followed
            assert so.assign(2).mtime == 10**18 + 1002
            words.mtime = words.commit = so.mtime = 10**18
        words.mtime, words.commit, words.writing = 10**18 + day, 2**64 - 1, 10**18 + day + 1
        assert so.assign(2).mtime == 10**18 + day + 2  # one that is garbage may be what the others lead to
        assert words.mtime == words.commit == so.mtime and words.writing == 0


def test_wake_wraps_around(name):
    with SharedObject(name, data=1) as so:
        words = Words(name, so.nbytes)
        words.wake = 2**32 - 1
        so.trigger()
        assert words.wake == 0 and words.waiters == 0
        assert not stamps.ORDERED or so._stamps._futex_words is None  # ctypes is loaded when somebody waits


# ---- reading without the lock ---------------------------------------------------------------------------------------

SMALL = [1.5, True, "x", b"y", bytearray(b"z"), 1j, {"a": 1, "b": np.arange(3)}, np.arange(5), np.zeros((0, 3))]
SMALL += [np.ones((2, 2), bool), np.zeros(100000)]


@needs_lock_free_reads
@pytest.mark.parametrize("value", SMALL, ids=lambda v: type(v).__name__)
def test_arrays_and_small_values_are_read_without_the_lock(name, value):
    with SharedObject(name, data=value) as so, SharedObject(name) as other:
        assert reads_without_the_lock(so) and reads_without_the_lock(other)
        so.assign(value)
        assert other.modified and reads_without_the_lock(other) and not other.modified
        so.trigger()
        assert reads_without_the_lock(other)


def test_large_values_and_functions_take_the_lock(name):
    with SharedObject(name, data=bytes(40000)) as so:  # has a field of 80,001
        assert not reads_without_the_lock(so)
    with SharedObject(name + "s", data=np.zeros(3)) as so:
        with writer_lock(so.name), pytest.raises(LockTimeoutError):
            so.lock_timeout = 0
            so.fetch(np.sum)


def test_on_another_machine_all_reads_take_the_lock(name, monkeypatch):
    monkeypatch.setattr(shared_object_module, "ORDERED", False)
    with SharedObject(name, data=1) as so:
        assert so._stamps.has_trailer and not reads_without_the_lock(so) and so.fetch() == 1


@needs_lock_free_reads
def test_an_array_that_was_read_without_the_lock_is_a_copy(name):
    with SharedObject(name, data=np.arange(3)) as so:
        value = so.fetch()
        assert value.flags.owndata and value.flags.writeable
        so.assign(np.zeros(3, int))
        assert list(value) == [0, 1, 2]


@needs_lock_free_reads
@pytest.mark.parametrize("mtime, commit", [(5, 6), (6, 5), (0, 0), (0, 5), (5, 0)])
def test_only_equal_stamps_that_are_not_zero_are_accepted(name, mtime, commit):
    with SharedObject(name, data=1) as so:
        words = Words(name, so.nbytes)
        words.mtime, words.commit = mtime, commit
        assert not reads_without_the_lock(so)
        words.mtime = words.commit = 5
        assert reads_without_the_lock(so) and so.mtime == 5


@needs_lock_free_reads
def test_a_write_that_comes_between_the_elements_is_noticed(name, monkeypatch):
    decode = shared_object_module.decode
    with SharedObject(name, data=np.arange(3)) as so, SharedObject(name) as other:

        def decode_slowly(*arguments):
            value = decode(*arguments)
            if len(found) < 2:
                found.append(value)
                other.assign(np.full(3, len(found)))
            return value

        found = []
        monkeypatch.setattr(shared_object_module, "decode", decode_slowly)
        # The second time it has the lock, which `other` would wait for.
        found.append(None)
        assert list(so.fetch()) == [2, 2, 2] and list(found[1]) == [0, 1, 2]


def test_a_write_that_comes_between_is_noticed(name):
    with SharedObject(name, data=1) as so, SharedObject(name) as other:

        class Bytes:
            count = 0

            def tobytes(self):
                self.count += 1
                other.assign(other.fetch() + 1)
                return b"\x63" + bytes(7)

        so._unlocked = between = Bytes()
        assert so.fetch() == 2 and between.count == (1 if stamps.ORDERED else 0) or not stamps.ORDERED
        assert not so.modified


# ---- beside plain writers -------------------------------------------------------------------------------------------


def test_a_plain_write_is_read_under_the_lock_once(name):
    with SharedObject(name, data=np.arange(4)) as so, SharedObject(name) as other:
        words = Words(name, so.nbytes)
        for i in range(3):
            plain.assign(name, np.full(4, i))
            assert so.modified and words.commit != words.mtime
            if i == 1:
                plain.trigger(name)
            assert not reads_without_the_lock(so)
            assert list(so.fetch()) == [i] * 4
            assert words.commit == words.mtime == so.mtime and words.writing == 0
            assert reads_without_the_lock(other) == reads_without_the_lock(so) == stamps.ORDERED


def test_a_plain_write_is_healed_by_large_reads_and_functions_too(name):
    with SharedObject(name, data=np.zeros(20000)) as so:
        words = Words(name, so.nbytes)
        for read in (so.fetch, lambda: so.fetch(np.sum)):
            plain.trigger(name)
            assert words.commit != words.mtime
            read()
            assert words.commit == words.mtime


def test_healing_needs_a_stamp(name):
    with SharedObject(name, data=1) as so:
        words = Words(name, so.nbytes)
        words.mtime = 0
        with pytest.raises(NeverAssignedError):
            so.fetch()
        assert words.commit == so.mtime


def test_opening_heals_nothing_and_keeps_the_lock_free_value(name):
    with SharedObject(name, data=1):
        plain.assign(name, 2)
        with SharedObject(name) as other:
            assert not other.modified and other.fetch() == 2


# ---- a trailer that appears -----------------------------------------------------------------------------------------

LOCKED_CALLS = {
    "fetch": lambda so: so.fetch(),
    "fetch fn": lambda so: so.fetch(lambda x: None),
    "assign": lambda so: so.assign(np.arange(4)),
    "trigger": lambda so: so.trigger(),
    "accept_torn": lambda so: so.accept_torn(),
}


@pytest.mark.parametrize("call", LOCKED_CALLS.values(), ids=LOCKED_CALLS)
@pytest.mark.parametrize("size", [4, 500], ids=["same page", "another page"])
def test_a_trailer_that_appears_is_used_from_the_next_lock_on(name, call, size):
    value = np.arange(size)
    plain.create(name, value)
    kept = []
    with SharedObject(name) as so:
        so.fetch(lambda x: kept.append(x))
        adopt(name, so.nbytes)
        words = Words(name, so.nbytes)
        assert not so._stamps.has_trailer
        call = (lambda so: so.assign(value)) if call is LOCKED_CALLS["assign"] else call
        call(so)
        assert so._stamps.has_trailer
        so.fetch()
        assert words.commit == words.mtime != 0
        assert reads_without_the_lock(so) == stamps.ORDERED
        wake = words.wake
        so.assign(value + 1)
        assert words.wake == wake + 1 and words.commit == words.mtime == so.mtime
        assert np.array_equal(kept[0], value + 1)  # the view of the old mapping still shows the object
    assert np.array_equal(kept[0], value + 1)


def test_a_torn_value_is_found_after_an_adoption(name):
    plain.create(name, 5)
    with SharedObject(name) as so:
        adopt(name, 17)
        die_in_the_middle(name, 17, so.mtime + 1, b"\7")
        with pytest.raises(TornError):
            so.fetch()


def test_a_trailer_of_another_version_that_appears_is_not_used(name, segment):
    plain.create(name, 5)
    with SharedObject(name) as so:
        adopt(name, 17, version=2)
        before = segment.read()[128:]
        assert so.fetch() == 5 and so.assign(6).trigger().fetch() == 6
        assert not so._stamps.has_trailer and segment.read()[128:] == before
        with SharedObject(name) as other:
            assert other.fetch() == 6 and not reads_without_the_lock(other)


def test_python_makes_no_trailer(name, segment):
    plain.create(name, 5)
    with SharedObject(name) as so:
        so.assign(so.fetch()).trigger()
    assert len(segment.read()) == 17


# ---- torn values ----------------------------------------------------------------------------------------------------


@pytest.fixture
def torn(name):
    """A handle on an array of four, whose writer has died after the first element."""
    with SharedObject(name, data=np.arange(4)) as so:
        so.words = die_in_the_middle(name, so.nbytes, so.mtime + 1)
        so.words.map[26] = 99
        yield so


def refuses(so):
    for read in (so.fetch, lambda: so.fetch(np.sum)):
        with pytest.raises(TornError, match="torn") as caught:
            read()
        assert isinstance(caught.value, BufferError) and so.name in str(caught.value)
    return True


def test_a_torn_value_is_refused(torn):
    seen = torn.mtime
    assert refuses(torn) and torn.modified and torn.mtime == seen
    with SharedObject(torn.name) as other:
        assert refuses(other)
    assert torn.words.commit == seen and torn.words.writing == torn.words.mtime


def test_and_again_without_the_lock_while_nobody_has_written(torn):
    assert refuses(torn)
    with writer_lock(torn.name):
        torn.lock_timeout = 0
        assert refuses(torn)
        torn.words.mtime += 1
        with pytest.raises(LockTimeoutError):
            torn.fetch()
    assert refuses(torn)
    with writer_lock(torn.name):
        assert refuses(torn)


@pytest.mark.parametrize("looked", [False, True])
def test_triggers_do_not_make_it_whole(torn, looked):
    with SharedObject(torn.name) as other:
        if looked:
            assert refuses(torn)
        plain.trigger(torn.name)
        assert refuses(torn)
        other.trigger()
        assert other.triggered and refuses(torn) and refuses(other)
        assert torn.words.commit != torn.words.mtime and torn.words.writing != 0


def test_an_assign_makes_it_whole(torn):
    with SharedObject(torn.name) as other:
        assert refuses(torn)
        other.assign(np.full(4, 7))
        assert torn.words.writing == 0 and list(torn.fetch()) == list(other.fetch()) == [7] * 4


def test_a_plain_assign_makes_it_whole_for_who_has_seen_it_torn(torn):
    with SharedObject(torn.name) as other:
        assert refuses(torn)
        plain.assign(torn.name, np.full(4, 7))
        assert refuses(other)  # who comes now can't tell
        assert list(torn.fetch()) == [7] * 4
        assert torn.words.writing == 0 and torn.words.commit == torn.words.mtime
        assert list(other.fetch()) == [7] * 4


def test_a_plain_assign_that_nobody_can_tell_from_it(torn):
    assert refuses(torn)
    found = bytearray(torn.words.map[26 : 26 + 32])
    plain.assign(torn.name, np.frombuffer(found, np.int64))
    assert refuses(torn)


def test_a_second_death_is_not_a_repair(torn):
    assert refuses(torn)
    torn.words.mtime += 5
    torn.words.writing += 5
    torn.words.map[30] = 200
    assert refuses(torn)
    torn.words.mtime += 1  # dies before it has marked its write
    assert refuses(torn)


def test_accepting_it(torn):
    assert refuses(torn)
    with SharedObject(torn.name) as other:
        assert refuses(other)
        assert torn.accept_torn() and not torn.accept_torn() and not other.accept_torn()
        assert torn.fetch()[0] == other.fetch()[0] == 99
        assert torn.words.writing == 0 and torn.words.commit == torn.words.mtime == torn.mtime


def test_accepting_needs_the_writer_lock(torn):
    torn.lock_timeout = 0
    fd = os.open(SHM / torn.name, os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_SH)
    with pytest.raises(LockTimeoutError):
        torn.accept_torn()
    os.close(fd)
    assert torn.accept_torn()


def test_opening_with_data_makes_it_whole(torn):
    with SharedObject(torn.name, data=np.full(4, 7)) as other:
        assert list(other.fetch()) == list(torn.fetch()) == [7] * 4


@pytest.mark.parametrize("steps", range(8))
def test_a_death_after_each_step(name, steps):
    """In the order of the protocol, so that it does not depend on the package's own."""
    with SharedObject(name, data=(1 << 33) + 1) as so, SharedObject(name) as other:
        words, t = Words(name, so.nbytes), so.mtime + 1
        actions = [
            lambda: setattr(words, "mtime", t),
            lambda: setattr(words, "writing", t),
            lambda: words.map.__setitem__(slice(9, 13), b"\2\0\0\0"),
            lambda: words.map.__setitem__(slice(13, 17), b"\4\0\0\0"),
            lambda: setattr(words, "writing", 0),
            lambda: setattr(words, "commit", t),
            lambda: setattr(words, "wake", 1),
        ]
        for action in actions[:steps]:
            action()
        torn = 2 <= steps <= 4
        for act in (lambda: None, lambda: plain.trigger(name), lambda: so.trigger()):
            act()
            for handle in (so, other):
                if torn:
                    assert refuses(handle)
                else:
                    assert handle.fetch() == ((1 << 33) + 1 if steps < 2 else (4 << 32) + 2)
        assert so.assign(5).fetch() == other.fetch() == 5


# ---- waking ---------------------------------------------------------------------------------------------------------

WAITER = """
import ctypes, mmap, platform, sys
path, offset, news = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open(path, "r+b") as f:
    memory = mmap.mmap(f.fileno(), 0)
wake = ctypes.c_uint32.from_buffer(memory, offset)
waiters = ctypes.c_uint32.from_buffer(memory, offset + 4)
syscall = ctypes.CDLL(None, use_errno=True).syscall
timeout = (ctypes.c_long * 2)(20, 0)
waiters.value += 1
value = wake.value
print("ready", flush=True)
for i in range(news):
    number = ctypes.c_long({"x86_64": 202, "aarch64": 98}[platform.machine()])
    while wake.value == value:
        result = syscall(number, ctypes.byref(wake), 0, ctypes.c_uint32(value), ctypes.byref(timeout), None, 0)
        assert result == 0 or ctypes.get_errno() == 11, ctypes.get_errno()
    value = wake.value
    print("woken", value, flush=True)
waiters.value -= 1
"""


def is_asleep(task):
    """Whether a thread, or the main thread of a process, sleeps in futex(2)."""
    wchan = Path(f"/proc/{task}/wchan").read_text()
    return "futex" in wchan or (wchan in ("", "0") and Path(f"/proc/{task}/stat").read_text().split()[2] == "S")


@needs_futex
def test_writes_and_triggers_wake_waiting_processes(name):
    with SharedObject(name, data=1) as so:
        path, words = str(SHM / name), Words(name, so.nbytes)
        waiter = subprocess.Popen(
            [sys.executable, "-c", WAITER, path, str(128 + WAKE), "3"], stdout=subprocess.PIPE, universal_newlines=True
        )
        assert waiter.stdout.readline() == "ready\n" and words.waiters == 1
        for number, write in enumerate([lambda: so.assign(2), so.trigger, lambda: so.assign(3)], 1):
            while not is_asleep(waiter.pid):
                time.sleep(0.001)
            write()
            assert waiter.stdout.readline() == f"woken {number}\n"
        assert waiter.wait(20) == 0 and words.waiters == 0 and words.wake == 3
        so._stamps._futex_wake()  # nobody is there: harmless
        waiter.stdout.close()


@pytest.mark.parametrize("error", [ImportError, OSError, AttributeError])
def test_without_ctypes_nobody_is_woken_and_nothing_fails(name, monkeypatch, error):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(futex_module, "_futex", None)
    monkeypatch.setattr(futex_module.Futex, "__init__", fail)
    with SharedObject(name, data=1) as so:
        words = Words(name, so.nbytes)
        words.waiters = 1
        assert so.assign(2).trigger().fetch() == 2 and words.wake == 2


# ---- processes ------------------------------------------------------------------------------------------------------


def checked(i, size):
    """An array that shows by itself whether it is whole."""
    return np.full(size, i)


def is_whole(value):
    return value.min() == value.max()


@pytest.mark.parametrize("size", [8, 500, 40000])
@pytest.mark.parametrize("writers", ["ours", "plain", "both"])
def test_readers_never_see_a_mix(name, size, writers):
    with SharedObject(name, data=checked(0, size)) as so, contextlib.ExitStack() as stack:
        values = [checked(i, size) for i in range(7)]
        if writers != "plain":
            ours = SharedObject(name)
            stack.enter_context(child(lambda: [ours.assign(v).trigger() for v in values]))
        if writers != "ours":
            theirs = plain.Handle(name)
            stack.callback(theirs.close)
            stack.enter_context(child(lambda: [theirs.assign(v) for v in values]))
        fresh = 0
        while fresh < 100:  # on a busy machine, writer and reader may take turns: one new value in each
            fresh += so.modified
            assert is_whole(so.fetch())


@needs_lock_free_reads
def test_a_reader_who_does_not_check_sees_mixes(name):
    """Else the test above would be blind."""
    size = 4000
    with SharedObject(name, data=checked(0, size)) as so, SharedObject(name) as writer:
        values = [checked(i, size) for i in range(7)]
        with child(lambda: [writer.assign(v) for v in values]):
            so._stamps = blind = stamps.Stamps(so._segment.buf, so.nbytes)

            class Blind:
                has_trailer, begin_read, end_read = True, lambda self: 1, lambda self, stamp: True

            so._stamps = Blind()
            mixes = 0
            for _ in range(1000000):
                mixes += not is_whole(so.fetch())
                if mixes >= 3:
                    break
            so._stamps = blind
        assert mixes >= 3


@pytest.mark.parametrize("size", [5000, 500000])
def test_a_writer_that_is_killed_never_leaves_a_mix_that_is_accepted(name, size):
    torn = deaths = 0
    values = [checked(i, size) for i in range(4)]
    dice = random.Random(3)
    with SharedObject(name, data=values[0]) as so, SharedObject(name) as writer:
        while deaths < 40 or (torn < 3 and deaths < 400):
            with child(lambda: [writer.assign(v) for v in values]):
                time.sleep(dice.uniform(0.001, 0.004))
            deaths += 1
            try:
                assert is_whole(so.fetch())
            except TornError:
                torn += 1
                if torn % 3 == 0:
                    assert so.accept_torn() and so.fetch().shape == (size,)
                elif torn % 3 == 1:
                    plain.assign(name, values[1] + 10)
                    assert so.fetch()[0] == 11
            so.assign(values[0])
            assert is_whole(so.fetch())
    if size == 500000:
        assert torn >= 3, f"{deaths} deaths"


def test_threads_of_one_handle_read_while_another_process_writes(name):
    values = [{"a": float(i), "b": checked(i, 30), "c": str(i)} for i in range(5)]
    with SharedObject(name, data=values[0]) as so, SharedObject(name) as writer:
        wrong, done = [], []

        def read():
            for _ in range(2000):
                value = so.fetch()
                if not (is_whole(value["b"]) and value["b"][0] == value["a"] == int(value["c"])):
                    wrong.append(value)
            done.append(True)

        with child(lambda: [writer.assign(v) for v in values]):
            threads = [threading.Thread(target=read) for _ in range(3)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
        assert not wrong and len(done) == 3


def test_stamps_never_go_back_for_a_reader(name):
    with SharedObject(name, data=0) as so, SharedObject(name) as writer:
        theirs = plain.Handle(name)

        def write():
            for i in range(1, 1000000):
                (writer if i % 3 else theirs).assign(i)

        last = 0
        with child(write):
            for _ in range(20000):
                value = so.fetch()
                if value < last:
                    assert value == 1 and last == 999999
                last = value
        theirs.close()
        assert last > 0


def test_a_full_file_system_is_an_error(name, monkeypatch):
    sizes = []

    def full(fd, offset, size):
        sizes.append(size)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError):
        SharedObject(name, data=5)
    assert sizes == [256]  # the trailer's page is reserved too: it would be a SIGBUS later
