"""Segments that are replaced or lose their names, producers that are late, and processes that say they are ready."""

import asyncio
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import SHM
from test_life import SRC, descriptors
from test_trailer import Words, die_in_the_middle
from test_waiting import Child, in_thread, means, plain, until, waiters  # noqa: F401

import sharedobjects
from sharedobjects import (
    ClosedError,
    InvalidNameError,
    InvalidObjectError,
    MismatchError,
    ProcessEndedError,
    ReplacedError,
    SharedObject,
    TornError,
    WaitTimeoutError,
    async_wait_ready,
    exists,
    layout,
    signal_ready,
    unlink,
    wait_any,
    wait_ready,
)


def replace(name, value, **options):
    """What a producer does that was restarted."""
    unlink(name)
    return SharedObject(name, data=value, **options)


def inode(so):
    return os.fstat(so.fileno()).st_ino


# ---- replaced segments ----------------------------------------------------------------------------------------------


def test_what_a_handle_knows_of_its_name(name):
    with SharedObject(name, data=1) as so:
        assert so.is_linked and not so.is_stale and not so.remount() and not so.republish()
        so.unlink()
        assert not so.is_linked and not so.is_stale and not so.remount()
        with SharedObject(name, data=2) as other:
            assert not so.is_linked and so.is_stale and other.is_linked and not other.is_stale
            assert so.fetch() == 1 and so.assign(3).fetch() == 3 and other.fetch() == 2
            assert so.remount() and so.fetch() == 2 and inode(so) == inode(other)
            assert so.is_linked and not so.is_stale and not so.remount()
    for call in (lambda: so.is_linked, lambda: so.is_stale, so.remount, so.republish):
        with pytest.raises(ClosedError):
            call()


def test_remounting_keeps_what_was_seen(name):
    with SharedObject(name, data=1) as so:
        with replace(name, 2) as other:
            words = Words(name, other.nbytes)
            words.mtime = words.commit = so.mtime
            assert so.remount() and not so.modified
            words.mtime = words.commit = so.mtime - 1  # the clock was set back
            assert so.modified and so.fetch() == 2


@pytest.mark.parametrize("trailers", [(True, True), (True, False), (False, True)])
def test_a_wait_goes_on_with_the_new_segment(name, means, trailers, caplog):  # noqa: F811
    caplog.set_level(logging.WARNING, "sharedobjects")
    called = []
    with SharedObject(name, data=0, trailer=trailers[0], on_remount=called.append) as so:
        with in_thread(so.fetch_next) as result:
            until(lambda: so._watchers)
            old = Words(name, so.nbytes) if trailers[0] else None
            unlink(name)
            until(lambda: "lost its name" in caplog.text)
            producer = SharedObject(name, data=7, trailer=trailers[1])
        assert result == [7] and called == [so] and inode(so) == inode(producer)
        assert "has gone on with that" in caplog.text and name in caplog.text and len(caplog.records) == 2
        with in_thread(so.fetch_next) as result:
            producer.assign(8)
        assert result == [8]
        if old is not None:
            assert old.waiters == 0
        if trailers[1]:
            assert waiters(so) == 0
        producer.close()


def test_also_where_no_wait_takes_long(name):
    """A handle whose old producer is quicker than it is, or that never waits for long, notices too."""
    with SharedObject(name, data=0) as so, SharedObject(name) as old:
        with replace(name, 1):
            while so.fetch() != 1:
                old.assign(5)
                assert so.wait(0.0001)
    with SharedObject(name) as so:
        with replace(name, 2):
            until(lambda: so.wait(0))
            assert so.fetch() == 2


def test_tasks_go_on_with_the_new_segment(name, means):  # noqa: F811
    async def main(so):
        values = so.watch_async()
        for i in range(3):
            next_ = asyncio.ensure_future(values.__anext__())
            await asyncio.sleep(0.002)
            with replace(name, 10 + i):
                assert await next_ == 10 + i
        await values.aclose()

    with SharedObject(name, data=0) as so:
        asyncio.run(main(so))
        assert waiters(so) == 0


def test_any_of_several_goes_on_with_the_new_segment(name, means):  # noqa: F811
    with SharedObject(name, data=0) as so, SharedObject(name + "b", data=0) as second:
        with in_thread(wait_any, [so, second]) as result:
            until(lambda: second._watchers)
            producer = replace(second.name, 1)
        assert result == [[second]] and second.fetch() == 1
        producer.close()
        assert waiters(so) == waiters(second) == 0


