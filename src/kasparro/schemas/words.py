"""The types that recur in the JSON we promise."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Number: TypeAlias = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""A JSON number with every digit there is; floats may not hold it."""

Timestamp: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$",
        json_schema_extra={"format": "date-time"},
    ),
]
"""RFC 3339, always in UTC."""

RunStatus: TypeAlias = Literal["queued", "running", "success", "partial", "failed", "abandoned"]


class Promise(BaseModel):
    """A JSON object whose every field is always there, and no other."""

    model_config = ConfigDict(extra="forbid")


class Envelope(Promise):
    """What every answer made from versioned data begins with."""

    request_id: str = Field(description="The same as in the header X-Request-ID.")
    api_latency_ms: Number = Field(description="How long we took.")


class PageEnvelope(Envelope):
    """What every page begins with."""

    total_records: int = Field(ge=0, description="Exactly how many match, on all pages.")
    page: int = Field(ge=1)
    limit: int = Field(ge=1, le=100)


def stamp(instant: datetime | None) -> str | None:
    """How a UTC time is written."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
