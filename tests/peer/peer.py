"""The Python side of the cross-process tests: commands as JSON lines on stdin, one JSON line on stdout for each.

    -> {"id": 1, "op": "open", "handle": "a", "name": "x", "data": <value>, "init_size": 100}
    <- {"id": 1, "ok": true, "result": {"object_type_idx": 2, "nbytes": 17}}
    <- {"id": 1, "ok": false, "raises": "MismatchError", "bases": ["SharedObjectError", "BufferError", ...],
        "message": "..."}

Values are in the JSON form (python/tests/json_form.py). Commands and what they answer:

    open          handle, name, [data], [init_size], [lock_timeout], [creation_timeout], [trailer]
                                          object_type_idx, nbytes. `trailer`: false makes objects without one
    open_room     handle, name, count, like
                                          null; makes an empty list with room for `count` elements like that
    open_dynamic  handle, name, [data]    null; a SharedDynamicObject. All that takes a handle takes this one, too
    fetch         handle                  the value
    assign        handle, data            null
    trigger       handle                  null
    modified      handle                  bool
    triggered     handle                  bool
    mtime         handle                  word: the mtime in the segment, seen: the handle's (both decimal text)
    words         handle                  mtime, writing, commit, wake, waiters, as they stand in the segment, as
                                          decimal text; all but mtime null where there is no trailer. No lock
    poke          name, offset, u64       null; stores a word (decimal text or a number) with one store, without a
                                          lock: what a writer that died would have left
    accept_torn   handle                  bool
    close         handle                  null
    unlink        handle | name           null
    lock          handle, mode (sh | ex)  null; flock on the handle's descriptor, kept until `unlock`. The handle's own
                                          fetch, assign and trigger use the same descriptor and would end it
    unlock        handle                  null
    try_lock      name, mode (sh | ex)    bool: free for a new descriptor, at this moment? (it is let go again)
    write_loop    handle | plain_name, values, [count]
                                          null; a thread assigns the values in turn, `count` times or until `stop_loop`
    read_loop     handle | plain_name, values, [count]
                                          null; a thread fetches, and counts what is none of the values
    stop_loop     handle | plain_name, [wait]
                                          count; of reads also wrong (and first_wrong, a value). `wait`: true
                                          lets a loop with a `count` come to its end first
    wait          handle, [timeout]       bool: there is news. These block the peer; its answer comes when they end
    wait_triggered handle, [timeout]      bool
    fetch_next    handle, [timeout]       the value; raises WaitTimeoutError
    wait_any      handles, [timeout]      the handles that have news
    wait_all      handles, [timeout]      bool
    watch         handle                  null; a thread takes each value that `watch` gives, until `stop_watch`
    stop_watch    handle, [count], [last] count, last (a value, or null), remounts. `count`, `last`: lets it go on until
                                          it has so many values at least, and that one
    async_fetch_next  handle, [timeout]   the value, by a task of asyncio's
    open_wait     handle, name, [timeout], [trigger]
                                          like `open`; waits for whoever makes the object
    exists        name                    bool
    links         handle                  is_linked, is_stale
    remount       handle                  bool
    republish     handle                  bool
    signal_ready                          the peer's pid, whose readiness it has signalled
    wait_ready    pid, [timeout]          null; raises WaitTimeoutError, ProcessEndedError
    plain_create  name, value, [stop_after: open | truncate | metadata | assign]
    plain_assign  name, value             null; by a second, independent implementation that behaves like an
    plain_trigger name                    unmodified real_robot process (plain.py); `plain_name` above uses it too
    plain_fetch   name                    the value
    exit                                  null, then the process ends, as it does when stdin closes

`data` that is {"type": "none"} is None: the same as leaving it out.
"""

import asyncio
import fcntl
import json
import logging
import mmap
import os
import struct
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[1:1] = [str(ROOT / "python" / "src"), str(ROOT / "python" / "tests")]

import plain  # noqa: E402
from json_form import bits, from_json, to_json  # noqa: E402

from sharedobjects import (  # noqa: E402
    Room,
    SharedDynamicObject,
    SharedObject,
    exists,
    layout,
    signal_ready,
    unlink,
    wait_all,
    wait_any,
    wait_ready,
)

# What the package logs is no failure; stderr is for those.
logging.getLogger("sharedobjects").addHandler(logging.NullHandler())

MODES = {"sh": fcntl.LOCK_SH, "ex": fcntl.LOCK_EX}


class Loop:
    """A background thread that repeats something until it is stopped, has done it often enough, or failed."""

    def __init__(self, step, count):
        self._step = step
        self._left = count
        self._stop = threading.Event()
        self._error = None
        self.count = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._stop.is_set() and self.count != self._left:
                self._step(self.count)
                self.count += 1
        except Exception as e:
            self._error = e

    def finish(self, wait):
        """Ends the thread; raises what ended it before."""
        if not wait or self._left is None:
            self._stop.set()
        self._thread.join()
        if self._error is not None:
            raise self._error


