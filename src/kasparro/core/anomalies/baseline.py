"""What is to be expected of a figure, and how far off it usually is, from the runs before.

The expected value is the median of the same hour of the week, where there are four runs of it;
else that of the same hour of the day; else that of the last thirty runs. How far off is the spread
of all runs of four weeks around what was to be expected of them: an hour of the week alone has too
few. Each is judged by the others, never by itself, or they would all look better than they are.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple, TypeAlias

Hour: TypeAlias = tuple[int, int]  # day of the week, hour of the day

EVERY_DAY = -1
ENOUGH = 8  # runs below which nothing is said
PER_HOUR = 4  # runs of one hour that make a median
LAST = 30
POOLED = timedelta(weeks=4)
TO_DEVIATION = 1.4826  # of a median absolute deviation, if the middle is normal


class Past(NamedTuple):
    """One figure of one run before, on its metric's scale."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """On the metric's scale; `runs` are those it was made from."""

    expected: float
    deviation: float
    runs: int


def baseline(past: Sequence[Past], at: datetime) -> Baseline | None:
    """What to expect at this time, from runs in order of time; None below eight of them."""
    if len(past) < ENOUGH:
        return None
    usual = _Usual(past)
    pooled = [one for one in past if one.at >= past[-1].at - POOLED]
    residuals = [one.value - usual.without(one) for one in pooled]
    return Baseline(
        expected=usual.at(at),
        deviation=TO_DEVIATION * median(map(abs, residuals)),
        runs=len(past),
    )


class _Usual:
    """Medians of the past by hour, with or without one of the runs they are made of."""

    def __init__(self, past: Sequence[Past]) -> None:
        hours: dict[Hour, list[float]] = defaultdict(list)
        for one in past:
            for hour in _hours(one.at):
                hours[hour].append(one.value)
        self._hours = {hour: sorted(values) for hour, values in hours.items()}
        self._last = sorted(one.value for one in past[-LAST:])

    def at(self, at: datetime) -> float:
        for hour in _hours(at):
            values = self._hours.get(hour, ())
            if len(values) >= PER_HOUR:
                return median(values)
        return median(self._last)

    def without(self, one: Past) -> float:
        for hour in _hours(one.at):
            values = self._hours[hour]
            if len(values) > PER_HOUR:
                return _median_without(values, one.value)
        return _median_without(self._last, one.value)


def _hours(at: datetime) -> tuple[Hour, Hour]:
    hour = at.hour
    return (at.weekday(), hour), (EVERY_DAY, hour)


def _median_without(ordered: Sequence[float], value: float) -> float:
    """The median of the others; of all, where the value is not among them."""
    place = bisect_left(ordered, value)
    if place == len(ordered) or ordered[place] != value:
        return median(ordered)
    others = len(ordered) - 1
    half = others // 2
    upper = ordered[half + (half >= place)]
    if others % 2:
        return upper
    return (ordered[half - 1 + (half - 1 >= place)] + upper) / 2
