"""Unusual runs as the API tells of them: ready-made JSON, newest first."""

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database


async def read_alerts(
    database: Database,
    *,
    limit: int,
    source: str | None,
    run_id: str | None,
    severity: str | None,
    status: str | None,
) -> tuple[int, str]:
    """How many runs have such findings, and a JSON list of the newest. Raises UnavailableError."""
    arguments = {
        "limit": limit,
        "source": source,
        "run_id": run_id,
        "severity": severity,
        "status": status,
    }
    ((number, alerts),) = await database.rows(queries("read_anomalies").alerts, arguments)
    return int(number), str(alerts)
