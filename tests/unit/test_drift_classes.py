"""Each class of drift is seen by its name and severity, and nothing where nothing drifted."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.drift.baseline import forgotten
from support.drifting import after, market, seen, taught, told, without


def test_an_undisturbed_source_never_drifts() -> None:
    baseline = taught(2)
    for hour in range(2, 30):
        judged = seen(market(hour), baseline, hour=hour)
        assert judged.drifts == []
        baseline = judged.baseline


def test_the_first_payload_drifts_only_where_the_contract_knows_nothing() -> None:
    assert told(seen(market(0)).drifts) == []
    odd = [one | {"mood": "fine"} for one in market(0)]
    assert told(seen(odd).drifts) == [("added", "mood", "INFO")]


def test_an_added_field_is_news_once() -> None:
    baseline = taught()
    odd = [one | {"mood": "fine", "more": {"deep": 1}} for one in market(8)]
    judged = seen(odd, baseline)
    assert told(judged.drifts) == [("added", "mood", "INFO"), ("added", "more", "INFO")]
    assert seen(odd, judged.baseline).drifts == []


@pytest.mark.parametrize(
    "change, expected",
    [
        (lambda r: without(r, "cap"), [("removed", "cap", "ERR")]),
        (lambda r: without(r, "price"), [("removed", "price", "ERR")]),
        (lambda r: without(r, "rank"), [("removed", "rank", "WARN")]),
        (lambda r: r | {"rank": str(r["rank"])}, [("widened", "rank", "WARN")]),
        (lambda r: r | {"price": str(r["price"])}, [("widened", "price", "WARN")]),
        (lambda r: r | {"rank": r["rank"] * Decimal("1.01")}, [("widened", "rank", "WARN")]),
        (lambda r: r | {"price": "n/a"}, [("narrowed", "price", "ERR")]),
        (lambda r: r | {"rank": "n/a"}, [("narrowed", "rank", "WARN")]),
        (lambda r: r | {"price": True}, [("narrowed", "price", "ERR")]),
        (lambda r: r | {"price": int(r["price"])}, [("narrowed", "price", "ERR")]),
        (lambda r: r | {"cap": int(r["cap"])}, [("narrowed", "cap", "WARN")]),
        (lambda r: r | {"quote": 1}, [("narrowed", "quote", "ERR")]),
        (lambda r: r | {"quote": [1]}, [("structure", "quote", "ERR")]),
        (lambda r: r | {"tags": ["a"]}, [("structure", "tags", "WARN")]),
        (lambda r: r | {"price": None}, [("nullability", "price", "ERR")]),
        (lambda r: r | {"rank": None}, [("nullability", "rank", "WARN")]),
        (lambda r: r | {"kind": "new"}, [("enum", "kind", "WARN")]),
        (lambda r: r | {"kind": "coin"}, [("enum", "kind", "INFO")]),
        (lambda r: r | {"at": 1779105561}, [("format", "at", "ERR")]),
        (lambda r: r | {"at": "18/05/2026 11:59"}, [("format", "at", "ERR")]),
        (lambda r: r | {"at": r["at"].removesuffix("Z")}, [("format", "at", "ERR")]),
    ],
)
def test_each_class_has_its_name_and_its_severity(change: Any, expected: Any) -> None:
    assert told(after(change)) == expected


def test_another_way_to_write_the_same_time_is_no_drift() -> None:
    assert after(lambda r: r | {"at": r["at"].replace("Z", ".123+00:00")}) == []


def test_milliseconds_for_seconds_are_another_format() -> None:
    def market_in(times: int, hour: int) -> list[dict[str, Any]]:
        start = datetime.fromisoformat("2026-05-18T00:00:00Z").timestamp()
        return [one | {"rank": int(start + hour) * times} for one in market(hour)]

    baseline = seen(market_in(1, 1), seen(market_in(1, 0)).baseline).baseline
    (drift,) = seen(market_in(1_000, 2), baseline).drifts
    assert (drift.category, drift.evidence) == ("format", "times since 1970 in ms, before in s")


def test_a_field_that_is_empty_in_some_records_more_is_said_so_from_a_tenth_on() -> None:
    some = [one | ({"cap": None} if n % 4 == 0 else {}) for n, one in enumerate(market(8))]
    assert told(seen(some, taught()).drifts) == [("nullability", "cap", "WARN")]
    few = [one | ({"cap": None} if n % 20 == 0 else {}) for n, one in enumerate(market(8))]
    assert seen(few, taught()).drifts == []


def test_a_mapped_field_that_says_nothing_at_all_is_as_good_as_gone() -> None:
    (drift,) = after(lambda r: r | {"cap": None})
    assert (drift.category, drift.severity) == ("nullability", "ERR")


def test_keys_that_are_data_are_no_fields() -> None:
    assert after(lambda r: r | {"homes": {f"other-{r['id']}": "0x2"}}) == []


def test_a_payload_of_half_the_records_is_reported() -> None:
    (drift,) = seen(market(8)[:40], taught()).drifts
    assert told([drift]) == [("structure", "", "WARN")]
    assert drift.evidence == "40 records in a payload that had 100"


@pytest.mark.parametrize("records", [1, 3, 9])
def test_a_small_payload_never_invents_a_removal(records: int) -> None:
    few = [without(one, "cap") for one in market(8)[:records]]
    assert seen(few, taught()).drifts == []


def test_a_rare_field_may_be_missing_by_chance() -> None:
    def rare(hour: int) -> list[dict[str, Any]]:
        return [one | ({"odd": 1} if n == hour else {}) for n, one in enumerate(market(hour))]

    baseline = seen(rare(0)).baseline
    for hour in range(1, 6):
        baseline = seen(rare(hour), baseline, hour=hour).baseline
    assert seen(market(8), baseline).drifts == []


def test_what_breaks_leaves_the_baseline_as_it_was_and_what_does_not_moves_it() -> None:
    broken = [without(one, "cap", "rank") for one in market(8)]
    judged = seen(broken, taught())
    assert told(judged.drifts) == [("removed", "cap", "ERR"), ("removed", "rank", "WARN")]
    again = seen(broken, judged.baseline, hour=9)
    assert told(again.drifts) == [("removed", "cap", "ERR")]
    accepted = forgotten(again.baseline, "cap")
    assert seen(broken, accepted, hour=10).drifts == []
    assert "rank" not in accepted.fields


def test_what_hangs_on_something_else_is_said_once() -> None:
    assert told(after(lambda r: without(r, "quote"))) == [("removed", "quote", "ERR")]


def test_a_kind_that_is_held_does_not_become_usual_by_coming_again() -> None:
    baseline = taught()
    for hour in range(8, 11):
        judged = seen([one | {"price": "n/a"} for one in market(hour)], baseline, hour=hour)
        assert told(judged.drifts) == [("narrowed", "price", "ERR")]
        baseline = judged.baseline
