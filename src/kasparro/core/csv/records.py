"""Turns the rows of a CSV file into records in our field names, all of their values still text.

Only what a number or a time looks like is made plain here; whether it can be believed is the
record's to check. A row that cannot be told apart into cells becomes a record with a `fault`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from kasparro.core.csv import times
from kasparro.core.csv.layout import time_zone
from kasparro.core.csv.numbers import Marks, is_empty, plain
from kasparro.core.csv.owner import OWNER_FIELDS, Owners
from kasparro.core.csv.shape import NUMBERS, column_name, columns_of, in_our_columns
from kasparro.core.csv.shapes import BY_NAME
from kasparro.core.csv.text import records
from kasparro.core.observation import GENESIS

SAME_TIME = timedelta(days=1)  # two columns of one time may differ by their zones, not by more
LONGEST_SHOWN = 1000
OF_A_DAY = ("volume_24h_usd", "change_24h_percent")


class RecordReader:
    """Reads the records of one file; `params` are those of its payloads' requests."""

    def __init__(self, params: Mapping[str, Any], fetched_at: datetime) -> None:
        self._fetched_at = fetched_at
        self.shape = BY_NAME[params["shape"]]
        self.header: Sequence[str] = params["header"]
        self.delimiter: str = params["delimiter"]
        self.marks = Marks(params["decimal"], params["trusted_marks"])
        self._interval = params["interval"]
        self._zone = time_zone(params["timezone"])
        self._day_first = params["day_first"]
        self._default_time = params["default_time"] or ""
        self.named = in_our_columns(self.header, params.get("aliases", ()))
        columns = columns_of(self.shape, self.named, params["map"])
        self.first = {name: indexes[0] for name, indexes in columns.items()}
        self.twice = {name: indexes for name, indexes in columns.items() if len(indexes) > 1}
        self.numbers = [name for name in NUMBERS if name in columns and self._means(name)]
        price = column_name(self.named[self.first["price_usd"]])
        self._owners = Owners(self.shape, params["coin"] or {}, tells_dollars=price.endswith("usd"))
        self.naming = [name for name in OWNER_FIELDS if name in columns]
        used = {index for indexes in columns.values() for index in indexes}
        self.unknown = [
            (index, f"column {column}")
            for index, column in enumerate(self.named)
            if index not in used and not self.shape.ignores(column_name(column))
        ]

    def read(self, text: str) -> list[dict[str, Any]]:
        """The records of whole rows of the file; blank rows and repeated headers are none."""
        found = []
        for cells, line in records(text, self.delimiter):
            if cells is None:
                fault = "its quotes cannot be followed: one has no end, or is not all of its cell"
                found.append({"line": line[:LONGEST_SHOWN], "fault": fault})
                continue
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and stripped != self.header:
                found.append(self._record(stripped))
        return found

    def _record(self, cells: list[str]) -> dict[str, Any]:
        width = len(self.header)
        if len(cells) < width or any(cells[width:]):
            fault = f"has {len(cells)} cells where the header has {width}"
            return {"line": self.delimiter.join(cells)[:LONGEST_SHOWN], "fault": fault}
        record: dict[str, Any] = {**self.owner(cells), **self.when(cells)}
        for name in self.numbers:
            record[name] = self._number(name, cells)
        for index, name in self.unknown:
            record[name] = cells[index]
        return record | self._contradiction(cells) if self.twice else record

    def owner(self, cells: Sequence[str]) -> dict[str, Any]:
        """The fields of the row's record that name its coin."""
        return self._owners.of({name: self._text(name, cells) for name in self.naming})

    def _text(self, name: str, cells: Sequence[str]) -> str:
        """The cell of a field; where its column stands twice, the first that says anything."""
        if name in self.twice:
            return next((cells[i] for i in self.twice[name] if not is_empty(cells[i])), "")
        text = cells[self.first[name]]
        return "" if is_empty(text) else text

    def _contradiction(self, cells: Sequence[str]) -> dict[str, str]:
        """A fault where a column stands twice and says two things."""
        for indexes in self.twice.values():
            said = sorted({cells[i] for i in indexes if not is_empty(cells[i])})
            if len({text.casefold() for text in said}) > 1:
                column = self.header[indexes[0]]
                fault = f"column {column!r} stands twice and says {' and '.join(said)}"
                return {"fault": f"{fault}; say which with --map, by number"}
        return {}

    def _means(self, name: str) -> bool:
        """Volumes and changes of a candle are of 24 hours only where the candle is a day."""
        of_candle = self.shape.volume == "candle" and name in OF_A_DAY
        return not of_candle or self._interval == "1d"

    def _number(self, name: str, cells: Sequence[str]) -> str:
        text = self._text(name, cells)
        number = plain(text, self.marks)
        if number is None or ("%" in text and name != "change_24h_percent"):
            return repr(text)  # which no reader takes for a number
        unknown = name == "market_cap_usd" and self.shape.zero_cap_is_unknown
        return "" if unknown and not number.strip("0.") else number

    def when(self, cells: Sequence[str]) -> dict[str, Any]:
        """The time the row was true, and whether its candle was still open when it was read."""
        text = (self._text("time", cells) if "time" in self.first else "") or self._default_time
        moment = self._moment(text)
        if "time_again" in self.first:
            repeated = self._text("time_again", cells)
            again = self._moment(repeated)
            if moment is None or (again is not None and moment < GENESIS):
                moment = again
            if again is not None and moment is not None and abs(moment - again) > SAME_TIME:
                return {"time": f"{text}, but {repeated}"}
        if moment is None:
            return {"time": text}
        if self.shape.time == "instant":
            return {"time": moment.isoformat()}
        try:
            starts, ends = self._candle(moment)
        except (OverflowError, ValueError):  # it ends after the calendar does
            return {"time": text}
        still_open = starts <= self._fetched_at < ends
        return {"time": ends.isoformat()} | ({"incomplete": True} if still_open else {})

    def _candle(self, moment: datetime) -> tuple[datetime, datetime]:
        if self.shape.time == "start":
            return moment, times.end_of(moment, self._interval, self._zone)
        return moment - times.INTERVALS[self._interval], moment

    def _moment(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            return times.read_time(text, self._zone, day_first=self._day_first)
        except ValueError:
            return None
