"""Waiting: by threads and by tasks, for peers that wake and for those that don't, and what ends a wait."""

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from test_life import SRC
from test_trailer import Words, adopt, die_in_the_middle, is_asleep, needs_futex

import sharedobjects
from sharedobjects import (
    ClosedError,
    LockTimeoutError,
    ReentrantCallError,
    SharedObject,
    SilenceError,
    StaleError,
    TornError,
    WaitTimeoutError,
    WriterLock,
    async_wait_all,
    async_wait_any,
    futex,
    hub,
    polling,
    wait_all,
    wait_any,
    waiting,
)

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "peer"))
import plain  # noqa: E402

LONG = 1000  # seconds; whoever waits so long is ended by the watchdog


@pytest.fixture(params=["waitv", "futex", "none"])
def means(request, monkeypatch):
    """With each of the means that a machine may have for sleeping."""
    monkeypatch.setattr(waiting, "_idle", [])
    monkeypatch.setattr(hub, "_hub", hub._Hub())
    if request.param == "none":
        monkeypatch.setattr(futex, "_futex", False)
    else:
        monkeypatch.setattr(futex, "_futex", None)
        calls = futex.futex()
        if calls is None or request.param == "waitv" and not calls.can_wait_for_many:
            pytest.skip("this machine does not have it")
        calls.can_wait_for_many = request.param == "waitv"
    return request.param


@pytest.fixture
def only_wakes(monkeypatch):
    """Nobody looks by himself: what is not woken hangs."""
    monkeypatch.setattr(polling.PollPlan, "next", lambda self, now, longest: now + LONG)
    monkeypatch.setattr(polling, "_NAME_STEP", LONG)


def waiters(so):
    return Words(so.name, so.nbytes).waiters


def until(condition):
    while not condition():
        time.sleep(0.0005)


@contextlib.contextmanager
def in_thread(call, *arguments):
    """Runs it in a thread; gives what it returns or raises when the block has ended."""
    result = []

    def run():
        try:
            result.append(call(*arguments))
        except BaseException as e:
            result.append(e)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield result
    finally:
        thread.join()


class Child:
    """Another Python process, which runs the code with `so` as a handle on the object, and says when it begins."""

    def __init__(self, name, code):
        begin = "import sys, signal, sharedobjects\nfrom sharedobjects import *\n"
        begin += "so = SharedObject(sys.argv[1])\nprint('ready', flush=True)\n"
        self.process = subprocess.Popen(
            [sys.executable, "-c", begin + code, name],
            env={**os.environ, "PYTHONPATH": SRC},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self):
        """What it has written since."""
        out, errors = self.process.communicate(timeout=20)
        return out, errors, self.process.returncode


# ---- one object -----------------------------------------------------------------------------------------------------


def test_wait_asks_without_consuming(name):
    with SharedObject(name, data=1) as so, SharedObject(name) as other:
        assert so.wait(0) is False and so.wait(0.001) is False and so.wait(-1) is False
        other.assign(2)
        assert so.wait() is True and so.wait(0) is True and so.modified
        assert so.fetch() == 2 and not so.wait(0)
        so.trigger()
        assert so.wait() and so.wait_triggered() and not so.wait(0) and not so.wait_triggered(0)
        assert waiters(so) == 0


def test_fetch_next(name):
    with SharedObject(name, data=np.arange(3)) as so, SharedObject(name) as other:
        for i in range(3):
            other.assign(np.full(3, i))
            assert list(so.fetch_next()) == [i, i, i]
        with pytest.raises(WaitTimeoutError, match="within 0.001 s") as caught:
            so.fetch_next(0.001)
        assert isinstance(caught.value, TimeoutError) and name in str(caught.value)
        other.assign(np.arange(3))
        assert so.fetch_next(fn=lambda x: int(x.sum())) == 3
        other.trigger()
        assert list(so.fetch_next(0)) == [0, 1, 2]


