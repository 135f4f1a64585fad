"""What an installation uses up: room on the disk, calls of the month, a person's attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kasparro.core.forecast import Pace
from kasparro.store.connect import Connection
from kasparro.store.queries import queries

FEW = 10_000  # prices; with fewer, what an empty table takes would count too much

# Of what is past, packed and in key order. Measured by benchmarks/room.py.
ROW_BYTES = 105.0  # of a price in its table
INDEX_BYTES = 36.0  # of a price in its two indexes
PACKED = 0.43  # of the room of a plain payload, with its share of the base
PAYLOAD_OVERHEAD = 1.05  # of a payload in its table


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on the disk, in the column order of `sql/usage.sql`."""

    database: int
    prices: int  # all partitions, without indexes
    number_of_prices: int

    @property
    def row_bytes(self) -> float:
        """What one price will take once its month is over, with its share of the indexes."""
        if self.number_of_prices < FEW:
            return ROW_BYTES + INDEX_BYTES
        return self.prices / self.number_of_prices + INDEX_BYTES


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
    return Sizes(*connection.execute(queries("usage").sizes).fetchone() or (0, 0, 0))


def accounts(connection: Connection, now: datetime) -> list[Account]:
    rows = connection.execute(queries("usage").accounts, {"clock": now})
    return [Account(*row) for row in rows]


def calls_this_month(connection: Connection, source: str, now: datetime) -> int:
    """How often a source was called in the calendar month (UTC)."""
    arguments = {"source": source, "clock": now}
    row = connection.execute(queries("usage").calls, arguments).fetchone()
    return int(row[0]) if row is not None else 0


def busiest_second(connection: Connection, source: str) -> int:
    """The most calls of this source in one second of the last hour."""
    row = connection.execute(queries("usage").busiest_second, {"source": source}).fetchone()
    return int(row[0]) if row is not None else 0


def paces(
    connection: Connection, sources: Sequence[str], *, since: datetime, now: datetime
) -> dict[tuple[str, str], Pace]:
    """What the sweeps of these sources wrote since then, by (source, stream).

    Payloads count as what they will take when they are packed.
    """
    arguments = {"sources": list(sources), "since": since, "packed": PACKED}
    return {
        (source, stream): Pace(
            sweeps=sweeps,
            rows=rows,
            payload_bytes=int(float(size) * PAYLOAD_OVERHEAD),
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
