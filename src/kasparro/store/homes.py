"""Finds the asset a new listing belongs to, and remembers why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.core.observation import Listing
from kasparro.core.slug import slug_for
from kasparro.store.connect import Connection
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The asset a new listing goes to, and why."""

    asset_id: int
    method: str | None = None  # None: alone on a new asset
    evidence: Mapping[str, str] = field(default_factory=dict)
    confidence: Decimal = Decimal(1)


def find_homes(connection: Connection, source: str, listings: Sequence[Listing]) -> dict[str, Home]:
    """Where each new listing of a source belongs, by its id.

    By the shipped map, else by a file's word, else alone on a new asset, which is made.
    """
    ids = [listing.source_asset_id for listing in listings]
    homes = {
        id_: Home(asset_id=asset, method="map", evidence={"map": "shipped"})
        for id_, asset in _rows(connection, "shipped", source=source, ids=ids)
    }
    homes |= _named_by_file(connection, _homeless(listings, homes))
    return homes | _alone(connection, source, _homeless(listings, homes))


def record_homes(
    connection: Connection, homes: Sequence[tuple[int, Home]], *, decided_at: datetime
) -> None:
    """Keep why each listing, by its number, is on its asset."""
    linked = [(listing_id, home) for listing_id, home in homes if home.method is not None]
    arguments = {
        "listing_ids": [listing_id for listing_id, _ in linked],
        "asset_ids": [home.asset_id for _, home in linked],
        "methods": [home.method for _, home in linked],
        "evidence": [Jsonb(dict(home.evidence)) for _, home in linked],
        "confidences": [home.confidence for _, home in linked],
        "decided_at": decided_at,
    }
    connection.execute(queries("listings").record_links, arguments)
    connection.execute(queries("write").identity_changed)


def _homeless(listings: Sequence[Listing], homes: Mapping[str, Home]) -> list[Listing]:
    return [listing for listing in listings if listing.source_asset_id not in homes]


def _named_by_file(connection: Connection, listings: Sequence[Listing]) -> dict[str, Home]:
    slugs = sorted({listing.coin_id for listing in listings if listing.coin_id})
    symbols = sorted({item.symbol.upper() for item in listings if item.by_symbol and item.symbol})
    by_slug = dict(_rows(connection, "by_slug", slugs=slugs)) if slugs else {}
    by_symbol = dict(_rows(connection, "by_shipped_symbol", symbols=symbols)) if symbols else {}
    homes = {}
    for listing in listings:
        symbol = listing.symbol.upper()
        if listing.coin_id in by_slug:
            evidence = {"coin": f"named {listing.coin_id}"}
            asset = by_slug[listing.coin_id]
        elif listing.by_symbol and symbol in by_symbol:
            evidence = {"symbol": f"{symbol} is one coin in the shipped map"}
            asset = by_symbol[symbol]
        else:
            continue
        homes[listing.source_asset_id] = Home(asset_id=asset, method="map", evidence=evidence)
    return homes


def _alone(connection: Connection, source: str, listings: Sequence[Listing]) -> dict[str, Home]:
    if not listings:
        return {}
    taken = {row[0] for row in connection.execute("select slug from assets")}
    slugs: dict[str, str] = {}
    for listing in listings:
        slug = slug_for(source, listing.coin_id or listing.source_asset_id, taken)
        taken.add(slug)
        slugs[listing.source_asset_id] = slug
    made = _rows(
        connection,
        "add_assets",
        slugs=list(slugs.values()),
        symbols=[listing.symbol.upper() for listing in listings],
        names=[listing.name for listing in listings],
    )
    assets = dict(made)
    return {id_: Home(asset_id=assets[slug]) for id_, slug in slugs.items()}


def _rows(connection: Connection, query: str, /, **arguments: Any) -> list[Any]:
    return connection.execute(getattr(queries("listings"), query), arguments).fetchall()
