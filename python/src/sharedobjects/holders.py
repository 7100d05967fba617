"""Who holds a segment's lock, for people to read.

/proc/locks (proc_locks(5)) has a line for each lock and each waiter ("->"), with the file's device in hexadecimal and
its inode in decimal:

    1: FLOCK  ADVISORY  WRITE 18045 00:1b:128412 0 EOF
    1: -> FLOCK  ADVISORY  WRITE 18048 00:1b:128412 0 EOF

The process is the one that took the lock. The lock belongs to the open file description, which a fork shares: if that
process has ended, or has closed the file, a child of its keeps it. /proc/PID/fdinfo has the same lines for the
descriptors of each process, and so shows who that is. In a PID namespace of its own (a container) /proc/locks leaves
out a lock whose taker has ended, and fdinfo shows it as process 0's.

Nothing here raises: a message about a lock must not fail for another reason than the lock.
"""

from __future__ import annotations

import os
import time
from typing import Iterator, List, NamedTuple, Optional, Tuple

_LONGEST_SEARCH = 0.25  # seconds
_SEARCHED_ANYWAY = 32  # processes, however long that takes: on a busy machine the time may be over with the first

# The kernel shows /proc/locks by pages, and counts lines from its start for each: where locks come and go meanwhile, a
# line may be there twice, or not at all. Once more is enough then.
_MOST_LOOKS = 3

_LONGEST_WORD = 40

_Lock = Tuple[int, bool]  # a process, and whether it is the writer's lock


class LockHolder(NamedTuple):
    """A process that held the lock when another gave up waiting for it."""

    pid: int
    command: Optional[str]  # the program, and an interpreter's script: "python3 camera.py"; None if it has ended
    is_writer: bool  # it held the writer's lock, else the readers'
    is_stopped: bool  # by SIGSTOP, Ctrl-Z or a debugger

    def __str__(self) -> str:
        lock = "writer's lock" if self.is_writer else "readers' lock"
        stopped = ", stopped" if self.is_stopped else ""
        return f"{self.command or 'a process that has ended'} (pid {self.pid}, {lock}{stopped})"


def lock_holders(fd: int) -> Tuple[LockHolder, ...]:
    """The processes that hold a `flock` on the file of a descriptor, which is not to be had. None that are in another
    PID namespace."""
    try:
        status = os.fstat(fd)
        file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
        return tuple(_describe(*lock) for lock in dict.fromkeys(_find(file)))  # each once, in the order found
    except (OSError, ValueError, IndexError):
        return ()


def _find(file: str) -> List[_Lock]:
    """The locks on the file, each with a process that holds it now."""
    for _ in range(_MOST_LOOKS):
        held = [lock for shown in _locks("/proc/locks", file) for lock in _held_now(shown, file)]
        if held:
            return held
    return list(_search(os.getpid(), file))


def _held_now(shown: _Lock, file: str) -> List[_Lock]:
    taker, is_writer = shown
    own = _locks_of(taker, file)
    if own is None or is_writer in own:  # what can't be looked into has to be believed
        return [shown]
    return [lock for lock in _search(taker, file) if lock[1] == is_writer] or [shown]


def _search(near: int, file: str) -> Iterator[_Lock]:
    """Look through the open files of all processes, first of those with numbers near: children are likely to be."""
    end = time.monotonic() + _LONGEST_SEARCH
    pids = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    pids.sort(key=lambda pid: abs(pid - near))
    for searched, pid in enumerate(pids, 1):
        for is_writer in _locks_of(pid, file) or ():
            yield pid, is_writer
        if searched >= _SEARCHED_ANYWAY and time.monotonic() > end:
            return


def _locks_of(pid: int, file: str) -> Optional[List[bool]]:
    """The modes of the locks on the file that a process's descriptors have; None if that can't be seen."""
    found: List[bool] = []
    folder = f"/proc/{pid}/fdinfo"
    try:
        for entry in os.listdir(folder):
            try:
                found += [is_writer for _, is_writer in _locks(f"{folder}/{entry}", file)]
            except FileNotFoundError:
                pass  # closed meanwhile
        return found
    except (FileNotFoundError, ProcessLookupError):
        return []
    except OSError:
        return None  # another user's


def _locks(path: str, file: str) -> List[_Lock]:
    """The taker and the mode of each lock on the file that a table has; a waiter's second word is the arrow."""
    with open(path, errors="replace") as table:
        lines = [line.replace("lock:", "", 1).split() for line in table]
    return [
        (int(words[4]), words[3] == "WRITE")
        for words in lines
        if len(words) >= 6 and words[1] == "FLOCK" and words[5] == file
    ]


def _describe(pid: int, is_writer: bool) -> LockHolder:
    command, is_stopped = _command(pid)
    return LockHolder(pid, command, is_writer, is_stopped)


def _command(pid: int) -> Tuple[Optional[str], bool]:
    """The process's command, and whether it is stopped."""
    try:
        with open(f"/proc/{pid}/stat", errors="replace") as f:
            name, _, rest = f.read().partition("(")[2].rpartition(")")
        with open(f"/proc/{pid}/cmdline", errors="replace") as f:
            arguments = [argument for argument in f.read().split("\0") if argument]
    except OSError:
        return None, False
    words = [arguments[0]] if arguments else [name]
    # What an interpreter runs, and no other arguments: there may be secrets in them, and messages get into logs.
    if os.path.basename(words[0]).startswith("python") or os.path.basename(words[0]) == "dotnet":
        first = next((argument for argument in arguments[1:] if argument == "-c" or not argument.startswith("-")), "-c")
        words += [first] if first != "-c" else []
    return " ".join(map(_word, words)), rest.split()[0] in "Tt"


def _word(argument: str) -> str:
    name = "".join(c if c.isprintable() else " " for c in os.path.basename(argument))
    return name if len(name) <= _LONGEST_WORD else name[:_LONGEST_WORD] + "…"