@pytest.mark.parametrize("how", ["thread", "task"])
def test_a_producer_that_is_killed_again_and_again(name, how):
    code = """
import time
sharedobjects.unlink(sys.argv[1])
so = SharedObject(sys.argv[1], data=int(sys.stdin.readline()))
while True:
    so.assign(so.fetch() + 1)
    time.sleep(0.001)
"""

    def run_of(value):
        return value // 10**6

    def wait_for(so, run):
        for value in so.watch():
            if run_of(value) == run:
                return

    async def async_wait_for(so, run):
        async for value in so.watch_async():
            if run_of(value) == run:
                return

    with SharedObject(name, data=0) as so:
        for run in range(1, 6):  # each starts a Python with numpy
            with Child(name, code) as child:
                child.process.stdin.write(f"{run * 10**6}\n")
                child.process.stdin.flush()
                wait_for(so, run) if how == "thread" else asyncio.run(async_wait_for(so, run))
                child.process.send_signal(signal.SIGKILL)
            if run == 2:
                files, threads = len(descriptors()), threading.active_count()

        def mapped():
            return [line for line in Path("/proc/self/maps").read_text().splitlines() if f"/dev/shm/{name}" in line]

        # Not at once: the thread that slept for the last task may still be about to let go.
        until(lambda: len(descriptors()) <= files and threading.active_count() <= threads and len(mapped()) <= 1)
        assert waiters(so) == 0


def test_a_handle_that_stays_with_what_it_has(name, caplog):
    with SharedObject(name, data=0, remount=False) as so, SharedObject(name) as old:
        with replace(name, 1):
            with in_thread(so.fetch_next) as result:
                until(lambda: "stays with what it has" in caplog.text)
                old.assign(5)
            assert result == [5] and so.is_stale
            assert so.remount() and so.fetch() == 1  # when asked to


def test_another_layout_is_refused(name):
    with SharedObject(name, data=np.zeros(3)) as so:
        with replace(name, np.zeros(4)):
            by_task = lambda: asyncio.run(so.async_wait())  # noqa: E731
            for call in (so.remount, so.wait, so.fetch_next, by_task, lambda: next(so.watch())):
                so._name_due = 0
                with pytest.raises(MismatchError, match=r"ndarray of float64 \(4,\).*\(3,\)"):
                    call()
            assert so.fetch().shape == (3,) and so.is_stale
        with replace(name, np.ones(3)):
            assert list(so.fetch_next()) == [1, 1, 1]
    assert waiters(SharedObject(name)) == 0


def test_what_is_no_object_is_refused(name, segment):
    with SharedObject(name, data=1) as so:
        unlink(name)
        segment.write(b"\0" * 8 + b"\xc8" + bytes(100))
        with pytest.raises(InvalidObjectError):
            so.wait()


@pytest.mark.parametrize("stage", ["open", "truncate", "metadata", "None"])
def test_a_new_segment_that_is_not_complete_is_waited_for(name, stage):
    with SharedObject(name, data=1) as so:
        unlink(name)
        if stage == "None":
            SharedObject(name).close()  # somebody who came before the producer
        else:
            plain.create(name, 2, stop_after=stage)
        with in_thread(so.fetch_next) as result:
            until(lambda: so._watchers)
            time.sleep(0.03)
            assert not result and (not so.remount() or stage == "metadata")
            if stage == "metadata":
                plain.assign(name, 2)
            else:
                unlink(name)
                plain.create(name, 2)
        assert result == [2]


def test_a_remount_that_is_interrupted_half_way_mixes_no_two_segments(name):
    class Interrupted(Exception):
        pass

    def interrupt(frame, event, argument):
        if frame.f_code.co_name == "_look_at":
            raise Interrupted

    with SharedObject(name, data=1) as so, replace(name, 5) as new:
        before = sys.gettrace()
        sys.settrace(interrupt)
        try:
            with pytest.raises(Interrupted):
                so.remount()
        finally:
            sys.settrace(before)
        assert so.fetch() == so.fetch(lambda x: x) == 5 and not so.is_stale
        so.assign(7)
        assert new.modified and new.fetch() == 7


def test_a_lock_that_is_taken_does_not_hold_up_a_remount(name):
    inside, leave = threading.Event(), threading.Event()
    with SharedObject(name, data=1) as so, replace(name, 2) as other:
        with in_thread(other.fetch, lambda x: inside.set() or leave.wait()):
            inside.wait()
            assert so.remount()
            leave.set()
    with SharedObject(name) as so, replace(name, 3) as other:
        fcntl.flock(other.fileno(), fcntl.LOCK_EX)
        assert not so.remount() and not so.wait(0.05)
        fcntl.flock(other.fileno(), fcntl.LOCK_UN)
        assert so.fetch_next() == 3


