"""A plain peer: what an unmodified `real_robot` process does to a segment, in as few lines as possible.

Written from the wire format alone and apart from the package, so that the two check each other. None (a trigger), bool,
int, float, complex, str, bytes, bytearray and ndarray. Like the original, and unlike the package, it creates step by
step, stores mtime with struct.pack_into (which zeroes its target first), and refuses a text that its own rule would
give another capacity.
"""

import contextlib
import fcntl
import os
import struct
import time
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

import numpy as np

INIT_SIZE = 100
SCALARS = {bool: (1, "<?"), int: (2, "<q"), float: (3, "<d"), complex: (4, "<2d")}
TEXTS = {str: 6, bytes: 7, bytearray: 8}
DTYPES = [np.dtype(code) for code in "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 g F D G".split()]

STAGES = ("open", "truncate", "metadata", "assign")


def create(name, value, stop_after="assign"):
    """Make an object, or begin to: "open" leaves no size, "truncate" no tag, "metadata" no mtime and no data."""
    if stop_after not in STAGES:
        raise ValueError(f"stop_after is one of {STAGES}")
    tag, metadata, payload = _parts(value)
    if stop_after == "open":
        os.close(os.open(f"/dev/shm/{name}", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        return
    memory = _untracked(name, create=True, size=9 + len(metadata) + len(payload))
    try:
        if stop_after == "truncate":
            return
        with _flock(memory, fcntl.LOCK_EX):
            memory.buf[8] = tag
            memory.buf[9 : 9 + len(metadata)] = metadata
        if stop_after == "assign" and value is not None:
            _write(memory, metadata, payload)
    finally:
        memory.close()


def assign(name, value):
    """Assign to an existing object; also what completes one that was left after its metadata."""
    with contextlib.closing(Handle(name)) as handle:
        handle.assign(value)


def trigger(name):
    with contextlib.closing(Handle(name)) as handle, _flock(handle.memory, fcntl.LOCK_EX):
        struct.pack_into("Q", handle.memory.buf, 0, time.time_ns())


def fetch(name):
    with contextlib.closing(Handle(name)) as handle:
        return handle.fetch()


class Handle:
    """The same for many calls on one mapping."""

    def __init__(self, name):
        self.memory = _untracked(name)

    def assign(self, value):
        tag, metadata, payload = _parts(value)
        buf = self.memory.buf
        if buf[8] != tag or bytes(buf[9 : 9 + len(metadata)]) != metadata:
            raise BufferError("another type, dtype, shape or capacity")
        _write(self.memory, metadata, payload)

    def fetch(self):
        return _read(self.memory)

    def close(self):
        self.memory.close()


def _parts(value):
    """Tag, metadata and data of a value."""
    kind = type(value)
    if value is None:
        return 0, b"", b""
    if kind in SCALARS:
        tag, form = SCALARS[kind]
        return tag, b"", struct.pack(form, *((value.real, value.imag) if kind is complex else (value,)))
    if kind in TEXTS:
        payload = value.encode() if kind is str else bytes(value)
        size = 2 * len(payload) + 1 if 2 * len(payload) >= INIT_SIZE else INIT_SIZE + 1
        return TEXTS[kind], struct.pack("<Q", size), struct.pack(f"{size}s", payload + b"\xff")
    if kind is np.ndarray:
        metadata = struct.pack(f"<BQ{value.ndim}Q", DTYPES.index(value.dtype), value.ndim, *value.shape)
        return 9, metadata, value.tobytes()
    raise TypeError(f"this peer knows no {kind}")


def _write(memory, metadata, payload):
    with _flock(memory, fcntl.LOCK_EX):
        struct.pack_into("Q", memory.buf, 0, time.time_ns())
        struct.pack_into(f"{len(payload)}s", memory.buf, 9 + len(metadata), payload)


def _read(memory):
    buf = memory.buf
    with _flock(memory, fcntl.LOCK_SH):
        tag = buf[8]
        if tag == 0:
            return None
        for kind, (known, form) in SCALARS.items():
            if tag == known:
                return kind(*struct.unpack_from(form, buf, 9))
        if tag in TEXTS.values():
            (size,) = struct.unpack_from("<Q", buf, 9)
            payload = bytes(buf[17 : 17 + size]).rstrip(b"\0")[:-1]
            return payload.decode() if tag == 6 else payload if tag == 7 else bytearray(payload)
        if tag == 9:
            index, ndim = struct.unpack_from("<BQ", buf, 9)
            shape = struct.unpack_from(f"<{ndim}Q", buf, 18)
            start, dtype = 18 + 8 * ndim, DTYPES[index]
            raw = bytes(buf[start : start + dtype.itemsize * int(np.prod(shape, dtype=object))])
            return np.frombuffer(bytearray(raw), dtype).reshape(shape)
    raise TypeError(f"this peer knows no tag {tag}")


@contextlib.contextmanager
def _flock(memory, operation):
    fcntl.flock(memory._fd, operation)
    try:
        yield
    finally:
        fcntl.flock(memory._fd, fcntl.LOCK_UN)


def _untracked(name, **creation):
    memory = SharedMemory(name, **creation)
    # The tracker would unlink the name when this process exits. An unmodified process lets it; here the tests decide
    # when an object goes.
    resource_tracker.unregister(memory._name, "shared_memory")
    return memory
