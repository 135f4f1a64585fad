"""What a CSV shape is: how its header is known, and what its columns stand for.

Column names are compared in lower case; where several are given, the first that the file has is
the one that counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

FIELDS = (
    "time",
    "time_again",
    "price_usd",
    "market_cap_usd",
    "volume_24h_usd",
    "change_24h_percent",
    "open_usd",
    "high_usd",
    "low_usd",
    "coin_id",
    "symbol",
    "name",
    "pair",
    "quote",
    "foreign_id",
)
"""What a column can stand for. `time_again` repeats the time; `foreign_id` is CoinGecko's id."""

NUMBERS = tuple(name for name in FIELDS if name.endswith(("_usd", "_percent")))

INDEX_COLUMNS = ("", "index", "unnamed: 0")
"""Row numbers that spreadsheets and data frames leave behind."""

Columns: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvShape:
    """What an export looks like and means."""

    name: str
    needs: tuple[frozenset[str], ...]  # any one of these sets of columns identifies it
    columns: Columns
    time: Literal["instant", "start", "close"]  # what the time of a row is: of a candle, or its own
    interval: str | None = None  # how long its candles usually are; None: they vary
    volume: Literal["rolling", "candle"] = "candle"  # over 24 hours, or over the row's own candle
    lower_case_ids: bool = False  # its files are called btc-usd, not BTC-USD
    zero_cap_is_unknown: bool = True
    day_first: bool | None = None  # in dates such as 07/20/2024; None: they prove it or are refused
    quotes: Mapping[str, str] = field(default_factory=dict)  # its own words for quote currencies
    assumed_quote: str = ""  # what nothing in the file says
    ignored: tuple[str, ...] = ()  # columns left alone; `volume *` stands for all that begin so
    headerless: tuple[str, ...] = ()  # the columns of files that come without a header

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file with these columns is of this shape."""
        names = {column_name(cell) for cell in header}
        return any(need <= names for need in self.needs)

    def ignores(self, column: str) -> bool:
        """Whether a column that stands for nothing is left alone, rather than reported as new."""
        return column in INDEX_COLUMNS or any(
            column.startswith(name[:-1]) if name.endswith("*") else column == name
            for name in self.ignored
        )


def column_name(cell: str) -> str:
    """A header's cell as it is compared."""
    return " ".join(cell.split()).casefold()


def in_our_columns(header: Sequence[str], aliases: Iterable[Sequence[str]]) -> Sequence[str]:
    """The header with each lost name put back where the alias of it stands, if one does."""
    named = list(header)
    for name, alias in aliases:
        columns = [column_name(cell) for cell in named]
        if name not in columns and alias in columns:
            named[columns.index(alias)] = name
    return named


def columns_of(
    shape: CsvShape, header: Sequence[str], chosen: Mapping[str, int]
) -> dict[str, list[int]]:
    """Where each field stands in this header; twice where a column of that name stands twice."""
    names = [column_name(cell) for cell in header]
    found = {name: [index] for name, index in chosen.items()}
    for field_name, candidates in shape.columns.items():
        for candidate in candidates:
            if field_name not in found and candidate in names:
                found[field_name] = [i for i, name in enumerate(names) if name == candidate]
    if found.get("time_again") == found.get("time"):
        found.pop("time_again", None)
    return found
