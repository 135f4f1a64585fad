"""Anomalies as JSON."""

from typing import Literal, TypeAlias

from pydantic import Field

from kasparro.schemas.questions import RunQuery, Word
from kasparro.schemas.words import Number, Promise, RunStatus, Timestamp

Severity: TypeAlias = Literal["warn", "critical"]
Settled: TypeAlias = Literal["open", "acknowledged"]


class AnomalyQuery(RunQuery):
    """Which findings, and of how many runs."""

    run_id: Word | None = Field(None, description="Only of this run.")
    severity: Severity | None = Field(None, description="Only of this severity.")
    status: Settled | None = Field(None, description="Only those that wait, or were settled.")


class Finding(Promise):
    """One thing that is wrong with a run."""

    id: int
    name: str = Field(description="The figure of /compare-runs, or the rule that is broken.")
    kind: Literal["statistic", "invariant", "failure"]
    cause: Literal["run", "coverage", "volume", "content", "freshness", "market", "speed"]
    severity: Severity
    expected: Number | None
    actual: Number | None
    z: Number | None = Field(description="How many usual deviations it is off.")
    message: str
    listings: list[str] = Field(description="Those concerned, by the ids of their source.")
    status: Settled
    confirmed: bool | None = Field(description="Was it one? null until somebody has said so.")
    note: str | None
    found_at: Timestamp


class Alert(Promise):
    """A run with everything that is wrong with it."""

    run_id: str
    source: str
    stream: str
    run_status: RunStatus
    end_time: Timestamp
    severity: Severity = Field(description="Of its gravest finding.")
    status: Settled = Field(description="open: one of its findings is.")
    summary: str = Field(description="What is wrong, each cause once.")
    findings: list[Finding]


class Anomalies(Promise):
    """Unusual runs, newest first."""

    total_records: int
    limit: int
    data: list[Alert]
