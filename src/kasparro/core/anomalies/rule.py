"""Holds one figure of a run against the runs before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log
from typing import Literal, TypeAlias

from kasparro.core.anomalies.baseline import Past, baseline
from kasparro.core.anomalies.facts import RunFacts
from kasparro.core.anomalies.metrics import Metric

Severity: TypeAlias = Literal["warn", "critical"]
Judgement: TypeAlias = Literal[
    "ordinary", "anomalous", "insufficient_history", "not_judged", "not_measured"
]

WARN = 4.0
CRITICAL = 8.0
GROSS = 10.0  # times beyond all runs there are: that takes no statistics
FEWEST = 3  # runs that even this takes
WINDOW = 2.0  # times longer or shorter since the run before, and runs no longer compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """On one figure. `expected` and `z` are None where there are too few runs to say."""

    metric: Metric
    judgement: Judgement
    actual: float | None = None
    expected: float | None = None
    z: float | None = None
    severity: Severity | None = None
    runs: int = 0  # it was held against


def judge(metric: Metric, run: RunFacts, before: Sequence[RunFacts]) -> Verdict:
    """`before` are comparable runs in order of time, the run itself not among them."""
    actual = run.values.get(metric.name)
    if actual is None:
        return Verdict(metric=metric, judgement="not_measured")
    if metric.direction is None:
        return Verdict(metric=metric, judgement="not_judged", actual=actual)
    past = [
        Past(one.at, metric.scaled(one.values[metric.name]))
        for one in before
        if metric.name in one.values and _same_window(metric, run, one)
    ]
    usual = baseline(past, run.at)
    if usual is None:
        return _without_statistics(metric, actual, past)
    expected = metric.plain(usual.expected)
    scale = max(usual.deviation, metric.finest(expected, run.records))
    z = (metric.scaled(actual) - usual.expected) / scale
    flagged = abs(z) > WARN and metric.matters(expected, actual)
    return Verdict(
        metric=metric,
        judgement="anomalous" if flagged else "ordinary",
        actual=actual,
        expected=expected,
        z=z,
        severity=None if not flagged else "critical" if abs(z) > CRITICAL else "warn",
        runs=len(past),
    )


def _without_statistics(metric: Metric, actual: float, past: Sequence[Past]) -> Verdict:
    """A handful of runs has no spread to speak of, but ten times all of them is no ordinary run."""
    if len(past) >= FEWEST and metric.kind in ("count", "seconds"):
        here = metric.scaled(actual)
        values = [one.value for one in past]
        nearest = min(max(here, min(values)), max(values))
        expected = metric.plain(nearest)
        if abs(here - nearest) > log(GROSS) and metric.matters(expected, actual):
            return Verdict(
                metric=metric,
                judgement="anomalous",
                actual=actual,
                expected=expected,
                severity="warn",
                runs=len(past),
            )
    return Verdict(metric=metric, judgement="insufficient_history", actual=actual, runs=len(past))


def _same_window(metric: Metric, run: RunFacts, other: RunFacts) -> bool:
    """What came since the last time depends on how long ago that was."""
    if not metric.since_last:
        return True
    if run.since_last is None or other.since_last is None:
        return False
    shorter, longer = sorted((run.since_last, other.since_last))
    return timedelta() < shorter and longer <= WINDOW * shorter
