"""Reads what is in quarantine, for a person at the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kasparro.core.errors import NotFoundError
from kasparro.store.connect import Connection
from kasparro.store.queries import queries
from kasparro.store.statements import POSITION_BITS


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record, in the column order of `sql/quarantine.sql`; `id` is its pedigree."""

    id: int
    source: str
    stream: str
    source_asset_id: str | None
    field: str
    reason: str
    recorded_at: datetime
    record: str


@dataclass(frozen=True, slots=True)
class Case(Quarantined):
    """The same with its way back: the run, the request and the bytes."""

    resolved_at: datetime | None
    run_id: str
    request: Mapping[str, Any]
    payload_sha256: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong with how many records."""

    source: str
    stream: str
    field: str
    reason: str
    records: int
    first: datetime
    last: datetime


def newest(connection: Connection, *, source: str | None, limit: int) -> list[Quarantined]:
    arguments = {"source": source, "limit": limit}
    rows = connection.execute(queries("quarantine").open_records, arguments)
    return [Quarantined(*row) for row in rows]


def reasons(connection: Connection, *, source: str | None) -> list[Reason]:
    """The commonest first."""
    rows = connection.execute(queries("quarantine").reasons, {"source": source})
    return [Reason(*row) for row in rows]


def case(connection: Connection, id_: int) -> Case:
    """One record by its pedigree. Raises NotFoundError."""
    payload_id, position = divmod(id_, 1 << POSITION_BITS)
    arguments = {"payload_id": payload_id, "position": position}
    row = connection.execute(queries("quarantine").one, arguments).fetchone()
    if row is None:
        raise NotFoundError(f"no record {id_} is in quarantine")
    return Case(*row)
