"""One row of a table of facts, written by hand."""

from datetime import UTC, datetime
from typing import Any

from kasparro.store.connect import Connection


def insert(connection: Connection, table: str = "observations", **values: Any) -> None:
    row = {
        "series_id": 1,
        "observed_at": datetime(2026, 5, 18, tzinfo=UTC),
        "source_id": 1,
        "price_usd": "1",
        "id": 1 << 20,
    } | values
    connection.execute("select ensure_partition(%s)", [row["observed_at"]])
    connection.execute(
        f"insert into {table} ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",  # type: ignore[arg-type]
        list(row.values()),
    )