# ---- republishing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trailer", [True, False])
@pytest.mark.parametrize("value", [None, 5, "text", np.arange(1000), {"a": np.eye(3), "b": {"c": 1}}])
def test_a_value_that_lost_its_name_gets_it_again(name, segment, value, trailer):
    with SharedObject(name, data=value, trailer=trailer) as so, SharedObject(name) as other:
        so.trigger()
        assert other.modified
        mtime, content = other._stamps.mtime[0], segment.read()
        if trailer:
            Words(name, so.nbytes).map[layout.trailer_offset(so.nbytes) + 24] = 99  # a C# schema's hash
            content = segment.read()[: layout.trailer_offset(so.nbytes) + 64]
        so.unlink()
        assert so.republish() and so.is_linked and not so.republish()
        assert segment.read()[: len(content)] == content and so._stamps.mtime[0] == mtime
        assert segment.path.stat().st_size == (layout.segment_size(so.nbytes) if trailer else so.nbytes)
        assert so.triggered
        assert other.triggered and other.is_stale and other.remount() and not other.modified  # it is no news
        so.trigger()
        assert other.wait(0) and not other.is_stale


def test_what_can_not_be_republished(name):
    with SharedObject(name, data=5) as so:
        so.unlink()
        with SharedObject(name, data=6) as other:
            with pytest.raises(ReplacedError, match="another segment") as caught:
                so.republish()
            assert isinstance(caught.value, FileExistsError) and so.fetch() == 5 and other.fetch() == 6
            die_in_the_middle(name, other.nbytes, time.time_ns())
            other.unlink()
            with pytest.raises(TornError):
                other.republish()
        assert not exists(name)
        files = len(descriptors())
        assert so.republish() and len(descriptors()) == files and SharedObject(name).fetch() == 5


def test_waits_of_others_follow_a_value_that_was_republished(name):
    with SharedObject(name, data=5) as so, SharedObject(name) as other:
        with in_thread(other.fetch_next) as result:
            until(lambda: waiters(so) == 1)
            so.unlink()
            assert so.republish()
            so.assign(6)
        assert result == [6]


# ---- producers that are late ----------------------------------------------------------------------------------------


def test_exists(name, segment):
    assert not exists(name)
    plain.create(name, 1, stop_after="open")
    assert exists(name)
    unlink(name)
    segment.path.mkdir()
    assert not exists(name)
    segment.path.rmdir()
    with pytest.raises(InvalidNameError):
        exists("a/b")


@pytest.mark.parametrize("stage", ["nothing", "open", "truncate", "metadata", "None"])
@pytest.mark.parametrize("how", ["thread", "task"])
def test_open_waits_for_the_producer(name, stage, how):
    def open_(timeout=None, **options):
        if how == "thread":
            return SharedObject.open(name, timeout, **options)
        return asyncio.run(SharedObject.async_open(name, timeout, **options))

    problem = {"nothing": "there is none", "metadata": "never assigned", "None": "holds None"}.get(stage, "being made")
    if stage == "None":
        SharedObject(name).close()
    elif stage != "nothing":
        plain.create(name, 5, stop_after=stage)
    for timeout in (0, 0.005):
        with pytest.raises(WaitTimeoutError, match=problem):
            open_(timeout)
    assert exists(name) == (stage != "nothing")  # it makes none
    files = len(descriptors())
    with in_thread(open_) as result:
        time.sleep(0.01)
        assert not result
        if stage == "metadata":
            plain.assign(name, 5)
        else:
            if stage != "nothing":
                unlink(name)
            plain.create(name, 5)
    with result[0] as so:
        assert so.fetch() == 5 and not so.modified
    with open_(0, poll_step=0.5, lock_timeout=3, remount=False) as so:
        assert (so.poll_step, so.lock_timeout) == (0.5, 3)
    assert len(descriptors()) <= files


def test_open_takes_a_trigger_where_it_is_one(name):
    with SharedObject(name) as so, SharedObject.open(name, trigger=True) as other:
        so.trigger()
        assert other.wait_triggered() and other.object_type_idx == 0
    with replace(name, 5), SharedObject.open(name, 0, trigger=True) as so:
        assert so.fetch() == 5


def test_open_does_not_wait_for_what_will_not_come(name, segment):
    segment.write(b"\0" * 8 + b"\xc8" + bytes(100))
    with pytest.raises(InvalidObjectError):
        SharedObject.open(name)
    with pytest.raises(InvalidNameError):
        SharedObject.open("a/b")
    with pytest.raises(TypeError):
        SharedObject.open(name, data=5)


