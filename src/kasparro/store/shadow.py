"""Tables beside the real ones, filled by a replay, then compared with them or swapped in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import zstandard
from psycopg import sql

from kasparro.core.errors import BusyError
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Payload, Request
from kasparro.store import leases
from kasparro.store.connect import Connection, connect
from kasparro.store.facts import ensure_partitions, pipelined, write_observations
from kasparro.store.leases import Lease
from kasparro.store.listings import ListingBook
from kasparro.store.quarantine import quarantine
from kasparro.store.queries import queries

BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStream:
    """A stream as the database numbers it."""

    stream_id: int
    source: str
    stream: str
    source_id: int
    carries_prices: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """One payload with its pedigree."""

    payload_id: int
    stream: StoredStream
    run_id: str
    payload: Payload


class Shadow:
    """An empty copy of the fact tables; leaving the context drops what was not swapped in."""

    def __init__(self, url: str) -> None:
        self._connection = connect(url, search_path="replay,public")
        self._streams = {
            row[0]: StoredStream(
                stream_id=row[0],
                source=row[1],
                stream=row[2],
                source_id=row[3],
                carries_prices=row[4],
            )
            for row in self._connection.execute(queries("replay").all_streams)
        }
        self._books: dict[int, ListingBook] = {}
        self._months: set[datetime] = set()

    def __enter__(self) -> Self:
        self._connection.execute(queries("replay").drop_shadow)
        with self._connection.transaction():
            self._connection.execute(queries("replay").make_shadow)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._connection.broken:
            self._connection.execute(queries("replay").drop_shadow)
        self._connection.close()

    def payload_count(self) -> int:
        row = self._connection.execute(queries("replay").payload_count).fetchone()
        return int(row[0]) if row is not None else 0

    def payloads(self) -> Iterator[StoredPayload]:
        """Every stored payload of a price stream, in the order they came."""
        last = 0
        statement = queries("replay").price_payloads_after
        while True:
            rows = self._connection.execute(statement, {"id": last, "limit": BATCH}).fetchall()
            for (
                number,
                stream_id,
                run_id,
                request,
                cursor,
                fetched_at,
                status,
                headers,
                body,
            ) in rows:
                last = number
                payload = Payload(
                    request=Request(path=request["path"], params=request["params"]),
                    cursor=cursor,
                    body=zstandard.decompress(body),
                    fetched_at=fetched_at,
                    status=status,
                    headers=headers,
                )
                yield StoredPayload(
                    payload_id=number,
                    stream=self._streams[stream_id],
                    run_id=run_id,
                    payload=payload,
                )
            if len(rows) < BATCH:
                return

    def write(self, stored: StoredPayload, result: Interpretation) -> None:
        """Write what the payload says, as a live run would have."""
        stream, recorded_at = stored.stream, stored.payload.fetched_at
        ensure_partitions(self._connection, result.observations, self._months)
        with (
            pipelined(self._connection, result.observations),
            self._connection.transaction(),
        ):
            series = self._book(stream).series(result.listings, recorded_at)
            write_observations(
                self._connection,
                result.observations,
                series,
                source=stream.source,
                source_id=stream.source_id,
                payload_id=stored.payload_id,
                recorded_at=recorded_at,
            )
            quarantine(
                self._connection,
                result.rejections,
                payload_id=stored.payload_id,
                stream_id=stream.stream_id,
                run_id=stored.run_id,
                recorded_at=recorded_at,
            )

    def unread(self, stored: StoredPayload, reason: str) -> None:
        """Note that nothing could be read out of this payload."""
        arguments = {"payload_id": stored.payload_id, "reason": reason}
        self._connection.execute(queries("replay").unread, arguments)

    def differences(self) -> dict[str, int]:
        """Rows that only one side has, by table; empty when the replay gave the same."""
        rows = self._connection.execute(queries("replay").differences).fetchall()
        return {table: number for table, number in rows if number}

    def swap(self, held: Sequence[Lease]) -> None:
        """Put the shadow in the place of the real tables, in one transaction, fenced."""
        partitions = [row[0] for row in self._connection.execute(queries("replay").partitions)]
        with self._connection.transaction():
            view = self._connection.execute(
                "select pg_get_viewdef('public.crypto_prices'::regclass)"
            ).fetchone()
            self._connection.execute("set local search_path = public")
            self._connection.execute(queries("replay").swap)
            for name in partitions:
                statement = sql.SQL("alter table replay.{} set schema public")
                self._connection.execute(statement.format(sql.Identifier(name)))
            if view is not None:
                self._connection.execute(f"create view public.crypto_prices as {view[0]}")
            self._connection.execute("notify kasparro_data")
            for lease in held:
                leases.fence(self._connection, lease)

    def _book(self, stream: StoredStream) -> ListingBook:
        if stream.stream_id not in self._books:
            self._books[stream.stream_id] = ListingBook(
                self._connection,
                source=stream.source,
                source_id=stream.source_id,
                stream_id=stream.stream_id,
            )
        return self._books[stream.stream_id]


@contextmanager
def all_streams_held(url: str, *, holder: str, duration: timedelta) -> Iterator[list[Lease]]:
    """Every lease, so that nobody writes meanwhile. Raises BusyError when a run is under way."""
    with connect(url) as connection:
        held = _take_all(connection, holder=holder, duration=duration)
        try:
            with leases.kept_alive(url, *held):
                yield held
        finally:
            for lease in held:
                leases.release(connection, lease)


def _take_all(connection: Connection, *, holder: str, duration: timedelta) -> list[Lease]:
    held = []
    with connection.transaction():
        for stream_id, source, stream, *_ in connection.execute(queries("replay").all_streams):
            lease = leases.acquire(
                connection, stream_id, run_id="replay", holder=holder, duration=duration
            )
            if lease is None:
                raise BusyError(f"{source} {stream} is being ingested; replay when it is done")
            held.append(lease)
    return held
