"""What the database knows of two runs, to be held against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, LiteralString, TypeAlias

from kasparro.core.anomalies.facts import RunFacts
from kasparro.store import run_history
from kasparro.store.queries import queries
from kasparro.store.reading.database import Database

Quotes: TypeAlias = dict[int, tuple[datetime, Decimal]]

OWN_PAST = timedelta(days=7)  # of a coin, to say how much it usually moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and how a run took place."""

    number: int
    stream_id: int
    source_id: int
    stream: str
    carries_prices: bool
    code_version: str
    schema_version: str
    configuration: Mapping[str, Any] | None  # None: it left no figures


class ComparisonReader:
    """Asks one question after the other; each raises UnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, run_id: str) -> Place | None:
        rows = await self._rows(queries("read_comparison").run, run_id=run_id)
        return Place(**dict(zip(Place.__slots__, rows[0], strict=True))) if rows else None

    async def facts(self, numbers: Sequence[int]) -> list[RunFacts]:
        rows = await self._rows(queries("anomalies").facts, run_numbers=list(numbers))
        return [run_history.facts(row) for row in rows]

    async def comparable(self, place: Place) -> list[RunFacts]:
        """The runs before this one that it is held against, in order of time."""
        sql = queries("anomalies").comparable
        rows = await self._rows(sql, run_number=place.number, most=run_history.MOST)
        return await self.facts([row[0] for row in rows])

    async def coverage(self, first: Place, second: Place) -> tuple[list[str], list[str]]:
        """Coins of the second and not of the first, and the reverse."""
        older, newer = sorted((first.number, second.number))
        sql = queries("read_comparison").coverage_between
        rows = await self._rows(sql, stream_id=first.stream_id, older=older, newer=newer)
        later = [slug for slug, shown in rows if shown]
        earlier = [slug for slug, shown in rows if not shown]
        return (later, earlier) if first.number <= second.number else (earlier, later)

    async def drift(self, first: Place, second: Place) -> list[dict[str, Any]]:
        """How the records of their stream drifted from one to the other."""
        older, newer = sorted((first.number, second.number))
        sql = queries("read_comparison").drift_between
        rows = await self._rows(sql, stream_id=first.stream_id, older=older, newer=newer)
        names = ("run_id", "class", "severity", "path", "evidence")
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def prices_at(self, place: Place, at: datetime) -> Quotes:
        sql = queries("read_comparison").prices_at
        rows = await self._rows(
            sql,
            run_number=place.number,
            stream_id=place.stream_id,
            source_id=place.source_id,
            at=at,
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    async def past(
        self, series_ids: Sequence[int], until: datetime
    ) -> dict[int, list[tuple[datetime, Decimal]]]:
        """What each of these said in the week before."""
        sql = queries("read_comparison").past_prices
        rows = await self._rows(
            sql, series_ids=list(series_ids), since=until - OWN_PAST, until=until
        )
        found: dict[int, list[tuple[datetime, Decimal]]] = {}
        for series_id, at, price in rows:
            found.setdefault(series_id, []).append((at, price))
        return found

    async def coins(self, series_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """(coin_id, symbol) of each."""
        rows = await self._rows(queries("read_comparison").coins, series_ids=list(series_ids))
        return {row[0]: (row[1], row[2]) for row in rows}

    async def _rows(self, sql: LiteralString, /, **arguments: Any) -> list[Any]:
        return await self._database.rows(sql, arguments)
