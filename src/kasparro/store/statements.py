"""Merges what a payload states into what its series stated before. Pure: SQL stands elsewhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from kasparro.core.observation import Observation

Key: TypeAlias = tuple[int, datetime]

POSITION_BITS = 20
"""An `id` is a payload's number, and in its last 20 bits the place of the record in it."""


class Statement(NamedTuple):
    """One row of `observations` without its source. `id` says where: payload, then position."""

    series_id: int
    observed_at: datetime
    price_usd: Decimal
    market_cap_usd: Decimal | None
    volume_24h_usd: Decimal | None
    change_24h_percent: Decimal | None
    open_usd: Decimal | None
    high_usd: Decimal | None
    low_usd: Decimal | None
    id: int

    @property
    def key(self) -> Key:
        return self[0:2]

    @property
    def values(self) -> tuple[Decimal | None, ...]:
        return self[2:9]


@dataclass(slots=True)
class Merge:
    """What to write so that the tables hold the last statement and every earlier one."""

    added: list[Statement] = field(default_factory=list)
    restated: list[Statement] = field(default_factory=list)
    revisions: list[Statement] = field(default_factory=list)
    changed: int = 0
    unchanged: int = 0


def statements(
    observations: Iterable[Observation],
    series: Mapping[str, int],
    *,
    payload_id: int,
) -> list[Statement]:
    """The rows a payload's observations become, in the payload's order.

    Raises ValueError for a record too far back in its payload to have an id of its own.
    """
    first = payload_id << POSITION_BITS
    rows = [
        Statement(
            series[o.source_asset_id],
            o.observed_at,
            o.price_usd,
            o.market_cap_usd,
            o.volume_24h_usd,
            o.change_24h_percent,
            o.open_usd,
            o.high_usd,
            o.low_usd,
            first + o.position,
        )
        for o in observations
    ]
    if any(row.id >> POSITION_BITS != payload_id for row in rows):
        raise ValueError(f"a payload may hold {1 << POSITION_BITS:,} records, this one holds more")
    return rows


def merge(said: Iterable[Statement], known: Mapping[Key, Statement]) -> Merge:
    """Take the statements one after the other, as if each had come alone.

    An equal one changes nothing; a different one for the same time replaces the one before it,
    which is kept as a revision with its own pedigree.
    """
    result = Merge()
    current: dict[Key, Statement] = {}
    for statement in said:
        key = statement.key
        before = current.get(key) or known.get(key)
        if before is None:
            current[key] = statement
        elif before.values == statement.values:
            result.unchanged += 1
        else:
            result.changed += 1
            result.revisions.append(before)
            current[key] = statement
    for key in sorted(current):
        (result.restated if key in known else result.added).append(current[key])
    return result


def newest_per_series(rows: Iterable[Statement]) -> list[Statement]:
    """The latest statement of each series."""
    newest: dict[int, Statement] = {}
    for row in rows:
        known = newest.get(row.series_id)
        if known is None or known.observed_at <= row.observed_at:
            newest[row.series_id] = row
    return [newest[series_id] for series_id in sorted(newest)]


def count_by_month(rows: Iterable[Statement]) -> dict[tuple[int, date], int]:
    """How many rows each series has per calendar month, in key order."""
    months: Counter[tuple[int, date]] = Counter()
    days = Counter((row.series_id, row.observed_at.date()) for row in rows)
    for (series_id, day), number in days.items():
        months[series_id, day.replace(day=1)] += number
    return dict(sorted(months.items()))


def count_by_day(rows: Iterable[Statement]) -> dict[date, int]:
    """How many rows there are per calendar day (UTC), in day order."""
    return dict(sorted(Counter(row.observed_at.date() for row in rows).items()))
