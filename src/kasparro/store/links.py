"""Moves listings from asset to asset: by rule, by hand, and back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.core.errors import BadRequestError, NotFoundError
from kasparro.core.matching import Candidate
from kasparro.core.slug import slug_for
from kasparro.store.connect import Connection
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True)
class Decision:
    """Why one listing is on its asset, in the column order of `sql/links.sql`."""

    source: str
    source_asset_id: str
    symbol: str
    name: str
    method: str | None
    evidence: Mapping[str, Any] | None
    confidence: Decimal | None
    decided_at: datetime | None
    undone_at: datetime | None


def both_swept(connection: Connection, left: str, right: str) -> bool:
    """Have both sources shown all they have at least once? Before that, unique means nothing."""
    return bool(_row(connection, "both_swept", left=left, right=right)[0])


@contextmanager
def linking(connection: Connection) -> Iterator[bool]:
    """One transaction for all links of a sweep; False while another process is at it."""
    with connection.transaction():
        row = _row(connection, "only_one_links")
        yield bool(row[0])


def candidates(connection: Connection, source: str, *, other: str) -> list[Candidate]:
    """Every listing of a source, with what speaks for or against linking it to the other's."""
    rows = connection.execute(queries("links").candidates, {"source": source, "other": other})
    return [
        Candidate(
            source=source,
            source_asset_id=row[0],
            symbol=row[1],
            name=row[2],
            price_usd=row[3],
            observed_at=row[4],
            contracts=frozenset((platform, address) for platform, address in row[5]),
            linked=row[6],
        )
        for row in rows
    ]


def link(
    connection: Connection,
    listing: tuple[str, str],
    slug: str,
    *,
    method: str,
    evidence: Mapping[str, str],
    confidence: Decimal = Decimal(1),
) -> str:
    """Put a listing, (source, its id), on the asset of this slug; returns the asset's slug.

    Past observations follow at once. Raises NotFoundError for an unknown listing or asset.
    """
    with connection.transaction():
        connection.execute(queries("listings").lock_identity)
        listing_id, from_id, *_ = _listing(connection, listing)
        target = _row(connection, "asset", slug=slug)
        if target is None:
            raise NotFoundError(f"there is no coin {slug!r}; search with `kasparro assets show`")
        to_id, to_slug = target
        if to_id == from_id:
            return str(to_slug)
        _execute(connection, "move_listing", listing_id=listing_id, asset_id=to_id)
        _execute(connection, "merge_if_empty", asset_id=from_id, into_id=to_id)
        _execute(connection, "follow_merge", asset_id=from_id, into_id=to_id)
        _decide(
            connection,
            listing_id,
            moved=(from_id, to_id),
            method=method,
            evidence=evidence,
            confidence=confidence,
        )
    return str(to_slug)


def unlink(connection: Connection, listing: tuple[str, str]) -> str:
    """Give a listing an asset of its own again; returns its slug. It is not linked by rule again.

    Raises NotFoundError for an unknown listing, BadRequestError when it is alone already.
    """
    source, source_asset_id = listing
    with connection.transaction():
        connection.execute(queries("listings").lock_identity)
        listing_id, from_id, _, symbol, name = _listing(connection, listing)
        standing = _row(connection, "standing_decision", listing_id=listing_id)
        if standing is None:
            raise BadRequestError(f"{source}:{source_asset_id} is alone on its coin already")
        decision_id, to_id, _ = standing
        if to_id is None:
            taken = {row[0] for row in connection.execute("select slug from assets")}
            slug = slug_for(source, source_asset_id, taken)
            to_id = _row(connection, "new_asset", slug=slug, symbol=symbol, name=name)[0]
        _execute(connection, "revive", asset_id=to_id)
        _execute(connection, "move_listing", listing_id=listing_id, asset_id=to_id)
        _execute(connection, "undo", id=decision_id)
        _decide(
            connection, listing_id, moved=(from_id, to_id), method="undo", evidence={"by": "hand"}
        )
        return str(_listing(connection, listing)[2])


def slug_of(connection: Connection, listing: tuple[str, str]) -> str:
    """The coin a listing stands for now. Raises NotFoundError."""
    return str(_listing(connection, listing)[2])


def decisions(connection: Connection, slug: str) -> list[Decision]:
    """Why the listings of a coin are one coin. Raises NotFoundError."""
    asset = _row(connection, "asset", slug=slug)
    if asset is None:
        raise NotFoundError(f"there is no coin {slug!r}")
    rows = connection.execute(queries("links").decisions, {"asset_id": asset[0]})
    return [Decision(*row) for row in rows]


def _listing(connection: Connection, listing: tuple[str, str]) -> Any:
    source, source_asset_id = listing
    row = _row(connection, "listing", source=source, source_asset_id=source_asset_id)
    if row is None:
        raise NotFoundError(f"{source} has no listing {source_asset_id!r}")
    return row


def _decide(
    connection: Connection,
    listing_id: int,
    *,
    moved: tuple[int, int],
    method: str,
    evidence: Mapping[str, str],
    confidence: Decimal = Decimal(1),
) -> None:
    _execute(
        connection,
        "decide",
        listing_id=listing_id,
        from_asset_id=moved[0],
        to_asset_id=moved[1],
        method=method,
        evidence=Jsonb(dict(evidence)),
        confidence=confidence,
    )
    connection.execute(queries("write").identity_changed)
    connection.execute("notify kasparro_data")


def _row(connection: Connection, query: str, /, **arguments: Any) -> Any:
    return connection.execute(getattr(queries("links"), query), arguments).fetchone()


def _execute(connection: Connection, query: str, /, **arguments: Any) -> None:
    connection.execute(getattr(queries("links"), query), arguments)
