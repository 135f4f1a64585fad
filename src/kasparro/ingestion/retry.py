"""Reads quarantined records again with today's code, out of the payloads they came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from kasparro.core.clock import Clock
from kasparro.core.errors import BusyError, KasparroError
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Source
from kasparro.ingestion.interpret import interpret
from kasparro.store import leases, mending
from kasparro.store.connect import Connection, connect
from kasparro.store.leases import Lease
from kasparro.store.mending import Waiting
from kasparro.store.shadow import StoredStream

log = structlog.get_logger()


@dataclass(slots=True)
class Retried:
    """What a retry did, in records."""

    resolved: int = 0
    still_refused: int = 0


def retry(
    url: str,
    sources: Mapping[str, Source],
    *,
    source: str | None,
    holder: str,
    lease_duration: timedelta,
    clock: Clock,
) -> Retried:
    """Read every waiting record again, of all sources or one.

    Raises BusyError while a run is under way on a stream with waiting records.
    """
    done = Retried()
    with connect(url) as connection:
        for stream in mending.streams_with_open(connection, source):
            lease = leases.acquire(
                connection, stream.stream_id, run_id="retry", holder=holder, duration=lease_duration
            )
            if lease is None:
                raise BusyError(f"{stream.source} {stream.stream} is being ingested; retry later")
            with leases.kept_alive(url, lease):
                one = retry_stream(connection, sources, stream, lease=lease, clock=clock)
            done.resolved += one.resolved
            done.still_refused += one.still_refused
            leases.release(connection, lease)
    return done


def retry_stream(
    connection: Connection,
    sources: Mapping[str, Source],
    stream: StoredStream,
    *,
    lease: Lease,
    clock: Clock,
) -> Retried:
    """The same for one stream, under its lease."""
    done = Retried()
    for waiting in mending.payloads_with_open(connection, stream):
        result = _read(connection, sources, stream, waiting)
        resolved = 0
        if result is not None:
            resolved = mending.settle(
                connection, stream, waiting, result, lease=lease, at=clock.now()
            )
        done.resolved += resolved
        done.still_refused += len(waiting.positions) - resolved
    return done


def _read(
    connection: Connection,
    sources: Mapping[str, Source],
    stream: StoredStream,
    waiting: Waiting,
) -> Interpretation | None:
    reading = mending.reading_of(connection, stream, waiting)
    try:
        known = sources[stream.source].stream(stream.stream)
        return interpret(known, waiting.payload, reading.aliases, reading.held)
    except KasparroError as error:
        log.warning("not understood", payload=waiting.payload_id, reason=str(error))
        return None