def test_a_lock_is_waited_for_no_longer_than_the_value(name):
    """A plain writer that was stopped half-way has news to show, and the lock for as long as it is stopped."""
    with SharedObject(name, data=0, trailer=False) as so, SharedObject(name) as other:
        with pytest.raises(LockTimeoutError, match="readers lock"), WriterLock(other.fileno()):
            Words(name, so.nbytes).mtime = time.time_ns()
            so.fetch_next(0.01)
        with pytest.raises(LockTimeoutError), WriterLock(other.fileno()):
            asyncio.run(so.async_fetch_next(0.01))
        with pytest.raises(SilenceError), WriterLock(other.fileno()):
            next(so.watch(silence=0.01))
        so.lock_timeout = 0.01
        with pytest.raises(LockTimeoutError), WriterLock(other.fileno()):
            next(so.watch(silence=LONG))
        assert so.fetch_next(LONG) == 0


@needs_futex
@pytest.mark.parametrize("means", ["waitv", "futex"], indirect=True)
@pytest.mark.parametrize("write", ["assign", "trigger"])
def test_a_writer_wakes_who_waits(name, only_wakes, means, write):
    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        for i in range(1, 6):
            with in_thread(so.fetch_next) as result:
                until(lambda: waiters(so) == 1)
                other.assign(i) if write == "assign" else other.trigger()
            assert result == [i if write == "assign" else 0] and waiters(so) == 0


@needs_futex
def test_processes_wake_each_other(name, only_wakes):
    """Ping-pong: only wakes, so each one that was lost would be the end."""
    code = """
sharedobjects.polling.PollPlan.next = lambda self, now, longest: now + 1000
sharedobjects.polling._NAME_STEP = 1000
with SharedObject(sys.argv[1] + "b", data=-1) as answer:
    print("there", flush=True)
    for value in so.watch():
        answer.assign(value)
        if value == 300:
            break
"""
    with SharedObject(name, data=-1) as so, Child(name, code) as child:
        assert child.process.stdout.readline() == "there\n"
        with SharedObject(name + "b") as answer:
            for i in range(1, 301):
                so.assign(i)
                assert answer.fetch_next() == i
            assert child.end() == ("", "", 0)
            assert waiters(so) == waiters(answer) == 0


@pytest.mark.parametrize("trailer", [True, False])
@pytest.mark.parametrize("write", [plain.assign, lambda name, value: plain.trigger(name)])
def test_plain_writers_are_seen_too(name, means, trailer, write):
    with SharedObject(name, data=5, trailer=trailer) as so:
        for _ in range(3):
            with in_thread(so.fetch_next) as result:
                if trailer and means != "none":
                    until(lambda: waiters(so) == 1)
                write(name, 5)
            assert result == [5]


def test_another_process_that_is_plain(name):
    code = "\n".join(
        [
            f"import sys; sys.path.append({str(Path(plain.__file__).parent)!r})",
            "import plain",
            "for i in range(1, 21):",
            "    sys.stdin.readline()",
            "    plain.assign(sys.argv[1], i)",
        ]
    )
    with SharedObject(name, data=0) as so, Child(name, code) as child:
        for i in range(1, 21):
            child.process.stdin.write("\n")
            child.process.stdin.flush()
            assert so.fetch_next() == i


def test_an_object_that_is_adopted_while_one_waits(name):
    with SharedObject(name, data=5, trailer=False) as so:
        with in_thread(so.fetch_next) as result:
            adopt(name, so.nbytes)
            with SharedObject(name) as other:
                other.assign(6)
        assert result == [6] and so._stamps.has_trailer


def test_an_mtime_of_zero_says_nothing(name):
    with SharedObject(name, data=1) as so:
        Words(name, so.nbytes).mtime = 0
        assert not so.wait(0.005)


def test_waiting_inside_fn_is_refused(name):
    with SharedObject(name, data=np.arange(3)) as so:
        for call in (so.wait, so.fetch_next, lambda: asyncio.run(so.async_wait()), lambda: wait_any([so])):
            with pytest.raises(ReentrantCallError):
                so.fetch(lambda x: call())
        assert waiters(so) == 0


