"""Other names a source has used for its fields, which people have accepted."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Alias(NamedTuple):
    """`name` is what the contract says, `alias` what the source says now; both are paths."""

    name: str
    alias: str


def in_our_names(record: Mapping[str, Any], aliases: Sequence[Alias]) -> Mapping[str, Any]:
    """The record with each lost name put back, if its alias is there; names are tried in order.

    The given record stays as it is, and one that has the name itself is left alone.
    """
    for _ in aliases:  # an alias may be of a field inside an object that goes by an alias too
        before = record
        for name, alias in aliases:
            if _at(record, name) is MISSING and (value := _at(record, alias)) is not MISSING:
                record = _with(_without(record, alias.split(".")), name.split("."), value)
        if record is before:
            break
    return record


MISSING = object()


def _at(record: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(record, Mapping) or name not in record:
            return MISSING
        record = record[name]
    return record


def _without(record: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    head, *rest = names
    if not rest:
        return {name: value for name, value in record.items() if name != head}
    return {**record, head: _without(record[head], rest)}


def _with(record: Mapping[str, Any], names: list[str], value: Any) -> dict[str, Any]:
    head, *rest = names
    if not rest:
        return {**record, head: value}
    inner = record.get(head)
    return {**record, head: _with(inner if isinstance(inner, Mapping) else {}, rest, value)}
