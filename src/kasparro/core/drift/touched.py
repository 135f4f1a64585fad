"""Which records of a payload a drift touches: those are held, their neighbours are not."""

from collections.abc import Mapping, Sequence
from typing import Any

from kasparro.core.drift.event import Category, Drift
from kasparro.core.drift.kinds import NULL, kind_of

MISSING = object()


def touched(drift: Drift, records: Sequence[Any]) -> list[int]:
    """Positions of the records that must wait, in order."""
    return [number for number, record in enumerate(records) if _touches(drift, record)]


def _touches(drift: Drift, record: Any) -> bool:
    if not isinstance(record, Mapping):
        return False
    value = _value(record, drift.path)
    match drift.category:
        case Category.REMOVED | Category.RENAMED:
            return value is MISSING
        case Category.NULLABILITY:
            return value is MISSING or kind_of(value) == NULL
        case Category.UNIT:
            return value is not MISSING and kind_of(value) != NULL
        case _:
            kinds = drift.details.get("kinds")
            return value is not MISSING and (kinds is None or kind_of(value) in kinds)


def _value(record: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        if not isinstance(record, Mapping) or name not in record:
            return MISSING
        record = record[name]
    return record
