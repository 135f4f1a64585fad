"""Removes what a source brought: all of it, or what is older than may be kept.

What is not its own stays: calls already counted against its plan, the totals of its runs, what
people chose, and coins that other sources list too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kasparro.core.errors import NotFoundError
from kasparro.store import leases
from kasparro.store.compaction import release_followers
from kasparro.store.connect import Connection, connect
from kasparro.store.holding import streams_held
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True)
class Holdings:
    """What there is of a source, in the column order of `sql/purge.sql`."""

    observations: int
    payloads: int
    payload_bytes: int  # as stored
    listings: int
    links_by_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """One source, while all its leases are ours."""

    connection: Connection
    source: str
    source_id: int
    stream_ids: list[int]

    def run(self, query: str, /, **arguments: Any) -> Any:
        own = {"source": self.source, "source_id": self.source_id, "stream_ids": self.stream_ids}
        return self.connection.execute(getattr(queries("purge"), query), own | arguments)

    def remove(self, query: str, /, **arguments: Any) -> int:
        """How many rows are gone."""
        return int(self.run(query, **arguments).rowcount)


def holdings(connection: Connection, source: str) -> Holdings:
    """What a purge would remove. Raises NotFoundError for a source that never came here."""
    row = connection.execute(queries("purge").holdings, {"source": source}).fetchone()
    if row is None:
        raise NotFoundError(f"nothing of {source} was ever here")
    return Holdings(*row)


def purge(url: str, source: str, *, holder: str, lease_duration: timedelta) -> dict[str, int]:
    """Remove everything of a source in one transaction; how many rows went, by table.

    Raises BusyError while it is being ingested, NotFoundError for a source that never came here.
    """
    with _alone(url, source, "purge", holder, lease_duration) as scope:
        asset_ids = [row[0] for row in scope.run("assets_of") if row[0] is not None]
        pinned = scope.run("pins_through").fetchall()
        gone = {
            table: scope.remove(table)
            for table in (
                "quarantine",
                "drift_holds",
                "drift_events",
                "drift_baselines",
                "observations",
                "observation_revisions",
                "latest",
                "observation_counts",
                "daily_counts",
                "payloads",
                "checkpoints",
                "anomalies",
                "coverage_changes",
                "run_figures",
                "runs",
                "contracts",
                "unknown_ids",
                "series",
                "decisions",
                "listings",
            )
        }
        gone["assets"] = _remove_orphans(scope, asset_ids, pinned)
        scope.remove("empty")
    return gone


def forget_older(
    url: str, source: str, before: datetime, *, holder: str, lease_duration: timedelta
) -> dict[str, int]:
    """Remove payloads fetched before then, and all they alone said; how many rows, by table.

    A source that still says the same is believed again, from the payload that says it next.
    Raises BusyError while it is being ingested, NotFoundError for a source that never came here.
    """
    with _alone(url, source, "apply retention", holder, lease_duration) as scope:
        when = {"before": before}
        gone = {"observations": int(scope.run("old_observations", **when).fetchone()[0])}
        gone["observation_revisions"] = scope.remove("old_revisions", **when)
        scope.remove("empty_months")
        scope.remove("empty_days")
        series_ids = [row[0] for row in scope.run("old_latest", **when)]
        scope.remove("newest_left", series_ids=series_ids)
        gone["quarantine"] = scope.remove("old_quarantine", **when)
        release_followers(scope.connection, scope.stream_ids, before)
        gone["payloads"] = scope.remove("old_payloads", **when)
        if any(gone.values()):
            arguments = {"source": source, "added": -gone["observations"]}
            scope.connection.execute(queries("write").source_changed, arguments)
    return gone


@contextmanager
def _alone(
    url: str, source: str, purpose: str, holder: str, lease_duration: timedelta
) -> Iterator[_Scope]:
    """One transaction on one source, under all its leases and fenced by them."""
    held_streams = streams_held(
        url, purpose=purpose, holder=holder, duration=lease_duration, source=source
    )
    with held_streams as held, connect(url) as connection, connection.transaction():
        row = connection.execute(queries("purge").source, {"source": source}).fetchone()
        if row is None:
            raise NotFoundError(f"nothing of {source} was ever here")
        connection.execute(queries("listings").lock_identity)
        stream_ids = [lease.stream_id for lease in held]
        yield _Scope(connection=connection, source=source, source_id=row[0], stream_ids=stream_ids)
        connection.execute("notify kasparro_data")
        for lease in held:
            leases.fence(connection, lease)


def _remove_orphans(scope: _Scope, asset_ids: list[int], pinned: list[tuple[int, str]]) -> int:
    """Remove those of these assets that nothing else needs; what was pinned stays pinned by id."""
    removed = 0
    while orphans := [row[0] for row in scope.run("orphans", asset_ids=asset_ids)]:
        scope.remove("unpin", asset_ids=orphans)
        removed += scope.remove("assets", asset_ids=orphans)
        for asset_id, source_asset_id in pinned:
            if asset_id in orphans:
                arguments = {"source": scope.source, "source_asset_id": source_asset_id}
                scope.connection.execute(queries("pins").pin_id, arguments)
    return removed