def test_other_threads_go_on_while_one_waits(name):
    with SharedObject(name, data=1) as so:
        with in_thread(so.wait_triggered) as result:
            for i in range(50):
                assert so.assign(i).fetch() == i
            so.trigger()
        assert result == [True]


def test_options(name):
    for step in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="poll_step"):
            SharedObject(name, poll_step=step)
    assert not sharedobjects.exists(name)
    with SharedObject(name) as so:
        with pytest.raises(ValueError, match="poll_step"):
            so.poll_step = 0
        so.poll_step = 1
        assert so.poll_step == 1


@pytest.mark.parametrize("timeout", [float("inf"), 1e12])
@pytest.mark.parametrize("count", [1, 130])
def test_timeouts_without_an_end(name, means, timeout, count):
    with contextlib.ExitStack() as stack:
        objects = [stack.enter_context(SharedObject(f"{name}{i}", data=0)) for i in range(count)]
        so = objects[-1]
        so.lock_timeout = timeout
        with SharedObject(so.name) as writer:
            with in_thread(wait_any, objects, timeout) as result:
                until(lambda: so._watchers)
                writer.assign(1)
            assert result == [[so]] and so.fetch_next(timeout) == 1
            writer.assign(2)
            assert asyncio.run(so.async_fetch_next(timeout)) == 2


def test_a_timeout_that_is_no_number(name):
    with SharedObject(name, data=0) as so:
        with pytest.raises(ValueError, match="NaN"):
            so.wait(float("nan"))
        with pytest.raises(ValueError, match="NaN"):
            asyncio.run(so.async_wait(float("nan")))
        assert not so.wait(-1)


# ---- when to look ---------------------------------------------------------------------------------------------------


def looks(plan, begin, end, longest):
    """When a waiter looks whom nobody wakes."""
    now, found = begin, []
    while now < end:
        due = plan.next(now, longest)
        assert now < due <= now + longest * 1.002
        now = due
        found.append(now)
    return found


@pytest.mark.parametrize("longest", [0.0001, 0.001, 0.025, 3])
def test_looks_at_an_idle_object_become_rare(longest):
    plan = polling.PollPlan()
    plan.begin(1000)
    times = looks(plan, 1000, 1060, longest)
    assert len(times) <= 60 / longest + 130
    for before, after in zip([1000] + times, times):
        assert after - before <= max(0.00021, (before - 1000) * 0.16)


def test_what_comes_often_is_looked_for_when_it_is_due():
    plan, period = polling.PollPlan(), 0.033
    for i in range(10):
        plan.found(1000 + i * period, 10**18 + int(i * period * 1e9), 0)
    last = 1000 + 9 * period
    times = looks(plan, last, last + 2 * period, 0.1)
    assert times[0] - last >= period * 0.74  # it sleeps for most of the time
    for before, after in zip(times, times[1:]):
        assert after - before <= period / 12
    plan.found(last + period, 10**18 + int(10 * period * 1e9), 1)
    assert len(looks(plan, last + period, last + 3 * period, 0.1)) <= 2  # this one was woken for


# ---- the count ------------------------------------------------------------------------------------------------------


@needs_futex
def test_counting_is_atomic_among_processes(name):
    code = """
from sharedobjects.futex import futex
words = [so._stamps.futex_words()[1]] * 10
for _ in range(1500):
    futex().count(words).up()
"""
    with SharedObject(name, data=0) as so:
        with Child(name, code) as one, Child(name, code) as two:
            calls, word = futex.futex(), so._stamps.futex_words()[1]
            for _ in range(1500):
                count = calls.count([word] * 10)
                count.up()
                count.down()
                assert not count.down() and not count.up()  # once each
            assert one.end() == two.end() == ("", "", 0)
        assert waiters(so) == 2 * 1500 * 10


