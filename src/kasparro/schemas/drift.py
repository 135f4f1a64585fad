"""Drift events as JSON."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from kasparro.schemas.questions import Limit, Word
from kasparro.schemas.words import Promise, Timestamp

Status: TypeAlias = Literal["open", "accepted", "rejected"]


class DriftQuery(BaseModel):
    """Which events."""

    limit: Limit = Field(10, description="How many events.")
    source: Word | None = Field(None, description="Only of this source.")
    status: Status | None = Field(None, description="Only those that stand so.")


class DriftEvent(Promise):
    """One way in which a source changed its answers, and what was decided about it."""

    id: int
    source: str
    stream: str
    drift: Literal[
        "added",
        "removed",
        "widened",
        "narrowed",
        "nullability",
        "enum",
        "unit",
        "format",
        "renamed",
        "structure",
    ] = Field(alias="class")
    severity: Literal["INFO", "WARN", "ERR"] = Field(
        description="ERR holds the records it touches until somebody decides."
    )
    status: Status
    path: str = Field(description="The field; empty: the answer as a whole.")
    evidence: str = Field(description="What was seen, in plain words.")
    confidence: float | None = Field(description="Of a guess, from 0 to 1.")
    details: dict[str, Any]
    records_held: int
    occurrences: int = Field(description="In how many payloads it was seen.")
    run_id: str
    payload_id: int | None
    detected_at: Timestamp
    last_seen: Timestamp
    resolved_at: Timestamp | None
    note: str | None


class DriftEvents(Promise):
    """Drift events: those that wait for somebody first, then the newest."""

    total_records: int
    limit: int
    data: list[DriftEvent]
