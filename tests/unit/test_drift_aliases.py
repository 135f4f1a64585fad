"""Names put back where a source lost them, and the records a drift touches."""

from typing import Any

import pytest

from kasparro.core.drift.aliases import Alias, in_our_names
from kasparro.core.drift.event import Category, Drift, Severity
from kasparro.core.drift.touched import touched


@pytest.mark.parametrize(
    "record, expected",
    [
        ({"id": 1, "last": 2}, {"id": 1, "price": 2}),
        ({"id": 1, "price": 3, "last": 2}, {"id": 1, "price": 3, "last": 2}),
        ({"id": 1, "price": None, "last": 2}, {"id": 1, "price": None, "last": 2}),
        ({"id": 1, "spot": 4}, {"id": 1, "price": 4}),
        ({"id": 1, "last": 2, "spot": 4}, {"id": 1, "price": 2, "spot": 4}),
        ({"q": {"usd": {"p": 1, "v": 2}}}, {"q": {"USD": {"price": 1, "v": 2}}}),
        ({"flat": 1}, {"flat": 1}),
        ({}, {}),
    ],
)
def test_the_name_itself_counts_first_then_its_aliases_in_order(
    record: dict[str, Any], expected: dict[str, Any]
) -> None:
    aliases = [
        Alias("q.USD.price", "q.USD.p"),
        Alias("q.USD", "q.usd"),
        Alias("price", "last"),
        Alias("price", "spot"),
    ]
    kept = repr(record)
    assert in_our_names(record, aliases) == expected
    assert repr(record) == kept


def test_an_alias_may_lead_into_an_object_that_is_not_there() -> None:
    assert in_our_names({"p": 1}, [Alias("q.USD.price", "p")]) == {"q": {"USD": {"price": 1}}}


def drift(category: Category, path: str, **details: Any) -> Drift:
    return Drift(category=category, severity=Severity.ERR, path=path, evidence="", details=details)


RECORDS = [{"p": {"x": 1}}, {"p": {"x": None}}, {"p": {}}, {}, 7, {"p": {"x": "one"}}]


@pytest.mark.parametrize(
    "category, details, expected",
    [
        (Category.REMOVED, {}, [2, 3]),
        (Category.RENAMED, {"alias": "y"}, [2, 3]),
        (Category.NULLABILITY, {}, [1, 2, 3]),
        (Category.UNIT, {}, [0, 5]),
        (Category.NARROWED, {"kinds": ["text"]}, [5]),
        (Category.FORMAT, {"before": "s", "after": "ms"}, [0, 1, 5]),
    ],
)
def test_a_drift_touches_the_records_that_show_it(
    category: Category, details: Any, expected: Any
) -> None:
    assert touched(drift(category, "p.x", **details), RECORDS) == expected