@needs_futex
def test_what_was_not_counted_is_not_taken_back(name):
    with SharedObject(name, data=0) as so:
        Words(name, so.nbytes).waiters = 7
        count = futex.futex().count([so._stamps.futex_words()[1]])
        count.down()
        assert waiters(so) == 7
        count.up()
        assert waiters(so) == 8  # a `down` that has come before does not count


@needs_futex
def test_interrupted_waits_leave_no_count(name):
    """A handler that raises, at any time: the count is exact afterwards."""

    class Interrupted(Exception):
        pass

    def interrupt(*arguments):
        raise Interrupted

    with SharedObject(name, data=0) as so:
        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            interrupted = 0
            for i in range(400):
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.00002 + 0.000003 * (i % 100))
                    so.wait(0.0004)
                    time.sleep(0.01)
                except Interrupted:
                    interrupted += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert interrupted > 300 and waiters(so) == 0 and not so._watchers


@needs_futex
@pytest.mark.parametrize("means", ["waitv"], indirect=True)
@pytest.mark.parametrize("count, sleep, ends", [(1, "_sleep_here", ()), (130, "_sleep_by_hub", ("end", "drop"))])
def test_a_wait_that_is_interrupted_where_a_function_begins_leaves_nothing(
    name, means, count, sleep, ends, monkeypatch
):
    """A signal rarely meets these places, so each is met on purpose."""
    monkeypatch.setattr(hub, "_IDLE_SECONDS", 0.05)

    class Interrupted(Exception):
        pass

    def interrupt(frame, event, argument):
        nonlocal begun
        if frame.f_code.co_name == function and frame.f_globals in (vars(waiting), vars(hub)):
            begun += 1
            if begun == place:
                raise Interrupted

    with contextlib.ExitStack() as stack:
        objects = [stack.enter_context(SharedObject(f"{name}{i}", data=0)) for i in range(count)]
        for function in (sleep, "_watch", "_count", "_end", *ends):
            for place in (1, 70) if function == "drop" else (1,):
                begun, before = 0, sys.gettrace()
                sys.settrace(interrupt)
                try:
                    with pytest.raises(Interrupted):
                        while True:
                            wait_any(objects, 0.05)
                finally:
                    sys.settrace(before)
                assert [waiters(so) for so in objects] == [0] * count, function
                assert not any(so._watchers for so in objects), function
    until(lambda: not wait_threads())


@needs_futex
def test_ctrl_c_ends_a_wait(name):
    with SharedObject(name, data=1) as so:
        with Child(name, "signal.signal(signal.SIGINT, signal.default_int_handler)\nso.wait()") as child:
            until(lambda: waiters(so) == 1 and is_asleep(child.process.pid))
            child.process.send_signal(signal.SIGINT)
            out, errors, _ = child.end()
        assert errors.rstrip().endswith("KeyboardInterrupt") and waiters(so) == 0


LEAVES = """
import os, sys, threading
from sharedobjects import SharedObject, wait_any
threading.Thread(target=SharedObject(sys.argv[1]).wait, daemon=True).start()
threading.Thread(target=wait_any, args=([SharedObject(sys.argv[1])],), daemon=True).start()
sys.stdin.readline()
child = os.fork()
if child == 0:
    sys.exit()  # what it has inherited are the parent's waits
os.waitpid(child, 0)
print("forked", flush=True)
sys.stdin.readline()
"""