class WriteLoop:
    def __init__(self, target, values, count):
        self._loop = Loop(lambda i: target.assign(values[i % len(values)]), count)

    def stop(self, wait):
        self._loop.finish(wait)
        return {"count": self._loop.count}


class ReadLoop:
    def __init__(self, target, values, count):
        self._target = target
        self._allowed = {bits(value) for value in values}
        self._wrong = 0
        self._first_wrong = None
        self._loop = Loop(self._step, count)

    def _step(self, i):
        value = self._target.fetch()
        if bits(value) not in self._allowed:
            if self._wrong == 0:
                self._first_wrong = to_json(value)
            self._wrong += 1

    def stop(self, wait):
        self._loop.finish(wait)
        answer = {"count": self._loop.count, "wrong": self._wrong}
        if self._wrong:
            answer["first_wrong"] = self._first_wrong
        return answer


class Watch:
    """A thread that takes the values of a watch."""

    class _Stop(Exception):
        pass

    def __init__(self, so):
        self._so = so
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._count = 0
        self._last = None
        self._remounts = 0
        self._error = None
        so.on_remount = self._on_remount
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _on_remount(self, so):
        self._remounts += 1

    def _look(self, so):
        if self._stopping.is_set():
            raise self._Stop

    def _run(self):
        try:
            for value in self._so.watch(silence=0.02, on_silence=self._look):
                with self._changed:
                    self._last = to_json(value)
                    self._count += 1
                    self._changed.notify_all()
                self._look(self._so)
        except self._Stop:
            pass
        except Exception as e:
            with self._changed:
                self._error = e
                self._changed.notify_all()

    def stop(self, count, last):
        with self._changed:
            self._changed.wait_for(
                lambda: self._error is not None or self._count >= count and (last is None or self._last == last)
            )
        self._stopping.set()
        self._thread.join()
        if self._error is not None:
            raise self._error
        return {"count": self._count, "last": self._last, "remounts": self._remounts}


