"""The rows of runs that are over, as the facts they are held against each other by."""

from collections.abc import Sequence
from typing import Any

from kasparro.core.anomalies.facts import Missing, RunFacts, figures

MOST = 8 * 7 * 24  # runs one is held against: eight weeks of hourly ones
LARGEST = 100  # coins whose absence is grave

COUNTS = (
    "records_fetched",
    "records_new",
    "records_changed",
    "records_unchanged",
    "records_quarantined",
    "records_without_price",
    "payloads",
    "payloads_stored",
    "retries",
    "waits",
    "wait_seconds",
    "duration_seconds",
)


def facts(row: Sequence[Any]) -> RunFacts:
    """A row of `facts` in `sql/anomalies.sql`, in its column order."""
    kept = dict(row[10] or {})
    counts = {
        name: number for name, number in zip(COUNTS, row[11:], strict=True) if number is not None
    }
    return RunFacts(
        run_id=row[1],
        status=row[2],
        at=row[3],
        since_last=row[4],
        newest_observed_at=row[5],
        checkpoint_found_at=row[6],
        incomparable=row[7],
        error_kind=row[8],
        error_message=row[9],
        values=figures(kept | counts),
    )


def missing(rows: Sequence[Sequence[Any]]) -> Missing:
    """Rows of `missing` in `sql/anomalies.sql`, in their column order."""
    return Missing(
        ids=[id_ for id_, _, _ in rows],
        top=[id_ for id_, top, _ in rows if top],
        unlisted=[id_ for id_, _, unlisted in rows if unlisted],
    )
