"""What is measured of a run, as it goes."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.anomalies.moves import Moves
from kasparro.core.anomalies.sample import KEPT, Sample
from kasparro.core.contract import Price, Rejection, check
from kasparro.core.interpretation import Interpretation
from kasparro.core.observation import Observation
from kasparro.core.source import Payload, Request
from kasparro.ingestion.meter import LOOKED_AT, Meter
from kasparro.store.steps import Tally
from support.clock import NOON, FakeClock
from support.toy import Quote


def observation(number: int = 0, **changes: Any) -> Observation:
    values = {
        "source_asset_id": f"coin-{number}",
        "observed_at": NOON - timedelta(seconds=number),
        "price_usd": Decimal(number + 1),
        "market_cap_usd": Decimal(10) if number % 4 else None,
    }
    return Observation(**(values | changes))


def payload(body: bytes = b"[...]") -> Payload:
    return Payload(request=Request(path="/"), cursor={}, body=body, fetched_at=NOON)


def read(meter: Meter, *said: Observation, **changes: Any) -> None:
    wanted = {"records": len(said), "next_cursor": None, "observations": list(said)} | changes
    meter.read(payload(), Interpretation(**wanted), NOON)


def test_two_pages_are_measured_as_one_run() -> None:
    meter = Meter(tally=Tally())
    read(meter, *(observation(n) for n in range(50)))
    read(meter, *(observation(n) for n in range(50, 100)), records=105, without_price=5)
    measured = meter.measured()
    figures = measured.figures
    assert measured.newest_observed_at == NOON
    assert figures["bytes"] == 10
    assert (figures["lag_p50_seconds"], figures["lag_p95_seconds"]) == (50, 95)
    assert figures["null_market_cap"] == pytest.approx(0.25)
    assert figures["null_volume_24h"] == 1
    assert figures["null_price"] == pytest.approx(5 / 155, rel=1e-5)
    assert (figures["price_low"], figures["price_mid"], figures["price_high"]) == (6, 51, 96)
    assert "volume_24h_mid" not in figures


def test_answers_are_counted_as_calls_and_refusals() -> None:
    tally = Tally(calls=7, answers=Counter({"200": 3, "304": 1, "429": 2, "none": 1}))
    figures = Meter(tally=tally).measured().figures
    assert (figures["calls"], figures["refusals"]) == (7, 3)
    assert "lag_p50_seconds" not in figures


def test_a_price_of_nothing_is_counted_by_the_words_the_contract_rejects_it_with() -> None:
    assert Price
    meter = Meter(tally=Tally())
    at = "2026-05-18T11:00:00Z"
    said = [check(Quote, {"id": "a", "price": price, "at": at}, 0) for price in (0, -1, "x", 1)]
    read(meter, records=4, rejections=[one for one in said if isinstance(one, Rejection)])
    assert meter.measured().figures["not_positive"] == 2


def test_time_is_counted_by_stage_even_when_the_stage_fails() -> None:
    clock, meter = FakeClock(), Meter(tally=Tally())
    with meter.stage("fetch", clock):
        clock.sleep(2)

    def fail() -> None:
        with meter.stage("fetch", clock):
            clock.sleep(3.5)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        fail()
    assert meter.measured().figures["fetch_seconds"] == 5.5


def test_of_a_large_payload_an_even_sample_is_looked_at() -> None:
    meter = Meter(tally=Tally())
    read(meter, *(observation(n) for n in range(10 * LOOKED_AT)))
    assert meter.looked_at == LOOKED_AT
    figures = meter.measured().figures
    assert figures["price_mid"] == pytest.approx(5 * LOOKED_AT, rel=0.01)


def test_the_first_reason_why_a_run_does_not_compare_stays() -> None:
    meter = Meter(tally=Tally())
    assert meter.measured().incomparable is None
    meter.spoil("one")
    meter.spoil("two")
    assert meter.measured().incomparable == "one"


def test_a_sample_stays_small_and_even_however_many_values_come() -> None:
    sample = Sample()
    for value in range(20 * KEPT):
        sample.add(value)
    assert len(sample._values) <= KEPT
    assert sample.seen == 20 * KEPT
    for share in (0.05, 0.5, 0.95):
        assert sample.quantile(share) == pytest.approx(share * 20 * KEPT, rel=0.01)


AT = datetime(2026, 5, 18, 12, tzinfo=UTC)


def moved(before: str, now: str, hours: float) -> Moves:
    moves = Moves()
    moves.note(1, (AT, Decimal(before)), (AT + timedelta(hours=hours), Decimal(now)))
    return moves


def test_moves_of_four_hours_count_half_as_those_of_one() -> None:
    assert moved("1", "1.1", 1).figures()["return_median"] == pytest.approx(0.0953, abs=1e-4)
    assert moved("1", "1.1", 4).figures()["return_median"] == pytest.approx(0.0477, abs=1e-4)


def test_a_price_that_stands_still_is_told_from_one_that_was_not_said_anew() -> None:
    assert moved("1.5", "1.50", 1).figures() == {
        "unchanged_price_share": 1,
        "return_median": 0,
        "return_mad": 0,
    }
    assert moved("1.5", "1.5", 0).figures() == {"unchanged_price_share": 1}
    assert Moves().figures() == {}


def test_the_market_is_the_median_of_its_coins_and_their_spread() -> None:
    moves = Moves()
    for number, price in enumerate(("100", "101", "103", "200")):
        moves.note(number, (AT, Decimal(100)), (AT + timedelta(hours=1), Decimal(price)))
        moves.note(number, (AT, Decimal(1)), (AT + timedelta(hours=1), Decimal(9)))
    figures = moves.figures()
    assert figures["return_median"] == pytest.approx(0.0198, abs=1e-3)
    assert figures["return_mad"] == pytest.approx(0.0148, abs=6e-3)
    assert figures["unchanged_price_share"] == 0.25
