"""One writer per stream across all processes and machines, fenced by a token."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString, cast

import psycopg
import structlog

from kasparro.core.errors import LeaseLostError, UnavailableError
from kasparro.store.connect import Connection, connect
from kasparro.store.queries import queries

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write one stream, until it expires or its token is replaced."""

    stream_id: int
    token: uuid.UUID
    duration: timedelta

    @property
    def seconds(self) -> float:
        return self.duration.total_seconds()


def acquire(
    connection: Connection, stream_id: int, *, run_id: str, holder: str, duration: timedelta
) -> Lease | None:
    """Take the lease in the caller's transaction; None when somebody living holds it."""
    as_of = evict_silent(connection)
    lease = Lease(stream_id=stream_id, token=uuid.uuid4(), duration=duration)
    taken = connection.execute(
        queries("leases").acquire,
        {
            "stream_id": stream_id,
            "token": lease.token,
            "run_id": run_id,
            "holder": holder,
            "seconds": lease.seconds,
            "as_of": as_of,
        },
    ).fetchone()
    return lease if taken is not None else None


def evict_silent(connection: Connection) -> datetime:
    """End the sessions of holders whose leases have expired: they may be frozen, with locks.

    Returns the moment as of which that was done, by the database's clock.
    """
    row = connection.execute(queries("leases").evict_silent).fetchone()
    if row is None:
        raise LookupError("the database did not say what time it is")
    return cast(datetime, row[0])


def adopt(connection: Connection, lease: Lease) -> None:
    """From now on this session is the one whose end frees the lease."""
    _still_ours(connection, queries("leases").renew, lease)


def fence(connection: Connection, lease: Lease) -> None:
    """Renew the lease as the last statement before COMMIT.

    Raises LeaseLostError when another worker took the stream over: roll back.
    """
    if not _still_ours(connection, queries("leases").renew, lease):
        raise LeaseLostError("another worker took this stream over; it goes on from the checkpoint")


def release(connection: Connection, lease: Lease) -> None:
    sql = queries("leases").release
    connection.execute(sql, {"stream_id": lease.stream_id, "token": lease.token})


def _still_ours(connection: Connection, sql: LiteralString, lease: Lease) -> bool:
    arguments = {"stream_id": lease.stream_id, "token": lease.token, "seconds": lease.seconds}
    return connection.execute(sql, arguments).fetchone() is not None


@contextmanager
def kept_alive(url: str, *held: Lease) -> Iterator[None]:
    """Extend leases of one duration from a thread while the caller waits for a source."""
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(url, held, stop), name="lease", daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()


def _beat(url: str, held: Sequence[Lease], stop: threading.Event) -> None:
    rest = held[0].seconds / 3 if held else 0
    while held and not stop.wait(rest):
        try:
            with connect(url) as connection:
                while not stop.is_set():
                    for lease in held:
                        _still_ours(connection, queries("leases").extend, lease)
                    stop.wait(rest)
        except (psycopg.Error, UnavailableError) as error:
            log.warning("lease not extended", reason=str(error).partition("\n")[0])
