"""The Python processes of SharedObject.Stress (Program.cs). Each says "ready", works until stdin ends, and reports as JSON.

    writer, plain-writer, reader, maker, hog, of-truncated   PREFIX SEED NUMBER KIND...
    racer     PREFIX PLACES OWN COUNT ROUNDS
    victim    NAME KIND NUMBER        writes until it is killed
    looker                            answers commands on stdin: open NAME KIND, look, look-anew, assign SEQUENCE
"""

import fcntl
import json
import logging
import mmap
import os
import random
import sys
import threading
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "python"))

from hunt import MASK, TEXT_LENGTH, WRITER_SHIFT, Memory, is_whole, sequence_of, signed, words  # noqa: E402

from sharedobjects import (  # noqa: E402
    BeingMadeError,
    InvalidObjectError,
    LockTimeoutError,
    NeverAssignedError,
    SharedObject,
    TornError,
)

STATE_WORDS = 12  # as in Schemas.cs
ARRAY_START = 26  # of the elements of a one-dimensional array
MADE, MADE_KIND, TRUNCATED = 4, "500", ("500", "40000")  # as in Names.cs
UNTIL_END = threading.Event()

logging.getLogger("sharedobjects").setLevel(logging.ERROR)  # each assign to an object of somebody else's is a warning


def value_of(kind, sequence):
    if kind != "state":
        return words(sequence, 0, int(kind))
    return {
        "first": signed(words(sequence, 0, 1)[0]),
        "text": f"{sequence:0{TEXT_LENGTH}}",
        "middle": words(sequence, 1, STATE_WORDS),
        "last": signed(words(sequence, STATE_WORDS + 1, 1)[0]),
    }


def look_at(kind, value):
    """The sequence of a value, and whether all of it belongs to that."""
    if kind != "state":
        sequence = sequence_of(value[0])
        return sequence, is_whole(value, sequence)
    sequence = sequence_of(value["first"] & MASK)
    expected = value_of(kind, sequence)
    return sequence, all(np.array_equal(value[key], expected[key]) for key in expected)


class Report:
    def __init__(self):
        self.counts = {}
        self.problems = []

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def problem(self, text):
        if len(self.problems) < 8:
            self.problems.append(text)

    def attempt(self, what, action):
        """Does something; what the package says of it is counted, and anything else is a problem."""
        try:
            action()
            self.count(what)
        except LockTimeoutError as e:
            self.count(f"{what}: lock timed out")
            self.count("holders named" if e.holders else "holders gone")
        except TornError:
            self.count(f"{what}: torn")
        except (InvalidObjectError, BeingMadeError, NeverAssignedError) as e:
            if what != "use of truncated":
                self.problem(f"{what}: {type(e).__name__}: {e} (Python)")
            self.count("truncation seen, in use" if "truncated" in str(e) else "truncation seen, when opened")
            self.count("truncation seen")
        except Exception as e:
            self.problem(f"{what}: {type(e).__name__}: {e} (Python)")


def rest(dice):
    if dice.randrange(8) == 0:
        time.sleep(dice.randrange(3) / 1000)


