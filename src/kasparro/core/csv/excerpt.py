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
from kasparro.core.drift.sample import SAMPLED
from kasparro.core.source import Payload

NEEDED = frozenset(("time", "price_usd", *OWNER_FIELDS)) - {"name", "quote"}


def excerpt(payload: Payload, text: str) -> Excerpt:
    """Evenly spaced lines: a file is sorted by time, or by coin, and so every part of it counts."""
    reader = RecordReader(payload.request.params, payload.fetched_at)
    rows = [cells for line in _spaced(text) if (cells := _cells(line, reader)) is not None]
    owners = [str(reader.owner(cells).get("id", "")) for cells in rows]
    times = [_seconds(reader.when(cells)) for cells in rows]
    once = len(set(owners)) == len(owners)  # each coin once: a market, not a history
    return Excerpt(
        part=payload.request.path,
        records=[_record(cells, reader) for cells in rows],
        expected=_expected(reader.shape, reader.header, payload.request.params["map"]),
        keys=owners if once else [f"{a} {b:.0f}" for a, b in zip(owners, times, strict=True)],
        times=times,
        whole=True,
    )


def _spaced(text: str) -> list[str]:
    lines = text.split("\n")
    step = max(1, len(lines) // SAMPLED)
    return lines[::step]


def _cells(line: str, reader: RecordReader) -> list[str] | None:
    """The cells of a line that is a record by itself; None for any other."""
    for cells, _ in records(line, reader.delimiter):
        stripped = [cell.strip() for cell in cells or ()]
        whole = len(stripped) == len(reader.header) and any(stripped)
        return stripped if whole and stripped != list(reader.header) else None
    return None


def _record(cells: Sequence[str], reader: RecordReader) -> dict[str, Any]:
    """By column; numbers without the marks of their country."""
    numbers = {reader.first[name] for name in reader.numbers}
    return {
        column_name(column): (plain(cell, reader.marks) or cell) if at in numbers else cell
        for at, (column, cell) in enumerate(zip(reader.named, cells, strict=True))
    }


def _seconds(when: Mapping[str, Any]) -> float:
    moment = moment_of(when["time"])
    return moment.timestamp() if moment is not None else 0.0


def _expected(shape: CsvShape, header: Sequence[str], chosen: Mapping[str, int]) -> Expected:
    mapped = {
        column: name in NEEDED for name, columns in shape.columns.items() for column in columns
    }
    mapped |= {column_name(header[at]): name in NEEDED for name, at in chosen.items()}
    names = [column_name(column) for column in header]
    return Expected(mapped=mapped, ignored=frozenset(name for name in names if shape.ignores(name)))
