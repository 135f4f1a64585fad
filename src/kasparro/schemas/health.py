"""Health and statistics as JSON."""

from typing import Literal

from pydantic import Field

from kasparro.schemas.words import Number, Promise, RunStatus, Timestamp


class SourceHealth(Promise):
    """How one source is doing."""

    last_run_status: RunStatus | None
    last_run_time: Timestamp | None
    records_processed: int | None
    newest_timestamp: Timestamp | None = Field(description="Of its newest price.")
    stale: bool
    failing: bool
    last_error: str | None = Field(description="Of its newest finished run.")


class Health(Promise):
    """How we are; a source that never ran is null."""

    status: Literal["healthy", "degraded", "starting", "unhealthy"]
    database: Literal["connected", "disconnected"]
    etl_status: dict[str, SourceHealth | None]
    timestamp: Timestamp


class SourceStats(Promise):
    """What became of one source so far."""

    source: str
    total_records: int
    records_processed: int = Field(description="By its newest run.")
    last_run_start: Timestamp | None
    last_run_end: Timestamp | None
    last_run_status: RunStatus | None
    last_run_duration_seconds: Number | None
    last_success_at: Timestamp | None
    last_failure_at: Timestamp | None
    last_error: str | None
    last_run_id: str | None
