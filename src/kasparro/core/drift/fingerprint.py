"""The shape of a payload's records, field by field: how often, what kinds, which values."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from statistics import quantiles
from typing import Any, NamedTuple, TypeAlias

import msgspec

from kasparro.core.drift.kinds import (
    ARRAY,
    BOOL,
    FAMILIES,
    NULL,
    NUMBER,
    TEXT,
    amount_of,
    digits_after_point,
    family_of,
    kind_of,
)

DEEPEST = 6
MOST_FIELDS = 500
LONGEST_PATH = 300
LONGEST_WORD = 100
NUMBERS = frozenset(kind for kind, family in FAMILIES.items() if family == NUMBER)
WORDS = frozenset((TEXT, BOOL))
MOST_WORDS = 32
TIMES_EACH = 4  # a field of few words shows each of them about as often, or it only looks like one


class Cell(NamedTuple):
    """A value, its kind, what to compare it by, and the number of its record."""

    record: int
    value: Any
    kind: str
    amount: float | None


Cells: TypeAlias = dict[str, list[Cell]]
"""What stands in each field."""


class Field(msgspec.Struct, kw_only=True):
    """What one field holds, over `records` records."""

    records: int
    present: int
    filled: int  # with something other than null
    kinds: dict[str, int]
    spread: tuple[float, float, float, float, float] | None = None  # least, quartiles, most
    digits: int = 0  # after the point, at most
    words: dict[str, int] | None = None  # None: too many to be a list of words
    quiet: int = 0  # payloads in a row without a new word
    lengths: tuple[int, int] | None = None  # of lists
    moved: float | None = None  # share of the values that the payload before had otherwise
    step: float | None = None  # by how much of itself a number usually moves

    @property
    def family(self) -> str | None:
        """Of most of its values."""
        families: Counter[str] = Counter()
        for kind, number in self.kinds.items():
            families[family_of(kind)] += number
        return families.most_common(1)[0][0] if families else None


def cells_of(records: Iterable[Mapping[str, Any]], keyed: frozenset[str]) -> Cells:
    """The values of each field. Of a list the first element stands for all: `path[]`."""
    cells: Cells = {}
    for number, record in enumerate(records):
        for path, value in _walk(record, "", keyed):
            if path not in cells and (len(cells) >= MOST_FIELDS or len(path) > LONGEST_PATH):
                continue  # no contract of a source, but somebody's data where names should stand
            kind = kind_of(value)
            cell = Cell(number, value, kind, amount_of(value, kind))
            cells.setdefault(path, []).append(cell)
    return cells


def fields_of(cells: Cells, records: int) -> dict[str, Field]:
    return {path: _field(values, records) for path, values in cells.items()}


def _walk(
    item: Mapping[str, Any], prefix: str, keyed: frozenset[str], depth: int = 1
) -> Iterator[tuple[str, Any]]:
    keys_are_data = prefix[:-1] in keyed
    for name, value in item.items():
        path = prefix + ("*" if keys_are_data else name)
        yield path, value
        inner = value
        if type(value) is list and value:
            path, inner = f"{path}[]", value[0]
            if not isinstance(inner, dict):
                yield path, inner
        if isinstance(inner, dict) and depth < DEEPEST:
            yield from _walk(inner, f"{path}.", keyed, depth + 1)


def _field(cells: list[Cell], records: int) -> Field:
    kinds = Counter(cell.kind for cell in cells)
    numbers = [cell for cell in cells if cell.kind in NUMBERS]
    lists = [len(cell.value) for cell in cells if cell.kind == ARRAY]
    nulls = kinds.pop(NULL, 0)
    seen = min(len({cell.record for cell in cells}), records)
    return Field(
        records=records,
        present=seen,
        filled=max(0, seen - nulls),
        kinds=dict(kinds),
        spread=_spread([cell.amount for cell in numbers if cell.amount is not None]),
        digits=max((digits_after_point(cell.value, cell.kind) for cell in numbers), default=0),
        words=_words(cells) if kinds.keys() <= WORDS and kinds else None,
        lengths=(min(lists), max(lists)) if lists else None,
    )


def _words(cells: list[Cell]) -> dict[str, int] | None:
    """How often each word stands there; None where they are too many to be a list of words."""
    words: Counter[str] = Counter()
    for cell in cells:
        if cell.kind != NULL:
            words[str(cell.value)[:LONGEST_WORD]] += 1
            if len(words) > MOST_WORDS:
                return None
    return dict(words) if words.total() >= TIMES_EACH * len(words) else None


def _spread(amounts: list[float]) -> tuple[float, float, float, float, float] | None:
    if not amounts:
        return None
    if len(amounts) == 1:
        return (amounts[0],) * 5
    low, middle, high = quantiles(amounts, n=4, method="inclusive")
    return min(amounts), low, middle, high, max(amounts)
