"""Creation, mounting, threads, processes, the end."""

import errno
import gc
import logging
import multiprocessing
import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import SHM

import sharedobjects
from sharedobjects import SharedObject, layout
from sharedobjects import segment as segment_module

SRC = str(Path(sharedobjects.__file__).resolve().parents[1])


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": SRC},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=40,
    )


def descriptors():
    gc.collect()  # handles of earlier tests
    return sorted(os.listdir("/proc/self/fd"))


def maps_of(name):
    # By inode: the kernel shows a segment that was linked after it was mapped as "#123 (deleted)".
    inode = os.stat(SHM / name).st_ino
    return sum(line.split()[4] == str(inode) for line in Path("/proc/self/maps").read_text().splitlines())


# ---- creation -------------------------------------------------------------------------------------------------------


def no_unnamed_files(monkeypatch):
    real = os.open

    def refuse(path, flags, *args, **kwargs):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no O_TMPFILE here")
        return real(path, flags, *args, **kwargs)

    monkeypatch.setattr(segment_module.os, "open", refuse)


def no_proc(monkeypatch):
    def refuse(*args, **kwargs):
        raise FileNotFoundError(errno.ENOENT, "no /proc here")

    monkeypatch.setattr(segment_module.os, "link", refuse)


@pytest.mark.parametrize("hinder", [None, no_unnamed_files, no_proc])
def test_what_is_made(name, monkeypatch, hinder):
    if hinder:
        hinder(monkeypatch)
    fds = descriptors()
    with SharedObject(name, data={"a": np.arange(5000.0), "b": "x"}) as so:
        status = os.stat(SHM / name)
        assert stat.S_IMODE(status.st_mode) == 0o600 and status.st_size == layout.segment_size(so.nbytes)
        assert not os.get_inheritable(so.fileno())
        with SharedObject(name) as other:
            assert not other.modified and other.fetch()["a"][4999] == 4999
    assert descriptors() == fds and maps_of(name) == 0


@pytest.mark.parametrize("hinder", [None, no_unnamed_files])
def test_a_failed_creation_leaves_nothing(name, monkeypatch, hinder):
    if hinder:
        hinder(monkeypatch)

    def full(fd, offset, size):
        raise OSError(errno.ENOSPC, "full")

    fds = descriptors()
    monkeypatch.setattr(segment_module.os, "posix_fallocate", full)
    with pytest.raises(OSError, match="no room") as caught:
        SharedObject(name, data=5)
    assert caught.value.errno == errno.ENOSPC
    assert not (SHM / name).exists() and descriptors() == fds


