"""The Python side of the benchmarks.

`peer.py write NAME OFFSET SIZE RATE` writes as an unmodified real_robot process does, RATE times a second (0: as fast as it can),
until its input ends; `peer.py read NAME OFFSET SIZE CORE` reads so, without a pause, on one core. `peer.py time PREFIX` answers each line "OPERATION COUNT" with the nanoseconds that one operation takes.
"""

import fcntl
import os
import struct
import sys
import threading
import time
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory


def end_with_input():
    def wait():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def write(name, offset, size, rate):
    memory = SharedMemory(name)
    resource_tracker.unregister(memory._name, "shared_memory")
    fd, buf, form = memory._fd, memory.buf, f"{size}s"
    payload = bytes(range(size))
    end_with_input()
    print("ready", flush=True)
    due = time.monotonic()
    while True:
        fcntl.flock(fd, fcntl.LOCK_EX)
        struct.pack_into("Q", buf, 0, time.time_ns())
        struct.pack_into(form, buf, offset, payload)
        fcntl.flock(fd, fcntl.LOCK_UN)
        if rate:
            due += 1 / rate
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            else:
                due = time.monotonic()


def read(name, offset, size, core):
    os.sched_setaffinity(0, {core % os.cpu_count()})
    memory = SharedMemory(name)
    resource_tracker.unregister(memory._name, "shared_memory")
    fd, buf, form = memory._fd, memory.buf, f"{size}s"
    end_with_input()
    print("ready", flush=True)
    while True:
        fcntl.flock(fd, fcntl.LOCK_SH)
        struct.unpack_from("Q", buf, 0)
        struct.unpack_from(form, buf, offset)
        fcntl.flock(fd, fcntl.LOCK_UN)


def answer(prefix):
    import numpy as np

    from sharedobjects import Pose, SharedObject

    joints = np.linspace(-1.0, 1.0, 7)
    state = {
        "timestamp": time.time_ns(),
        "sequence": 1,
        "command": 2,
        "mode": "moving",
        "ok": True,
        "speed": 0.5,
        "tcp": Pose(),
        "qpos": joints,
        "qvel": joints,
        "qf": joints,
    }
    number = SharedObject(f"{prefix}-python-float", data=0.5)
    of_state = SharedObject(f"{prefix}-python-state", data=state)
    operations = {
        "fetch_float": number.fetch,
        "fetch_state": of_state.fetch,
        "assign_float": lambda: number.assign(0.5),
        "assign_state": lambda: of_state.assign(state),
        "modified": lambda: number.modified,
    }
    try:
        print("ready", flush=True)
        for line in sys.stdin:
            name, count = line.split()
            operation, count = operations[name], int(count)
            best = []
            for _ in range(7):
                began = time.perf_counter_ns()
                for _ in range(count):
                    operation()
                best.append((time.perf_counter_ns() - began) / count)
            print(sorted(best)[3], flush=True)
    finally:
        number.unlink()
        of_state.unlink()


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], *map(int, sys.argv[3:6]))
    elif sys.argv[1] == "read":
        read(sys.argv[2], *map(int, sys.argv[3:6]))
    else:
        answer(sys.argv[2])
