"""Quarantine: the records that wait for somebody."""

from kasparro.store.reading.database import Database
from kasparro.store.reading.quarantine import read_quarantine


async def waiting_records(database: Database, *, limit: int, source: str | None) -> bytes:
    """A JSON object. Raises UnavailableError."""
    return (await read_quarantine(database, limit=limit, source=source)).encode()
