"""A process that says that it is ready, or waits for another to say so, by a trigger `proc_<pid>_ready`.

    ready.py signal             as our package does
    ready.py signal_plain       as an unmodified real_robot process: it removes the name itself, at once
    ready.py wait_plain <pid>   as an unmodified real_robot process; prints "ready"
    ready.py die <status>       ends before

All but the one that waits begin when a line on stdin tells them to; those that signal end when stdin does. The plain ones
are written from the format alone, and, unlike the other test peers, leave their resource trackers to do what they do.
"""

import fcntl
import os
import struct
import sys
import time
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path


def mount(pid):
    name = f"proc_{pid}_ready"
    try:
        return SharedMemory(name)
    except FileNotFoundError:
        return SharedMemory(name, create=True, size=9)


def signal():
    sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "python" / "src"))
    from sharedobjects import SharedObject

    with SharedObject(f"proc_{os.getpid()}_ready") as trigger:
        trigger.trigger()


def signal_plain():
    memory = mount(os.getpid())
    fcntl.flock(memory._fd, fcntl.LOCK_EX)
    struct.pack_into("Q", memory.buf, 0, time.time_ns())
    fcntl.flock(memory._fd, fcntl.LOCK_UN)
    memory.unlink()


def wait_plain(pid):
    memory = mount(pid)
    seen = struct.unpack_from("Q", memory.buf, 0)[0]
    print("waiting", flush=True)
    while struct.unpack_from("Q", memory.buf, 0)[0] <= seen:
        time.sleep(0.001)
    print("ready", flush=True)


def main(command, argument=None):
    if command == "wait_plain":
        wait_plain(int(argument))
        return
    sys.stdin.readline()
    if command == "die":
        sys.exit(int(argument))
    {"signal": signal, "signal_plain": signal_plain}[command]()
    print("signalled", flush=True)
    sys.stdin.read()


main(*sys.argv[1:])
