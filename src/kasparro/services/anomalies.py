"""Anomalies: what is wrong with runs, one alert per run."""

import json
from decimal import Decimal

from kasparro.core.anomalies.finding import headline
from kasparro.services.runs import to_json
from kasparro.store.reading.anomalies import read_alerts
from kasparro.store.reading.database import Database


async def unusual_runs(
    database: Database,
    *,
    limit: int,
    source: str | None = None,
    run_id: str | None = None,
    severity: str | None = None,
    status: str | None = None,
) -> bytes:
    """A JSON object. Raises UnavailableError."""
    total, text = await read_alerts(
        database, limit=limit, source=source, run_id=run_id, severity=severity, status=status
    )
    alerts = json.loads(text, parse_float=Decimal)
    for alert in alerts:
        alert["summary"] = headline(one["cause"] for one in alert["findings"])
    return to_json({"total_records": total, "limit": limit, "data": alerts})
