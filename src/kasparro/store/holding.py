"""Holds every lease of a source, or of all, so that nobody writes meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from kasparro.core.errors import BusyError
from kasparro.store import leases
from kasparro.store.connect import Connection, connect
from kasparro.store.leases import Lease
from kasparro.store.queries import queries


@contextmanager
def streams_held(
    url: str, *, purpose: str, holder: str, duration: timedelta, source: str | None = None
) -> Iterator[list[Lease]]:
    """The leases. Raises BusyError when a run is under way: do what you came for when it is over.

    `purpose` is what others are told who find the streams held.
    """
    with connect(url) as connection:
        held = _take(connection, purpose, holder, duration, source)
        try:
            with leases.kept_alive(url, *held):
                yield held
        finally:
            for lease in held:
                leases.release(connection, lease)


def _take(
    connection: Connection, purpose: str, holder: str, duration: timedelta, source: str | None
) -> list[Lease]:
    held = []
    with connection.transaction():
        streams = connection.execute(queries("leases").streams, {"source": source}).fetchall()
        for stream_id, owner, stream in streams:
            lease = leases.acquire(
                connection, stream_id, run_id=purpose, holder=holder, duration=duration
            )
            if lease is None:
                raise BusyError(f"{owner} {stream} is being ingested; {purpose} when it is done")
            held.append(lease)
    return held
