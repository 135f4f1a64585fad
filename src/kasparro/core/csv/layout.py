"""Decides how a CSV file is to be read: everything its records need that is not in their line.

What is decided goes into the request of every payload of the file, so that replay reads the same.
What cannot be decided is refused with the option that would decide it; nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kasparro.core.csv import times
from kasparro.core.csv.coins import KnownCoins, pair_of
from kasparro.core.csv.header import Header, find_header
from kasparro.core.csv.numbers import OTHER, PROVED, Marks, marks_of
from kasparro.core.csv.shape import NUMBERS
from kasparro.core.csv.subject import refuse_other_quotes, subject
from kasparro.core.errors import BadRequestError


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user says about the files; None: let each file say it."""

    coin: str | None = None
    dataset: str | None = None
    map: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    decimal: str | None = None
    day_first: bool | None = None
    default_time: str | None = None  # "name", "mtime" or a time: for rows without one

    def said(self) -> dict[str, Any]:
        """Those that say something, by name."""
        return {name: value for name, value in asdict(self).items() if value not in (None, {})}

    def over(self, others: "Choices") -> "Choices":
        """These choices, and the others where these say nothing."""
        return replace(others, **self.said())

    def of_layout(self) -> "Choices":
        """Those that hold for any file of the same layout, whichever coin and time it is about."""
        rule = self.default_time if self.default_time in ("name", "mtime") else None
        return replace(self, coin=None, dataset=None, default_time=rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The dataset a file belongs to and the parameters its records are read with."""

    dataset: str
    params: Mapping[str, Any]
    size: int  # bytes before the first record


def recognise(
    head: bytes, *, name: str, modified_at: datetime, choices: Choices, known: KnownCoins
) -> Layout:
    """Decide by the first lines of a file, whole ones, and its name without its endings.

    Raises BadRequestError naming the option that would settle what cannot be decided.
    """
    header = find_header(head, choices.map)
    refuse_other_quotes(header)
    zone = time_zone(choices.timezone)
    day_first = _day_first(header, choices)
    interval = _interval(header, choices, zone, day_first=day_first)
    marks = _marks(header, choices)
    params = {
        "shape": header.shape.name,
        "header": list(header.columns),
        "map": dict(header.chosen),
        "delimiter": header.delimiter,
        "encoding": "utf-8",
        "preamble": header.size,
        "decimal": marks.decimal,
        "trusted_marks": marks.trusted,
        "day_first": day_first,
        "timezone": choices.timezone or "UTC",
        "interval": interval,
        "coin": subject(header, name, choices.coin, known),
        "default_time": _default_time(header, name, modified_at, choices),
    }
    return Layout(dataset=_dataset(header, choices, interval), params=params, size=header.size)


def time_zone(name: str | None) -> tzinfo:
    """Raises BadRequestError when there is no such zone."""
    if name is None or name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequestError(
            f"--timezone knows no {name!r}; it takes names such as Europe/Berlin"
        ) from None


def _day_first(header: Header, choices: Choices) -> bool:
    cells = header.cells("time")
    if choices.day_first is not None:
        return choices.day_first
    try:
        proved = times.day_comes_first(cells)
    except ValueError as error:
        raise BadRequestError(f"{error}; say --date-order dmy or mdy") from None
    if proved is not None:
        return proved
    if header.shape.day_first is None and any(times.is_ordered(cell) for cell in cells):
        raise BadRequestError(
            f"does not show whether {cells[0]!r} begins with the day or the month; "
            "say --date-order dmy or mdy"
        )
    return bool(header.shape.day_first)


def _marks(header: Header, choices: Choices) -> Marks:
    if choices.decimal is not None:
        return Marks(choices.decimal, PROVED)
    cells = [cell for name in NUMBERS for cell in header.cells(name)]
    # Whoever groups thousands with points has no comma left to part the cells with.
    marks = marks_of(cells, "." if header.delimiter == "," else "")
    if marks is None:
        unclear = next(cell for cell in cells if set(cell) & set(OTHER))
        raise BadRequestError(
            f"does not show which mark is the decimal one in {unclear!r}; "
            "say --decimal . or --decimal ,"
        )
    return marks


def _interval(header: Header, choices: Choices, zone: tzinfo, *, day_first: bool) -> str | None:
    """How long a row's candle is; of shapes without candles only what is usual for them."""
    named = (choices.dataset or "").rpartition("/")[2]
    if named in times.INTERVALS:
        return named
    if header.shape.time == "instant" and header.shape.interval is None:
        return None
    moments = []
    for cell in (*header.cells("time"), *header.cells("time_again")):
        try:
            moments.append(times.read_time(cell, zone, day_first=day_first))
        except ValueError:
            continue
    interval = times.interval_of(moments, header.shape.interval)
    if interval is None:
        raise BadRequestError(
            "does not show how long its candles are; name their length at the end of --dataset, "
            f"as in --dataset {header.shape.name}/1h"
        )
    return interval


def _default_time(header: Header, name: str, modified_at: datetime, choices: Choices) -> str | None:
    chosen = choices.default_time
    if chosen is None:
        if not header.has("time"):
            raise BadRequestError(
                "has no column of times; say --map time=COLUMN, or --default-time name, mtime "
                "or a time"
            )
        return None
    if chosen == "mtime":
        return modified_at.isoformat()
    text = times.date_within(name) if chosen == "name" else chosen
    if text is None:
        raise BadRequestError("has no date in its name for --default-time name")
    try:
        zone = time_zone(choices.timezone)
        return times.read_time(text, zone, day_first=False).isoformat()
    except ValueError:
        raise BadRequestError(f"--default-time cannot read {chosen!r}") from None


def _dataset(header: Header, choices: Choices, interval: str | None) -> str:
    if choices.dataset is not None:
        return choices.dataset
    pairs = [pair for cell in header.cells("pair")[:1] if (pair := pair_of(cell)) is not None]
    middle = [f"{pair.base}-{pair.quote}" for pair in pairs]
    return "/".join([header.shape.name, *middle, *([interval] if interval else [])])