class Peer:
    """One method for each command; its parameters are the command's."""

    def __init__(self):
        self._handles = {}
        self._loops = {}  # by (handle, plain_name): the loop and what it works on
        self._watches = {}  # by handle

    def open(self, handle, name, data=None, init_size=100, **timeouts):
        value = None if data is None else from_json(data)
        opened = SharedObject(name, data=value, init_size=init_size, **timeouts)
        self._handles[handle] = opened
        return {"object_type_idx": opened.object_type_idx, "nbytes": opened.nbytes}

    def open_room(self, handle, name, count, like):
        self._handles[handle] = SharedObject(name, data=Room([], count, like=from_json(like)))

    def open_dynamic(self, handle, name, data=None):
        self._handles[handle] = SharedDynamicObject(name, data=None if data is None else from_json(data))

    def fetch(self, handle):
        return to_json(self._handles[handle].fetch())

    def assign(self, handle, data):
        self._handles[handle].assign(from_json(data))

    def trigger(self, handle):
        self._handles[handle].trigger()

    def modified(self, handle):
        return self._handles[handle].modified

    def triggered(self, handle):
        return self._handles[handle].triggered

    def mtime(self, handle):
        opened = self._handles[handle]
        word = int.from_bytes(os.pread(opened.fileno(), 8, 0), "little")
        return {"word": str(word), "seen": str(opened.mtime)}

    def words(self, handle):
        opened = self._handles[handle]
        size = layout.DYNAMIC_SIZE if isinstance(opened, SharedDynamicObject) else opened.nbytes
        content = os.pread(opened.fileno(), layout.segment_size(size), 0)
        found = {"mtime": struct.unpack_from("<Q", content, 0)[0]}
        found.update(dict.fromkeys(("writing", "commit", "wake", "waiters")))
        if layout.has_trailer(content, size):
            trailer = content[layout.trailer_offset(size) :]
            found["writing"], found["commit"] = struct.unpack_from("<QQ", trailer, layout.TRAILER_WRITING_OFFSET)
            found["wake"], found["waiters"] = struct.unpack_from("<II", trailer, layout.TRAILER_WAKE_OFFSET)
        return {key: None if word is None else str(word) for key, word in found.items()}

    def poke(self, name, offset, u64):
        with open(f"/dev/shm/{name}", "r+b") as f, mmap.mmap(f.fileno(), 0) as memory:
            with memoryview(memory) as whole, whole[offset : offset + 8] as part, part.cast("Q") as word:
                word[0] = int(u64)

    def accept_torn(self, handle):
        return self._handles[handle].accept_torn()

    def close(self, handle):
        self._handles.pop(handle).close()

    def unlink(self, handle=None, name=None):
        if handle is not None:
            self._handles[handle].unlink()
        else:
            unlink(name)

    def lock(self, handle, mode):
        fcntl.flock(self._handles[handle].fileno(), MODES[mode])

    def unlock(self, handle):
        fcntl.flock(self._handles[handle].fileno(), fcntl.LOCK_UN)

    def try_lock(self, name, mode="ex"):
        fd = os.open(f"/dev/shm/{name}", os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, MODES[mode] | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(fd)  # lets go of the lock as well

    def write_loop(self, values, count=None, handle=None, plain_name=None, until_stdin_line=None):
        self._start(WriteLoop, values, count, handle, plain_name)

    def read_loop(self, values, count=None, handle=None, plain_name=None, until_stdin_line=None):
        self._start(ReadLoop, values, count, handle, plain_name)

    def _start(self, kind, values, count, handle, plain_name):
        key = (handle, plain_name)
        if key in self._loops:
            raise ValueError(f"a loop is running on {handle or plain_name!r} already")
        target = self._handles[handle] if plain_name is None else plain.Handle(plain_name)
        self._loops[key] = kind(target, [from_json(value) for value in values], count), target

    def stop_loop(self, handle=None, plain_name=None, wait=False):
        loop, target = self._loops.pop((handle, plain_name))
        try:
            return loop.stop(wait)
        finally:
            if plain_name is not None:
                target.close()

    def wait(self, handle, timeout=None):
        return self._handles[handle].wait(timeout)

    def wait_triggered(self, handle, timeout=None):
        return self._handles[handle].wait_triggered(timeout)

    def fetch_next(self, handle, timeout=None):
        return to_json(self._handles[handle].fetch_next(timeout))

    def async_fetch_next(self, handle, timeout=None):
        return to_json(asyncio.run(self._handles[handle].async_fetch_next(timeout)))

    def wait_any(self, handles, timeout=None):
        objects = {self._handles[handle]: handle for handle in handles}
        return [objects[found] for found in wait_any(objects, timeout)]

    def wait_all(self, handles, timeout=None):
        return wait_all([self._handles[handle] for handle in handles], timeout)

    def watch(self, handle):
        self._watches[handle] = Watch(self._handles[handle])

    def stop_watch(self, handle, count=0, last=None):
        return self._watches.pop(handle).stop(count, last)

    def open_wait(self, handle, name, timeout=None, **options):
        opened = SharedObject.open(name, timeout, **options)
        self._handles[handle] = opened
        return {"object_type_idx": opened.object_type_idx, "nbytes": opened.nbytes}

    def exists(self, name):
        return exists(name)

    def links(self, handle):
        opened = self._handles[handle]
        return {"is_linked": opened.is_linked, "is_stale": opened.is_stale}

    def remount(self, handle):
        return self._handles[handle].remount()

    def republish(self, handle):
        return self._handles[handle].republish()

    def signal_ready(self):
        signal_ready()
        return os.getpid()

    def wait_ready(self, pid, timeout=None):
        wait_ready(pid, timeout)

    def plain_create(self, name, value, stop_after="assign"):
        plain.create(name, from_json(value), stop_after)

    def plain_assign(self, name, value):
        plain.assign(name, from_json(value))

    def plain_trigger(self, name):
        plain.trigger(name)

    def plain_fetch(self, name):
        return to_json(plain.fetch(name))

    def exit(self):
        raise SystemExit

    def _end(self):
        """Ends the loops: a thread that dies with the process could leave half a value."""
        for key in list(self._loops):
            self.stop_loop(*key)
        for handle in list(self._watches):
            self.stop_watch(handle)


def answer(peer, line):
    """The answer to a line, and whether to go on."""
    number = None
    try:
        command = json.loads(line)
        number = command.pop("id", None)
        op = command.pop("op")
        method = None if op.startswith("_") else getattr(peer, op, None)
        if method is None:
            raise ValueError(f"there is no op {op!r}")
        return {"id": number, "ok": True, "result": method(**command)}, True
    except SystemExit:
        return {"id": number, "ok": True, "result": None}, False
    except Exception as e:
        bases = [base.__name__ for base in type(e).__mro__[1:] if base is not object]
        failure = {"id": number, "ok": False, "raises": type(e).__name__, "bases": bases, "message": str(e)}
        return failure, True


def main():
    peer = Peer()
    for line in sys.stdin:
        if not line.strip():
            continue
        reply, go_on = answer(peer, line)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()
        if not go_on:
            break
    peer._end()


if __name__ == "__main__":
    main()
