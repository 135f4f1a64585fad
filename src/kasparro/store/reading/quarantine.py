"""The quarantine as the API tells of it: ready-made JSON, newest first."""

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database


async def read_quarantine(database: Database, *, limit: int, source: str | None) -> str:
    """A JSON object of waiting records, of one source or all. Raises UnavailableError."""
    arguments = {"limit": limit, "source": source}
    rows = await database.rows(queries("read_quarantine").records, arguments)
    return str(rows[0][0])
