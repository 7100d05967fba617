"""Processes that use a dynamic object through our Python package: the same roles and values as Growing.cs and
Certified.cs have, so that the two languages test each other.

    grow.py read NAME NUMBER    reads until the value is None, and says "last" when it has come to that number
    grow.py write NAME          writes values that grow and shrink, until it is killed
    grow.py steps NAME STEPS    makes the object, and lets it grow so many times, by a page each time; ends it with None
                                when told to

A value certifies itself: whoever reads one makes it once more from the number in it, so that a mixture of two is no
value at all.
"""

import os
import pathlib
import sys

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "python"))

from sharedobjects import SharedDynamicObject  # noqa: E402

KINDS = 7
ODD = 0x9E3779B97F4A7C15
INVERSE = pow(ODD, -1, 2**64)
LIST_STEP = 200  # elements of a list take longer than bytes
PAGE = 4096
PARENT = os.getppid()


def is_orphan():
    """Whether whoever has started this process has ended, killed perhaps: nobody else would end it."""
    return os.getppid() != PARENT


def words(number, size):
    count = max(size // 8, 1)
    return np.arange(count, dtype=np.uint64) * np.uint64(ODD) + np.uint64(number * ODD % 2**64)


def text(number, size):
    once = f"{number} "
    length = max(size, len(once))
    return (once * (length // len(once) + 1))[:length]


def make(number, size):
    kind = number % KINDS
    if kind == 0:
        return number
    if kind == 1:
        return words(number, size).tobytes()
    if kind == 2:
        return words(number, size)
    if kind == 3:
        return {"number": number, f"key {number}": words(number, size).tobytes(), "empty": {}}
    if kind == 4:
        return words(number, size // LIST_STEP).view(np.int64).tolist()
    if kind == 5:
        return (number, text(number, size), None, True)
    return text(number, size)


def number_of(value):
    """Its number; raises where it was never made."""
    if isinstance(value, int):
        number, size = value, 0
    elif isinstance(value, list):
        number, size = value[0] * INVERSE % 2**64, len(value) * 8 * LIST_STEP
    else:
        if isinstance(value, dict):
            value_bytes = next(item for item in value.values() if isinstance(item, bytes))
        elif isinstance(value, tuple):
            value_bytes = value[1]
        else:
            value_bytes = value
        if isinstance(value_bytes, str):
            number, size = int(value_bytes[: value_bytes.index(" ")]), len(value_bytes)
        else:
            value_bytes = bytes(value_bytes)
            number, size = int.from_bytes(value_bytes[:8], "little") * INVERSE % 2**64, len(value_bytes)
    made = make(number, size)
    same = np.array_equal(made, value) if isinstance(made, np.ndarray) else made == value
    if not same or type(made) is not type(value):
        raise ValueError(f"a mixture: number {number}, a {type(value).__name__} of about {size} bytes")
    return number


def read(name, end):
    so = SharedDynamicObject(name)
    say("ready")
    last = reads = different = 0
    while (value := so.fetch()) is not None and not is_orphan():
        number = number_of(value)
        if number < last:
            raise ValueError(f"number {number} after {last}")
        if number != last:
            different += 1
            if number == end:
                say("last")
        last = number
        reads += 1
    say(f"{reads} {different} {last}")


def write(name):
    so = SharedDynamicObject(name)
    say("ready")
    number, size = number_of(so.fetch()), 64
    while not is_orphan():
        for each in (size, size // 16):
            number += 1
            so.assign(make(number, each))
        size = size * 9 // 8 if size < 8 << 20 else 64


def steps(name, count):
    so = SharedDynamicObject(name, data=make(1, 100))
    say("ready")
    sys.stdin.readline()  # until the readers are there
    for step in range(1, count + 1):
        # By no more than it needs, so that each step is one that all have to follow.
        os.posix_fallocate(so.fileno(), 0, (step + 1) * PAGE)
        so.assign(make(2 * step + 1, step * 4000))
        if step % 3 == 0 and step < count:
            so.assign(make(2 * step + 2, 8))
    say("written")
    sys.stdin.readline()  # until the readers have got there
    so.assign(None)


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    {"read": read, "write": write, "steps": steps}[role](*(int(each) if each.isdigit() else each for each in arguments))
