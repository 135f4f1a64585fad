"""CoinGecko's markets: what its answers mean, quirk by quirk."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from answers import Said, answer, as_body, recorded

from kasparro.core.errors import MalformedPayloadError
from kasparro.ingestion.sources.coingecko import MARKETS, PAGE_SIZE


def markets(name):
    return Said(MARKETS, recorded(f"coingecko/{name}.json"), {"page": 1, "of": 4})


def market(n=0, **changes):
    coin = {"id": f"coin-{n}", "symbol": "c", "name": "C", "current_price": 1}
    return coin | {"last_updated": "2026-10-02T09:14:37.599Z"} | changes


def test_nothing_of_a_page_is_rejected_or_unknown():
    said = markets("markets")
    assert said.rejections == []
    assert said.unknown_fields == {}
    assert len(said.observations) == len(said.listings) == said.records == 6


def test_a_market_becomes_an_observation():
    said = markets("markets")
    bitcoin = said.observations["bitcoin"]
    assert bitcoin.observed_at == datetime(2026, 10, 2, 9, 14, 37, 599000, tzinfo=UTC)
    assert bitcoin.price_usd == Decimal(71234)
    assert bitcoin.market_cap_usd == Decimal(1424064211003)
    assert bitcoin.volume_24h_usd == Decimal(31987654321)
    assert bitcoin.change_24h_percent == Decimal("-3.5")
    assert (said.listings["bitcoin"].symbol, said.listings["bitcoin"].name) == ("btc", "Bitcoin")
    assert said.observations["ethereum"].position == 1


def test_the_daily_high_and_low_are_no_candle():
    bitcoin = markets("markets").observations["bitcoin"]
    assert (bitcoin.open_usd, bitcoin.high_usd, bitcoin.low_usd) == (None, None, None)


def test_each_coin_of_a_page_has_its_own_time_in_utc():
    said = markets("markets").observations
    assert said["ethereum"].observed_at == datetime(2026, 10, 2, 6, 31, 4, 427000, tzinfo=UTC)
    assert said["forty-digits"].observed_at == datetime(2026, 10, 2, 9, 14, 2, tzinfo=UTC)
    assert said["forty-digits"].observed_at.tzinfo is UTC


def test_a_market_cap_of_0_without_a_rank_is_unknown_and_with_one_is_0():
    said = markets("markets").observations
    assert said["tiny-made-up"].market_cap_usd is None
    assert said["worthless-but-ranked"].market_cap_usd == 0


def test_a_wrapped_coin_without_a_rank_of_its_own_keeps_its_market_cap():
    assert markets("markets").observations["staked-made-up"].market_cap_usd == 19_000_000_000


def test_a_volume_of_0_and_a_change_of_0_are_facts():
    said = markets("markets").observations
    assert said["staked-made-up"].volume_24h_usd == 0
    assert said["ethereum"].change_24h_percent == 0


def test_null_and_blank_amounts_are_unknown():
    said = markets("markets").observations
    assert said["worthless-but-ranked"].volume_24h_usd is None
    assert said["worthless-but-ranked"].change_24h_percent is None
    assert said["forty-digits"].change_24h_percent is None


def test_every_spelling_of_a_number_is_exact():
    said = markets("markets").observations
    assert said["tiny-made-up"].price_usd == Decimal("0.00000988")
    assert said["worthless-but-ranked"].price_usd == Decimal("0.000000000000000001")
    assert said["ethereum"].market_cap_usd == Decimal("283123456789.25")
    long = said["forty-digits"]
    assert long.price_usd == Decimal("1234567890123456789.123456789012345678901")
    assert long.market_cap_usd == Decimal(1234567890123456789012345678)
    assert long.volume_24h_usd == Decimal("12.5")


def test_a_non_breaking_space_is_kept_inside_a_name_and_dropped_around_it():
    assert markets("markets").listings["tiny-made-up"].name == "Tiny\u00a0Made Up"


def test_an_empty_symbol_is_no_reason_to_lose_a_price():
    said = markets("markets")
    assert said.listings["worthless-but-ranked"].symbol == ""
    assert "worthless-but-ranked" in said.observations


def test_a_coin_without_a_price_is_listed_and_not_observed_even_if_its_time_is_gone_too():
    said = markets("markets_without_prices")
    assert set(said.listings) == {"matic-made-up", "emptied", "dead-without-time"}
    assert (said.observations, said.rejections) == ({}, [])
    assert said.without_price == 3


def test_a_record_that_breaks_its_contract_is_quarantined_for_the_field_that_did():
    said = markets("markets_to_quarantine")
    wrong = ["current_price"] * 8 + ["total_volume"] + ["last_updated"] * 6
    wrong += ["time"] * 2 + ["last_updated"] + ["id"] * 3 + ["symbol", "name", "id"]
    assert said.rejected_fields() == dict(enumerate(wrong))
    assert (said.observations, said.listings) == ({}, {})


def test_neighbours_of_a_record_that_breaks_its_contract_are_read():
    body = as_body([market(1), market(2, last_updated=None), market(3)])
    assert set(Said(MARKETS, body, {"page": 1, "of": 1}).observations) == {"coin-1", "coin-3"}


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999"])
def test_a_token_that_is_no_number_costs_its_record_only(token):
    full_page = as_body([market(n) for n in range(PAGE_SIZE)])
    body = full_page.replace(b'"current_price": 1,', f'"current_price": {token},'.encode(), 1)
    said = Said(MARKETS, body, {"page": 1, "of": 4})
    assert said.rejected_fields() == {0: "current_price"}
    assert len(said.observations) == PAGE_SIZE - 1
    assert said.next_cursor == {"page": 2, "of": 4}


def test_a_field_nobody_declared_is_reported_with_how_often_it_came():
    body = as_body([market(1, coolness=1), market(2, coolness=None), market(3)])
    assert Said(MARKETS, body, {"page": 1, "of": 1}).unknown_fields == {"coolness": 2}


def test_fields_that_come_only_when_asked_for_are_documented_and_no_drift():
    body = as_body(
        [
            market(
                sparkline_in_7d={"price": [1.5, 2]},
                price_change_percentage_1y_in_currency=None,
                price_change_percentage_24h_in_currency=-3.5,
            )
        ]
    )
    assert Said(MARKETS, body, {"page": 1, "of": 1}).unknown_fields == {}


def test_the_same_coin_twice_on_a_page_is_two_records():
    body = as_body([market(1), market(1)])
    assert Said(MARKETS, body, {"page": 1, "of": 1}).records == 2


def test_an_error_with_status_200_is_not_taken_for_a_page():
    body = recorded("coingecko/rate_limited_with_status_200.json")
    with pytest.raises(MalformedPayloadError, match="exceeded the Rate Limit"):
        MARKETS.split(answer(MARKETS, body, {"page": 1, "of": 4}))
