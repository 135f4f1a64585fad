"""Runs as the API tells of them: ready-made JSON, newest first."""

from collections.abc import Sequence

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database


async def read_runs(
    database: Database,
    *,
    limit: int,
    source: str | None = None,
    run_ids: Sequence[str] | None = None,
) -> str:
    """A JSON list of runs: of one source or all, any or just these. Raises UnavailableError."""
    arguments = {
        "limit": limit,
        "source": source,
        "run_ids": None if run_ids is None else list(run_ids),
    }
    rows = await database.rows(queries("read_runs").runs, arguments)
    return str(rows[0][0])
