"""When to look for what nobody tells of: values of plain `real_robot` processes, which wake nobody, and names."""

from __future__ import annotations

import math

_SHORTEST = 0.0001  # seconds
_LONGEST_PERIOD = 10.0  # what comes less often has no period

_NAME_STEP = 0.025  # seconds from one look at a name to the next
_MOST_NAMES = 40  # ... looked at in that time: a look costs some 2 us. With more names, each is looked at less often.


class PollPlan:
    """The steps between the looks at one object, learned from its last values. Seconds, by time.monotonic().

    Plain writers are loops with a rate (cameras, controllers), so it is known well when the next value comes: one
    sleeps through most of the period, then looks each sixteenth of it. What does not come then is looked for less and
    less often. A sleep costs some 100 us of a core (measured; most of it is the machine's), so that looking at a steady
    interval short enough for the quick ones would be expensive for all others.
    """

    __slots__ = ("_since", "_period", "_stamp", "_wake", "_is_woken")

    def __init__(self) -> None:
        self._since = 0.0  # of the last news, or of the first wait
        self._period = 0.0  # 0: not known
        self._stamp = 0
        self._wake = 0
        self._is_woken = False

    def begin(self, now: float) -> None:
        """A wait begins."""
        if now - self._since > _LONGEST_PERIOD:
            self._since = now

    def found(self, now: float, stamp: int, wake: int) -> None:
        """There is news.

        :param stamp: its mtime.
        :param wake: the word of that name; a writer that wakes has changed it.
        """
        if stamp == self._stamp:
            return
        passed = (stamp - self._stamp) / 1e9
        if self._stamp != 0 and 0 < passed < _LONGEST_PERIOD:
            # Shorter ones count for more: where values were missed, the period looks longer than it is.
            if self._period == 0 or passed < self._period:
                self._period = passed
            else:
                self._period += (passed - self._period) / 8
        self._is_woken = wake != self._wake
        self._stamp, self._wake, self._since = stamp, wake, now

    def next(self, now: float, longest: float) -> float:
        """When to look, if nobody wakes one before."""
        passed, period = now - self._since, self._period
        if self._is_woken:
            step = longest
        elif period == 0 or passed > 2 * period:
            step = passed / 8
        elif passed < period * 0.75:
            step = period * 0.75 - passed
        else:
            step = period / 16
        if step < longest:
            step = max(step, _SHORTEST)
            # A power of two that is an eighth to a quarter of the step: many objects are looked at together.
            due = next_multiple(now + step, 2.0 ** (math.frexp(step)[1] - 3))
            if due - now <= longest:
                return due
        return next_multiple(now, longest)


def next_look_at_name(now: float, among: int = 1) -> float:
    """When to look at a name again.

    :param among: how many are looked at.
    """
    return next_multiple(now, _NAME_STEP * -(-among // _MOST_NAMES))


def next_multiple(now: float, step: float) -> float:
    """The next multiple of the step. What is done at multiples is done at the same time, and needs one sleep."""
    return (math.floor(now / step + 0.001) + 1) * step  # a little more, or a multiple itself may count as just before
