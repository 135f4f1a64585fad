"""Reaches into records by dotted field names; a field that is not there stays away."""

from collections.abc import Callable
from typing import Any, TypeAlias

Item: TypeAlias = dict[str, Any]
"""One record of a document, in the source's words."""


def edited(record: Item, field: str, edit: Callable[[Item, str], Item]) -> Item:
    """The record with `edit` applied to the object that holds the field, and the field's name."""
    head, _, rest = field.partition(".")
    if not rest:
        return edit(record, head)
    inner = record.get(head)
    return record | {head: edited(inner, rest, edit)} if isinstance(inner, dict) else record


def replaced(record: Item, field: str, new: Callable[[Any], Any]) -> Item:
    """The record with another value where the field is."""
    return edited(
        record,
        field,
        lambda within, name: within | {name: new(within[name])} if name in within else within,
    )
