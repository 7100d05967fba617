"""Locks: held when they must be, and never left behind."""

import fcntl
import os
import signal
import threading

import numpy as np
import pytest
from conftest import SHM

import sharedobjects
from sharedobjects import LockTimeoutError, ReadersLock, ReentrantCallError, SharedObject, WriterLock


class Other:
    """Another descriptor on the segment, which can hold a lock against a handle."""

    def __init__(self, name):
        self.fd = os.open(SHM / name, os.O_RDWR | os.O_CLOEXEC)

    def can_lock(self, operation=fcntl.LOCK_EX):
        try:
            fcntl.flock(self.fd, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        fcntl.flock(self.fd, fcntl.LOCK_UN)
        return True

    def lock(self, operation=fcntl.LOCK_EX):
        fcntl.flock(self.fd, operation)

    def unlock(self):
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self):
        os.close(self.fd)


@pytest.fixture
def so(name):
    with SharedObject(name, data=np.arange(4.0), lock_timeout=30, trailer=False) as so:  # all its reads take the lock
        yield so


@pytest.fixture
def other(so):
    other = Other(so.name)
    yield other
    other.close()


def test_fn_runs_under_the_readers_lock(so, other):
    assert so.fetch(lambda x: (other.can_lock(fcntl.LOCK_SH), other.can_lock(fcntl.LOCK_EX))) == (True, False)
    assert other.can_lock()


def test_nothing_is_locked_between_calls(so, other):
    for call in (so.fetch, so.trigger, lambda: so.assign(np.zeros(4)), lambda: so.modified, lambda: so.triggered):
        call()
        assert other.can_lock()


@pytest.mark.parametrize("error", [ValueError("fn"), KeyboardInterrupt(), SystemExit(3)], ids=repr)
def test_when_fn_raises_the_lock_is_free_and_the_error_passes(so, other, error):
    def fn(x):
        raise error

    with pytest.raises(type(error)) as caught:
        so.fetch(fn)
    assert caught.value is error
    assert other.can_lock()
    assert so.fetch()[3] == 3


def test_when_a_call_raises_the_lock_is_free(name):
    with SharedObject(name, data={"text": "x"}) as so:
        other = Other(name)
        os.pwrite(other.fd, b"\xfe\xff", so.nbytes - 101)
        for call in (so.fetch, lambda: so.assign({}), lambda: so.fetch(len)):
            with pytest.raises((UnicodeDecodeError, BufferError)):
                call()
            assert other.can_lock()
        other.close()


def test_assign_and_trigger_wait_for_readers_and_fetch_for_a_writer(so, other):
    so.lock_timeout = 0
    other.lock(fcntl.LOCK_SH)
    so.fetch()
    for call in (so.trigger, lambda: so.assign(np.zeros(4))):
        with pytest.raises(LockTimeoutError, match="no writer lock within 0 s"):
            call()
    other.lock(fcntl.LOCK_EX)
    with pytest.raises(LockTimeoutError, match="no readers lock within 0 s") as caught:
        so.fetch()
    assert isinstance(caught.value, TimeoutError)
    assert so.modified is False and so.triggered is False  # without a lock
    other.unlock()
    assert so.fetch()[3] == 3


def test_mounting_waits_for_a_writer(so, other):
    other.lock()
    with pytest.raises(LockTimeoutError):
        SharedObject(so.name, lock_timeout=0.01)
    found = []
    thread = threading.Thread(target=lambda: found.append(SharedObject(so.name).fetch()[3]))
    thread.start()
    other.unlock()
    thread.join()
    assert found == [3]


@pytest.mark.parametrize("timeout", [None, 30])
def test_a_waiting_assign_goes_on_when_the_lock_is_free(so, other, timeout):
    so.lock_timeout = timeout
    other.lock(fcntl.LOCK_SH)
    thread = threading.Thread(target=so.assign, args=(np.ones(4),))
    thread.start()
    other.unlock()
    thread.join()
    assert so.fetch()[0] == 1


