"""Runs: how they went, what differs between two, and asking for new ones."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

import msgspec

from kasparro.core.errors import BusyError, NotFoundError, NoWorkerError
from kasparro.store import queue
from kasparro.store.connect import connect, reaching_the_database
from kasparro.store.reading.database import Database
from kasparro.store.reading.runs import read_runs

POLL_SECONDS = 0.25
COUNTS = ("records_processed", "records_failed", "records_new", "records_changed")

to_json = msgspec.json.Encoder(decimal_format="number").encode


async def newest_runs(database: Database, *, limit: int, source: str | None) -> bytes:
    """A JSON list. Raises UnavailableError."""
    return (await read_runs(database, limit=limit, source=source)).encode()


async def these_runs(database: Database, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The runs of these ids that there are, newest first, with exact numbers."""
    text = await read_runs(database, limit=len(run_ids), run_ids=run_ids)
    return list(json.loads(text, parse_float=Decimal))


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Second minus first; a duration only when both runs are over."""
    before, after = first["duration_seconds"], second["duration_seconds"]
    counts = {f"{name}_diff": second[name] - first[name] for name in COUNTS}
    return counts | {
        "duration_diff": None if before is None or after is None else after - before,
        "status_changed": first["status"] != second["status"],
        "code_version_changed": first["code_version"] != second["code_version"],
    }


async def request_runs(
    database: Database,
    sources: Iterable[str],
    *,
    catalogues: bool = False,
    patience: timedelta = timedelta(0),
) -> list[str]:
    """Queue a run of each source and return their ids; those at it already are left alone.

    Where no worker lives, looks again for as long as `patience` says: one may be waking up.
    Raises BusyError when none could be queued, UnavailableError without a database or a worker,
    NotFoundError when a source has nothing to ingest.
    """
    deadline = monotonic() + patience.total_seconds()
    while True:
        try:
            return await asyncio.to_thread(
                _request_runs, database.url, list(sources), catalogues=catalogues
            )
        except NoWorkerError:
            if monotonic() >= deadline:
                raise
        await asyncio.sleep(POLL_SECONDS)


def _request_runs(url: str, sources: Sequence[str], *, catalogues: bool) -> list[str]:
    queued: list[str] = []
    busy: list[str] = []
    with connect(url) as connection, reaching_the_database(url):
        for source in sources:
            try:
                queued += queue.request_run(connection, source=source, catalogues=catalogues)
            except BusyError as error:
                busy.append(str(error))
            except NotFoundError:
                if len(sources) == 1:
                    raise
    if not queued and busy:
        raise BusyError("; ".join(busy))
    return queued


async def wait_until_over(database: Database, run_ids: Sequence[str], limit: timedelta) -> bool:
    """Wait for these runs to end, whatever their end; False when they outlast the limit."""
    deadline = monotonic() + limit.total_seconds()
    while monotonic() < deadline:
        if await asyncio.to_thread(_over, database.url, run_ids):
            return True
        await asyncio.sleep(POLL_SECONDS)
    return False


def _over(url: str, run_ids: Sequence[str]) -> bool:
    with connect(url) as connection, reaching_the_database(url):
        return queue.runs_over(connection, run_ids)
