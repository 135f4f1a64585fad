"""A source that drifts: what is reported, what is held, and what is still served."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from kasparro.sandbox.faults import drift as faults
from kasparro.sandbox.faults.fault import DocumentFault
from kasparro.sandbox.faults.structure import ListAsMap, ListInEnvelope
from support.drifted import COINS, Market, drifting, quarantined
from support.history import again
from support.provider import Reply

PRICE, CAP = "current_price", "market_cap"


@pytest.fixture
def market(database_url: str) -> Iterator[Market]:
    with drifting(database_url) as own:
        yield own


BREAKING = [
    (faults.RemovedField(field=CAP), "removed", CAP),
    (faults.RemovedField(field=PRICE), "removed", PRICE),
    (faults.RenamedField(field=CAP, to="marketCap"), "renamed", CAP),
    (faults.TextForNumber(field=PRICE), "narrowed", PRICE),
    (faults.RoundedNumber(field=PRICE), "narrowed", PRICE),
    (faults.ObjectForScalar(field=PRICE), "narrowed", PRICE),
    (faults.NullField(field=PRICE), "nullability", PRICE),
    (faults.NullField(field=CAP), "nullability", CAP),
    (faults.ScaledNumber(field=PRICE, factor=Decimal(100)), "unit", PRICE),
    (faults.ScaledNumber(field="total_volume", factor=Decimal("1e-8")), "unit", "total_volume"),
    (faults.TimeAsEpoch(field="last_updated"), "format", "last_updated"),
    (faults.TimeRewritten(field="last_updated"), "format", "last_updated"),
]


def test_what_breaks_is_held_whole_each_class_by_its_name_and_the_last_good_prices_stay(
    market: Market,
) -> None:
    """One database for all: what is rejected leaves no trace in the baseline."""
    before = market.prices()
    for fault, category, path in BREAKING:
        report = market.sweep(fault)
        assert (report.status, report.new, report.error_message) == ("partial", 0, None), fault
        assert report.quarantined >= COINS - 10, fault  # not those without a price anyway
        found = market.events("class", "path", "severity", status="open")
        assert found == [(category, path, "ERR")], fault
        market.reject()
    assert market.prices() == before
    assert market.sweep().status == "success"
    assert market.prices() > before
    assert again(market.home, verify=True).differences == {}


@pytest.mark.parametrize(
    "fault, category, severity",
    [
        (faults.AddedField(field="coolness", value=7), "added", "INFO"),
        (faults.RemovedField(field="ath"), "removed", "WARN"),
        (faults.RenamedField(field="ath", to="all_time_high"), "renamed", "WARN"),
        (faults.NumberAsText(field=PRICE), "widened", "WARN"),
        (faults.NullField(field="high_24h"), "nullability", "WARN"),
        (faults.NullField(field=CAP, share=0.4), "nullability", "WARN"),
        (faults.ScaledNumber(field="ath", factor=Decimal(1000)), "unit", "WARN"),
    ],
)
def test_what_breaks_nothing_is_reported_once_and_goes_on(
    market: Market, fault: DocumentFault, category: str, severity: str
) -> None:
    before = market.prices()
    for _ in range(2):
        report = market.sweep(fault)
        assert (report.status, report.quarantined) == ("success", 0)
    assert market.prices() > before + COINS
    found = market.events("class", "severity", "status", "occurrences")
    assert found == [(category, severity, "accepted", 1)]


def test_an_undisturbed_source_has_no_drift_from_its_first_payload_on(market: Market) -> None:
    for _ in range(5):
        assert market.sweep().status == "success"
    assert market.events() == []


def test_an_event_is_counted_up_as_long_as_nobody_decides(market: Market) -> None:
    for _ in range(3):
        market.sweep(faults.ScaledNumber(field=PRICE, factor=Decimal(100)))
    assert market.events("class", "occurrences", "status") == [("unit", 3, "open")]
    assert market.waiting() >= 3 * (COINS - 10)


def test_the_same_bytes_again_are_held_again_and_are_no_second_sighting(market: Market) -> None:
    fault = faults.ScaledNumber(field=PRICE, factor=Decimal(100))
    reports = [market.sweep(fault), market.sweep_again(fault)]
    assert {report.status for report in reports} == {"partial"}
    assert reports[0].quarantined == reports[1].quarantined
    assert market.events("occurrences") == [(1,)]


def test_a_price_a_hundred_times_too_high_is_held_and_the_last_good_one_is_served(
    market: Market,
) -> None:
    query = "select price_usd from crypto_prices where coin_id = 'bitcoin' order by timestamp desc"
    before = market.home.value(query)
    market.sweep(faults.ScaledNumber(field=PRICE, factor=Decimal(100)))
    assert market.home.value(query) == before
    assert quarantined(market.home) == {(PRICE, "held: unit drift of current_price")}


@pytest.mark.parametrize("fall", ["0.5", "0.35"])
def test_a_market_that_really_crashes_is_stored_at_once(market: Market, fall: str) -> None:
    def crash(record: dict[str, Any]) -> dict[str, Any]:
        own = Decimal(f"{Random(record['id']).uniform(0.7, 1.3):.6f}") * Decimal(fall)
        names = (PRICE, CAP, "high_24h", "low_24h", "fully_diluted_valuation")
        return record | {name: record[name] and Decimal(record[name]) * own for name in names}

    before = market.prices()
    assert market.sweep(change=crash).status == "success"
    assert market.prices() > before + COINS - 10


def test_weeks_offline_lock_nothing_out(market: Market) -> None:
    market.hour += 24 * 40
    report = market.sweep()
    assert report.status == "success"
    assert report.new >= COINS - 10


def test_an_answer_of_few_records_invents_no_removal(market: Market) -> None:
    report = market.sweep(faults.RemovedField(field=CAP), first=5)
    assert report.status == "success"
    assert market.events() == []


def test_what_is_asked_for_by_id_is_held_by_what_its_sweep_has_found(market: Market) -> None:
    report = market.sweep(faults.ScaledNumber(field=PRICE, factor=Decimal(100)), first=200)
    asked = [one for one in market.home.providers["coingecko"].asked if "ids" in one.params]
    assert asked
    assert report.status == "partial"
    assert report.new == 0


@pytest.mark.parametrize("fault", [ListAsMap(), ListInEnvelope()])
def test_an_answer_that_cannot_be_split_is_kept_whole_and_reported(
    market: Market, fault: DocumentFault
) -> None:
    checkpoint = market.home.checkpoint("coingecko")[0]
    reports = [market.sweep(fault), market.sweep_again(fault)]
    assert {report.status for report in reports} == {"failed"}
    found = market.events("class", "path", "severity", "status", "occurrences")
    assert found == [("structure", "", "ERR", "open", 2)]
    assert market.home.value("select count(*) from raw_crypto_data where uninterpreted <> ''") == 1
    assert market.home.checkpoint("coingecko")[0] == checkpoint


def test_a_web_page_instead_of_an_answer_is_no_drift(market: Market) -> None:
    market.home.providers["coingecko"].script(Reply(b"<html>Just a moment</html>"))
    assert market.home.sweep("coingecko").status == "failed"
    assert market.events() == []