def work(role, prefix, seed, number, *kinds):
    report, dice, count = Report(), random.Random(f"{seed}-{number}"), 0
    names = {kind: f"{prefix}value-{kind}" for kind in kinds}

    def sequence():
        nonlocal count
        count += 1
        return int(number) << WRITER_SHIFT | count

    def check(kind, value, where):
        found, whole = look_at(kind, value)
        if not whole:
            report.problem(f"{where}: a mixture, of sequence {found:x} and others (Python)")

    if role in ("writer", "reader"):
        handles = {kind: SharedObject(name, lock_timeout=30) for kind, name in names.items()}
        for handle in handles.values():
            handle.lock_timeout = 0.05
    elif role == "plain-writer":
        # An array only: of a record, it would have to know where the words stand.
        names = {kind: name for kind, name in names.items() if kind != "state"}
        memories = {kind: Memory(name, ARRAY_START + 8 * int(kind)) for kind, name in names.items()}
    elif role == "hog":
        descriptors = [os.open(f"/dev/shm/{name}", os.O_RDWR | os.O_CLOEXEC) for name in names.values()]

    def step():
        if role == "writer":
            kind = dice.choice(kinds)
            report.attempt("write", lambda: handles[kind].assign(value_of(kind, sequence())))
        elif role == "plain-writer":
            kind = dice.choice(list(names))
            memories[kind].write(ARRAY_START, words(sequence(), 0, int(kind)).tobytes(), dice.randrange(2) == 0)
            report.count("plain write")
        elif role == "reader":
            kind = dice.choice(kinds)
            handle = handles[kind]
            news = "read of news" if handle.modified else "read"
            if dice.randrange(4) == 0:
                report.attempt(news, lambda: handle.fetch(lambda value: check(kind, value, handle.name)))
            else:
                report.attempt(news, lambda: check(kind, handle.fetch(), handle.name))
        elif role == "maker":
            report.attempt("make", make)
        elif role == "hog":
            descriptor = dice.choice(descriptors)
            fcntl.flock(descriptor, dice.choice([fcntl.LOCK_SH, fcntl.LOCK_EX]))
            time.sleep(dice.randrange(80) / 1000)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            report.count("lock hogged")
            time.sleep(dice.randrange(100) / 1000)
        else:
            report.attempt("use of truncated", use_truncated)

    def make():
        name = f"{prefix}made-{dice.randrange(MADE)}"
        with SharedObject(name, data=value_of(MADE_KIND, sequence())) as so:
            check(MADE_KIND, so.fetch(), name)
            if dice.randrange(2) == 0:
                so.unlink(missing_ok=True)

    def use_truncated():
        index = dice.randrange(len(TRUNCATED))
        name, kind = f"{prefix}truncated-{index}", TRUNCATED[index]
        if not os.path.exists(f"/dev/shm/{name}"):
            return  # SharedObject would make another
        with SharedObject(name, creation_timeout=0) as so:
            if so.object_type_idx == 0:
                so.unlink(missing_ok=True)  # it was gone after all
                return
            for _ in range(20):
                time.sleep(0.001)
                if dice.randrange(2) == 0:
                    so.assign(value_of(kind, sequence()))
                else:
                    so.fetch(lambda value: check(kind, value, name))  # under the lock

    print("ready", flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), UNTIL_END.set()), daemon=True).start()
    while not UNTIL_END.is_set():
        step()
        rest(dice)
    return report


def race(prefix, places, own, count, rounds):
    own, count, rounds = int(own), int(count), int(rounds)
    report = Report()
    with open(f"/dev/shm/{places}", "r+b") as f:
        memory = memoryview(mmap.mmap(f.fileno(), 0)).cast("q")
    distance = 128 // 8

    def arrive(place):
        memory[own * distance] = place
        for i in range(count):
            while memory[i * distance] < place:
                time.sleep(0)

    print("ready", flush=True)
    for i in range(rounds):
        try:
            name = f"{prefix}race-{i}"
            arrive(3 * i + 1)
            with SharedObject(name, data=value_of(MADE_KIND, (own + 1) << WRITER_SHIFT | i + 1)) as so:
                sequence, whole = look_at(MADE_KIND, so.fetch())
                if not whole or sequence & (1 << WRITER_SHIFT) - 1 != i + 1:
                    report.problem(f"round {i}: fetched {sequence:x}, whole: {whole} (Python)")
                arrive(3 * i + 2)
                arrive(3 * i + 3)
                sequence, whole = look_at(MADE_KIND, so.fetch())
                if not whole or sequence != 9 << WRITER_SHIFT | i + 1:
                    report.problem(f"round {i}: fetched {sequence:x}: they have made two objects (Python)")
            report.count("rounds")
        except Exception as e:
            report.problem(f"round {i}: {type(e).__name__}: {e} (Python)")
            memory[own * distance] = 2**63 - 1
            break
    return report


def victim(name, kind, number):
    so = SharedObject(name)
    values = [value_of(kind, int(number) << WRITER_SHIFT | i) for i in range(1, 9)]
    print("ready", flush=True)
    while True:
        for value in values:
            so.assign(value)


def looker():
    so = kind = None

    def look(handle):
        try:
            sequence, whole = look_at(kind, handle.fetch())
            return str(sequence) if whole else "!a mixture (Python)"
        except TornError:
            return "torn"

    print("ready", flush=True)
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "open":
            name, kind = arguments
            so = SharedObject(name)
            print("done", flush=True)
        elif command == "assign":
            so.assign(value_of(kind, int(arguments[0])))
            print("done", flush=True)
        elif command == "look":
            print(look(so), flush=True)
        else:
            with SharedObject(so.name) as anew:
                print(look(anew), flush=True)
    return Report()


def main(role, *arguments):
    if role == "racer":
        report = race(*arguments)
    elif role == "victim":
        report = victim(*arguments)
    elif role == "looker":
        report = looker()
    else:
        report = work(role, *arguments)
    print(json.dumps({"counts": report.counts, "problems": report.problems}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:])
