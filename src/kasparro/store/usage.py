"""What an installation uses up: room on the disk, calls of the month, a person's attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kasparro.core.forecast import Pace
from kasparro.store.connect import Connection
from kasparro.store.queries import queries

FEW = 10_000  # prices; with fewer, what an empty table takes would count too much
ROW_BYTES = 215.0  # of a price with its two indexes, measured on a day of hourly sweeps
PAYLOAD_OVERHEAD = 1.08  # of a payload in its table, measured on the same


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on the disk, in the column order of `sql/usage.sql`."""

    database: int
    prices: int  # all partitions, with indexes
    payloads: int  # the table, with indexes
    number_of_prices: int
    payload_bodies: int

    @property
    def row_bytes(self) -> float:
        """What one price takes, with its share of the indexes."""
        if self.number_of_prices < FEW:
            return ROW_BYTES
        return self.prices / self.number_of_prices


@dataclass(frozen=True, slots=True)
class Account:
    """One source, in the column order of `sql/usage.sql`."""

    source: str
    prices: int
    calls_this_month: int
    quarantined: int  # and waiting
    listings: int
    unlinked: int  # of the listings, those whose coin no other source lists


def sizes(connection: Connection) -> Sizes:
    return Sizes(*connection.execute(queries("usage").sizes).fetchone() or (0, 0, 0, 0, 0))


def accounts(connection: Connection, now: datetime) -> list[Account]:
    rows = connection.execute(queries("usage").accounts, {"clock": now})
    return [Account(*row) for row in rows]


def calls_this_month(connection: Connection, source: str, now: datetime) -> int:
    """How often a source was called in the calendar month (UTC)."""
    arguments = {"source": source, "clock": now}
    row = connection.execute(queries("usage").calls, arguments).fetchone()
    return int(row[0]) if row is not None else 0


def paces(
    connection: Connection, sources: Sequence[str], *, since: datetime, now: datetime
) -> dict[tuple[str, str], Pace]:
    """What the sweeps of these sources wrote since then, by (source, stream)."""
    arguments = {"sources": list(sources), "since": since}
    return {
        (source, stream): Pace(
            sweeps=sweeps,
            rows=rows,
            payload_bytes=int(size * PAYLOAD_OVERHEAD),
            since=now - first,
        )
        for source, stream, sweeps, rows, size, first in connection.execute(
            queries("usage").paces, arguments
        )
    }


def workers_alive(connection: Connection) -> int:
    """How many workers were seen lately."""
    row = connection.execute(queries("queue").workers_alive).fetchone()
    return int(row[0]) if row is not None else 0
