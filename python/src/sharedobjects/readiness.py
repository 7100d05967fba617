"""Telling another process that this one is ready, as `real_robot`'s processes do: by a trigger of the name
`proc_<pid>_ready`.

The process that becomes ready triggers it; the one that waits, mostly its parent, removes it. Each makes it if it is
not there yet, so that neither needs to be first.
"""

from __future__ import annotations

import errno
import os
import time
from typing import Optional

from .errors import ProcessEndedError, WaitTimeoutError
from .shared_object import SharedObject
from .waiting import Deadline, async_wait_for_news, wait_for_news

_LIFE_STEP = 0.05  # seconds from one look whether the process is alive to the next

# A trigger that is older than its process is left over from an earlier one that had the same pid. By so much at least,
# as the two are told by different clocks.
_CLOCKS_DIFFER = 1.0


def signal_ready() -> None:
    """Tell whoever waits that this process is ready."""
    with SharedObject(_name(os.getpid())) as trigger:
        trigger.trigger()


def wait_ready(pid: int, timeout: Optional[float] = None) -> None:
    """Sleep until that process has said that it is ready, also if it has already; then remove its trigger.

    :param timeout: seconds; None waits for as long as the process lives.
    :raises ProcessEndedError: (a ProcessLookupError) it ended before, or there is no such process.
    :raises WaitTimeoutError: (a TimeoutError) it did not within the timeout.
    """
    deadline = Deadline(timeout)
    with SharedObject(_name(pid)) as trigger:
        _forget_what_was_seen(trigger, pid)
        while not wait_for_news((trigger,), _soon(deadline)):
            _check(trigger, pid, timeout, deadline)
        trigger.unlink(missing_ok=True)


async def async_wait_ready(pid: int, timeout: Optional[float] = None) -> None:
    """`wait_ready` for a task: other tasks go on. Cancelling it ends it at once."""
    deadline = Deadline(timeout)
    with SharedObject(_name(pid)) as trigger:
        _forget_what_was_seen(trigger, pid)
        while not await async_wait_for_news((trigger,), _soon(deadline)):
            _check(trigger, pid, timeout, deadline)
        trigger.unlink(missing_ok=True)


def _name(pid: int) -> str:
    if isinstance(pid, bool) or not isinstance(pid, int):
        raise TypeError(f"a process is given by its pid, an int, not {type(pid).__name__}")
    return f"proc_{pid}_ready"


def _soon(deadline: Deadline) -> Deadline:
    left = deadline.left()
    return Deadline(_LIFE_STEP if left is None else min(_LIFE_STEP, left))


def _forget_what_was_seen(trigger: SharedObject, pid: int) -> None:
    """What is there when we come is news to us, unless it was there before the process."""
    began = _seconds_since_start(pid)
    if began is None or trigger.age <= began + _CLOCKS_DIFFER:
        trigger.mtime = 0


def _check(trigger: SharedObject, pid: int, timeout: Optional[float], deadline: Deadline) -> None:
    if not _is_alive(pid) and not trigger.modified:  # in this order: the last thing it did may be to say it
        trigger.unlink(missing_ok=True)
        raise ProcessEndedError(errno.ESRCH, f"process {pid} ended before it said that it is ready")
    if deadline.is_over:
        raise WaitTimeoutError(f"process {pid} is alive, but has not said within {timeout} s that it is ready.")


def _is_alive(pid: int) -> bool:
    state = _stat(pid)
    return state is not None and state[0] not in "ZX"  # a zombie, or dead: its parent has not asked for its status yet


def _seconds_since_start(pid: int) -> Optional[float]:
    state = _stat(pid)
    if state is None:
        return None
    # proc(5): starttime is field 22, in ticks since the machine's start; these are from field 3 on.
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(state[19]) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> Optional[list]:
    """What /proc tells of the process, from its state on; None if there is none of that pid."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The command's name, before that, may contain anything.
            return file.read().decode("ascii", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
