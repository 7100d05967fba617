"""The Python processes of the hunt for torn values (Program.cs): `hunt.py ROLE ASSIGNMENT`, both from the parent process.

    python-make           makes the objects that a plain process is to make, and ends
    python-plain-writer   writes as an unmodified real_robot process does: lock, mtime, data, unlock, with
                          struct.pack_into, which zeroes what it is going to write first; no trailer, no stamps
    python-doomed-writer  the same, for the objects whose writers are killed half-way
    python-writer         writes through the package `sharedobjects`
    python-reader         reads through it

Every role but the first prints "ready", is told on stdin when the hunt begins and ends, and prints its counts as JSON.
When stdin closes before, the parent has died: the objects are removed. A plain writer stops between two writes.
"""

import fcntl
import json
import mmap
import os
import random
import struct
import sys
import threading
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "python"))

# As in Pattern.cs: word i of sequence s is s * A + i * B.
A, B = 0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03
MASK = (1 << 64) - 1
INVERSE = pow(A, -1, 1 << 64)
WRITER_SHIFT = 40
SLICE = 40_000_000  # as in Schedule.cs
REPORT_STEP = 50_000_000
TEXT_LENGTH = 20
UINT64 = 8  # the index of that dtype on the wire


def words(sequence, first, count):
    start = (sequence * A + first * B) & MASK
    return np.arange(count, dtype=np.uint64) * np.uint64(B) + np.uint64(start)


def sequence_of(word):
    return int(word) * INVERSE & MASK


def is_whole(array, sequence, first=0):
    return bool((array == words(sequence, first, len(array))).all())


class Plan:
    """An object, from the parent's JSON."""

    def __init__(self, plan):
        self.name, self.label, self.kind = plan["name"], plan["label"], plan["kind"]
        self.size, self.text = plan["size"], plan["textOffset"]
        self.regions = [(r["offset"], r["first"], r["count"]) for r in plan["regions"]]
        self.doomed = plan["doomed"]
        self.is_array = plan["kind"] == 0

    def value(self, sequence):
        """What the package is given to assign."""
        if self.is_array:
            return words(sequence, 0, self.regions[0][2])
        (_, first, _), (_, middle, count), (_, last, _) = self.regions
        return {
            "first": signed(words(sequence, first, 1)[0]),
            "text": f"{sequence:0{TEXT_LENGTH}}",
            "middle": words(sequence, middle, count),
            "last": signed(words(sequence, last, 1)[0]),
        }

    def look(self, value):
        """The sequence of a fetched value, and whether all of it belongs to that."""
        if self.is_array:
            sequence = sequence_of(value[0])
            return sequence, is_whole(value, sequence)
        sequence = sequence_of(value["first"] & MASK)
        return sequence, (
            value["text"] == f"{sequence:0{TEXT_LENGTH}}"
            and is_whole(value["middle"], sequence, self.regions[1][1])
            and value["last"] == signed(words(sequence, self.regions[2][1], 1)[0])
        )


def signed(word):
    return int(word) - (1 << 64) * (int(word) >> 63)


class Memory:
    """A segment as a plain process has it: a descriptor and a mapping of the object, and nothing behind it."""

    def __init__(self, name, size, create=False):
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0)
        self.fd = os.open(f"/dev/shm/{name}", flags, 0o600)
        if create:
            os.ftruncate(self.fd, size)
        self.buf = memoryview(mmap.mmap(self.fd, size))

    def write(self, offset, data, in_one_go):
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        try:
            struct.pack_into("Q", self.buf, 0, time.time_ns())
            if in_one_go:
                self.buf[offset : offset + len(data)] = data
            else:
                struct.pack_into(f"{len(data)}s", self.buf, offset, data)
        finally:
            fcntl.flock(self.fd, fcntl.LOCK_UN)

    def trigger(self):
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        try:
            struct.pack_into("Q", self.buf, 0, time.time_ns())
        finally:
            fcntl.flock(self.fd, fcntl.LOCK_UN)


class PlainTarget:
    """What a plain writer needs: an object's memory, and its bytes to put new words into."""

    def __init__(self, plan):
        self.plan = plan
        self.memory = Memory(plan.name, plan.size)
        self._start = plan.regions[0][0] if plan.is_array else 9
        self._bytes = bytearray(self.memory.buf[: plan.size])

    def assign(self, sequence, in_one_go):
        for offset, first, count in self.plan.regions:
            np.frombuffer(self._bytes, np.uint64, count, offset)[:] = words(sequence, first, count)
        if self.plan.text:
            self._bytes[self.plan.text : self.plan.text + TEXT_LENGTH] = b"%020d" % sequence
        self.memory.write(self._start, bytes(self._bytes[self._start :]), in_one_go)

    def trigger(self):
        self.memory.trigger()


