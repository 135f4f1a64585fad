"""One page of observations, newest first, at a cost that does not grow with the history.

The counts say between which instants the page lies, so the planner sees one or two partitions and
an offset is skipped by whole days or months; then one index probe for each source or series finds
the rows. Both steps see the same snapshot, and so does the version that the answer carries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import namedtuple_row

from kasparro.store.queries import queries
from kasparro.store.reading.database import Database
from kasparro.store.reading.sessions import Reader
from kasparro.store.reading.spans import FLOORS, Grain, Span, ceiling, cut, floor_month

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The last row of a page; the order by time and series is total, so nothing hides behind it."""

    observed_at: datetime
    series_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuestion:
    """Which observations, and which part of them. None: whatever it is."""

    limit: int
    offset: int = 0
    symbol: str | None = None
    source: str | None = None
    coin_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: Position | None = None

    @property
    def grain(self) -> Grain:
        """Sources are counted by day, series by month."""
        return "day" if self.symbol is None and self.coin_id is None else "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePage:
    rows: str  # a JSON list
    total: int
    next: Position | None
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """Where the rows of a page are looked for."""

    ids: Sequence[int]
    lower: datetime
    upper: datetime
    skip: int


async def read_prices(database: Database, question: PriceQuestion) -> PricePage:
    """Answer from one snapshot. Raises UnavailableError."""

    async def ask(reader: Reader) -> PricePage:
        span = cut(question.since, question.until, question.grain)
        cursor = reader.cursor(row_factory=namedtuple_row)
        await cursor.execute(_plan(question.grain, span), _plan_arguments(question, span))
        planned: Any = await cursor.fetchone()
        probes = _probes(question, planned)
        if probes is None:
            return PricePage(rows="[]", total=planned.total, next=None, version=planned.version)
        found = await reader.execute(_page(question, probes))
        rows, more, observed_at, series_id = (await found.fetchone()) or ("[]", False, None, None)
        position = Position(observed_at=observed_at, series_id=series_id) if more else None
        return PricePage(rows=rows, total=planned.total, next=position, version=planned.version)

    return await database.snapshot(ask)


def _plan(grain: Grain, span: Span) -> bytes:
    sql = queries("read_prices")
    plan, ends = {
        "day": (sql.plan_by_day, sql.ends_of_sources),
        "month": (sql.plan_by_month, sql.ends_of_series),
    }[grain]
    broken = span.head is not None or span.tail is not None
    return plan.format(ends=ends if broken else sql.no_ends).encode()


def _plan_arguments(question: PriceQuestion, span: Span) -> dict[str, Any]:
    head, tail = span.head or (None, None), span.tail or (None, None)
    after = question.after
    arguments = {
        "source": question.source,
        "whole_from": span.first,
        "whole_to": span.last,
        "head_from": head[0],
        "head_to": head[1],
        "tail_from": tail[0],
        "tail_to": tail[1],
        "before": None if after is None else FLOORS[question.grain](after.observed_at).date(),
        "skip": question.offset,
        "reach": question.offset + question.limit + 1,
    }
    if question.grain == "day":
        return arguments | {"bounded": span.bounded}
    return arguments | {"symbol": question.symbol, "coin_id": question.coin_id}


def _probes(question: PriceQuestion, planned: Any) -> Probes | None:
    """Where to look; None when the counts say that there is nothing."""
    if not planned.ids or planned.total == 0:
        return None
    after = question.after
    if after is None:
        if planned.upper is None:
            return None
        skip = question.offset - planned.skipped
        return Probes(ids=planned.ids, lower=planned.lower, upper=planned.upper, skip=skip)
    start = FLOORS[question.grain](after.observed_at)
    lower = min(planned.lower or start, start)
    if question.since is not None:
        lower = max(lower, question.since)
    upper = after.observed_at + INSTANT
    if question.until is not None:
        upper = min(upper, question.until)
    return Probes(ids=planned.ids, lower=lower, upper=upper, skip=0)


def _page(question: PriceQuestion, probes: Probes) -> bytes:
    """The statement, with our own numbers and instants in its text: the planner has to see them."""
    sql = queries("read_prices")
    after = question.after or Position(observed_at=probes.upper, series_id=0)
    probe = sql.newest_of_source if question.grain == "day" else sql.newest_of_series
    skipped = probes.skip if len(probes.ids) == 1 else 0  # by one alone; several skip together
    skip = probes.skip - skipped
    found = (
        probe.format(
            id=id_,
            first_month=_literal(floor_month(probes.lower)),
            end_of_months=_literal(ceiling(probes.upper, "month")),
            lower=_literal(probes.lower),
            upper=_literal(probes.upper),
            before=_literal(after.observed_at),
            before_series=after.series_id,
            skip=skipped,
            reach=skip + question.limit + 1,
        )
        for id_ in probes.ids
    )
    page = sql.page.format(probes="\nunion all\n".join(found), skip=skip, limit=question.limit)
    return page.encode()


def _literal(instant: datetime) -> str:
    return f"'{instant.isoformat()}'::timestamptz"
