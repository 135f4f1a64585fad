"""The queue of runs: a row in etl_runs is the job, NOTIFY wakes whoever may claim it."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from kasparro import __version__
from kasparro.core.errors import BusyError, NotFoundError, NoWorkerError
from kasparro.store.connect import Connection
from kasparro.store.queries import queries
from kasparro.store.streams import catalogue_streams, price_streams

CHANNEL = "kasparro_queue"
Trigger: TypeAlias = Literal["schedule", "request", "command"]


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
        names = (catalogue_streams if catalogues else price_streams)(connection, source)
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
