"""Reads the plain lines of a CSV file at once; whatever is not plain is left to RecordReader.

A line is plain when it matches its file's pattern: the right number of cells, and in those that
hold amounts nothing but digits that can be stored. What names its coin and its time is checked the
first time it is met. So no reason to reject a line stands here, and none can differ.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kasparro.core.contract import Checked, Rejection, check
from kasparro.core.csv.records import RecordReader
from kasparro.core.csv.row import Row, moment_of
from kasparro.core.csv.shape import NUMBERS
from kasparro.core.observation import Listing, Observation, is_believable

DIGITS = r"[0-9]{1,29}(?:\.[0-9]{1,30})?"  # no more than a Number of core.contract may have
ZERO_IS_UNKNOWN = ("open_usd", "high_usd", "low_usd")
SOUND = {"time": "2009-01-03T00:00:00+00:00", "price_usd": "1"}


class PlainReader:
    """Reads the records of one file; `params` are those of its payloads' requests."""

    def __init__(self, params: Mapping[str, Any], fetched_at: datetime) -> None:
        self._fetched_at = fetched_at
        self._reader = reader = RecordReader(params, fetched_at)
        self._match = re.compile(_line(reader)).fullmatch
        # Fields without a column are read from the last group, which is always empty.
        groups = {name: number for number, name in enumerate(_groups(reader), 1)}
        none = len(groups) + 1
        self._naming = [groups.get(name, none) for name in reader.naming] or [none]
        self._time = [groups.get(name, none) for name in ("time", "time_again")]
        self._numbers = [groups.get(name, none) for name in NUMBERS]
        self._zeros = [_zero(name, reader) for name in NUMBERS]
        self._unknown = tuple({name for _, name in reader.unknown})
        self._listings: dict[Any, Listing | None] = {}
        self._moments: dict[Any, datetime | None] = {}

    def read(self, text: str) -> Sequence[Checked | Mapping[str, Any]]:
        """What RecordReader reads, with the records of plain lines checked."""
        reader = self._reader
        if '"' in text or not _can_be_plain(reader):
            return reader.read(text)
        found: list[Checked | Mapping[str, Any]] = []
        for line in text.split("\n"):
            checked = self._checked(line, len(found))
            if checked is None:
                found += reader.read(line)
            else:
                found.append(checked)
        return found

    def _checked(self, line: str, position: int) -> Checked | None:
        match = self._match(line)
        if match is None:
            return None
        words = match.group(*self._naming)
        if words not in self._listings:
            self._listings[words] = self._listing(line)
        listing = self._listings[words]
        time = match.group(*self._time)
        if time not in self._moments:
            self._moments[time] = self._moment(line)
        moment = self._moments[time]
        price, cap, volume, change, open_, high, low = [
            (Decimal(digits) or zero) if digits else None
            for digits, zero in zip(match.group(*self._numbers), self._zeros, strict=True)
        ]
        if listing is None or moment is None or price is None:
            return None
        observation = Observation(
            source_asset_id=listing.source_asset_id,
            observed_at=moment,
            price_usd=price,
            market_cap_usd=cap,
            volume_24h_usd=volume,
            change_24h_percent=change,
            open_usd=open_,
            high_usd=high,
            low_usd=low,
            position=position,
        )
        return Checked(listing, observation, self._unknown)

    def _listing(self, line: str) -> Listing | None:
        """The listing of all lines that name their coin as this one does."""
        record = check(Row, {**self._reader.owner(self._cells(line)), **SOUND}, 0)
        return None if isinstance(record, Rejection) else record.listing()

    def _moment(self, line: str) -> datetime | None:
        """The time of all lines that say theirs as this one does; None while it is not over."""
        said = self._reader.when(self._cells(line))
        moment = moment_of(said["time"])
        if moment is None or "incomplete" in said:
            return None
        return moment if is_believable(moment, fetched_at=self._fetched_at) else None

    def _cells(self, line: str) -> list[str]:
        return [cell.strip() for cell in line.split(self._reader.delimiter)]


def _can_be_plain(reader: RecordReader) -> bool:
    """Whether digits mean in this file what they say, each column one thing, its header none."""
    indexes = list(reader.first.values())
    return (
        reader.marks.decimal == "."
        and "." in reader.marks.trusted
        and len(set(indexes)) == len(indexes)
        and not reader.twice
        and re.fullmatch(DIGITS, reader.header[reader.first["price_usd"]]) is None
    )


def _read_fields(reader: RecordReader) -> dict[int, str]:
    """The fields that are read, by their columns."""
    names = {*reader.numbers, *reader.naming, "time", "time_again"}
    return {index: name for name, index in reader.first.items() if name in names}


def _groups(reader: RecordReader) -> Iterable[str]:
    """The fields of the pattern's groups, in its order."""
    return (name for _, name in sorted(_read_fields(reader).items()))


def _line(reader: RecordReader) -> str:
    """The pattern of a plain line; its last group is empty."""
    fields = _read_fields(reader)
    mark = re.escape(reader.delimiter)
    cells = [_cell(fields.get(index), mark) for index in range(len(reader.header))]
    return mark.join(cells) + r"\r?()"


def _cell(name: str | None, mark: str) -> str:
    if name is None:
        return f"[^{mark}]*"
    if name not in NUMBERS:
        return f"([^{mark}]*)"
    sign = "-?" if name == "change_24h_percent" else ""
    often = "" if name == "price_usd" else "?"
    return f" *({sign}{DIGITS}){often} *"


def _zero(name: str, reader: RecordReader) -> Decimal | None:
    """What a zero of this field stands for."""
    if name == "price_usd" or name in ZERO_IS_UNKNOWN:
        return None
    unknown = name == "market_cap_usd" and reader.shape.zero_cap_is_unknown
    return None if unknown else Decimal(0)
