"""Everything a database says, in natural keys, to tell two databases apart statement by statement.

For databases that fit into memory: scratch ones and small ones. `digest` compares any two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from kasparro.store.connect import Connection
from kasparro.store.queries import queries

Key: TypeAlias = tuple[str, str, datetime]
"""Stream, the source's id of the listing, the instant that is spoken of."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its numbers in the order of the table, and the sha256 of its payload."""

    values: tuple[Decimal | None, ...]
    payload: str


@dataclass(frozen=True, slots=True)
class Position:
    """How far a stream is."""

    cursor: str
    between_sweeps: bool
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a listing is taken for."""

    slug: str
    symbol: str
    name: str
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What stands, what stood before, where it came from, and what does not fit together."""

    stands: Mapping[Key, Said]
    stood: Mapping[Key, frozenset[Said]]
    payloads: frozenset[str]
    listings: Mapping[tuple[str, str], Listed]  # by (source, its id)
    positions: Mapping[str, Position]
    contradictions: Mapping[str, int]


def ledger(connection: Connection) -> Ledger:
    """Read at one moment."""
    sql = queries("ledger")
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        stands: dict[Key, Said] = {}
        stood: dict[Key, set[Said]] = {}
        for key, said, is_standing in _statements(connection):
            if is_standing:
                stands[key] = said
            else:
                stood.setdefault(key, set()).add(said)
        return Ledger(
            stands=stands,
            stood={key: frozenset(said) for key, said in stood.items()},
            payloads=frozenset(row[0] for row in connection.execute(sql.payloads)),
            listings={
                (row[0], row[1]): Listed(*row[2:]) for row in connection.execute(sql.listings)
            },
            positions={row[0]: Position(*row[1:]) for row in connection.execute(sql.positions)},
            contradictions=dict(connection.execute(sql.contradictions).fetchall()),
        )


def _statements(connection: Connection) -> Iterator[tuple[Key, Said, bool]]:
    for row in connection.execute(queries("ledger").statements):
        stream, id_, at, values, payload, stands = row
        yield (stream, id_, at), Said(tuple(values), payload), stands
