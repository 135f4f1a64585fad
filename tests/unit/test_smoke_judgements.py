"""The judgements of `kasparro smoke` can fail: each is shown what it must not let pass."""

import json

import pytest

from kasparro.cli.smoke import budgets, waiting
from kasparro.cli.smoke.answers import must_keep_promise, promises
from kasparro.cli.smoke.contract import RUN, SHAPES, must_fit
from kasparro.cli.smoke.verdict import BrokenError
from kasparro.cli.smoke.witness import Call

PRICE = {
    "id": 1,
    "coin_id": "bitcoin",
    "symbol": "BTC",
    "name": "Bitcoin",
    "price_usd": 1.5,
    "market_cap": None,
    "volume_24h": 0,
    "price_change_24h": -3.5,
    "timestamp": "2026-01-01T00:00:00Z",
    "source": "csv",
}
PAGE = {
    "request_id": "r",
    "api_latency_ms": 1.0,
    "total_records": 1,
    "page": 1,
    "limit": 10,
    "data": [PRICE],
}


def test_a_page_as_the_contract_has_it_fits():
    must_fit(PAGE, SHAPES["/data"], "/data")


@pytest.mark.parametrize(
    "wrong",
    [
        PAGE | {"data": []},
        PAGE | {"data": [PRICE | {"price_usd": "1.5"}]},
        PAGE | {"data": [PRICE | {"price_usd": None}]},
        PAGE | {"data": [PRICE | {"price_usd": True}]},
        PAGE | {"data": [PRICE | {"symbol": None}]},
        PAGE | {"data": [{key: PRICE[key] for key in PRICE if key != "market_cap"}]},
        PAGE | {"data": [PRICE, PRICE | {"id": "2"}]},
        PAGE | {"total_records": None},
        [PAGE],
    ],
)
def test_a_page_in_which_one_thing_is_missing_or_of_another_type_does_not_fit(wrong):
    with pytest.raises(BrokenError, match="/data"):
        must_fit(wrong, SHAPES["/data"], "/data")


@pytest.mark.parametrize("key", RUN)
def test_a_run_without_any_one_of_its_fields_does_not_fit(key):
    run = dict.fromkeys(RUN, "text") | dict.fromkeys(("records_processed", "records_failed"), 1)
    run["duration_seconds"] = 1
    must_fit([run], SHAPES["/runs"], "/runs")
    del run[key]
    with pytest.raises(BrokenError, match=f"has no {key}"):
        must_fit([run], SHAPES["/runs"], "/runs")


@pytest.mark.parametrize("path", ["/data", "/runs", "/health", "/assets/{coin_id}", "/drift"])
def test_the_shape_of_an_answer_is_known_and_another_one_is_noticed(path):
    assert path in promises()
    with pytest.raises(BrokenError, match=path):
        must_keep_promise(path, b'{"something": "else"}')


def test_a_page_with_one_field_too_many_breaks_the_promise():
    must_keep_promise("/data", json.dumps(PAGE).encode())
    with pytest.raises(BrokenError, match=r"/data data\.0\.more: Extra inputs"):
        must_keep_promise("/data", json.dumps(PAGE | {"data": [PRICE | {"more": 1}]}).encode())


def call(at: float, status: int = 200) -> Call:
    return Call(path="/tickers", params={}, came_at=at, answered_at=at, status=status)


def test_a_source_that_is_asked_again_after_the_time_it_said_was_waited_for():
    assert waiting.judge("coinpaprika", [call(10, 429), call(12.5)], 2) == 2.5


@pytest.mark.parametrize(
    "calls, why",
    [
        ([call(10, 429), call(11.9)], "asked again after 1.90 s"),
        ([call(10, 429)], "was asked 1 times"),
        ([call(10), call(20)], "first answer of coinpaprika: 200"),
    ],
)
def test_a_source_that_is_asked_too_soon_or_never_again_is_noticed(calls, why):
    with pytest.raises(BrokenError, match=why):
        waiting.judge("coinpaprika", calls, 2)


def test_calls_that_are_all_counted_and_spread_over_seconds_keep_the_budget():
    budgets.judge([15, 16], arrived=31, counted=31, busiest=10, allowed=10)


@pytest.mark.parametrize(
    "made, arrived, counted, busiest, why",
    [
        ([15, 15], 30, 30, 11, "11 calls in one second"),
        ([15, 15], 30, 15, 10, "calls that were counted: 15, not 30"),
        ([15, 15], 31, 31, 10, "calls that arrived: 31, not 30"),
        ([15, 0], 15, 15, 10, "calls by process"),
    ],
)
def test_calls_that_were_not_counted_or_came_too_close_are_noticed(
    made, arrived, counted, busiest, why
):
    with pytest.raises(BrokenError, match=why):
        budgets.judge(made, arrived, counted, busiest, 10)
