"""Says figures and what is unusual about them in plain words."""

from collections.abc import Sequence
from datetime import timedelta
from math import exp

from kasparro.core.anomalies.metrics import Metric
from kasparro.core.anomalies.rule import Verdict

NAMED = 5  # listings named in a sentence; all of them stand beside it


def amount(metric: Metric, value: float) -> str:
    """A figure as people write it, with its unit where its name has none."""
    match metric.kind:
        case "rate":
            return f"{value:.1%}"
        case "move":
            return f"{exp(value) - 1:+.1%}"
        case "spread":
            return f"{value:.2%}"
        case "seconds":
            return f"{value:,.1f}"
        case _:
            return f"{value:,.0f}"


def sentence(verdict: Verdict) -> str:
    """What an anomalous figure is, and what it should have been."""
    metric, actual, expected = verdict.metric, verdict.actual, verdict.expected
    if actual is None or expected is None:
        raise ValueError(f"{metric.name} was held against nothing")
    said = f"{metric.words}: {amount(metric, actual)}, expected {amount(metric, expected)}"
    if verdict.z is None:
        return f"{said}, the nearest of only {verdict.runs} runs before"
    return f"{said} ({verdict.z:+.1f} times what {verdict.runs:,} runs deviate by)"


def listed(ids: Sequence[str]) -> str:
    """The first few by name, the others by number."""
    named = ", ".join(ids[:NAMED])
    return named if len(ids) <= NAMED else f"{named} and {len(ids) - NAMED:,} more"


def span(length: timedelta) -> str:
    """A length of time in minutes, or hours where it is two of them or more."""
    if length < timedelta(hours=2):
        return f"{length / timedelta(minutes=1):,.0f} minutes"
    return f"{length / timedelta(hours=1):,.1f} hours"
