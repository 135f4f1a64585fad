"""What the database knows of each source: how its runs went and how fresh its data is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kasparro.core.schedule import Ending
from kasparro.store.queries import queries
from kasparro.store.reading.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How one source is doing. Runs are those of its price streams; None: there was none."""

    name: str
    last_run_status: str | None = None
    last_run_time: datetime | None = None
    records_processed: int | None = None
    finished_status: Ending | None = None  # of the newest run that is over
    finished_start: datetime | None = None
    finished_error_kind: str | None = None
    finished_error: str | None = None
    failures_in_a_row: int = 0
    observed_at: datetime | None = None  # its newest observation, by its own clock
    calls_this_month: int = 0
    calls_allowed: int | None = None  # a month; None: never called, or no bound


async def read_stats(database: Database, names: Sequence[str]) -> str:
    """A JSON list, these sources first and then any other. Raises UnavailableError."""
    rows = await database.rows(queries("read_sources").stats, {"names": list(names)})
    return str(rows[0][0])


async def read_states(database: Database, names: Sequence[str]) -> list[SourceState]:
    """One state for each name, in order. Raises UnavailableError."""
    rows = await database.rows(queries("read_sources").states, {"names": list(names)})
    return [
        SourceState(
            name=row[0],
            last_run_status=row[1],
            last_run_time=row[2],
            records_processed=row[3],
            finished_status=row[4],
            finished_start=row[5],
            finished_error_kind=row[6],
            finished_error=row[7],
            failures_in_a_row=row[8],
            observed_at=row[9],
            calls_this_month=row[10],
            calls_allowed=row[11],
        )
        for row in rows
    ]


async def source_exists(database: Database, name: str) -> bool:
    rows = await database.rows(queries("read_sources").source_exists, {"name": name})
    return bool(rows[0][0])


async def read_schedule_facts(database: Database) -> tuple[timedelta, bool]:
    """How far into the hour sweeps start here, and whether any worker lives to start them."""
    rows = await database.rows(queries("read_sources").schedule_facts, {})
    seconds, worker_lives = rows[0]
    return timedelta(seconds=seconds), worker_lives
