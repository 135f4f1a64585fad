"""What a source says: which listings it has, and what one was worth at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

GENESIS = datetime(2009, 1, 3, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A token's address on a platform, in the words of `core.platforms`."""

    platform: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source's name for an asset. `source_asset_id` is the only part that is a key.

    An empty symbol or name means "not said here": it never replaces one that is known.
    """

    source_asset_id: str
    symbol: str
    name: str
    contracts: tuple[Contract, ...] = ()
    active: bool = True  # False: the source says it no longer trades
    coin_id: str | None = None  # our slug, where a file or its owner names it
    by_symbol: bool = False  # a file knows its coin by symbol only: look it up in the shipped map
    evidence: Mapping[str, str] = field(default_factory=dict)  # what we took for granted


class Observation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One normalized fact about one listing. Amounts are US dollars; None: not said."""

    source_asset_id: str
    observed_at: datetime  # UTC, the source's clock
    price_usd: Decimal
    market_cap_usd: Decimal | None = None
    volume_24h_usd: Decimal | None = None
    change_24h_percent: Decimal | None = None
    open_usd: Decimal | None = None
    high_usd: Decimal | None = None
    low_usd: Decimal | None = None
    position: int = 0  # of its record in the payload, from 0


def is_believable(observed_at: datetime, *, fetched_at: datetime) -> bool:
    """Whether anything can have been observed then: a time in the wrong unit is far outside."""
    return GENESIS <= observed_at <= fetched_at + CLOCK_SKEW
