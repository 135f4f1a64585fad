"""Writes a payload's observations, with everything derived from them, into the current schema."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import msgspec

from kasparro.core.observation import Observation
from kasparro.store.connect import Connection
from kasparro.store.queries import queries
from kasparro.store.statements import (
    Key,
    Merge,
    Statement,
    count_by_day,
    count_by_month,
    merge,
    newest_per_series,
    statements,
)

BULK = 3_000  # rows from which COPY is quicker than arrays
ENCODER = msgspec.json.Encoder(decimal_format="number")
COPY_TYPES = ("int4", "timestamptz", "int2", *("numeric",) * 7, "int8")


def ensure_partitions(
    connection: Connection, observations: Sequence[Observation], there: set[datetime]
) -> None:
    """Make the partitions these rows need, each in its own transaction before the payload's.

    `there` are months known to have theirs; it grows.
    """
    named = {(o.observed_at.year, o.observed_at.month) for o in observations}
    for month in sorted({datetime(*month, 1, tzinfo=UTC) for month in named} - there):
        connection.execute(queries("write").ensure_partition, {"instant": month})
        there.add(month)


def write_observations(
    connection: Connection,
    observations: Sequence[Observation],
    series: dict[str, int],
    *,
    source: str,
    source_id: int,
    payload_id: int,
) -> Merge:
    """Merge a payload's observations into the tables, inside the caller's transaction."""
    said = statements(observations, series, payload_id=payload_id)
    result = merge(said, _known(connection, said))
    if len(observations) < BULK:
        _write(connection, "add_observations", result.added, source_id)
    else:
        _copy(connection, result.added, source_id)
    _write_derived(connection, result, source=source, source_id=source_id)
    return result


def write_history(
    connection: Connection,
    observations: Sequence[Observation],
    series: dict[str, int],
    *,
    source: str,
    source_id: int,
    payload_id: int,
) -> Merge:
    """Merge observations of an old payload into what later payloads have said since.

    All that is known of their series and times is taken in payload order again, so that the tables
    hold what they would, had the old payload been understood when it came.
    """
    said = statements(observations, series, payload_id=payload_id)
    known = _known(connection, said)
    keys = {
        "series_ids": [statement.series_id for statement in said],
        "times": [statement.observed_at for statement in said],
    }
    sql = queries("quarantine")
    revisions = [Statement._make(row) for row in connection.execute(sql.revisions_of, keys)]
    history = sorted({*said, *known.values(), *revisions}, key=lambda one: one.id)
    result = merge(history, {})
    current = result.added
    result.added = [one for one in current if one.key not in known]
    result.restated = [one for one in current if known.get(one.key, one) != one]
    connection.execute(sql.forget_revisions, keys)
    _write(connection, "add_observations", result.added, source_id)
    _write_derived(connection, result, source=source, source_id=source_id)
    return result


def pipelined(connection: Connection, observations: Sequence[Observation]) -> Any:
    """A context in which statements wait for no answer nobody reads; COPY cannot run in it."""
    return connection.pipeline() if len(observations) < BULK else nullcontext()


def _known(connection: Connection, said: Sequence[Statement]) -> dict[Key, Statement]:
    if not said:
        return {}
    times = [statement.observed_at for statement in said]
    bounds: dict[str, Any] = {"oldest": min(times), "newest": max(times)}
    series_ids = [statement.series_id for statement in said]
    if len(said) < BULK:
        sql = queries("write").statements
        rows = connection.execute(sql, bounds | {"series_ids": series_ids, "times": times})
    else:
        sql = queries("write").statements_between
        rows = connection.execute(sql, bounds | {"series_ids": sorted(set(series_ids))})
    return {known.key: known for known in map(Statement._make, rows)}


def _write(connection: Connection, query: str, rows: Sequence[Statement], source_id: int) -> None:
    if not rows:
        return
    arguments = {"rows": ENCODER.encode(rows).decode(), "source_id": source_id}
    connection.execute(getattr(queries("write"), query), arguments)


def _copy(connection: Connection, rows: Sequence[Statement], source_id: int) -> None:
    with connection.cursor() as cursor, cursor.copy(queries("write").copy_observations) as copy:
        copy.set_types(COPY_TYPES)
        for row in rows:
            copy.write_row((row[0], row[1], source_id, *row[2:]))


def _write_derived(connection: Connection, result: Merge, *, source: str, source_id: int) -> None:
    _write(connection, "add_revisions", result.revisions, source_id)
    _write(connection, "restate_observations", result.restated, source_id)
    newest = newest_per_series([*result.added, *result.restated])
    _write(connection, "move_latest", newest, source_id)
    _count(connection, result, source=source, source_id=source_id)


def _count(connection: Connection, result: Merge, *, source: str, source_id: int) -> None:
    sql = queries("write")
    months = count_by_month(result.added)
    if months:
        arguments: dict[str, Any] = {
            "series_ids": [series_id for series_id, _ in months],
            "months": [month for _, month in months],
            "numbers": list(months.values()),
            "source_id": source_id,
        }
        connection.execute(sql.count_by_month, arguments)
        days = count_by_day(result.added)
        arguments = {"days": list(days), "numbers": list(days.values()), "source_id": source_id}
        connection.execute(sql.count_by_day, arguments)
    if result.added or result.restated:
        connection.execute(sql.source_changed, {"source": source, "added": len(result.added)})
