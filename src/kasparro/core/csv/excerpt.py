"""Some lines of a CSV chunk as they stand in it, so that drift shows by the file's own columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from kasparro.core.csv.numbers import plain
from kasparro.core.csv.owner import OWNER_FIELDS
from kasparro.core.csv.records import RecordReader
from kasparro.core.csv.row import moment_of
from kasparro.core.csv.shape import CsvShape, column_name
from kasparro.core.csv.text import records
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.expected import Expected
from kasparro.core.source import Payload

LINES = 64  # of a chunk: enough to tell a tenth from none, and 1% of the time it takes to load
NEEDED = frozenset(("time", "price_usd", *OWNER_FIELDS)) - {"name", "quote"}


def excerpt(payload: Payload, text: str) -> Excerpt:
    """Evenly spaced lines: a file is sorted by time, or by coin, and so every part of it counts."""
    reader = RecordReader(payload.request.params, payload.fetched_at)
    names = [column_name(column) for column in reader.named]
    rows = [cells for line in _spaced(text) if (cells := _cells(line, reader)) is not None]
    owners = [str(reader.owner(cells).get("id", "")) for cells in rows]
    times = [_seconds(reader.when(cells)) for cells in rows]
    once = len(set(owners)) == len(owners)  # each coin once: a market, not a history
    return Excerpt(
        part=payload.request.path,
        records=[_record(names, cells, reader) for cells in rows],
        expected=_expected(reader.shape, names, payload.request.params["map"]),
        keys=owners if once else [f"{a} {b:.0f}" for a, b in zip(owners, times, strict=True)],
        times=times,
        whole=True,
    )


def _spaced(text: str) -> list[str]:
    lines = text.split("\n")
    return lines[:: max(1, len(lines) // LINES)]


def _cells(line: str, reader: RecordReader) -> list[str] | None:
    """The cells of a line that is a record by itself; None for any other."""
    for cells, _ in records(line, reader.delimiter):
        stripped = [cell.strip() for cell in cells or ()]
        whole = len(stripped) == len(reader.header) and any(stripped)
        return stripped if whole and stripped != list(reader.header) else None
    return None


def _record(names: Sequence[str], cells: Sequence[str], reader: RecordReader) -> dict[str, Any]:
    """By column; numbers without the marks of their country."""
    record: dict[str, Any] = dict(zip(names, cells, strict=True))
    for field in reader.numbers:
        at = reader.first[field]
        record[names[at]] = plain(cells[at], reader.marks) or cells[at]
    return record


def _seconds(when: Mapping[str, Any]) -> float:
    moment = moment_of(when["time"])
    return moment.timestamp() if moment is not None else 0.0


def _expected(shape: CsvShape, names: Sequence[str], chosen: Mapping[str, int]) -> Expected:
    mapped = {
        column: name in NEEDED for name, columns in shape.columns.items() for column in columns
    }
    mapped |= {names[at]: name in NEEDED for name, at in chosen.items()}
    return Expected(mapped=mapped, ignored=frozenset(name for name in names if shape.ignores(name)))
