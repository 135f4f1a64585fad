"""Quarantined records as JSON."""

from pydantic import Field

from kasparro.schemas.words import Promise, Timestamp


class QuarantinedRecord(Promise):
    """A record that broke its contract, and where its bytes are."""

    id: int = Field(description="Its pedigree, like a price's: payload x 2^20 + place in it.")
    source: str
    stream: str
    run_id: str
    source_asset_id: str | None = Field(description="What it says it is about, if legible.")
    field: str
    reason: str
    record: str = Field(description="The record as it came, as JSON text, cut when very long.")
    recorded_at: Timestamp


class Quarantine(Promise):
    """Records that wait for somebody, newest first."""

    total_records: int
    limit: int
    data: list[QuarantinedRecord]
