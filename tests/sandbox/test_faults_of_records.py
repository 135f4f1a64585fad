"""What each fault of records does to a document, and to nothing else in it."""

import copy
import json
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from kasparro.sandbox.faults import drift, structure, values
from kasparro.sandbox.faults.documents import decoded, encoded
from kasparro.sandbox.faults.fault import DocumentFault, apply

BODY = (
    b'[{"id":"a","name":"A","price":0.12345678901234567890123456789012345678,"n":250,'
    b'"quotes":{"USD":{"price":9.88e-06}},"at":"2026-05-18T12:00:00.123Z"},'
    b'{"id":"b","name":"B","price":3,"n":null,"quotes":{"USD":{"price":2}},'
    b'"at":"2026-05-18T12:00:00Z"}]'
)


def faulty(fault: DocumentFault, seed: int = 1) -> Any:
    """What a client reads; every number as it was written."""
    changed = encoded(apply(fault, decoded(BODY), Random(seed)))
    return json.loads(changed, parse_float=Decimal)


def truth() -> Any:
    return json.loads(BODY, parse_float=Decimal)


def both(**fields: Any) -> Any:
    """The truth with these fields instead, one value for each of the two records."""
    records = truth()
    for name, pair in fields.items():
        for record, value in zip(records, pair, strict=True):
            record[name] = value
    return records


@pytest.mark.parametrize(
    "fault, fields",
    [
        (drift.AddedField(field="new", value=7), {"new": (7, 7)}),
        (drift.NullField(field="price"), {"price": (None, None)}),
        (
            drift.NumberAsText(field="price"),
            {"price": ("0.12345678901234567890123456789012345678", "3")},
        ),
        (drift.TextForNumber(field="price"), {"price": ("n/a", "n/a")}),
        (drift.RoundedNumber(field="price"), {"price": (0, 3)}),
        (
            drift.ScaledNumber(field="price", factor=Decimal(100)),
            {"price": (Decimal("12.345678901234567890123456789012345678"), 300)},
        ),
        (
            drift.ScaledNumber(field="price", factor=Decimal("1e-8")),
            {"price": (Decimal("1.2345678901234567890123456789012345678e-9"), Decimal("3e-8"))},
        ),
        (drift.ObjectForScalar(field="n"), {"n": ({"usd": 250}, {"usd": None})}),
        (
            drift.ScalarForObject(field="quotes"),
            {"quotes": ({"price": Decimal("9.88e-06")}, {"price": 2})},
        ),
        (drift.NewWord(field="name"), {"name": ("unheard_of", "unheard_of")}),
        (drift.TimeAsEpoch(field="at"), {"at": (1779105600, 1779105600)}),
        (drift.TimeAsEpoch(field="at", unit="ms"), {"at": (1779105600123, 1779105600000)}),
        (drift.TimeRewritten(field="at"), {"at": ("18/05/2026 12:00:00",) * 2}),
        (
            drift.TimeGoingBack(field="at", seconds=61),
            {"at": ("2026-05-18T11:58:59.123Z", "2026-05-18T11:58:59.000Z")},
        ),
        (values.WrongPrice(field="price"), {"price": (0, 0)}),
        (values.LongText(field="name"), {"name": ("A" * 500, "B" * 500)}),
        (structure.SwappedIds(), {"id": ("b", "a")}),
    ],
    ids=lambda value: value.name if isinstance(value, DocumentFault) else "",
)
def test_a_fault_changes_the_field_it_names_and_no_other(
    fault: DocumentFault, fields: dict[str, Any]
) -> None:
    assert faulty(fault) == both(**fields)


def test_a_removed_field_is_gone_and_a_renamed_one_keeps_its_place_and_its_value() -> None:
    assert [list(one) for one in faulty(drift.RemovedField(field="n"))] == [
        ["id", "name", "price", "quotes", "at"]
    ] * 2
    renamed = faulty(drift.RenamedField(field="price", to="current"))
    assert [list(one)[2] for one in renamed] == ["current"] * 2
    assert renamed[0]["current"] == truth()[0]["price"]


