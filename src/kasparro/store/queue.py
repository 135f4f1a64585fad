"""The queue of runs: a row in etl_runs is the job, NOTIFY wakes whoever may claim it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from psycopg import Rollback
from psycopg.errors import UndefinedTable

from kasparro import __version__
from kasparro.core.errors import BusyError, NotFoundError, NoWorkerError
from kasparro.core.schedule import Ending
from kasparro.store import leases
from kasparro.store.connect import Connection
from kasparro.store.leases import Lease
from kasparro.store.queries import queries

CHANNEL = "kasparro_queue"
ACTIVE = ("queued", "running")
Trigger: TypeAlias = Literal["schedule", "request", "command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One attempt to bring one stream up to date, with the lease that lets it write."""

    run_id: str
    source: str
    stream: str
    lease: Lease


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


def enqueue(connection: Connection, source: str, stream: str, trigger: Trigger) -> str | None:
    """Queue a run and wake the workers; None when the stream already has one."""
    arguments = {
        "source": source,
        "stream": stream,
        "trigger": trigger,
        "code_version": __version__,
    }
    row = connection.execute(queries("queue").enqueue, arguments).fetchone()
    if row is None:
        return None
    connection.execute(f"notify {CHANNEL}")
    return str(row[0])


def request_run(connection: Connection, *, source: str, catalogues: bool = False) -> list[str]:
    """Queue a run of every price stream of the source, or of every catalogue, for a free worker.

    Raises BusyError while one is waiting or under way, NoWorkerError when no worker lives,
    NotFoundError when the source has no such stream yet.
    """
    sql = queries("queue")
    with connection.transaction():
        arguments = {"source": source, "carries_prices": not catalogues}
        active = connection.execute(sql.active_runs, arguments).fetchone()
        if active is not None:
            raise BusyError(f"{source} is already {active[1]} as run {active[0]}")
        if connection.execute(sql.workers_alive).fetchone() == (0,):
            raise NoWorkerError("no worker is running: start `kasparro worker`")
        names = _streams(connection, source, carries_prices=not catalogues)
        if not names:
            what = "no catalogue" if catalogues else "nothing to ingest yet"
            raise NotFoundError(f"{source} has {what}")
        queued = [enqueue(connection, source, name, "request") for name in names]
        if None in queued:
            raise BusyError(f"{source} has just been started by somebody else")
    return [run_id for run_id in queued if run_id is not None]


def runs_over(connection: Connection, run_ids: Sequence[str]) -> bool:
    """Are all these runs over, whatever their end, and their conclusions drawn?"""
    row = connection.execute(queries("queue").runs_under_way, {"run_ids": list(run_ids)}).fetchone()
    return row == (0,)


@contextmanager
def scheduling(connection: Connection) -> Iterator[bool]:
    """Decide in one transaction what is due; False: another process is at it.

    Without it, what one process read as due another may have queued and finished meanwhile.
    """
    with connection.transaction():
        yield connection.execute(queries("queue").try_scheduling).fetchone() == (True,)


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


def waiting(connection: Connection, source: str, stream: str) -> str | None:
    """The run of this stream that waits for a worker; None when none does, or is just claimed."""
    arguments = {"source": source, "stream": stream}
    row = connection.execute(queries("queue").waiting_run, arguments).fetchone()
    return str(row[1]) if row is not None else None


def busy_with(connection: Connection, source: str, stream: str) -> str | None:
    """Who is at this stream now, in words for a person; None when nobody is."""
    arguments = {"source": source, "stream": stream}
    row = connection.execute(queries("queue").busy_with, arguments).fetchone()
    return f"{row[2] or 'nobody yet'} (run {row[0]}, {row[1]})" if row is not None else None


def listen(connection: Connection) -> None:
    """Hear of queued runs from now on."""
    connection.execute(f"listen {CHANNEL}")


def wait_for_news(connection: Connection, seconds: float) -> None:
    """Return after this long, or at once when a run has been queued."""
    for _ in connection.notifies(timeout=seconds, stop_after=1):
        return


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


def announce(connection: Connection, worker: uuid.UUID, name: str) -> None:
    connection.execute(queries("queue").announce_worker, {"id": worker, "name": name})


def dismiss(connection: Connection, worker: uuid.UUID) -> None:
    connection.execute(queries("queue").dismiss_worker, {"id": worker})


def worker_alive(connection: Connection, host: str) -> bool:
    """Whether a worker on this host has been seen lately; none has before there are tables."""
    prefix = {"prefix": f"{host} pid "}
    try:
        return connection.execute(queries("queue").worker_alive, prefix).fetchone() == (True,)
    except UndefinedTable:
        return False


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
