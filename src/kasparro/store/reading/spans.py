"""Cuts a span of time into the whole days or months we have counts of, and the broken ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias

Grain: TypeAlias = Literal["day", "month"]

OLDEST = datetime(1970, 1, 1, tzinfo=UTC)  # nothing is older, and calendars end badly
NEWEST = datetime(2500, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`since` <= t < `until`: the whole buckets from `first` up to `last`, and two broken ends."""

    first: date | None = None
    last: date | None = None
    head: tuple[datetime, datetime] | None = None  # the newer end
    tail: tuple[datetime, datetime] | None = None  # the older end

    @property
    def bounded(self) -> bool:
        return self != Span()


def cut(since: datetime | None, until: datetime | None, grain: Grain) -> Span:
    """Split at bucket borders, so that only the broken ends have to be counted row by row."""
    floor = FLOORS[grain]
    since, until = _clamp(since), _clamp(until)
    if since is not None and until is not None and floor(since) >= floor(until):
        nothing_whole = floor(since).date()
        return Span(first=nothing_whole, last=nothing_whole, head=(since, max(since, until)))
    return Span(
        first=None if since is None else ceiling(since, grain).date(),
        last=None if until is None else floor(until).date(),
        head=None if until is None else (floor(until), until),
        tail=None if since is None else (since, ceiling(since, grain)),
    )


def floor_day(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def floor_month(instant: datetime) -> datetime:
    return floor_day(instant).replace(day=1)


FLOORS: dict[Grain, Callable[[datetime], datetime]] = {"day": floor_day, "month": floor_month}
LONGER: dict[Grain, timedelta] = {"day": timedelta(days=1), "month": timedelta(days=31)}


def ceiling(instant: datetime, grain: Grain) -> datetime:
    start = FLOORS[grain](instant)
    return instant if start == instant else FLOORS[grain](start + LONGER[grain])


def _clamp(instant: datetime | None) -> datetime | None:
    return None if instant is None else min(max(instant, OLDEST), NEWEST)
