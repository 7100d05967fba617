"""Plain Python producers: processes that make an object anew and write it, as unmodified `real_robot` programs do.

Commands are lines: `start NAME PRODUCER PERIOD` (period in seconds) forks one and answers with its process id, `kill PID` ends one
with SIGKILL and answers "killed". All end with the input.

A producer is only killed between two writes, which this process ensures by holding the lock meanwhile: a plain writer that dies in the
middle of one leaves a mixture that nobody can tell from a value (docs/protocol.md).
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import struct
import sys
import time

import numpy as np
import plain

WORDS, CHECKED = 8, 4
A, B, C = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
PR_SET_PDEATHSIG = 1


def beat(producer, sequence, made, first):
    """The value: who, which, since when, when the first was there, and words that follow from the first two (Beat.cs has the same)."""
    words = [(producer * A + sequence * B + i * C) % 2**64 for i in range(WORDS)]
    words[:CHECKED] = producer, sequence, made, first
    return np.array(words, np.uint64)


def produce(name, producer, period):
    made = time.time_ns()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"/dev/shm/{name}")
    plain.create(name, beat(producer, 0, made, 0))
    handle = plain.Handle(name)
    first = struct.unpack_from("Q", handle.memory.buf)[0]
    sequence = 0
    while True:
        time.sleep(period)
        sequence += 1
        handle.assign(beat(producer, sequence, made, first))


def start(name, producer, period):
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        produce(name, producer, period)
    return child


def kill(child):
    with held_lock(child):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@contextlib.contextmanager
def held_lock(child):
    """The lock of the segment that a process has open, which may have no name any more."""
    paths = (f"/proc/{child}/fd/{number}" for number in os.listdir(f"/proc/{child}/fd"))
    # One suffices: two descriptors of one segment would wait for each other.
    path = next((path for path in paths if os.readlink(path).startswith("/dev/shm/")), os.devnull)
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def main():
    print("ready", flush=True)
    for line in sys.stdin:
        match line.split():
            case ["start", name, producer, period]:
                print(start(name, int(producer), float(period)), flush=True)
            case ["kill", child]:
                kill(int(child))
                print("killed", flush=True)


main()
