"""What may be asked in a query string, and what of it is refused."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from kasparro.services.cursor import read_cursor

FARTHEST = 10**12  # rows one may skip


def _instant(value: object) -> object:
    """A date is its midnight, and a time without a zone is UTC. Raises ValueError."""
    if not isinstance(value, str):
        return value
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            return instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            "must be a date or an RFC 3339 time such as 2025-01-31T18:00:00Z"
        ) from None


def _one_of_ours(text: str) -> str:
    read_cursor(text)
    return text


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("must be text")
    return value


Instant: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "examples": ["2025-01-31", "2025-01-31T18:00:00Z"]}),
]
Cursor: TypeAlias = Annotated[str, Field(max_length=100), AfterValidator(_one_of_ours)]
Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_text)]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=100)]
Offset: TypeAlias = Annotated[int, Field(ge=0, le=FARTHEST)]


class PriceQuery(BaseModel):
    """Which prices, and which part of them."""

    limit: Limit = Field(10, description="How many rows a page has.")
    offset: Offset = Field(0, description="How many rows to skip; a cursor does it better.")
    symbol: Word | None = Field(None, description="Exactly this symbol, in any case.")
    source: Word | None = Field(None, description="Only this source.")
    coin_id: Word | None = Field(None, description="Only this coin.")
    since: Instant | None = Field(None, description="From this time on; UTC unless it says else.")
    until: Instant | None = Field(None, description="Before this time; UTC unless it says else.")
    cursor: Cursor | None = Field(None, description="From the Link header of the page before.")

    @model_validator(mode="after")
    def _one_way_to_skip(self) -> "PriceQuery":
        if self.cursor is not None and self.offset:
            raise ValueError("offset and cursor exclude each other")
        return self


class AssetQuery(BaseModel):
    """Which coins, and which part of them."""

    limit: Limit = Field(10, description="How many coins a page has.")
    offset: Offset = Field(0, description="How many coins to skip.")
    symbol: Word | None = Field(None, description="Exactly this symbol, in any case.")
    q: Word | None = Field(None, description="A part of coin_id, symbol or name.")


class RunQuery(BaseModel):
    """Which runs."""

    limit: Limit = Field(10, description="How many of the newest runs.")
    source: Word | None = Field(None, description="Only runs of this source.")