def test_a_dot_leads_into_an_object_and_a_field_that_is_not_there_stays_away() -> None:
    scaled = faulty(drift.ScaledNumber(field="quotes.USD.price", factor=Decimal(1000)))
    assert [one["quotes"]["USD"]["price"] for one in scaled] == [Decimal("9.88e-03"), 2000]
    for field in ("nowhere", "quotes.EUR.price", "name.USD"):
        assert faulty(drift.NullField(field=field)) == truth()
        assert faulty(drift.RemovedField(field=field)) == truth()


@pytest.mark.parametrize(
    "fault, sent",
    [
        (values.NotANumber(field="n"), b'"n":NaN'),
        (values.NotANumber(field="n", word="-Infinity"), b'"n":-Infinity'),
        (values.EndlessNumber(field="n"), b'"n":12345678901234567890.12345678901234567890,'),
        (values.BrokenUtf8(field="name"), b'"name":"A\xff\xfe"'),
    ],
)
def test_what_no_json_writer_writes_is_sent_as_raw_bytes(fault: DocumentFault, sent: bytes) -> None:
    assert sent in encoded(apply(fault, decoded(BODY), Random(1)))


def many() -> list[dict[str, Any]]:
    return [{"id": f"c{n}", "name": f"C {n}"} for n in range(200)]


@pytest.mark.parametrize(
    "fault, least, most",
    [
        (structure.EmptyList(), 0, 0),
        (structure.HugeList(times=40), 8_000, 8_000),
        (structure.DuplicatedRecords(share=0.5), 250, 350),
        (structure.ShuffledRecords(), 200, 200),
        (structure.VanishingRecords(share=0.5), 50, 150),
        (structure.AppearingRecords(count=5), 205, 205),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_list_grows_shrinks_or_changes_its_order(
    fault: DocumentFault, least: int, most: int
) -> None:
    sent = apply(fault, many(), Random(1))
    assert least <= len(sent) <= most
    assert sent != many()


def test_records_twice_are_the_same_and_invented_ones_have_ids_of_their_own() -> None:
    twice = apply(structure.DuplicatedRecords(share=1.0), many(), Random(1))
    assert twice == [one for record in many() for one in (record, record)]
    for fault in (structure.HugeList(times=3), structure.AppearingRecords()):
        ids = [one["id"] for one in apply(fault, many(), Random(1))]
        assert len(ids) == len(set(ids))
        assert set(ids) > {one["id"] for one in many()}


def test_a_list_can_become_a_map_or_go_into_an_envelope() -> None:
    mapped = apply(structure.ListAsMap(), many(), Random(1))
    assert mapped["c7"] == {"name": "C 7"}
    assert apply(structure.ListInEnvelope(), many(), Random(1)) == {"data": many(), "count": 200}


def test_a_share_of_the_records_is_drawn_and_the_same_draws_give_the_same_bytes() -> None:
    fault = drift.NullField(field="name", share=0.3)
    sent = apply(fault, many(), Random(5))
    assert 30 < sum(one["name"] is None for one in sent) < 90
    assert apply(fault, many(), Random(5)) == sent
    assert apply(fault, many(), Random(6)) != sent


def test_nothing_is_changed_in_place() -> None:
    document = decoded(BODY)
    before = copy.deepcopy(document)
    apply(drift.ScaledNumber(field="quotes.USD.price", factor=Decimal(2)), document, Random(1))
    apply(drift.RemovedField(field="quotes.USD.price"), document, Random(1))
    apply(structure.SwappedIds(), document, Random(1))
    assert document == before


def test_one_record_by_itself_is_changed_too_and_another_document_is_left_alone() -> None:
    assert apply(drift.NullField(field="n"), {"id": "a", "n": 1}, Random(1)) == {
        "id": "a",
        "n": None,
    }
    for document in (["eth-ethereum"], "text", None):
        assert apply(drift.NullField(field="n"), document, Random(1)) == document
        assert apply(structure.SwappedIds(), document, Random(1)) == document