def test_calls_from_inside_fn_are_refused(so, other):
    calls = {
        "fetch": so.fetch,
        "fetch fn": lambda: so.fetch(np.sum),
        "assign": lambda: so.assign(np.zeros(4)),
        "trigger": so.trigger,
        "modified": lambda: so.modified,
        "triggered": lambda: so.triggered,
        "close": so.close,
    }
    for call in calls.values():
        with pytest.raises(ReentrantCallError, match=so.name) as caught:
            so.fetch(lambda x: call())
        assert isinstance(caught.value, RuntimeError)
        assert other.can_lock()
    assert so.fetch(lambda x: so.name) == so.name


def test_a_signal_during_a_call_leaves_no_lock_and_no_half_value(so, other):
    class Stop(Exception):
        pass

    def handler(number, frame):
        raise Stop

    before = signal.signal(signal.SIGALRM, handler)
    try:
        other.lock()
        so.lock_timeout = None
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(Stop):
            so.assign(np.ones(4))
        other.unlock()
        assert other.can_lock() and so.fetch()[3] == 3

        values = [np.full(4, float(i)) for i in range(2)]
        for i in range(100):
            signal.setitimer(signal.ITIMER_REAL, 0.0005 + i * 1e-6)
            try:
                while True:
                    so.assign(values[i % 2])
                    i += 1
            except Stop:
                pass
            assert other.can_lock()
            found = so.fetch()
            assert found.min() == found.max() or list(found) == [0, 1, 2, 3]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("timeout", [-1, -0.5, 0, float("nan")])
def test_a_timeout_that_is_over_before_it_begins_only_tries(so, other, timeout):
    so.lock_timeout = timeout
    so.assign(np.ones(4))
    other.lock()
    with pytest.raises(LockTimeoutError):
        so.assign(np.zeros(4))
    other.unlock()
    inside, leave = threading.Event(), threading.Event()
    thread = threading.Thread(target=so.fetch, args=(lambda x: (inside.set(), leave.wait()),))
    thread.start()
    try:
        inside.wait()
        with pytest.raises(LockTimeoutError, match="another thread"):
            so.assign(np.zeros(4))
    finally:
        leave.set()
        thread.join()


def test_the_lock_classes_alone(so, other):
    fd = so.fileno()
    with ReadersLock(fd):
        assert other.can_lock(fcntl.LOCK_SH) and not other.can_lock()
    with pytest.raises(ZeroDivisionError):
        with WriterLock(fd, 0):
            assert not other.can_lock(fcntl.LOCK_SH)
            raise ZeroDivisionError
    assert other.can_lock()
    other.lock()
    with pytest.raises(LockTimeoutError):
        WriterLock(fd, 0.005).acquire()
    with pytest.raises(LockTimeoutError):
        with ReadersLock(fd, 0):
            pass
    assert sharedobjects.ReadersLock is ReadersLock


# ---- views don't escape ----------------------------------------------------------------------------------------------


def test_fn_gets_a_read_only_view_of_the_memory_itself(so):
    def fn(x):
        assert not x.flags.writeable and not x.flags.owndata
        with pytest.raises(ValueError):
            x[0] = 1
        with pytest.raises(ValueError):
            x.setflags(write=True)
        return x.sum()

    assert so.fetch(fn) == 6


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x,
        lambda x: x[1:3],
        lambda x: x.reshape(2, 2).T,
        lambda x: (x, {"a": x[:1], "b": [x[::2]]}),
        lambda x: [x.view(np.uint64)],
        lambda x: x + 1,
        lambda x: np.broadcast_to(x, (3, 4)),
    ],
)
def test_what_fn_returns_is_no_view(so, fn):
    def arrays(result):
        if isinstance(result, np.ndarray):
            yield result
        elif isinstance(result, (tuple, list)):
            for item in result:
                yield from arrays(item)
        elif isinstance(result, dict):
            yield from arrays(list(result.values()))

    result = so.fetch(fn)
    before = [a.tobytes() for a in arrays(result)]
    assert before and all(a.flags.owndata for a in arrays(result))
    so.assign(np.full(4, 9.0))
    assert [a.tobytes() for a in arrays(result)] == before


def test_a_view_that_fn_kept_outlives_the_handle(name):
    kept = []
    with SharedObject(name, data=np.arange(1000.0)) as so:
        so.fetch(lambda x: kept.append(x[10:]))
    assert so.closed and kept[0][0] == 10
