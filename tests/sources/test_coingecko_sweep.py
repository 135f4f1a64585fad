"""CoinGecko: what is asked, in which order, and when a sweep is over."""

from urllib.parse import urlencode

import pytest
from answers import Said, as_body

from kasparro.core.source import Options
from kasparro.ingestion.sources.coingecko import MARKETS, PAGE_SIZE, SOURCE


def market(n=0, **changes):
    coin = {"id": f"coin-{n}", "symbol": "c", "name": "C", "current_price": 1}
    return coin | {"last_updated": "2026-10-02T09:14:37.599Z"} | changes


FULL_PAGE = as_body([market(n) for n in range(PAGE_SIZE)])


def test_a_page_is_asked_for_by_cap_in_dollars_with_every_digit_and_with_wrapped_coins():
    request = MARKETS.request({"page": 3, "of": 4})
    assert request.path == "/coins/markets"
    assert request.params == {
        "vs_currency": "usd",
        "order": "market_cap_desc",
        "per_page": "250",
        "page": "3",
        "precision": "full",
        "include_rehypothecated": "true",
    }


@pytest.mark.parametrize("top, pages", [(1, 1), (250, 1), (251, 2), (1000, 4), (20_000, 80)])
def test_a_sweep_asks_for_as_many_pages_as_the_tracked_coins_fill(top, pages):
    assert MARKETS.start(Options(top=top)) == {"page": 1, "of": pages}


def test_pages_are_asked_one_after_the_other_to_the_last():
    cursor, asked = MARKETS.start(Options(top=1000)), []
    while cursor is not None:
        asked.append(MARKETS.request(cursor).params["page"])
        cursor = Said(MARKETS, FULL_PAGE, cursor).next_cursor
    assert asked == ["1", "2", "3", "4"]


@pytest.mark.parametrize("coins", [0, 1, PAGE_SIZE - 1])
def test_a_short_page_ends_the_sweep_early(coins):
    body = as_body([market(n) for n in range(coins)])
    assert Said(MARKETS, body, {"page": 2, "of": 4}).next_cursor is None


def test_a_page_of_records_that_all_fail_is_still_a_full_page():
    body = as_body([market(n, current_price=-1) for n in range(PAGE_SIZE)])
    assert Said(MARKETS, body, {"page": 2, "of": 4}).next_cursor == {"page": 3, "of": 4}


def test_coins_are_recalled_by_their_ids_on_one_page_that_holds_them_all():
    cursor = MARKETS.recall.cursor(["matic-made-up", "tiny-made-up"])
    params = MARKETS.request(cursor).params
    assert params["ids"] == "matic-made-up,tiny-made-up"
    assert (params["per_page"], params["page"]) == ("250", "1")
    assert (params["precision"], params["include_rehypothecated"]) == ("full", "true")
    assert "order" not in params


def test_a_recall_ends_with_its_answer_even_if_that_fills_a_page():
    assert Said(MARKETS, FULL_PAGE, {"ids": ["coin-1"]}).next_cursor is None


def test_the_longest_recall_fits_into_the_urls_they_accept():
    recall = MARKETS.recall
    ids = [f"{n:070d}" for n in range(recall.ids_per_request)]
    params = MARKETS.request(recall.cursor(ids)).params
    assert len(SOURCE.plans["pro"].base_url + "/coins/markets?" + urlencode(params)) < 8000
    assert recall.ids_per_request <= PAGE_SIZE


def test_sweeps_of_every_hour_with_recalls_and_catalogue_stay_within_the_free_month():
    pages = MARKETS.start(Options())["of"]
    calls = (pages + MARKETS.recall.requests_per_sweep) * 744 + 31
    for plan in ("keyless", "demo"):
        month = next(x.calls for x in SOURCE.plans[plan].limits if x.window == "month")
        assert calls < 0.9 * month


def test_each_plan_has_its_host_and_its_header():
    plans = {name: (plan.base_url, plan.key_header) for name, plan in SOURCE.plans.items()}
    assert plans == {
        "keyless": ("https://api.coingecko.com/api/v3", None),
        "demo": ("https://api.coingecko.com/api/v3", "x-cg-demo-api-key"),
        "pro": ("https://pro-api.coingecko.com/api/v3", "x-cg-pro-api-key"),
    }


def test_keyless_calls_are_fifteen_seconds_apart():
    assert SOURCE.plans["keyless"].spacing.total_seconds() == 15