@needs_futex
def test_a_process_that_ends_while_its_threads_wait_leaves_no_count(name):
    with SharedObject(name, data=0.5) as so:
        process = subprocess.Popen([sys.executable, "-c", LEAVES, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        until(lambda: waiters(so) == 2)
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"forked\n"
        assert waiters(so) == 2
        process.communicate()
        assert (process.returncode, waiters(so)) == (0, 0)


@needs_futex
def test_a_waiter_that_is_killed_costs_calls_and_no_more(name, only_wakes):
    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        with Child(name, "so.wait()") as child:
            until(lambda: waiters(so) == 1)
            child.process.kill()
            child.process.wait()
        assert waiters(so) == 1
        for i in range(1, 4):
            with in_thread(so.fetch_next) as result:
                until(lambda: waiters(so) == 2)
                other.assign(i)
            assert result == [i] and waiters(so) == 1


def test_where_counting_is_refused_one_polls(name, monkeypatch, means):
    calls = futex.futex()
    if calls is not None:
        calls.can_count = False
    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        with in_thread(so.fetch_next) as result:
            until(lambda: so._watchers)
            other.assign(1)
        assert result == [1]
        assert waiters(so) == 0


# ---- closing --------------------------------------------------------------------------------------------------------


def test_closing_ends_a_wait(name, only_wakes, means):
    with SharedObject(name, data=1) as so:
        for call in (lambda h: h.wait(), lambda h: next(h.watch()), lambda h: wait_any([so, h])):
            handle = SharedObject(name)
            with in_thread(call, handle) as result:
                # Without futex_waitv, a thread that is just falling asleep on the object's word may miss it.
                until(lambda: handle._watchers)
                if means == "futex":
                    until(lambda: other_threads_asleep() > 0)
                handle.close()
            assert isinstance(result[0], ClosedError), result
        assert waiters(so) == 0
        with pytest.raises(ClosedError):
            handle.wait(0)


def other_threads_asleep():
    tasks = Path("/proc/self/task").iterdir()
    return sum(is_asleep(int(task.name)) for task in tasks if task.name != str(threading.get_native_id()))


# ---- several objects ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def several(name, count, **options):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(SharedObject(f"{name}{i}", data=i, **options)) for i in range(count)]


@pytest.mark.parametrize("count", [2, 127, 128, 200])
def test_any_of_several(name, means, count):
    with several(name, count) as objects:
        assert wait_any(objects, 0) == []
        for i in (0, 1, count - 1):
            with SharedObject(objects[i].name) as other, in_thread(wait_any, objects) as result:
                until(lambda: all(so._watchers for so in objects))
                other.assign(100)
            assert result == [[objects[i]]]
            assert objects[i].fetch() == 100
        assert {waiters(so) for so in objects} == {0}
        objects[1].trigger()
        objects[0].trigger()
        assert wait_any(iter(objects)) == wait_any(objects + objects) == objects[:2]


@needs_futex
@pytest.mark.parametrize("count", [2, 127, 128, 200])
def test_any_of_several_is_woken(name, only_wakes, count):
    if not futex.futex().can_wait_for_many:
        pytest.skip("they are polled here")
    with several(name, count) as objects:
        for i in (0, 1, count - 1):
            with SharedObject(objects[i].name) as other, in_thread(wait_any, objects) as result:
                until(lambda: all(waiters(so) == 1 for so in objects))
                other.assign(100)
            assert result == [[objects[i]]] and objects[i].fetch() == 100
        assert {waiters(so) for so in objects} == {0}


def test_any_of_objects_without_a_trailer_and_with(name, means):
    with several(name, 2, trailer=False) as objects, SharedObject(name, data=1) as last:
        objects.append(last)
        for so in objects:
            with in_thread(wait_any, objects) as result:
                plain.assign(so.name, 7)
            assert result == [[so]] and so.fetch() == 7


def test_all_of_several(name, means):
    with several(name, 3) as objects:
        with in_thread(wait_all, objects) as result:
            for so in (objects[2], objects[0], objects[1]):
                assert not result
                so.trigger()
        assert result == [True] and all(so.modified for so in objects)
        assert objects[1].triggered and not wait_all(objects, 0) and not wait_all(objects, 0.001)
        assert wait_all([objects[0], objects[2]], 0)


def test_nothing_to_wait_for():
    for call in (wait_any, wait_all):
        with pytest.raises(ValueError, match="empty"):
            call([])


# ---- tasks ----------------------------------------------------------------------------------------------------------


def test_tasks(name, means):
    async def main(so, other):
        assert not await so.async_wait(0) and not await so.async_wait(0.002)
        for i in range(1, 4):
            task = asyncio.ensure_future(so.async_fetch_next())
            await asyncio.sleep(0.001)
            assert not task.done()
            other.assign(i)
            assert await task == i
        with pytest.raises(WaitTimeoutError):
            await so.async_fetch_next(0.002)
        task = asyncio.ensure_future(so.async_wait_triggered())
        await asyncio.sleep(0.001)
        other.trigger()
        assert await task and not await so.async_wait_triggered(0)
        plain.assign(name, 9)
        assert await so.async_wait() and so.modified and await so.async_fetch_next(fn=lambda x: x + 1) == 10

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        asyncio.run(main(so, other))
        assert waiters(so) == 0 and not so._watchers


@needs_futex
def test_tasks_are_woken(name, only_wakes):
    async def main(so, other):
        for i in range(1, 20):
            task = asyncio.ensure_future(so.async_fetch_next())
            while waiters(so) == 0:
                await asyncio.sleep(0)
            other.assign(i)
            assert await task == i

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        asyncio.run(main(so, other))


def test_cancelling_ends_a_task_at_once(name, only_wakes, means):
    async def main(so):
        for wait in (so.async_wait, so.async_fetch_next, lambda: async_wait_any([so]), lambda: async_wait_all([so])):
            task = asyncio.ensure_future(wait())
            while not so._watchers:
                await asyncio.sleep(0)
            assert waiters(so) == (means != "none")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert waiters(so) == 0 and not so._watchers

    with SharedObject(name, data=0) as so:
        asyncio.run(main(so))


def test_closing_ends_a_task(name, only_wakes, means):
    async def main():
        so = SharedObject(name)
        task = asyncio.ensure_future(so.async_wait())
        while not so._watchers:
            await asyncio.sleep(0)
        so.close()
        with pytest.raises(ClosedError):
            await task

    with SharedObject(name, data=0) as so:
        asyncio.run(main())
        assert waiters(so) == 0


def wait_threads():
    return [thread for thread in threading.enumerate() if thread.name == "sharedobjects-wait"]


def test_200_objects_do_not_take_200_threads(name, means, monkeypatch):
    monkeypatch.setattr(hub, "_IDLE_SECONDS", 0.05)
    until(lambda: not wait_threads())

    async def main(objects):
        tasks = [asyncio.ensure_future(so.async_fetch_next()) for so in objects]
        while not all(so._watchers for so in objects):
            await asyncio.sleep(0)
        assert len(wait_threads()) <= {"waitv": 2, "futex": 9, "none": 1}[means]
        if means != "none":
            assert {waiters(so) for so in objects} == {1}
        await asyncio.sleep(0.01)
        for so in objects[::2]:
            with SharedObject(so.name) as other:
                other.assign(1000)
        assert await asyncio.gather(*tasks[::2]) == [1000] * 100
        assert not any(task.done() for task in tasks[1::2])
        for task in tasks[1::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert {waiters(so) for so in objects} == {0}

    with several(name, 200) as objects:
        asyncio.run(main(objects))
    until(lambda: not wait_threads())  # none is left behind


def test_tasks_for_any_and_all(name, means):
    async def main(objects):
        assert await async_wait_any(objects, 0) == [] and not await async_wait_all(objects, 0.001)
        any_, all_ = asyncio.ensure_future(async_wait_any(objects)), asyncio.ensure_future(async_wait_all(objects))
        await asyncio.sleep(0.001)
        objects[1].trigger()
        assert await any_ == [objects[1]] and not all_.done()
        objects[0].trigger()
        objects[2].trigger()
        assert await all_

    with several(name, 3) as objects:
        asyncio.run(main(objects))


def test_a_writer_that_keeps_the_lock_does_not_stop_other_tasks(name):
    async def main(so, other):
        plain.assign(name, 1)  # the next fetch needs the lock
        inside, leave = threading.Event(), threading.Event()
        monitor = asyncio.get_running_loop().run_in_executor(
            None, sharedobjects.locks.locked, other.fileno(), sharedobjects.locks.fcntl.LOCK_EX, None, name,
            lambda: (inside.set(), leave.wait()),
        )
        while not inside.is_set():
            await asyncio.sleep(0.001)
        task = asyncio.ensure_future(so.async_fetch_next())
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not task.done()
        leave.set()
        assert await task == 1
        await monitor

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        asyncio.run(main(so, other))


def test_a_cancelled_fetch_has_seen_nothing_and_leaves_no_thread_behind(name):
    async def main(so, other):
        with WriterLock(other.fileno()):
            for _ in range(2):
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(so.async_fetch_next(fn=lambda x: x), 0.01)
            await asyncio.get_running_loop().run_in_executor(None, until, lambda: so._calls.run(lambda: True))
        assert so.modified
        inside, leave = threading.Event(), threading.Event()
        task = asyncio.ensure_future(so.async_fetch_next(fn=lambda x: (inside.set(), leave.wait())))
        await asyncio.get_running_loop().run_in_executor(None, inside.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        leave.set()
        assert so.modified and await so.async_fetch_next() == 1 and not so.modified

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        other.assign(1)
        asyncio.run(main(so, other))
        with WriterLock(other.fileno()):  # nor does one hold up the end of the loop

            async def give_up():
                so.mtime = 0
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(so.async_fetch_next(fn=lambda x: x), 0.01)

            asyncio.run(give_up())


def test_a_fetch_of_a_task_does_not_hold_up_another_on_the_same_handle(name):
    async def main(so):
        inside, leave = threading.Event(), threading.Event()
        first = asyncio.ensure_future(so.async_fetch_next(fn=lambda x: (inside.set(), leave.wait())))
        while not inside.is_set():
            await asyncio.sleep(0.001)
        so.mtime = 0  # there is news for the second as well
        second = asyncio.ensure_future(so.async_fetch_next())
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not second.done()
        leave.set()
        await first
        assert await second == 2

    with SharedObject(name, data=2) as so:
        so.mtime = 0
        asyncio.run(main(so))


@needs_futex
def test_a_forked_child_waits_with_threads_of_its_own(name):
    async def fetch(so):
        return await so.async_fetch_next()

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        other.assign(1)
        assert asyncio.run(fetch(so)) == 1
        with in_thread(asyncio.run, fetch(so)) as result:
            until(lambda: waiters(so) == 1)
            pid = os.fork()
            if pid == 0:
                try:
                    with SharedObject(name) as mine:
                        os._exit(0 if asyncio.run(fetch(mine)) == 2 else 1)
                finally:
                    os._exit(2)
            until(lambda: waiters(so) == 2)
            other.assign(2)
            assert os.waitpid(pid, 0)[1] == 0
        assert result == [2] and waiters(so) == 0


# ---- watching -------------------------------------------------------------------------------------------------------


def test_watch_gives_the_latest_and_never_a_queue(name):
    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        values = so.watch()
        for i in range(1, 4):
            for j in range(10):
                other.assign(10 * i + j)
            assert next(values) == 10 * i + 9
        other.assign(7)
        assert next(so.watch(fn=lambda x: x * 2)) == 14
        values.close()
        assert waiters(so) == 0


def test_watch_of_another_process(name):
    code = """
for i in range(1, 2001):
    so.assign(i)
"""
    with SharedObject(name, data=0) as so:
        with Child(name, code) as child:
            last = 0
            for value in so.watch():
                assert value > last
                last = value
                if last == 2000:
                    break
            assert child.end() == ("", "", 0)


def test_silence(name):
    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        with pytest.raises(SilenceError, match="no new value for 0.002 s") as caught:
            next(so.watch(silence=0.002))
        assert isinstance(caught.value, TimeoutError)
        reports = []

        def report(handle):
            reports.append(handle)
            if len(reports) == 3:
                other.assign(5)

        assert next(so.watch(silence=0.001, on_silence=report)) == 5
        assert reports[:3] == [so, so, so]


def test_watch_leaves_out_old_values_and_those_count_as_silence(name):
    with SharedObject(name, data=0) as so:
        words = Words(name, so.nbytes)
        words.mtime = words.commit = time.time_ns() - 10**10
        assert so.modified
        with pytest.raises(SilenceError):
            next(so.watch(max_age=5, silence=0.005))
        with SharedObject(name) as other:
            other.assign(3)
        assert next(so.watch(max_age=5, silence=5)) == 3


def test_watch_async(name, means):
    async def main(so, other):
        async def write():
            for i in range(1, 6):
                other.assign(i)
                await asyncio.sleep(0.002)

        writer, values = asyncio.ensure_future(write()), []
        async for value in so.watch_async():
            values.append(value)
            if value == 5:
                break
        await writer
        assert values == sorted(values)
        with pytest.raises(SilenceError):
            async for value in so.watch_async(silence=0.002):
                pass
        reports = []
        async for value in so.watch_async(
            lambda x: x + 1, silence=0.002, on_silence=lambda h: reports.append(h) or other.assign(8)
        ):
            assert value == 9 and reports == [so]
            break

        async def forever():
            async for _ in so.watch_async():
                pass

        task = asyncio.ensure_future(forever())
        while not so._watchers:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert waiters(so) == 0

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        asyncio.run(main(so, other))


def test_watch_async_lets_other_tasks_run(name):
    async def main(so, other):
        turns = 0

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task, left = asyncio.ensure_future(count()), 50
        other.assign(0)
        async for _ in so.watch_async():
            left -= 1
            if left == 0:
                break
            other.assign(left)  # there is news whenever it asks
        assert turns >= 40
        task.cancel()

    with SharedObject(name, data=0) as so, SharedObject(name) as other:
        asyncio.run(main(so, other))


# ---- torn and old values --------------------------------------------------------------------------------------------


def test_a_torn_value_is_waited_over(name):
    with SharedObject(name, data=1) as so:
        words = die_in_the_middle(name, so.nbytes, time.time_ns() + 1000)
        assert so.wait(0)  # as `modified` says
        with pytest.raises(WaitTimeoutError, match="torn"):
            so.fetch_next(0.002)
        with in_thread(so.fetch_next) as result:
            until(lambda: so._watchers)
            plain.assign(name, 2)  # heals it, and wakes nobody
        assert result == [2]
        words.mtime = words.writing = time.time_ns() + 10**6
        with in_thread(so.fetch_next) as result, SharedObject(name) as other:
            until(lambda: so._watchers)
            with pytest.raises(TornError):
                other.fetch()
            assert other.accept_torn()
        assert result == [2]


def test_a_value_that_is_too_old(name):
    with SharedObject(name, data=np.arange(3)) as so, SharedObject(name) as other:
        assert 0 <= so.age < 100
        assert list(so.fetch(max_age=100)) == [0, 1, 2]
        words = Words(name, so.nbytes)
        words.mtime = words.commit = time.time_ns() - 10**10
        assert 10 < so.age < 110
        called = []
        for fn in (None, called.append):
            with pytest.raises(StaleError, match="and 5 s is the limit") as caught:
                so.fetch(fn, max_age=5)
        assert isinstance(caught.value, BufferError) and not called and so.modified
        assert so.fetch(np.sum, max_age=1000) == 3 and not so.modified
        other.assign(np.zeros(3, int))
        assert so.fetch(max_age=100).sum() == 0
    with SharedObject(name + "t") as trigger:
        assert trigger.age == float("inf") and trigger.fetch(max_age=1) is None


def test_the_handle_of_a_watch_is_let_go(name):
    with SharedObject(name, data=0) as so:
        handle = SharedObject(name)
        handle.wait(0.002)
        with pytest.raises(SilenceError):
            next(handle.watch(silence=0.001))
        fd = handle.fileno()
        del handle
        gc.collect()
        with pytest.raises(OSError):
            os.fstat(fd)
        assert waiters(so) == 0
