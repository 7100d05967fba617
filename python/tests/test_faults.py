"""What others do to a segment, or with its lock, that they should not: what comes of it is an error that says so."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import SHM

from sharedobjects import (
    InvalidObjectError,
    LockTimeoutError,
    NotAllowedError,
    SharedObject,
)
from sharedobjects.holders import LockHolder, lock_holders

LOCK = """
import fcntl, os, sys
fd = os.open("/dev/shm/" + sys.argv[1], os.O_RDWR)
fcntl.flock(fd, fcntl.LOCK_EX)
"""
WAIT = "\nprint(os.getpid(), flush=True)\nsys.stdin.read()\n"


class Script:
    """A Python process of a few lines that says its pid when it is so far, and ends when its input does."""

    def __init__(self, code, name):
        arguments = [sys.executable, "-c", code, name]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        self.pid = int(self.process.stdout.readline())
        return self

    def __exit__(self, *exc):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def so(name):
    with SharedObject(name, data=1.5, lock_timeout=0.02) as so:
        yield so


def holders(so):
    with pytest.raises(LockTimeoutError) as caught:
        so.assign(2.5)
    assert all(str(holder) in str(caught.value) for holder in caught.value.holders)
    return caught.value.holders


# ---- who holds the lock ---------------------------------------------------------------------------------------------


def test_a_process_that_holds_the_lock_is_named(so):
    with Script(LOCK + WAIT, so.name) as script:
        (holder,) = holders(so)
        assert holder == LockHolder(script.pid, Path(sys.executable).name, True, False)
        assert so.fetch() == 1.5  # reading needs no lock


def test_a_stopped_one_is_said_to_be(so):
    with Script(LOCK + WAIT, so.name) as script:
        os.kill(script.pid, signal.SIGSTOP)
        while not holders(so)[0].is_stopped:
            pass
        os.kill(script.pid, signal.SIGKILL)
        so.lock_timeout = None
        assert so.assign(2.5).fetch() == 2.5


@pytest.mark.parametrize("busy", [False, True], ids=["", "on a busy machine"])
def test_a_forked_child_that_inherited_it_is_named(so, busy, monkeypatch):
    if busy:
        monkeypatch.setattr("sharedobjects.holders._LONGEST_SEARCH", 0)
    with Script(LOCK + "\nif os.fork():\n    os._exit(0)" + WAIT, so.name) as script:
        script.process.wait()
        (holder,) = holders(so)
        assert holder.pid == script.pid != script.process.pid and holder.command


# In a container a lock whose taker has ended is missing from /proc/locks.
IN_CONTAINER = """
import os, subprocess, sys
from sharedobjects import LockTimeoutError, SharedObject
code, name = sys.argv[1:]
taker = subprocess.Popen([sys.executable, "-c", code, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
heir = int(taker.stdout.readline())
taker.wait()
try:
    SharedObject(name, lock_timeout=0.02).assign(2.5)
except LockTimeoutError as e:
    print(heir, [(holder.pid, holder.is_writer) for holder in e.holders])
taker.stdin.close()
"""


def test_a_forked_child_is_named_in_a_container_as_well(so):
    # Where unshare(1) may not do this (a container without CAP_SYS_ADMIN, or without user namespaces), the test fails.
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    container = ["unshare", *user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    code = LOCK + "\nif os.fork():\n    os._exit(0)" + WAIT
    inside = [*container, sys.executable, "-c", IN_CONTAINER, code, so.name]
    told = subprocess.run(inside, stdout=subprocess.PIPE, text=True)
    heir, _, found = told.stdout.strip().partition(" ")
    assert found == f"[({heir}, True)]"


def test_readers_and_this_process(so):
    with SharedObject(so.name) as other, Script(LOCK.replace("LOCK_EX", "LOCK_SH") + WAIT, so.name) as script:
        found = other.fetch(lambda _: holders(so))
        assert {(holder.pid, holder.is_writer) for holder in found} == {(script.pid, False), (os.getpid(), False)}


def test_a_lock_that_the_kernel_has_left_out_of_its_table_is_looked_for_again(so, monkeypatch):
    left_out = iter(["/dev/null"])
    look = lambda path, **options: open(next(left_out, path), **options)  # noqa: E731
    with Script(LOCK + WAIT, so.name) as script:
        monkeypatch.setattr("sharedobjects.holders.open", look, raising=False)
        (holder,) = holders(so)
        assert holder.pid == script.pid


def test_nothing_to_find_is_no_error(so, monkeypatch):
    assert lock_holders(so.fileno()) == () == lock_holders(-1)
    monkeypatch.setattr("sharedobjects.holders.open", lambda *_, **__: (_ for _ in ()).throw(OSError), raising=False)
    assert lock_holders(so.fileno()) == ()


# ---- who takes part -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o666])
def test_the_mode_is_as_given_whatever_the_umask(name, mode):
    before = os.umask(0o077)
    try:
        SharedObject(name, data=1, mode=mode).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((SHM / name).stat().st_mode) == mode


@pytest.mark.parametrize("bad, error", [(0o400, ValueError), (0o060, ValueError), (0o700, ValueError), ("0600", TypeError)])
def test_a_mode_that_makes_no_sense(name, bad, error):
    with pytest.raises(error, match="mode"):
        SharedObject(name, data=1, mode=bad)
    assert not (SHM / name).exists()


def test_what_others_may_write_is_opened_only_if_wanted(so):
    os.chmod(SHM / so.name, 0o660)
    with pytest.raises(PermissionError, match="0660") as caught:
        SharedObject(so.name, data=3.5)
    assert isinstance(caught.value, NotAllowedError)
    assert so.fetch() == 1.5
    assert SharedObject(so.name, mode=0o660).fetch() == 1.5
    os.chmod(SHM / so.name, 0o644)
    assert SharedObject(so.name).fetch() == 1.5


def test_what_belongs_to_another_user_is_opened_only_if_wanted(so, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(NotAllowedError, match=f"user {os.getuid()}"):
        SharedObject(so.name)
    assert SharedObject(so.name, mode=0o640).fetch() == 1.5


def test_a_handle_that_is_passed_on_keeps_its_mode(name):
    import pickle

    with SharedObject(name, data=1.5, mode=0o660) as so, pickle.loads(pickle.dumps(so)) as other:
        assert other.fetch() == 1.5


# ---- memory that is not there ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 5, 100, 4096, 50000])
def test_a_truncated_segment_is_noticed_under_the_lock(name, size):
    with SharedObject(name, data=np.zeros(10000)) as so, SharedObject(name, lock_timeout=5) as other:
        os.truncate(SHM / name, size)
        for handle in (so, other):
            for call in (
                lambda: handle.assign(np.ones(10000)),
                lambda: handle.fetch(lambda x: x.sum()),
                handle.trigger,
                handle.accept_torn,
            ):
                with pytest.raises(InvalidObjectError, match="truncated"):
                    call()


def test_truncated_over_and_over_while_others_open_it(name):
    """By one who keeps to the lock; whoever does so too is safe."""
    truncate = """
import fcntl, os, random, sys
fd = os.open("/dev/shm/" + sys.argv[1], os.O_RDWR)
content = os.pread(fd, 1 << 20, 0)
dice = random.Random(1)
print(os.getpid(), flush=True)
while True:
    fcntl.flock(fd, fcntl.LOCK_EX)
    os.ftruncate(fd, dice.randrange(len(content)))
    fcntl.flock(fd, fcntl.LOCK_UN)
    fcntl.flock(fd, fcntl.LOCK_EX)
    os.pwrite(fd, content, 0)
    fcntl.flock(fd, fcntl.LOCK_UN)
"""
    SharedObject(name, data=np.full(5000, 7)).close()
    noticed = read = 0
    with Script(truncate, name):
        while noticed < 20 or read < 20:
            try:
                with SharedObject(name, creation_timeout=0) as so:
                    assert so.fetch(lambda x: (x.min(), x.max())) == (7, 7)
                read += 1
            except (InvalidObjectError, TimeoutError):
                noticed += 1


def test_the_pages_of_a_sparse_segment_are_reserved(name, segment):
    with SharedObject(name, data=np.zeros(10000), trailer=False):
        content = segment.read()
    segment.path.unlink()
    with open(segment.path, "wb") as f:
        f.write(content[:100])  # its metadata, and the rest a hole
        f.truncate(len(content))
    segment.path.chmod(0o600)
    assert segment.path.stat().st_blocks * 512 < len(content)
    with SharedObject(name):
        assert segment.path.stat().st_blocks * 512 >= len(content)


def test_no_pages_are_reserved_for_one_that_is_being_made(name, segment):
    segment.path.touch(0o600)
    os.truncate(segment.path, 100000)
    with pytest.raises(TimeoutError):
        SharedObject(name, creation_timeout=0)
    assert segment.path.stat().st_blocks == 0


def test_a_peer_an_hour_ahead_then_the_right_clock(name):
    ahead = """
import os, sys, time
now = time.time_ns
time.time_ns = lambda: now() + 3600 * 10**9
from sharedobjects import SharedObject
so = SharedObject(sys.argv[1])
so.assign(1.0)
print(os.getpid(), flush=True)
"""
    with SharedObject(name, data=0.0) as so, SharedObject(name) as other:
        with Script(ahead, name):
            pass
        assert other.modified and other.fetch() == 1.0 and other.mtime - time.time_ns() > 3000 * 10**9
        for i in range(20):
            so.assign(float(i))
            assert other.modified and other.fetch() == i and not other.modified