def test_a_producer_that_starts_later(name):
    code = (
        "import time, sys\nfrom sharedobjects import SharedObject\nSharedObject(sys.argv[1], data=5)\n"
        "print(sys.stdin.read())"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, name],
        env={**os.environ, "PYTHONPATH": SRC},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert SharedObject.open(name).fetch() == 5
    finally:
        child.communicate()


# ---- readiness ------------------------------------------------------------------------------------------------------


def start(code):
    return subprocess.Popen(
        [sys.executable, "-c", "import sys, time\nimport sharedobjects\n" + code],
        env={**os.environ, "PYTHONPATH": SRC},
        stdin=subprocess.PIPE,
        universal_newlines=True,
    )


def wait_ready_by_task(pid, timeout=None):
    asyncio.run(async_wait_ready(pid, timeout))


@pytest.fixture(params=[wait_ready, wait_ready_by_task])
def wait_for_ready(request):
    return request.param


def ready_file(pid):
    return SHM / f"proc_{pid}_ready"


def test_a_child_says_that_it_is_ready(wait_for_ready):
    child = start("sys.stdin.readline(); sharedobjects.signal_ready(); sys.stdin.read()")
    try:
        with pytest.raises(WaitTimeoutError, match="is alive"):
            wait_for_ready(child.pid, 0.01)
        with in_thread(wait_for_ready, child.pid) as result:
            child.stdin.write("\n")
            child.stdin.flush()
        assert result == [None] and not ready_file(child.pid).exists()
    finally:
        child.communicate()
        ready_file(child.pid).unlink(missing_ok=True)


def test_it_may_have_said_so_before(wait_for_ready):
    child = start("sharedobjects.signal_ready(); sys.stdin.read()")
    try:
        until(lambda: ready_file(child.pid).exists() and SharedObject(ready_file(child.pid).name).age < 1000)
        wait_for_ready(child.pid)
        assert not ready_file(child.pid).exists()
    finally:
        child.communicate()
    child = start("sharedobjects.signal_ready()")
    child.communicate()
    wait_for_ready(child.pid)  # and have ended since
    assert not ready_file(child.pid).exists()


def test_a_child_that_dies_before(wait_for_ready):
    child = start("sys.stdin.read()")
    with in_thread(wait_for_ready, child.pid) as result:
        until(lambda: ready_file(child.pid).exists())
        child.communicate()
    assert isinstance(result[0], ProcessEndedError) and isinstance(result[0], ProcessLookupError)
    assert str(child.pid) in str(result[0]) and not ready_file(child.pid).exists()


def test_a_zombie_has_ended(wait_for_ready):
    child = start("")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(ProcessEndedError):
        wait_for_ready(child.pid)
    child.communicate()


def test_what_an_earlier_process_of_that_pid_has_left_does_not_count(wait_for_ready):
    child = start("sys.stdin.read()")
    try:
        with SharedObject(ready_file(child.pid).name) as left:
            words = Words(left.name, left.nbytes)
            words.mtime = words.commit = time.time_ns() - 3600 * 10**9
        with pytest.raises(WaitTimeoutError):
            wait_for_ready(child.pid, 0.01)
    finally:
        child.communicate()
        ready_file(child.pid).unlink(missing_ok=True)


def test_between_plain_processes_and_ours(wait_for_ready):
    """A real_robot child triggers, or a real_robot parent has made the trigger and looks at it."""
    child = start("sys.stdin.readline(); sharedobjects.signal_ready(); sys.stdin.read()")
    name = ready_file(child.pid).name
    try:
        plain.create(name, None)
        before = plain_mtime(name)
        child.stdin.write("\n")
        child.stdin.flush()
        until(lambda: plain_mtime(name) > before)
        unlink(name)
        with in_thread(wait_for_ready, child.pid) as result:
            until(lambda: ready_file(child.pid).exists())
            plain.trigger(name)
        assert result == [None]
    finally:
        child.communicate()
        ready_file(child.pid).unlink(missing_ok=True)


def plain_mtime(name):
    return int.from_bytes((SHM / name).read_bytes()[:8], "little")


def test_a_pid_is_an_int():
    for wrong in ("1", True, None, 1.0):
        with pytest.raises(TypeError, match="pid"):
            wait_ready(wrong)


def test_this_process_is_ready():
    signal_ready()
    wait_ready(os.getpid(), 10)
    assert not ready_file(os.getpid()).exists()
    assert sharedobjects.__all__ == sorted(sharedobjects.__all__)
