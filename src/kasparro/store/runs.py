"""Reads how runs went, for a person at the command line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kasparro.core.errors import NotFoundError
from kasparro.store.connect import Connection
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True)
class Report:
    """One run, in the column order of `sql/runs.sql`."""

    run_id: str
    source: str
    stream: str
    status: str
    start_time: datetime | None
    end_time: datetime | None
    new: int
    changed: int
    unchanged: int
    quarantined: int
    without_price: int
    payloads: int
    payloads_stored: int
    retries: int
    waits: int
    wait_seconds: float
    missed: list[str]
    error_message: str | None

    @property
    def duration(self) -> timedelta:
        if self.start_time is None or self.end_time is None:
            return timedelta()
        return self.end_time - self.start_time


@dataclass(frozen=True, slots=True)
class Standing:
    """How one stream stands, in the column order of `sql/runs.sql`."""

    source: str
    stream: str
    carries_prices: bool
    status: str | None
    last_success_at: datetime | None
    error_message: str | None
    quarantined: int
    observations: int
    calls_this_month: int


def report(connection: Connection, run_id: str) -> Report:
    row = connection.execute(queries("runs").one, {"run_id": run_id}).fetchone()
    if row is None:
        raise NotFoundError(f"there is no run {run_id}")
    return Report(*row)


def newest(connection: Connection, *, source: str | None = None, limit: int = 10) -> list[Report]:
    arguments = {"source": source, "limit": limit}
    return [Report(*row) for row in connection.execute(queries("runs").newest, arguments)]


def overview(connection: Connection) -> list[Standing]:
    return [Standing(*row) for row in connection.execute(queries("runs").overview)]
