"""Prices as JSON."""

from pydantic import Field

from kasparro.schemas.words import Number, PageEnvelope, Promise, Timestamp


class Price(Promise):
    """What one source said about one coin at one instant; amounts are US dollars."""

    id: int = Field(description="Leads back to the bytes the source sent.")
    coin_id: str = Field(description="Our name of the coin, whatever the source calls it.")
    symbol: str
    name: str
    price_usd: Number
    market_cap: Number | None
    volume_24h: Number | None
    price_change_24h: Number | None = Field(description="In percent.")
    timestamp: Timestamp = Field(description="The source's own time.")
    source: str


class PricePage(PageEnvelope):
    """One page of prices, newest first."""

    data: list[Price]
