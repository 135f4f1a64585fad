"""Listings as two sources might show them, short to write down in a test."""

from datetime import UTC, datetime
from decimal import Decimal

from kasparro.core.matching import Candidate

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
FOO = ("ethereum", "0x" + "f0" * 20)
BAR = ("bsc", "0x" + "ba" * 20)


def paprika(source_asset_id, symbol, name, **more):
    return _candidate("coinpaprika", source_asset_id, symbol, name, **more)


def gecko(source_asset_id, symbol, name, **more):
    return _candidate("coingecko", source_asset_id, symbol, name, **more)


def _candidate(source, source_asset_id, symbol, name, *, price=None, at=NOON, **more):
    return Candidate(
        source=source,
        source_asset_id=source_asset_id,
        symbol=symbol,
        name=name,
        price_usd=None if price is None else Decimal(price),
        observed_at=at,
        **more,
    )


def linked(rule, ours, theirs):
    """The pairs of ids that this rule links."""
    links, _ = rule(ours, theirs)
    return {(link.coinpaprika_id, link.coingecko_id) for link in links}
