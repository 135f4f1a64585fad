"""Assets as the API tells of them: ready-made JSON, and the largest for the page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPage:
    rows: str  # a JSON list
    total: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    body: str  # a JSON object
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The newest word on one coin."""

    coin_id: str
    symbol: str
    name: str
    price_usd: Decimal
    change_24h_percent: Decimal | None
    market_cap_usd: Decimal | None
    observed_at: datetime
    source: str


async def read_assets(
    database: Database, *, limit: int, offset: int, symbol: str | None, q: str | None
) -> AssetPage:
    """Listed assets by slug; `q` is a part of slug, symbol or name. Raises UnavailableError."""
    arguments = {"limit": limit, "offset": offset, "symbol": symbol, "q": q}
    total, rows, version = (await database.rows(queries("read_assets").assets, arguments))[0]
    return AssetPage(rows=rows, total=total, version=version)


async def read_survivor(database: Database, coin_id: str) -> str | None:
    """The slug that stands today for this one, itself unless merged; None: no such asset."""
    rows = await database.rows(queries("read_assets").survivor, {"coin_id": coin_id})
    return str(rows[0][0]) if rows else None


async def read_asset(database: Database, coin_id: str) -> Asset | None:
    rows = await database.rows(queries("read_assets").asset, {"coin_id": coin_id})
    return Asset(body=rows[0][0], version=rows[0][1]) if rows else None


async def read_largest(database: Database, limit: int) -> list[Quote]:
    """The largest coins first, by the highest market capitalisation any source gives."""
    rows = await database.rows(queries("read_assets").largest, {"limit": limit})
    return [
        Quote(
            coin_id=row[0],
            symbol=row[1],
            name=row[2],
            price_usd=row[3],
            change_24h_percent=row[4],
            market_cap_usd=row[5],
            observed_at=row[6],
            source=row[7],
        )
        for row in rows
    ]
