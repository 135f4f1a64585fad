"""Coins a person wants to be asked for by id, whatever their rank."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kasparro.core.errors import NotFoundError
from kasparro.store.connect import Connection
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """An asset and what each source calls it."""

    asset_id: int
    slug: str
    ids: list[tuple[str, str]]  # (source, its id)


@dataclass(frozen=True, slots=True)
class Pinned:
    """One pin at one source, in the column order of `sql/pins.sql`."""

    pin: str  # as it was asked for: a slug, or SOURCE:ID
    source: str | None  # None: no source is known to have the coin any more
    source_asset_id: str | None
    name: str | None
    coin_id: str | None  # None: never seen
    price_usd: Decimal | None
    observed_at: datetime | None
    last_seen_at: datetime | None
    unlisted_at: datetime | None
    unknown_since: datetime | None  # asked for, and the source did not know it


def coin(connection: Connection, slug: str) -> Coin | None:
    """The coin of this slug, following merges; None when there is none."""
    row = _one(connection, "asset", slug=slug)
    if row is None:
        return None
    ids = connection.execute(queries("pins").ids_of, {"asset_id": row[0]}).fetchall()
    return Coin(asset_id=row[0], slug=row[1], ids=[(source, id_) for source, id_ in ids])


def is_known(connection: Connection, source: str, source_asset_id: str) -> bool:
    """Has this id been seen, or does the shipped map have it?"""
    row = _one(connection, "is_known", source=source, source_asset_id=source_asset_id)
    return bool(row[0])


def names(connection: Connection) -> list[tuple[str, str, str]]:
    """Slug, symbol and name of every coin there is."""
    return connection.execute(queries("pins").names).fetchall()


def pin_coin(connection: Connection, asset_id: int) -> None:
    connection.execute(queries("pins").pin_asset, {"asset_id": asset_id})


def pin_id(connection: Connection, source: str, source_asset_id: str) -> None:
    arguments = {"source": source, "source_asset_id": source_asset_id}
    connection.execute(queries("pins").pin_id, arguments)


def unpin_coin(connection: Connection, slug: str) -> None:
    """Raises NotFoundError when it is not pinned."""
    found = coin(connection, slug)
    if found is None or _one(connection, "unpin_asset", asset_id=found.asset_id) is None:
        raise NotFoundError(f"{slug} is not pinned; `kasparro track --list` shows what is")


def unpin_id(connection: Connection, source: str, source_asset_id: str) -> None:
    """Raises NotFoundError when it is not pinned."""
    if _one(connection, "unpin_id", source=source, source_asset_id=source_asset_id) is None:
        raise NotFoundError(
            f"{source}:{source_asset_id} is not pinned; `kasparro track --list` shows what is"
        )


def pinned(connection: Connection) -> list[Pinned]:
    """Every pin, one row for each source that has it."""
    return [Pinned(*row) for row in connection.execute(queries("pins").pinned)]


def _one(connection: Connection, query: str, /, **arguments: Any) -> Any:
    return connection.execute(getattr(queries("pins"), query), arguments).fetchone()
