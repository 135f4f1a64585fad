"""Finds the header of a CSV file and the shape it belongs to, from the first bytes of the file."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import islice

from kasparro.core.csv.shape import CsvShape, column_name, columns_of
from kasparro.core.csv.shapes import MAPPED, SHAPES
from kasparro.core.csv.text import records
from kasparro.core.errors import BadRequestError

DELIMITERS = ",;\t|"
LINES_BEFORE_HEADER = 10  # a comment, the address it was downloaded from

MAP_KEYS = {
    "time": "time",
    "timestamp": "time",
    "price": "price_usd",
    "price_usd": "price_usd",
    "market_cap": "market_cap_usd",
    "volume": "volume_24h_usd",
    "volume_24h": "volume_24h_usd",
    "change": "change_24h_percent",
    "price_change_24h": "change_24h_percent",
    "open": "open_usd",
    "high": "high_usd",
    "low": "low_usd",
    "coin": "coin_id",
    "coin_id": "coin_id",
    "symbol": "symbol",
    "name": "name",
    "pair": "pair",
    "quote": "quote",
}
"""What a user may say a column is, and the field it then stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the top of a file says: its shape, its columns, and the records that follow."""

    shape: CsvShape
    columns: Sequence[str]  # as written
    chosen: Mapping[str, int]  # field: index of its column, where the user said so
    delimiter: str
    size: int  # bytes before the first record
    sample: Sequence[Sequence[str]]

    def cells(self, field: str) -> list[str]:
        """What the sample says in the columns of a field, where it says anything."""
        indexes = columns_of(self.shape, self.columns, self.chosen).get(field, [])
        cells = (row[i].strip() for row in self.sample for i in indexes if i < len(row))
        return [cell for cell in cells if cell]

    def has(self, field: str) -> bool:
        return field in columns_of(self.shape, self.columns, self.chosen)


def find_header(head: bytes, chosen: Mapping[str, str]) -> Header:
    """Read the top of a file, whole lines of it.

    Raises BadRequestError naming the option that would settle what cannot be decided.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadRequestError("is UTF-16; save it as UTF-8")
    if head.startswith(b"PK\3\4"):
        raise BadRequestError("is a zip or a spreadsheet; unpack it, or save it as CSV")
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    # surrogateescape, so that it encodes to the same bytes again
    text = head[mark:].decode("utf-8", "surrogateescape")
    if not text.strip("\r\n\t ;,|"):
        raise BadRequestError("is empty")
    tops = {mark: list(islice(records(text, mark), LINES_BEFORE_HEADER)) for mark in DELIMITERS}
    for number in range(LINES_BEFORE_HEADER):
        for delimiter, top in tops.items():
            cells = top[number].cells if number < len(top) else None
            shapes = _shapes(cells, chosen) if cells is not None else []
            if cells is not None and shapes:
                above = "".join(record.text for record in top[: number + 1])
                header = Header(
                    shape=shapes[0],
                    columns=[cell.strip() for cell in cells],
                    chosen=_indexes(cells, chosen),
                    delimiter=delimiter,
                    size=mark + len(above.encode("utf-8", "surrogateescape")),
                    sample=_sample(text[len(above) :], delimiter),
                )
                return _of_shape_with_prices(header, shapes)
    return _without_header(text, chosen, mark)


def _shapes(cells: Sequence[str], chosen: Mapping[str, str]) -> list[CsvShape]:
    names = {column_name(cell) for cell in cells}
    wanted = {column_name(column) for column in chosen.values()}
    known = [shape for shape in SHAPES if shape.fits(cells)]
    if wanted and any(name in names for name in wanted):
        return [*known, MAPPED]
    return known


def _of_shape_with_prices(header: Header, shapes: Sequence[CsvShape]) -> Header:
    """The first shape whose price column is not empty in the whole sample."""
    headers = [replace(header, shape=shape) for shape in shapes]
    return next((header for header in headers if header.cells("price_usd")), headers[0])


def _sample(text: str, delimiter: str) -> list[list[str]]:
    rows = (record.cells for record in records(text, delimiter))
    return [cells for cells in rows if cells is not None and any(cell.strip() for cell in cells)]


def _indexes(cells: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    names = [column_name(cell) for cell in cells]
    indexes = {}
    for key, column in chosen.items():
        field = MAP_KEYS.get(key)
        if field is None:
            raise BadRequestError(f"--map knows no {key!r}; it knows {', '.join(MAP_KEYS)}")
        if column_name(column) in names:
            indexes[field] = names.index(column_name(column))
        elif column.isdecimal() and 1 <= int(column) <= len(names):
            indexes[field] = int(column) - 1
        else:
            raise BadRequestError(
                f"has no column {column!r} for --map; it has {', '.join(filter(None, names))}"
            )
    return indexes


def _without_header(text: str, chosen: Mapping[str, str], mark: int) -> Header:
    """Files that begin with their first row: known by their numbers, or by column numbers."""
    for delimiter in DELIMITERS:
        rows = _sample(text, delimiter)
        width = len(rows[0]) if rows else 0
        shape, columns = _numbered(rows, width, chosen)
        if shape is not None:
            return Header(
                shape=shape,
                columns=columns,
                chosen=_indexes(columns, chosen),
                delimiter=delimiter,
                size=mark,
                sample=rows,
            )
    first = text.partition("\n")[0].strip()[:200]
    raise BadRequestError(
        f"has no columns we know: {first!r}; say which is which with "
        "--map price=COLUMN,time=COLUMN, by name or number"
    )


def _numbered(
    rows: Sequence[Sequence[str]], width: int, chosen: Mapping[str, str]
) -> tuple[CsvShape | None, Sequence[str]]:
    numbers = [column for column in chosen.values() if column.isdecimal()]
    if chosen and len(numbers) == len(chosen) and width >= max(map(int, numbers)) > 0:
        return MAPPED, [str(number + 1) for number in range(width)]
    for shape in SHAPES:
        if shape.headerless and width == len(shape.headerless) and _reads_as(shape, rows):
            return shape, shape.headerless
    return None, ()


def _reads_as(shape: CsvShape, rows: Sequence[Sequence[str]]) -> bool:
    """Whether every row is a candle in this shape's order, and some row in no usual order."""
    try:
        numbers = [[Decimal(cell) for cell in row] for row in rows]
        order = [shape.headerless.index(name) for name in ("open", "high", "low", "close")]
        own = all(_is_candle(*(row[i] for i in order)) for row in numbers)
        usual = all(_is_candle(*row[1:5]) for row in numbers)
    except (InvalidOperation, IndexError, TypeError):
        return False
    return own and not usual


def _is_candle(open_: Decimal, high: Decimal, low: Decimal, close: Decimal) -> bool:
    return 0 < low <= min(open_, close) and max(open_, close) <= high
