"""Reads the ways people write times, and how long the candles of a file are."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTH = "1mo"
INTERVALS = {
    "1m": timedelta(minutes=1),
    "3m": timedelta(minutes=3),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "2h": timedelta(hours=2),
    "4h": timedelta(hours=4),
    "6h": timedelta(hours=6),
    "8h": timedelta(hours=8),
    "12h": timedelta(hours=12),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "1w": timedelta(days=7),
    MONTH: timedelta(days=30),
}
LAST_MONTH = 12
OUTWEIGHS = 10  # times as many dates must write one order for the other to be a slip
ENOUGH_GAPS = 3  # to believe that candles are longer than their shape usually has them
# 10 digits are seconds, 13 milliseconds, 16 microseconds, 19 nanoseconds: one file may mix them.
_UNITS = ((10**11, 10**6), (10**14, 10**3), (10**17, 1))
_NUMBER = re.compile(r"(\d{9,19})(?:\.(\d+))?")
_ORDERED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(.*)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)")
_CLOCK = re.compile(r"[T ]+(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?[ -]?([AaPp][Mm])?")
_WORDS = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%Y-%m-%d %I-%p")


@lru_cache(maxsize=4096)
def read_time(text: str, zone: tzinfo, *, day_first: bool) -> datetime:
    """The instant this text means, in UTC; `zone` is that of times which name none.

    Raises ValueError for what is no time or lies outside the calendar.
    """
    try:
        return _instant(text.strip(), zone, day_first=day_first)
    except (ValueError, OverflowError):
        raise ValueError(f"no time can be read in {text!r}") from None


def end_of(start: datetime, interval: str, zone: tzinfo) -> datetime:
    """When a candle that began then is over; days and months are those of `zone`."""
    length = INTERVALS[interval]
    if length < timedelta(days=1):
        return start + length
    local = start.astimezone(zone).replace(tzinfo=None)
    if interval == MONTH:
        months = local.year * 12 + local.month
        over = local.replace(year=months // 12, month=months % 12 + 1, day=min(local.day, 28))
    else:
        over = local + length
    return over.replace(tzinfo=zone).astimezone(UTC)


def day_comes_first(cells: Iterable[str]) -> bool | None:
    """What dates such as 13/02/2024 prove about their order; None: nothing.

    Raises ValueError when many prove the one and many the other.
    """
    proofs: Counter[bool] = Counter()
    for cell in cells:
        match = _ORDERED.match(cell.strip())
        if match is None:
            continue
        first, second = int(match[1]) > LAST_MONTH, int(match[3]) > LAST_MONTH
        if first != second:
            proofs[first] += 1
    if len(proofs) > 1 and min(proofs.values()) * OUTWEIGHS > max(proofs.values()):
        raise ValueError("some dates begin with the day, some with the month")
    return proofs.most_common(1)[0][0] if proofs else None


def is_ordered(cell: str) -> bool:
    """Whether this is a date whose day and month could stand either way."""
    return _ORDERED.match(cell.strip()) is not None


def interval_of(times: Iterable[datetime], usual: str | None) -> str | None:
    """The length of candles at these times: the most common gap of those that candles have.

    A shorter gap than the usual one disproves it; a longer one may be days left out, so it takes
    several. None: neither the times nor the shape say.
    """
    gaps = (later - earlier for earlier, later in pairwise(sorted(set(times))))
    lengths = Counter(name for gap in gaps if (name := _interval_near(gap)) is not None)
    if not lengths:
        return usual
    found, count = min(lengths.items(), key=lambda item: (-item[1], INTERVALS[item[0]]))
    longer = usual is not None and INTERVALS[found] > INTERVALS[usual]
    return usual if longer and count < ENOUGH_GAPS else found


def date_within(text: str) -> str | None:
    """The date a file name holds, as YYYY-MM-DD."""
    match = re.search(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?!\d)", text)
    return "-".join(match.groups()) if match is not None else None


def _interval_near(gap: timedelta) -> str | None:
    for name, length in INTERVALS.items():
        slack = timedelta(days=2) if name == MONTH else length * 0.02
        if abs(gap - length) <= slack:
            return name
    return None


def _instant(text: str, zone: tzinfo, *, day_first: bool) -> datetime:
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return _since_epoch(int(number[1]), number[2] or "")
    for suffix in (" UTC", " GMT"):
        if text.endswith(suffix):
            text, zone = text.removesuffix(suffix), UTC
    moment = _calendar(text, day_first=day_first)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _since_epoch(number: int, fraction: str) -> datetime:
    for below, microseconds in _UNITS:
        if number < below:
            part = int((fraction + "000000")[:6]) * microseconds // 10**6
            return EPOCH + timedelta(microseconds=number * microseconds + part)
    return EPOCH + timedelta(microseconds=number // 1000)


def _calendar(text: str, *, day_first: bool) -> datetime:
    match = _ORDERED.fullmatch(text)
    if match is not None:
        first, _, second, year, rest = match.groups()
        day, month = (first, second) if day_first else (second, first)
        return _at(int(year), int(month), int(day), rest)
    match = _YEAR_FIRST.fullmatch(text)
    if match is not None:
        return _at(int(match[1]), int(match[2]), int(match[3]), match[4])
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _in_words(text)


def _in_words(text: str) -> datetime:
    for form in _WORDS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 -- the zone is the caller's to add
        except ValueError:
            continue
    raise ValueError("no time in any form we know")


def _at(year: int, month: int, day: int, rest: str) -> datetime:
    date = datetime(year, month, day)  # noqa: DTZ001 -- the zone is the caller's to add
    if not rest.strip():
        return date
    clock = _CLOCK.fullmatch(rest.rstrip())
    if clock is None:
        raise ValueError("a date followed by no time of day")
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].upper() == "PM" else 0)
    return date.replace(hour=hour, minute=minute, second=second)
