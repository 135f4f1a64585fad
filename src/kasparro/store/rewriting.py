"""Rewrites closed partitions in key order, in full pages.

While a month is written, its rows lie as they came: one sweep beside the next. Later it is read by
coin, and a coin's month then lies on ten pages instead of seven hundred.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import errors, sql

from kasparro.core.errors import BusyError
from kasparro.store import leases
from kasparro.store.connect import Connection, connect
from kasparro.store.holding import streams_held
from kasparro.store.queries import queries

SMALLEST = 20_000  # rows; with fewer, order gains nothing
LONGEST_WAIT_MS = 3_000  # for readers at work; whoever comes after them would wait as long


@dataclass(frozen=True, slots=True)
class Closed:
    """A partition that nothing new comes into, in the column order of `sql/rewriting.sql`."""

    name: str
    rows: int  # about


def out_of_order(connection: Connection, before: datetime, *, largest: int) -> list[Closed]:
    """The partitions that end before then, have at most so many rows and want rewriting."""
    statements = queries("rewriting")
    for (name,) in connection.execute(statements.to_analyze, {"before": before}).fetchall():
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
    arguments = {"before": before, "smallest": SMALLEST, "largest": largest}
    return [Closed(*row) for row in connection.execute(statements.out_of_order, arguments)]


def rewrite(url: str, partition: Closed, *, holder: str, lease_duration: timedelta) -> None:
    """Rewrite one partition while no run writes; killed at any moment, it is as it was.

    Raises BusyError while a run is under way, or when readers are in the way for long.
    """
    held_streams = streams_held(url, purpose="rewrite", holder=holder, duration=lease_duration)
    with held_streams as held, connect(url, lock_timeout=f"{LONGEST_WAIT_MS}ms") as connection:
        try:
            with connection.transaction():
                connection.execute(queries("rewriting").rewrite, {"part": partition.name})
                for lease in held:
                    leases.fence(connection, lease)
        except errors.LockNotAvailable:
            raise BusyError(
                f"{partition.name} is being read; rewrite it when that is over"
            ) from None
        connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(partition.name)))
