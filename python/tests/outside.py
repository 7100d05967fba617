"""What tests do to a segment past any SharedObject, and processes that they kill."""

import contextlib
import fcntl
import mmap
import os
import signal
import struct

from conftest import SHM

from sharedobjects import LockTimeoutError

# The byte map, once more and as plain numbers: a change of the module alone must not go unnoticed.
WRITING, COMMIT, WAKE, WAITERS = 8, 16, 64, 68


class Words:
    """The words of a segment through a mapping of its own: what a peer of another make would see and do."""

    def __init__(self, name, object_size):
        self.start = (object_size + 127) // 128 * 128
        with open(SHM / name, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 0)

    def _get(self, offset, form="<Q"):
        return struct.unpack_from(form, self.map, offset)[0]

    mtime = property(lambda self: self._get(0), lambda self, x: struct.pack_into("<Q", self.map, 0, x))
    magic = property(lambda self: self.map[self.start : self.start + 8])
    schema_hash = property(lambda self: self._get(self.start + 24))

    def _word(offset, form):
        return property(
            lambda self: self._get(self.start + offset, form),
            lambda self, x: struct.pack_into(form, self.map, self.start + offset, x),
        )

    writing = _word(WRITING, "<Q")
    commit = _word(COMMIT, "<Q")
    wake = _word(WAKE, "<I")
    waiters = _word(WAITERS, "<I")


@contextlib.contextmanager
def writer_lock(name):
    """Held by another descriptor: whoever needs a lock of this object does not get it."""
    fd = os.open(SHM / name, os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_EX)
    try:
        yield fd
    finally:
        os.close(fd)


def reads_without_the_lock(so):
    with writer_lock(so.name):
        before, so.lock_timeout = so.lock_timeout, 0
        try:
            so.fetch()
            return True
        except LockTimeoutError:
            return False
        finally:
            so.lock_timeout = before


@contextlib.contextmanager
def child(body):
    """A forked process that runs `body` over and over, until it is killed, or the watchdog has ended this one."""
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        try:
            while os.getppid() == parent:
                body()
        finally:
            os._exit(1)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), "it failed by itself"
