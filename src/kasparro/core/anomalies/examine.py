"""Holds a run against the runs before it and says what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kasparro.core.anomalies.facts import Missing, RunFacts
from kasparro.core.anomalies.finding import Finding
from kasparro.core.anomalies.invariants import broken, failed
from kasparro.core.anomalies.metrics import METRICS
from kasparro.core.anomalies.rule import Verdict, judge
from kasparro.core.anomalies.wording import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a run is held against."""

    interval: timedelta
    carries_prices: bool
    comparable: Sequence[RunFacts] = ()  # runs before it, in order of time; never itself
    before: RunFacts | None = None  # the complete run before it, comparable or not
    missing: Missing = field(default_factory=Missing)
    failed_before: bool = False
    flagged_before: Mapping[str, bool] = field(default_factory=dict)  # in `before`: was it upwards?


def examine(run: RunFacts, around: Surroundings) -> list[Finding]:
    """Nothing is wrong with a run without findings, so far as one can tell."""
    if run.status == "failed":
        return [failed(run, again=around.failed_before)]
    if not run.complete:
        return []
    findings = list(
        broken(
            run,
            around.before,
            missing=around.missing,
            interval=around.interval,
            carries_prices=around.carries_prices,
        )
    )
    if run.incomparable is None:
        findings += _statistics(verdicts(run, around.comparable), around.flagged_before)
    return findings


def verdicts(run: RunFacts, comparable: Sequence[RunFacts]) -> list[Verdict]:
    """On every figure there is."""
    return [judge(metric, run, comparable) for metric in METRICS]


def _statistics(given: Sequence[Verdict], before: Mapping[str, bool]) -> Iterator[Finding]:
    for verdict in given:
        if verdict.severity is None or verdict.actual is None or verdict.expected is None:
            continue
        name = verdict.metric.name
        again = before.get(name) is (verdict.actual > verdict.expected)
        yield Finding(
            name=name,
            kind="statistic",
            cause=verdict.metric.cause,
            severity="critical" if again else verdict.severity,
            message=sentence(verdict) + (", for the second time in a row" if again else ""),
            expected=verdict.expected,
            actual=verdict.actual,
            z=verdict.z,
        )
