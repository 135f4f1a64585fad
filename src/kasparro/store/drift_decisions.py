"""What people see of drift, and what they decide about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kasparro.core.drift.baseline import forgotten
from kasparro.core.errors import NotFoundError
from kasparro.store.connect import Connection
from kasparro.store.drift import packed, unpacked
from kasparro.store.queries import queries
from kasparro.store.shadow import StoredStream


@dataclass(frozen=True, slots=True)
class Event:
    """One event, in the column order of `sql/drift.sql`."""

    id: int
    source: str
    stream: str
    drift: str  # its class, in the API's words
    severity: str
    status: str
    path: str
    evidence: str
    confidence: Decimal | None
    details: Mapping[str, Any]
    run_id: str
    payload_id: int | None
    detected_at: datetime
    last_seen: datetime
    occurrences: int
    held: int  # records
    resolved_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An event somebody decides about, locked until the decision is written."""

    id: int
    stream: StoredStream
    category: str
    severity: str
    path: str
    evidence: str
    details: Mapping[str, Any]
    status: str

    @property
    def alias(self) -> str | None:
        """The other name, where the event proposes one."""
        return self.details.get("alias") if self.category == "renamed" else None


def events(
    connection: Connection, *, source: str | None, status: str | None, limit: int
) -> list[Event]:
    """Those that wait for somebody first, then the newest."""
    arguments = {"source": source, "status": status, "limit": limit}
    return [Event(*row) for row in connection.execute(queries("drift").events, arguments)]


def case(connection: Connection, event_id: int) -> Case:
    """Raises NotFoundError."""
    row = connection.execute(queries("drift").event, {"id": event_id}).fetchone()
    if row is None:
        raise NotFoundError(f"no drift event has the number {event_id}; `kasparro drift list`")
    stream = StoredStream(
        stream_id=row[3], source=row[1], stream=row[2], source_id=row[4], carries_prices=row[5]
    )
    return Case(
        id=row[0],
        stream=stream,
        category=row[6],
        severity=row[7],
        path=row[8],
        evidence=row[9],
        details=row[10],
        status=row[11],
    )


def accept(connection: Connection, one: Case, at: datetime, note: str | None) -> None:
    """From now on this is how the stream is: learn the field anew, and let its records go.

    An accepted rename is one more name for the field. Runs inside the caller's transaction, under
    the stream's lease.
    """
    _decide(connection, one, "accepted", at, note)
    changed = one.path
    if one.alias is not None:
        changed = one.alias  # which goes by the field's own name from now on
        arguments = {"stream_id": one.stream.stream_id, "event_id": one.id, "at": at}
        sql = queries("drift").add_alias
        connection.execute(sql, arguments | {"name": one.path, "alias": one.alias})
    if changed:
        _forget(connection, one.stream.stream_id, changed, at)
    connection.execute(queries("drift").release, {"event_id": one.id, "at": at})


def reject(connection: Connection, one: Case, at: datetime, note: str | None) -> None:
    """Its records stay held, and so will whatever comes and drifts in just this way."""
    _decide(connection, one, "rejected", at, note)


def _decide(connection: Connection, one: Case, status: str, at: datetime, note: str | None) -> None:
    arguments = {"id": one.id, "status": status, "at": at, "note": note}
    connection.execute(queries("drift").decide, arguments)


def _forget(connection: Connection, stream_id: int, path: str, at: datetime) -> None:
    rows = connection.execute(queries("drift").baselines, {"stream_id": stream_id}).fetchall()
    for part, baseline in rows:
        anew = packed(forgotten(unpacked(baseline), path))
        arguments = {"stream_id": stream_id, "part": part, "baseline": anew, "at": at}
        connection.execute(queries("drift").learn, arguments)
