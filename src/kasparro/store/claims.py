"""Starts runs together with the lease that lets them write, and closes those nobody carries on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import Rollback

from kasparro.store import leases
from kasparro.store.connect import Connection
from kasparro.store.leases import Lease
from kasparro.store.queries import queries
from kasparro.store.queue import enqueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One attempt to bring one stream up to date, with the lease that lets it write."""

    run_id: str
    source: str
    stream: str
    lease: Lease


def start_now(
    connection: Connection,
    source: str,
    stream: str,
    *,
    holder: str,
    lease_duration: timedelta,
    config_version: str,
) -> Run | None:
    """Queue and claim a run for ourselves in one step; None when somebody is at the stream."""
    with connection.transaction() as transaction:
        run_id = enqueue(connection, source, stream, "command")
        if run_id is None:
            return None
        run = _claim_row(
            connection,
            connection.execute(queries("queue").queued_run, {"run_id": run_id}).fetchone(),
            holder=holder,
            lease_duration=lease_duration,
            config_versions={source: config_version},
        )
        if run is None:  # a replay, say: leave no run in the queue that nobody would carry out
            raise Rollback(transaction)
    return run


def claim_waiting(
    connection: Connection,
    source: str,
    stream: str,
    *,
    holder: str,
    lease_duration: timedelta,
    config_version: str,
) -> Run | None:
    """Start the run of this stream that waits for a worker; None when none waits."""
    arguments = {"source": source, "stream": stream}
    with connection.transaction():
        return _claim_row(
            connection,
            connection.execute(queries("queue").waiting_run, arguments).fetchone(),
            holder=holder,
            lease_duration=lease_duration,
            config_versions={source: config_version},
        )


def claim(
    connection: Connection,
    sources: Sequence[str],
    *,
    holder: str,
    lease_duration: timedelta,
    config_versions: Mapping[str, str],
) -> Run | None:
    """Start the next queued run of these sources together with its lease; None: nothing to do."""
    with connection.transaction():
        arguments = {"sources": list(sources)}
        return _claim_row(
            connection,
            connection.execute(queries("queue").next_queued, arguments).fetchone(),
            holder=holder,
            lease_duration=lease_duration,
            config_versions=config_versions,
        )


def _claim_row(
    connection: Connection,
    row: Any,
    *,
    holder: str,
    lease_duration: timedelta,
    config_versions: Mapping[str, str],
) -> Run | None:
    if row is None:
        return None
    number, run_id, source, stream, stream_id = row
    lease = leases.acquire(
        connection, stream_id, run_id=run_id, holder=holder, duration=lease_duration
    )
    if lease is None:
        return None
    version = config_versions.get(source, "")
    connection.execute(queries("queue").start_run, {"id": number, "config_version": version})
    return Run(run_id=run_id, source=source, stream=stream, lease=lease)


def abandon_orphans(connection: Connection) -> list[str]:
    """Close every run whose process is gone; returns their ids."""
    arguments = {"as_of": leases.evict_silent(connection)}
    return [row[0] for row in connection.execute(queries("queue").abandon_orphans, arguments)]
