"""A rename is proposed by what the values say; a look-alike is not taken for it."""

from decimal import Decimal
from typing import Any

import pytest
from drift import score

from kasparro.core.drift.rename import LIKELY, name_likeness
from support.drifting import after, market, renamed, seen, taught, told, without


@pytest.mark.parametrize(
    "name, other",
    [("price", "last"), ("price", "price_usd"), ("cap", "mcap"), ("change", "change_24h"),
     ("at", "updated_at"), ("quote", "quotes"), ("rank", "position")],
)  # fmt: skip
def test_a_field_under_another_name_is_found(name: str, other: str) -> None:
    drift = after(lambda r: renamed(r, **{name: other}))[0]
    assert (drift.category, drift.path, drift.details["alias"]) == ("renamed", name, other)
    assert drift.severity == ("WARN" if name == "rank" else "ERR")
    assert drift.confidence is not None
    assert drift.confidence >= 0.5


def test_even_the_id_is_found_under_another_name() -> None:
    (drift,) = after(lambda r: renamed(r, id="uuid"))
    assert (drift.category, drift.path, drift.details["alias"]) == ("renamed", "id", "uuid")
    assert drift.confidence is not None
    assert drift.confidence >= LIKELY


def test_a_part_that_moved_out_of_its_object_is_found() -> None:
    moved = [without(one, "quote") | {"usd": one["quote"]["USD"]} for one in market(8)]
    (drift,) = seen(moved, taught()).drifts
    assert (drift.category, drift.path, drift.details["alias"]) == ("renamed", "quote.USD", "usd")


def test_a_copy_of_the_last_price_is_not_the_price() -> None:
    before = {one["id"]: one["price"] for one in market(7)}
    records = [renamed(one, price="last") | {"stale": before[one["id"]]} for one in market(8)]
    assert told(seen(records, taught()).drifts) == [
        ("renamed", "price", "ERR"),
        ("added", "stale", "INFO"),
    ]


def test_two_new_fields_of_the_same_values_are_no_proposal() -> None:
    records = [renamed(one, price="last") | {"spot": one["price"]} for one in market(8)]
    assert told(seen(records, taught()).drifts) == [
        ("removed", "price", "ERR"),
        ("added", "last", "INFO"),
        ("added", "spot", "INFO"),
    ]


def test_a_field_that_is_gone_beside_an_unrelated_new_one_is_no_rename() -> None:
    records = [without(one, "cap") | {"capped": Decimal(n)} for n, one in enumerate(market(8))]
    assert told(seen(records, taught()).drifts) == [
        ("removed", "cap", "ERR"),
        ("added", "capped", "INFO"),
    ]


def test_a_rename_a_person_has_rejected_is_not_proposed_again() -> None:
    records = [renamed(one, cap="mcap") for one in market(8)]
    drifts = seen(records, taught(), denied=(("cap", "mcap"),)).drifts
    assert told(drifts) == [("removed", "cap", "ERR"), ("added", "mcap", "INFO")]


def test_a_new_name_that_was_there_before_the_old_one_went_is_found() -> None:
    both: list[dict[str, Any]] = [one | {"mcap": one["cap"]} for one in market(8)]
    judged = seen(both, taught())
    only = [renamed(one, cap="mcap") for one in market(9)]
    drift = seen(only, judged.baseline, hour=9).drifts[0]
    assert (drift.category, drift.details.get("alias")) == ("renamed", "mcap")


@pytest.mark.parametrize(
    "old, new, least, most",
    [("max_cap", "maxCap", 0.9, 1), ("a.cap", "a.cap_usd", 0.5, 1), ("price", "last", 0, 0.3)],
)  # fmt: skip
def test_names_are_compared_by_letters_and_by_words(
    old: str, new: str, least: float, most: float
) -> None:
    assert least <= name_likeness(old, new) <= most


def test_over_a_seeded_corpus_renames_are_right_and_found() -> None:
    """The same as benchmarks/drift.py on fewer payloads; its figures are in docs/drift.md."""
    done = score(range(40, 41))
    assert done.payloads > 50
    assert done.false_alarms == 0
    assert done.precision("renamed") >= 0.95  # of a few dozen, one is a few hundredths
    assert done.recall("renamed") >= 0.8
    for kind in ("removed", "narrowed", "unit", "nullability", "format", "enum", "widened"):
        assert done.precision(kind) >= 0.85, kind
        assert done.recall(kind) >= 0.75, kind
