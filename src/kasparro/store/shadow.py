"""Tables beside the real ones, filled by a replay, then compared with them or swapped in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from psycopg import sql

from kasparro.core.drift.aliases import Alias
from kasparro.core.drift.judge import Held
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Payload, Request
from kasparro.store import leases, packing
from kasparro.store.connect import connect
from kasparro.store.drift import aliases_of, held_in
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
    """An empty copy of the fact tables, in a transaction that only a swap commits."""

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
        self._swapped = False

    def __enter__(self) -> Self:
        self._connection.execute("begin")
        self._connection.execute(queries("replay").make_shadow)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._swapped:
                self._connection.execute("commit")
        finally:
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
                base,
            ) in rows:
                last = number
                payload = Payload(
                    request=Request(path=request["path"], params=request["params"]),
                    cursor=cursor,
                    body=packing.unpacked(body, base),
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

    def aliases(self, stored: StoredPayload) -> list[Alias]:
        """Other names for the fields of its stream, accepted by people."""
        return aliases_of(self._connection, stored.stream.stream_id)

    def held(self, stored: StoredPayload) -> Held:
        """Its records that wait for a decision about drift, or got one that keeps them out."""
        return held_in(self._connection, stored.payload_id)

    def write(self, stored: StoredPayload, result: Interpretation) -> None:
        """Write what the payload says, as a live run would have."""
        stream, recorded_at = stored.stream, stored.payload.fetched_at
        ensure_partitions(self._connection, result.observations, self._months)
        with pipelined(self._connection, result.observations):
            series = self._book(stream).series(result.listings, recorded_at)
            write_observations(
                self._connection,
                result.observations,
                series,
                source=stream.source,
                source_id=stream.source_id,
                payload_id=stored.payload_id,
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
        """Put the shadow in the place of the real tables, fenced; in force on leaving."""
        partitions = [row[0] for row in self._connection.execute(queries("replay").partitions)]
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
        self._connection.execute(queries("replay").drop_shadow)
        self._connection.execute("notify kasparro_data")
        for lease in held:
            leases.fence(self._connection, lease)
        self._swapped = True

    def _book(self, stream: StoredStream) -> ListingBook:
        if stream.stream_id not in self._books:
            self._books[stream.stream_id] = ListingBook(
                self._connection,
                source=stream.source,
                source_id=stream.source_id,
                stream_id=stream.stream_id,
            )
        return self._books[stream.stream_id]