class PackageTarget:
    def __init__(self, plan):
        from sharedobjects import SharedObject

        self.plan = plan
        self.handle = SharedObject(plan.name)

    def assign(self, sequence, _):
        self.handle.assign(self.plan.value(sequence))

    def trigger(self):
        self.handle.trigger()


class Run:
    """When the hunt is, and what was counted."""

    def __init__(self, assignment, plans):
        self.number = assignment["number"]
        self.plans = plans
        self.random = random.Random(assignment["seed"] << 32 | self.number)
        self.counts = {plan.label: {} for plan in plans}
        self.problems = []
        self._prefix = assignment["prefix"]
        self._done = False
        self._end = 0

    def begin(self):
        """Wait for the parent; whether there is one."""
        print("ready", flush=True)
        line = sys.stdin.readline()
        if not line:
            self._abandon()
            return False
        self._origin, self._end = map(int, line.split())
        threading.Thread(target=self._watch_parent, daemon=True).start()
        return True

    def _watch_parent(self):
        if not sys.stdin.readline() and not self._done:
            self._end = 0  # the loop ends after the write that it is in
            self._abandon()

    def _abandon(self):
        for path in Path("/dev/shm").glob(self._prefix + "*"):
            path.unlink(missing_ok=True)

    def indices(self):
        """The index of the object that it is the turn of, until the hunt ends."""
        while (now := time.monotonic_ns()) < self._end:
            yield max(0, now - self._origin) // SLICE % len(self.plans)

    def count(self, plan, what):
        counts = self.counts[plan.label]
        counts[what] = counts.get(what, 0) + 1

    def problem(self, text):
        if len(self.problems) < 5:
            self.problems.append(text)

    def finish(self):
        self._done = True
        self.report()

    def report(self):
        try:
            print(json.dumps({"objects": self.counts, "problems": self.problems}), flush=True)
        except BrokenPipeError:  # the parent has died
            self._abandon()
            os._exit(3)


def write(run, targets):
    count = 0
    reported = time.monotonic_ns()
    for index in run.indices():
        if time.monotonic_ns() - reported > REPORT_STEP:
            reported = time.monotonic_ns()
            run.report()  # a writer may be killed at any moment: what it has done by then should count
        target = targets[index]
        if run.random.randrange(8) == 0:
            target.trigger()
            run.count(target.plan, "triggers")
        else:
            count += 1
            target.assign(run.number << WRITER_SHIFT | count, run.random.randrange(2) == 0)
            run.count(target.plan, "writes")
        pause = run.random.randrange(8)
        if pause >= 6:
            time.sleep(0.0002 if pause == 6 else run.random.randrange(4) * 0.001)


def read(run, targets):
    from sharedobjects import TornError

    histories = [{"last": None} for _ in targets]
    for index in run.indices():
        if run.random.randrange(8) == 0:
            time.sleep(run.random.randrange(3) * 0.001)  # as the C# readers do, so that writers get to run
        target, history = targets[index], histories[index]
        plan = target.plan
        try:
            if run.random.randrange(4) == 0:
                sequence, whole = target.handle.fetch(plan.look)
            else:
                sequence, whole = plan.look(target.handle.fetch())
        except TornError:
            run.count(plan, "reportedTorn")
            time.sleep(0.0005)
            continue
        run.count(plan, "reads")
        if not whole:
            run.count(plan, "unseeable" if plan.doomed else "torn")
            if not plan.doomed:
                run.problem(f"{plan.label}: a mixture, of sequence {sequence:x} and others, in Python")
        elif sequence != history["last"]:
            writer, number = sequence >> WRITER_SHIFT, sequence & (1 << WRITER_SHIFT) - 1
            if number <= history.get(writer, -1) and not plan.doomed:
                run.count(plan, "back")
                run.problem(f"{plan.label}: sequence {sequence:x} again, after a later one, in Python")
            history[writer] = number
            history["last"] = sequence


def make(plans):
    for plan in plans:
        memory = Memory(plan.name, plan.size, create=True)
        count = plan.regions[0][2]
        fcntl.flock(memory.fd, fcntl.LOCK_EX)
        memory.buf[8] = 9  # ndarray
        memory.buf[9:26] = struct.pack("<BQQ", UINT64, 1, count)
        fcntl.flock(memory.fd, fcntl.LOCK_UN)
        memory.write(26, words(0, 0, count).tobytes(), True)


def main(role, assignment):
    plans = [Plan(plan) for plan in assignment["plans"]]
    if role == "python-make":
        make(plans)
        return
    if role != "python-reader":
        plans = [plan for plan in plans if plan.doomed == (role == "python-doomed-writer")]
    run = Run(assignment, plans)
    kind = PackageTarget if role in ("python-writer", "python-reader") else PlainTarget
    targets = [kind(plan) for plan in plans]
    if run.begin():
        (read if role == "python-reader" else write)(run, targets)
        run.finish()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
