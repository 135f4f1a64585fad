"""Puts right what was quarantined: a mended record takes its place in its series' history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kasparro.core.contract import Rejection
from kasparro.core.drift.aliases import Alias
from kasparro.core.drift.judge import Held
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Payload, Request
from kasparro.store import leases, packing
from kasparro.store.connect import Connection
from kasparro.store.drift import aliases_of, held_in
from kasparro.store.facts import ensure_partitions, write_history
from kasparro.store.leases import Lease
from kasparro.store.listings import ListingBook
from kasparro.store.queries import queries
from kasparro.store.shadow import StoredStream


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One payload with records in quarantine, and their positions in it."""

    payload_id: int
    run_id: str
    payload: Payload
    positions: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Other names for fields, and records that must go on waiting."""

    aliases: Sequence[Alias]
    held: Held


def streams_with_open(connection: Connection, source: str | None) -> list[StoredStream]:
    rows = connection.execute(queries("quarantine").streams_with_open, {"source": source})
    return [
        StoredStream(
            stream_id=row[0], source=row[1], stream=row[2], source_id=row[3], carries_prices=True
        )
        for row in rows
    ]


def payloads_with_open(connection: Connection, stream: StoredStream) -> Iterator[Waiting]:
    """The stream's payloads that hold waiting records, in the order they came."""
    arguments = {"stream_id": stream.stream_id}
    for row in connection.execute(queries("quarantine").payloads_with_open, arguments).fetchall():
        request = row[2]
        payload = Payload(
            request=Request(path=request["path"], params=request["params"]),
            cursor=row[3],
            body=packing.unpacked(row[7], row[8]),
            fetched_at=row[4],
            status=row[5],
            headers=row[6],
        )
        yield Waiting(
            payload_id=row[0], run_id=row[1], payload=payload, positions=frozenset(row[9])
        )


def reading_of(connection: Connection, stream: StoredStream, waiting: Waiting) -> Reading:
    """What people have decided about reading this payload."""
    return Reading(
        aliases=aliases_of(connection, stream.stream_id),
        held=held_in(connection, waiting.payload_id),
    )


def settle(
    connection: Connection,
    stream: StoredStream,
    waiting: Waiting,
    result: Interpretation,
    *,
    lease: Lease,
    at: datetime,
) -> int:
    """Write what can be read now, resolve it, and note why the rest is still refused.

    Returns how many records were resolved. One transaction, fenced by the stream's lease.
    """
    still = [one for one in result.rejections if one.position in waiting.positions]
    mended = waiting.positions - {one.position for one in still}
    observations = [one for one in result.observations if one.position in mended]
    ensure_partitions(connection, observations, set())
    with connection.transaction():
        book = ListingBook(
            connection,
            source=stream.source,
            source_id=stream.source_id,
            stream_id=stream.stream_id,
        )
        named = {one.source_asset_id for one in observations}
        listings = [one for one in result.listings if one.source_asset_id in named]
        write_history(
            connection,
            observations,
            book.series(listings, at),
            source=stream.source,
            source_id=stream.source_id,
            payload_id=waiting.payload_id,
        )
        _note(connection, waiting.payload_id, sorted(mended), still, at)
        connection.execute("notify kasparro_data")
        leases.fence(connection, lease)
    return len(mended)


def _note(
    connection: Connection,
    payload_id: int,
    mended: Sequence[int],
    still: Sequence[Rejection],
    at: datetime,
) -> None:
    arguments: dict[str, Any] = {"payload_id": payload_id, "positions": mended, "at": at}
    connection.execute(queries("quarantine").resolve, arguments)
    arguments = {
        "payload_id": payload_id,
        "positions": [one.position for one in still],
        "fields": [one.field for one in still],
        "reasons": [one.reason for one in still],
    }
    connection.execute(queries("quarantine").still_rejected, arguments)
