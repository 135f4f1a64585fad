"""What metrics are made from: numbers that are kept, read in one snapshot, never counted anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database
from kasparro.store.reading.sessions import Reader


@dataclass(frozen=True, slots=True)
class Installation:
    """In the column order of `sql/metrics.sql`, as are all of these."""

    mode: str
    schema: str
    database_bytes: int
    price_bytes: int
    payload_bytes: int
    workers: int
    leases: int


@dataclass(frozen=True, slots=True)
class SourceReading:
    """One source. None: it has no prices, or is never called."""

    source: str
    observations: int
    staleness_seconds: Decimal | None
    calls_this_month: int
    calls_allowed: int | None
    calls_ever: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """All runs of one stream that stand alike; counts never fall, whatever is purged."""

    source: str
    stream: str
    status: str
    runs: int
    seconds: Decimal
    fetched: int
    new: int
    changed: int
    unchanged: int
    quarantined: int
    without_price: int
    payloads: int
    payloads_stored: int
    retries: int
    waits: int
    wait_seconds: Decimal


@dataclass(frozen=True, slots=True)
class StreamReading:
    """One stream. None: there was no such run, or it is purged."""

    source: str
    stream: str
    last_success: Decimal | None  # seconds since 1970, as the next
    last_failure: Decimal | None
    succeeded: bool | None  # the newest run that is over
    seconds: Decimal | None  # what that one took
    tracked: int | None
    missed: int | None
    checkpoint_seconds: Decimal | None
    quarantined: int  # and waiting


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of one source, of one severity."""

    source: str
    severity: str
    open: int  # nobody has decided about them
    all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Everything, of one moment."""

    installation: Installation
    sources: Sequence[SourceReading]
    totals: Sequence[Totals]
    streams: Sequence[StreamReading]
    anomalies: Sequence[Findings]
    drift: Sequence[Findings]


async def read_metrics(database: Database, now: datetime) -> Readings:
    """Staleness and the month go by `now`, ages of our own doing by the database's clock.

    Raises UnavailableError.
    """
    sql = queries("metrics")

    async def ask(reader: Reader) -> Readings:
        async def rows(query: Any, **arguments: Any) -> list[tuple[Any, ...]]:
            return await (await reader.execute(query, arguments)).fetchall()

        return Readings(
            installation=Installation(*(await rows(sql.installation))[0]),
            sources=[SourceReading(*row) for row in await rows(sql.sources, clock=now)],
            totals=[Totals(*row) for row in await rows(sql.totals)],
            streams=[StreamReading(*row) for row in await rows(sql.streams)],
            anomalies=[Findings(*row) for row in await rows(sql.anomalies)],
            drift=[Findings(*row) for row in await rows(sql.drift)],
        )

    return await database.snapshot(ask)
