"""What people decide about drift: names, numbers and records follow, in runs and in replays."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.errors import BadRequestError, BusyError, NotFoundError
from kasparro.ingestion.replay import replay
from kasparro.ingestion.retry import retry
from kasparro.sandbox.faults import drift as faults
from kasparro.store import leases
from support.databases import copy_of
from support.drifted import COINS, HOURS, Market, drifting
from support.history import LEASE, again

PRICE, CAP = "current_price", "market_cap"
RENAMED = faults.RenamedField(field=PRICE, to="last")
HUNDREDFOLD = faults.ScaledNumber(field=PRICE, factor=Decimal(100))


@pytest.fixture
def market(database_url: str) -> Iterator[Market]:
    with drifting(database_url) as own:
        yield own


def assert_replay_agrees(market: Market) -> None:
    digest = market.home.digest()
    assert again(market.home, verify=True).differences == {}
    again(market.home, verify=False)
    assert market.home.digest() == digest


def caps(market: Market) -> int:
    """Observations with a market cap."""
    return int(market.home.value("select count(market_cap_usd) from observations"))


def test_a_rename_that_is_accepted_brings_the_rows_and_both_names_work_from_then_on(
    market: Market,
) -> None:
    before = market.prices()
    assert market.sweep(RENAMED).status == "partial"
    assert market.prices() == before
    assert again(market.home, verify=True).differences == {}
    done = market.accept()
    assert (done.case.category, done.case.alias) == ("renamed", "last")
    assert done.retried.still_refused == 0
    assert done.retried.resolved >= COINS - 10
    assert market.prices() >= before + COINS - 10
    assert market.waiting() == 0
    for faulty in ((RENAMED,), (), (RENAMED,)):
        report = market.sweep(*faulty)
        assert (report.status, report.quarantined) == ("success", 0)
        assert report.new >= COINS - 10
    assert market.events("class", "status") == [("renamed", "accepted")]
    assert_replay_agrees(market)


def test_a_name_inside_an_object_has_an_alias_too(database_url: str) -> None:
    with drifting(database_url, source="coinpaprika") as market:
        before = market.prices()
        fault = faults.RenamedField(field="quotes.USD.volume_24h", to="volume24h")
        assert market.sweep(fault).status == "partial"
        assert market.prices() == before
        assert market.accept().retried.still_refused == 0
        assert market.sweep(fault).status == "success"
        volumes = market.home.value("select count(volume_24h_usd) from observations")
        assert volumes == market.prices() > before + 2 * (COINS - 10)
        whole = faults.RenamedField(field="quotes.USD", to="usd")
        assert market.sweep(fault, whole).status == "partial"
        assert market.accept().case.alias == "quotes.usd"
        assert market.sweep(fault, whole).status == "success"
        assert market.waiting() == 0
        assert_replay_agrees(market)


def test_a_unit_that_is_accepted_is_stored_as_it_is(market: Market) -> None:
    query = "select price_usd from crypto_prices where coin_id = 'bitcoin' order by timestamp desc"
    before = market.home.value(query)
    market.sweep(HUNDREDFOLD)
    market.accept()
    assert 90 < market.home.value(query) / before < 110
    assert market.sweep(HUNDREDFOLD).status == "success"
    assert market.sweep().status == "partial"  # back again is the next change of unit
    assert_replay_agrees(market)


def test_what_is_rejected_stays_out_whoever_asks_for_it(market: Market) -> None:
    before = market.prices()
    market.sweep(HUNDREDFOLD)
    market.reject()
    retry(market.home.url, market.home.engine.sources, source=None, holder="test",
          lease_duration=LEASE, clock=market.home.clock)  # fmt: skip
    assert market.prices() == before
    assert market.sweep(HUNDREDFOLD).status == "partial"
    assert market.events("class", "status", "occurrences") == [("unit", "rejected", 2)]
    assert market.prices() == before
    assert_replay_agrees(market)


def test_a_rejected_drift_that_changes_is_a_new_one(market: Market) -> None:
    market.sweep(HUNDREDFOLD)
    market.reject()
    market.sweep(faults.ScaledNumber(field=PRICE, factor=Decimal(1000)))
    found = market.events("class", "status", "(details ->> 'factor')::numeric > 500")
    assert found == [("unit", "rejected", False), ("unit", "open", True)]


def test_a_person_may_think_again_about_what_was_rejected(market: Market) -> None:
    before = market.prices()
    market.sweep(HUNDREDFOLD)
    market.reject()
    market.accept(status="rejected")
    assert market.prices() > before
    assert market.waiting() == 0


def test_a_rejected_rename_is_a_removal_and_that_can_be_accepted(market: Market) -> None:
    fault = faults.RenamedField(field=CAP, to="marketCap")
    market.sweep(fault)
    market.reject()
    market.sweep(fault)
    assert market.events("class", "path", status="open") == [("removed", CAP)]
    before, with_caps = market.prices(), caps(market)
    assert market.accept().retried.resolved >= COINS - 10
    assert market.prices() > before
    assert with_caps - 5 < caps(market) <= with_caps  # a price that stood still lost its cap
    assert market.sweep(fault).status == "success"
    assert_replay_agrees(market)


def test_a_record_that_waits_for_two_things_waits_until_both_are_decided(market: Market) -> None:
    before = market.prices()
    market.sweep(HUNDREDFOLD, faults.RemovedField(field=CAP))
    first, second = (number for (number,) in market.events("id", status="open"))
    assert market.decider.accept(first, None).retried.resolved == 0
    assert market.prices() == before
    assert again(market.home, verify=True).differences == {}
    assert market.decider.accept(second, None).retried.still_refused == 0
    assert market.prices() > before
    assert_replay_agrees(market)


def test_nobody_decides_twice_or_about_nothing(market: Market) -> None:
    market.sweep(HUNDREDFOLD)
    market.accept()
    with pytest.raises(BadRequestError, match="accepted already"):
        market.decider.accept(1, None)
    with pytest.raises(BadRequestError, match="accepted already"):
        market.decider.reject(1, None)
    with pytest.raises(NotFoundError, match="no drift event has the number 99"):
        market.decider.accept(99, None)


def test_nobody_decides_about_a_stream_that_is_being_ingested(market: Market) -> None:
    market.sweep(HUNDREDFOLD)
    stream = market.home.value("select stream_id from drift_events")
    lease = leases.acquire(
        market.home.connection, stream, run_id="x", holder="somebody", duration=LEASE
    )
    with pytest.raises(BusyError, match="coingecko markets is being ingested"):
        market.decider.accept(1, None)
    assert market.events("status") == [("open",)]
    assert lease is not None


def test_a_decision_that_is_cut_off_leaves_nothing_of_itself(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.sweep(RENAMED)
    digest = market.home.digest()

    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(leases, "fence", cut)
        with pytest.raises(KeyboardInterrupt):
            market.decider.accept(1, None)
    assert market.home.digest() == digest
    assert market.accept().retried.still_refused == 0


def test_a_run_killed_between_seeing_and_writing_leaves_nothing_of_a_drift(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = market.home.digest_lines()

    def cut(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(leases, "fence", cut)
        assert market.sweep(HUNDREDFOLD).status == "failed"
    assert [line for line in market.home.digest_lines() if "checkpoints" not in line] == [
        line for line in digest if "checkpoints" not in line
    ]
    assert market.sweep_again(HUNDREDFOLD).status == "partial"
    assert market.events("class", "occurrences") == [("unit", 1)]


def test_a_sweep_that_is_killed_and_resumed_drifts_as_one_that_was_not(
    market: Market, server_url: str, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = (HUNDREDFOLD, faults.AddedField(field="mood"))
    fence, times = leases.fence, []

    def cut_first(*arguments: Any) -> None:
        times.append(1)
        if len(times) == 1:
            raise RuntimeError("killed")
        fence(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(leases, "fence", cut_first)
        market.sweep(*faulty)
    market.sweep_again(*faulty)
    undisturbed = copy_of(server_url, template)
    with undisturbed as url, drifting(url, HOURS) as other:
        other.sweep(*faulty)
        assert other.home.digest() == market.home.digest()
        assert replay(
            other.home.url, other.home.engine.sources, holder="t", lease_duration=LEASE, verify=True
        ).differences == {}  # fmt: skip
