"""Drift: how sources changed their answers."""

from kasparro.store.reading.database import Database
from kasparro.store.reading.drift import read_drift


async def drift_events(
    database: Database, *, limit: int, source: str | None, status: str | None
) -> bytes:
    """A JSON object. Raises UnavailableError."""
    return (await read_drift(database, limit=limit, source=source, status=status)).encode()
