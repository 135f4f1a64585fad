"""Drift as the API tells of it: ready-made JSON."""

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database


async def read_drift(
    database: Database, *, limit: int, source: str | None, status: str | None
) -> str:
    """A JSON object of events, what waits for somebody first. Raises UnavailableError."""
    arguments = {"limit": limit, "source": source, "status": status}
    rows = await database.rows(queries("read_drift").events, arguments)
    return str(rows[0][0])
