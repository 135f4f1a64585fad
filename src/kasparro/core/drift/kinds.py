"""What kind of value stands in a field, and the number it can be compared by.

A text is looked into: `"1.5"` is a number in quotes and `"2026-05-18"` a date, because a source
that starts to send the one where the other stood has changed its format.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

NULL = "null"
INT, DECIMAL, NUMERIC_TEXT = "int", "decimal", "number in quotes"
ZONED_TIME, LOCAL_TIME, DATE, OTHER_DATE = "time", "time without zone", "date", "date, not ISO"
BOOL, TEXT, OBJECT, ARRAY = "true or false", "text", "object", "list"

NUMBER, TIME = "number", "time"
FAMILIES = {
    **dict.fromkeys((INT, DECIMAL, NUMERIC_TEXT), NUMBER),
    **dict.fromkeys((ZONED_TIME, LOCAL_TIME, DATE, OTHER_DATE), TIME),
}
IN_QUOTES = frozenset((NUMERIC_TEXT, ZONED_TIME, LOCAL_TIME, DATE, OTHER_DATE, TEXT))

_NUMERIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_CALENDAR = re.compile(
    r"\d{4}-\d\d-\d\d(?P<time>[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?)?"
).fullmatch
_OTHER_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}.*|\d{4}/\d{1,2}/\d{1,2}.*").fullmatch
_PLAIN = {
    int: INT,
    Decimal: DECIMAL,
    bool: BOOL,
    type(None): NULL,
    list: ARRAY,
    float: DECIMAL,
}


def kind_of(value: Any) -> str:
    """An empty text or object says nothing, as null does."""
    if type(value) is str:
        return _kind_of_text(value)
    if isinstance(value, dict):
        return OBJECT if value else NULL
    return _PLAIN.get(type(value), TEXT)


def family_of(kind: str) -> str:
    """Kinds of one family can stand for each other: an int for a decimal."""
    return FAMILIES.get(kind, kind)


def amount_of(value: Any, kind: str) -> float | None:
    """What to compare the value by: a number itself, a time in seconds, a text by a hash.

    A float, because it is a statistic and never stored as an amount; None for what has no amount.
    """
    if FAMILIES.get(kind) == NUMBER or kind == BOOL:
        return float(value)
    if kind in (TEXT, OTHER_DATE):
        return float(crc32(value.encode())) if isinstance(value, str) else None
    return _seconds(value) if FAMILIES.get(kind) == TIME else None


def digits_after_point(value: Any, kind: str) -> int:
    """How many digits a number has after its point; 0 for whole ones."""
    if kind == DECIMAL and isinstance(value, Decimal) and value.is_finite():
        return max(0, -int(value.as_tuple().exponent))
    return len(value.partition(".")[2]) if kind == NUMERIC_TEXT else 0


def _kind_of_text(text: str) -> str:
    if not text:
        return NULL
    if text[0] not in "0123456789+-":
        return TEXT
    if _NUMERIC(text):
        return NUMERIC_TEXT
    calendar = _CALENDAR(text)
    if calendar is None:
        return OTHER_DATE if _OTHER_DATE(text) else TEXT
    if calendar["time"] is None:
        return DATE
    return LOCAL_TIME if calendar["zone"] is None else ZONED_TIME


def _seconds(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text.replace(" UTC", "Z"))
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
