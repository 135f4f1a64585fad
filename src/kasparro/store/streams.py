"""The streams there are, how their runs went, and who decides what is due."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from kasparro.core.schedule import Ending
from kasparro.store.connect import Connection
from kasparro.store.queries import queries

ACTIVE = ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """How a stream's runs went so far; None where there was none."""

    source: str
    stream: str
    started_at: datetime | None
    ending: Ending | None
    active: bool  # a run is waiting or under way
    error_kind: str | None
    config_version: str | None
    failures_in_a_row: int
    last_success_at: datetime | None


def register(
    connection: Connection, sources: Iterable[str], streams: Iterable[tuple[str, str, bool]]
) -> None:
    """Make known these sources, and these streams as (source, name, carries prices)."""
    sql = queries("queue")
    with connection.transaction():
        for source in sorted(sources):
            connection.execute(sql.register_source, {"name": source})
        for source, stream, carries_prices in sorted(streams):
            arguments = {"source": source, "name": stream, "carries_prices": carries_prices}
            connection.execute(sql.register_stream, arguments)


def price_streams(connection: Connection, source: str) -> list[str]:
    """The streams that make up the prices of a source."""
    return _streams(connection, source, carries_prices=True)


def catalogue_streams(connection: Connection, source: str) -> list[str]:
    """The streams of a source that say which coins there are, and no prices."""
    return _streams(connection, source, carries_prices=False)


def _streams(connection: Connection, source: str, *, carries_prices: bool) -> list[str]:
    arguments = {"source": source, "carries_prices": carries_prices}
    return [row[0] for row in connection.execute(queries("queue").streams_of, arguments)]


@contextmanager
def scheduling(connection: Connection) -> Iterator[bool]:
    """Decide in one transaction what is due; False: another process is at it.

    Without it, what one process read as due another may have queued and finished meanwhile.
    """
    with connection.transaction():
        yield connection.execute(queries("queue").try_scheduling).fetchone() == (True,)


def stream_states(connection: Connection) -> list[StreamState]:
    rows = connection.execute(queries("queue").stream_states).fetchall()
    return [
        StreamState(
            source=row[0],
            stream=row[1],
            started_at=row[2],
            ending=None if row[3] in ACTIVE else row[3],
            active=row[3] in ACTIVE,
            error_kind=row[4],
            config_version=row[5],
            failures_in_a_row=row[6],
            last_success_at=row[7],
        )
        for row in rows
    ]


def sweep_offset(connection: Connection) -> timedelta:
    row = connection.execute(queries("queue").sweep_offset).fetchone()
    return timedelta(seconds=row[0] if row is not None else 0)
