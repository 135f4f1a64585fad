"""Resolves what a payload names to our series, making listings and assets at first sight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.core.observation import Listing
from kasparro.store.connect import Connection
from kasparro.store.homes import find_homes, record_homes
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One listing as the database has it."""

    listing_id: int
    symbol: str
    name: str
    unlisted: bool
    series_id: int | None


class ListingBook:
    """The listings of one stream, looked up once and remembered for the length of a run."""

    def __init__(
        self, connection: Connection, *, source: str, source_id: int, stream_id: int
    ) -> None:
        self._connection = connection
        self._source = source
        self._source_id = source_id
        self._stream_id = stream_id
        self._known: dict[str, Known] = {}

    def forget(self) -> None:
        """After a rollback nothing remembered can be trusted."""
        self._known.clear()

    def resolve(self, listings: Sequence[Listing], seen_at: datetime) -> dict[str, int]:
        """Series ids by source_asset_id, after noting sightings, renames and new listings.

        Runs inside the caller's transaction.
        """
        series = self.series(listings, seen_at)
        self._rename(listings)
        ids = sorted({self._known[listing.source_asset_id].listing_id for listing in listings})
        self._execute("saw", stream_id=self._stream_id, listing_ids=ids, seen_at=seen_at)
        return series

    def series(self, listings: Sequence[Listing], seen_at: datetime) -> dict[str, int]:
        """Series ids by source_asset_id; what is not known yet is made."""
        wanted = {listing.source_asset_id: listing for listing in listings}
        self._look_up(wanted.keys() - self._known.keys())
        self._add([wanted[id_] for id_ in sorted(wanted.keys() - self._known.keys())], seen_at)
        self._add_series(sorted(wanted), seen_at)
        return {id_: known.series_id for id_ in wanted if (known := self._known[id_]).series_id}

    def missing(self, since: datetime) -> list[str]:
        """Tracked and pinned ids that a sweep begun at `since` has not shown; the pinned first."""
        rows = self._rows("missing", stream_id=self._stream_id, since=since)
        return [row[0] for row in rows]

    def tracked(self) -> int:
        return int(self._rows("tracked", stream_id=self._stream_id)[0][0])

    def note_gone(self, ids: Sequence[str], at: datetime) -> None:
        """The source was asked for these ids and does not have them."""
        self.unlist(ids, at)
        if ids:
            arguments = {"source_id": self._source_id, "ids": sorted(ids), "asked_at": at}
            self._execute("note_unknown", **arguments)

    def unlist(self, ids: Iterable[str], unlisted_at: datetime) -> None:
        """The source itself no longer has these listings."""
        ids = sorted(ids)
        if ids:
            self._execute("unlist", source_id=self._source_id, ids=ids, unlisted_at=unlisted_at)
            self._connection.execute(queries("write").identity_changed)
            self.forget()

    def catalogue(self, listings: Sequence[Listing], seen_at: datetime) -> None:
        """Note contracts and retirements; a catalogue makes no listings of its own."""
        contracts = sorted(
            {
                (item.source_asset_id, c.platform, c.address)
                for item in listings
                for c in item.contracts
            }
        )
        self._execute(
            "replace_contracts",
            source_id=self._source_id,
            ids=sorted({listing.source_asset_id for listing in listings}),
            owners=[owner for owner, _, _ in contracts],
            platforms=[platform for _, platform, _ in contracts],
            addresses=[address for _, _, address in contracts],
        )
        self.unlist((item.source_asset_id for item in listings if not item.active), seen_at)

    def _look_up(self, ids: Iterable[str]) -> None:
        ids = sorted(ids)
        if not ids:
            return
        rows = self._rows("known", source_id=self._source_id, stream_id=self._stream_id, ids=ids)
        for id_, listing_id, symbol, name, unlisted, series_id in rows:
            self._known[id_] = Known(
                listing_id=listing_id,
                symbol=symbol,
                name=name,
                unlisted=unlisted,
                series_id=series_id,
            )

    def _add(self, listings: Sequence[Listing], seen_at: datetime) -> None:
        if not listings:
            return
        self._rows("lock_identity")
        # While we waited, another stream of the source may have made them.
        self._look_up([listing.source_asset_id for listing in listings])
        listings = [item for item in listings if item.source_asset_id not in self._known]
        if not listings:
            return
        homes = find_homes(self._connection, self._source, listings)
        rows = self._rows(
            "add_listings",
            source_id=self._source_id,
            ids=[listing.source_asset_id for listing in listings],
            asset_ids=[homes[listing.source_asset_id].asset_id for listing in listings],
            symbols=[listing.symbol for listing in listings],
            names=[listing.name for listing in listings],
            evidence=[Jsonb(dict(listing.evidence)) for listing in listings],
            seen_at=seen_at,
        )
        listing_ids = dict(rows)
        for listing in listings:
            self._known[listing.source_asset_id] = Known(
                listing_id=listing_ids[listing.source_asset_id],
                symbol=listing.symbol,
                name=listing.name,
                unlisted=False,
                series_id=None,
            )
        record_homes(
            self._connection,
            [(listing_ids[id_], home) for id_, home in sorted(homes.items())],
            decided_at=seen_at,
        )

    def _add_series(self, ids: Sequence[str], seen_at: datetime) -> None:
        bare = {
            known.listing_id: id_ for id_ in ids if (known := self._known[id_]).series_id is None
        }
        if not bare:
            return
        rows = self._rows(
            "add_series", stream_id=self._stream_id, listing_ids=sorted(bare), seen_at=seen_at
        )
        for listing_id, series_id in rows:
            id_ = bare[listing_id]
            known = self._known[id_]
            self._known[id_] = replace(known, series_id=series_id)

    def _rename(self, listings: Iterable[Listing]) -> None:
        renamed: dict[int, tuple[str, str]] = {}  # a listing that comes twice: its last names
        for listing in listings:
            known = self._known[listing.source_asset_id]
            symbol, name = listing.symbol or known.symbol, listing.name or known.name
            if (symbol, name) != (known.symbol, known.name):
                renamed[known.listing_id] = (symbol, name)
                self._known[listing.source_asset_id] = replace(known, symbol=symbol, name=name)
        if renamed:
            self._execute(
                "rename",
                listing_ids=list(renamed),
                symbols=[symbol for symbol, _ in renamed.values()],
                names=[name for _, name in renamed.values()],
            )
            self._connection.execute(queries("write").identity_changed)

    def _rows(self, name: str, **arguments: Any) -> list[Any]:
        return self._connection.execute(getattr(queries("listings"), name), arguments).fetchall()

    def _execute(self, name: str, **arguments: Any) -> None:
        self._connection.execute(getattr(queries("listings"), name), arguments)
