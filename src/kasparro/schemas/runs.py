"""Runs as JSON, and the request for one."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kasparro.schemas.words import Number, Promise, RunStatus, Timestamp


class Run(Promise):
    """One attempt to bring one stream of a source up to date."""

    run_id: str
    source: str
    stream: str
    status: RunStatus
    trigger: Literal["schedule", "request", "command"]
    requested_at: Timestamp
    start_time: Timestamp | None
    end_time: Timestamp | None
    duration_seconds: Number | None
    records_processed: int = Field(description="New, changed and unchanged ones.")
    records_failed: int = Field(description="Those in quarantine.")
    records_fetched: int
    records_new: int
    records_changed: int
    records_unchanged: int
    records_without_price: int
    payloads: int
    payloads_stored: int
    retries: int
    waits: int
    wait_seconds: Number
    tracked: int | None = Field(description="Coins a sweep should have shown.")
    missed: int = Field(description="Of these, those it did not.")
    error_kind: Literal["retryable", "refused", "fatal", "defect"] | None
    error_message: str | None
    code_version: str


class RunRequest(BaseModel):
    """Which source to run, and how. Nothing: the prices of all sources, no waiting."""

    model_config = ConfigDict(extra="forbid")

    source: str | None = Field(None, max_length=100)
    wait: bool = False
    catalogues: bool = False


class RunsRequested(Promise):
    """The runs a request brought about; each stream of a source is a run of its own."""

    run_ids: list[str]
    runs: list[Run]
