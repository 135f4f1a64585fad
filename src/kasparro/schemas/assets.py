"""Assets as JSON."""

from typing import Literal

from pydantic import Field

from kasparro.schemas.prices import Price
from kasparro.schemas.words import Envelope, PageEnvelope, Promise, Timestamp


class Listing(Promise):
    """A source's name for a coin."""

    source: str
    source_asset_id: str
    symbol: str
    name: str
    first_seen_at: Timestamp
    unlisted_at: Timestamp | None = Field(description="Since when the source no longer has it.")


class Asset(Promise):
    """One coin and what the sources call it."""

    coin_id: str
    symbol: str
    name: str
    kind: Literal["coin", "token", "stablecoin", "fiat"]
    listings: list[Listing]


class AssetPage(PageEnvelope):
    """One page of coins, by coin_id."""

    data: list[Asset]


class AssetDetail(Envelope, Asset):
    """One coin with its relations and the newest price of each source."""

    wraps: str | None = Field(description="The coin this one is a wrapped form of.")
    bridged_from: str | None = Field(description="The coin this one is bridged from.")
    successor: str | None = Field(description="The coin this one was exchanged for.")
    prices: list[Price]