@pytest.mark.parametrize("hinder", [None, no_unnamed_files])
def test_many_threads_make_one_object(name, monkeypatch, hinder):
    if hinder:
        hinder(monkeypatch)
    for _ in range(20):
        start = threading.Barrier(8)
        values, inodes = [], []

        def make(i):
            start.wait()
            with SharedObject(name, data=np.full(1000, i), creation_timeout=30) as so:
                value = so.fetch()
                values.append((value.min(), value.max()))
                inodes.append(os.fstat(so.fileno()).st_ino)

        threads = [threading.Thread(target=make, args=(i,)) for i in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(values) == 8 and all(low == high for low, high in values)
        assert len(set(inodes)) == 1
        sharedobjects.unlink(name)


def test_overwriting_an_object_is_logged(name, caplog):
    with SharedObject(name, data=1) as so:
        with caplog.at_level(logging.WARNING, "sharedobjects"):
            SharedObject(name)
            assert not caplog.records
            SharedObject(name, data=2)
        assert "implicitly overwriting" in caplog.text and name in caplog.text
        assert so.modified and so.fetch() == 2


# ---- threads --------------------------------------------------------------------------------------------------------


def test_one_handle_and_several_threads(name):
    size, rounds = 3000, 300
    with SharedObject(name, data={"a": np.zeros(size), "n": 0.0, "b": np.zeros(7)}, lock_timeout=40) as so:
        wrong, done = [], threading.Event()

        def write(i):
            for j in range(rounds):
                x = float(i * rounds + j)
                so.assign({"a": np.full(size, x), "n": x, "b": np.full(7, x)})

        def read():
            while not done.is_set():
                value = so.fetch()
                if len({value["n"], *np.unique(value["a"]), *np.unique(value["b"])}) != 1:
                    wrong.append(value)
                so.modified

        writers = [threading.Thread(target=write, args=(i,)) for i in range(2)]
        readers = [threading.Thread(target=read) for _ in range(2)]
        for t in writers + readers:
            t.start()
        for t in writers:
            t.join()
        done.set()
        for t in readers:
            t.join()
        assert not wrong


def test_each_trigger_is_reported_to_one_thread_of_a_handle(name):
    with SharedObject(name) as so, SharedObject(name) as other:
        for _ in range(50):
            other.trigger()
            start, answers = threading.Barrier(4), []

            def ask():
                start.wait()
                answers.append(so.triggered)

            threads = [threading.Thread(target=ask) for _ in range(4)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            assert sorted(answers) == [False, False, False, True]


def test_another_thread_waits_for_fn(name):
    with SharedObject(name, data=1) as so:
        inside, go_on = threading.Event(), threading.Event()

        def fn(x):
            inside.set()
            go_on.wait()
            return x

        found = []
        slow = threading.Thread(target=lambda: found.append(so.fetch(fn)))
        slow.start()
        inside.wait()
        so.lock_timeout = 0.01
        with pytest.raises(sharedobjects.LockTimeoutError, match="another thread"):
            so.fetch()
        so.lock_timeout = None
        writer = threading.Thread(target=so.assign, args=(2,))
        writer.start()
        go_on.set()
        slow.join()
        writer.join()
        assert found == [1] and so.fetch() == 2


# ---- processes ------------------------------------------------------------------------------------------------------


def _double(so):
    so.assign(so.fetch() * 2)


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_a_handle_goes_to_a_child_process(name, method):
    with SharedObject(name, data=21, init_size=50) as so:
        child = multiprocessing.get_context(method).Process(target=_double, args=(so,))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert so.modified and so.fetch() == 42
        assert (SHM / name).exists()


def test_pickle_is_the_name(name):
    with SharedObject(name, data=1, init_size=50) as so:
        assert so.__reduce__() == (SharedObject, (name,))
        with pickle.loads(pickle.dumps(so)) as other:
            assert other.name == name and other.fetch() == 1


def test_the_exit_of_a_process_that_attached_unlinks_nothing(name):
    with SharedObject(name, data=5) as so:
        inode = os.stat(SHM / name).st_ino
        code = "import sys; from sharedobjects import SharedObject as S; print(S(sys.argv[1]).assign(6).fetch())"
        done = python(code, name)
        assert (done.returncode, done.stdout, done.stderr) == (0, "6\n", "")
        assert os.stat(SHM / name).st_ino == inode and so.fetch() == 6


def test_the_exit_of_the_process_that_made_it_unlinks_nothing(name):
    done = python("import sys; from sharedobjects import SharedObject as S; S(sys.argv[1], data='made')", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert SharedObject(name).fetch() == "made"


def test_a_killed_reader_leaves_no_lock(name):
    with SharedObject(name, data=5) as so:
        code = (
            "import os, signal, sys; from sharedobjects import SharedObject as S\n"
            "S(sys.argv[1]).fetch(lambda x: os.kill(os.getpid(), signal.SIGKILL))"
        )
        assert python(code, name).returncode == -signal.SIGKILL
        so.lock_timeout = 0
        assert so.assign(6).fetch() == 6


def test_a_forked_child_locks_for_itself(name):
    with SharedObject(name, data=1) as so:

        def fn(x):
            pid = os.fork()
            if pid == 0:
                # In the child: the parent holds the readers lock, so there must be no writer lock to be had.
                status = 1
                try:
                    so.lock_timeout = 0
                    so.assign(2)
                except sharedobjects.LockTimeoutError:
                    status = 0
                finally:
                    os._exit(status)
            assert os.WEXITSTATUS(os.waitpid(pid, 0)[1]) == 0
            with SharedObject(name, lock_timeout=0) as other:  # and the child's end did not drop the parent's lock
                with pytest.raises(sharedobjects.LockTimeoutError):
                    other.assign(3)
            return x

        assert so.fetch(fn) == 1


def test_a_killed_parent_leaves_no_lock_to_its_forked_child(name):
    code = (
        "import os, signal, sys; from sharedobjects import SharedObject as S\n"
        "so = S(sys.argv[1]); read, write = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.write(write, b'x')\n"  # whoever can write this has a description of its own
        "    sys.stdin.read()\n"
        "    os._exit(0)\n"
        "os.read(read, 1)\n"
        "so.fetch(lambda x: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    with SharedObject(name, data=5, lock_timeout=0) as so:
        command, environment = [sys.executable, "-c", code, name], {**os.environ, "PYTHONPATH": SRC}
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as parent:
            assert parent.wait() == -signal.SIGKILL
            assert so.assign(6).fetch() == 6  # while the child is there: it has the other end of stdin


def test_a_process_without_sapien_never_imports_it(name):
    code = (
        "import sys; from sharedobjects import SharedObject as S, Pose\n"
        "S(sys.argv[1], data=Pose()).fetch(); print([m for m in ('sapien', 'multiprocessing') if m in sys.modules])"
    )
    assert python(code, name).stdout == "[]\n"


# ---- the end --------------------------------------------------------------------------------------------------------


def test_close_lets_go_of_everything(name):
    fds = descriptors()
    handles = [SharedObject(name, data=np.zeros(5000)) for _ in range(5)]
    assert maps_of(name) == 5
    for so in handles[:3]:
        so.close()
    del so, handles
    gc.collect()
    assert descriptors() == fds and maps_of(name) == 0
    assert (SHM / name).exists()


def test_a_failed_open_lets_go_of_everything(name):
    with SharedObject(name, data=5):
        fds = descriptors()
        for data in ("text", [], 2**64):
            with pytest.raises(sharedobjects.SharedObjectError):
                SharedObject(name, data=data)
        gc.collect()
        assert descriptors() == fds and maps_of(name) == 1


def test_unlink_leaves_open_handles_their_memory(name):
    a, b = SharedObject(name, data=1), SharedObject(name)
    a.unlink()
    a.assign(2)
    assert b.modified and b.fetch() == 2
    with SharedObject(name, data="another") as c:
        assert c.fetch() == "another" and b.fetch() == 2
    sharedobjects.unlink(name)
    with pytest.raises(FileNotFoundError) as caught:
        sharedobjects.unlink(name)
    assert isinstance(caught.value, sharedobjects.ObjectNotFoundError) and name in str(caught.value)
    sharedobjects.unlink(name, missing_ok=True)
    a.close()
    b.close()
