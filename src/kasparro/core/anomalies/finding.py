"""One thing that is wrong with a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kasparro.core.anomalies.metrics import Cause
from kasparro.core.anomalies.rule import Severity

Sort: TypeAlias = Literal["statistic", "invariant", "failure"]
SPOKEN: dict[Cause, str] = {
    "run": "the run failed",
    "coverage": "tracked coins are missing",
    "volume": "another amount of data than usual",
    "content": "other contents than usual",
    "freshness": "prices older than usual",
    "market": "an unusual market, or wrong prices",
    "speed": "slower than usual",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`spoils`: a run like this is no measure for others, whether anybody confirms it or not."""

    name: str
    kind: Sort
    cause: Cause
    severity: Severity
    message: str
    expected: float | None = None
    actual: float | None = None
    z: float | None = None
    listings: Sequence[str] = ()
    spoils: bool = False


def worst(findings: Iterable[Finding]) -> Severity:
    return "critical" if any(one.severity == "critical" for one in findings) else "warn"


def headline(causes: Iterable[str]) -> str:
    """All that is wrong with a run in one line, each cause once, the gravest kind first."""
    there = set(causes)
    return "; ".join(words for cause, words in SPOKEN.items() if cause in there)
