"""CoinPaprika's tickers: what its answers mean, quirk by quirk."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from answers import Said, recorded

from kasparro.core.source import Options
from kasparro.ingestion.sources.coinpaprika import TICKERS


def tickers(name):
    return Said(TICKERS, recorded(f"coinpaprika/{name}.json"), {})


def test_one_request_asks_for_all_tickers_in_dollars_and_has_no_slash_at_its_end():
    request = TICKERS.request(TICKERS.start(Options()))
    assert (request.path, request.params) == ("/tickers", {"quotes": "USD"})


def test_one_answer_is_the_whole_sweep():
    assert tickers("tickers_free_plan").next_cursor is None


@pytest.mark.parametrize(
    "name", ["tickers_free_plan", "tickers_paid_plan", "tickers_early_2020", "tickers_blanks"]
)
def test_no_shape_of_any_year_or_plan_is_rejected_or_holds_an_unknown_field(name):
    said = tickers(name)
    assert said.rejections == []
    assert said.unknown_fields == {}
    assert len(said.listings) == said.records


def test_a_ticker_becomes_an_observation_with_every_digit():
    bitcoin = tickers("tickers_free_plan").observations["btc-bitcoin"]
    assert bitcoin.observed_at == datetime(2026, 10, 2, 9, 14, 37, tzinfo=UTC)
    assert bitcoin.price_usd == Decimal("71234.50123456789")
    assert bitcoin.market_cap_usd == Decimal(1424064211003)
    assert bitcoin.volume_24h_usd == Decimal("21987654321.123")
    assert bitcoin.change_24h_percent == Decimal("-3.5")


def test_a_ticker_keeps_its_position_in_the_payload():
    positions = [o.position for o in tickers("tickers_free_plan").observations.values()]
    assert positions == [0, 1, 2, 3, 4]


def test_time_is_utc_of_the_standard_library_which_binary_copy_is_fast_with():
    assert tickers("tickers_free_plan").observations["btc-bitcoin"].observed_at.tzinfo is UTC


def test_a_market_cap_of_0_is_unknown():
    assert tickers("tickers_free_plan").observations["dust-made-up-dust"].market_cap_usd is None


def test_a_volume_of_0_and_a_change_of_0_are_facts():
    said = tickers("tickers_free_plan")
    assert said.observations["dust-made-up-dust"].volume_24h_usd == 0
    assert said.observations["usdt-tether"].change_24h_percent == 0


def test_integers_stand_where_fractions_are_usual():
    tether = tickers("tickers_free_plan").observations["usdt-tether"]
    assert (tether.price_usd, tether.volume_24h_usd) == (Decimal(1), Decimal(99123456789))


def test_a_float32_artefact_is_kept_as_it_was_sent():
    dust = tickers("tickers_free_plan").observations["dust-made-up-dust"]
    assert dust.change_24h_percent == Decimal("-8.90999984741211")


def test_scientific_notation_is_exact():
    said = tickers("tickers_free_plan")
    assert said.observations["dust-made-up-dust"].price_usd == Decimal("0.0000016687")
    myobu = said.observations["myo-myobu"]
    assert myobu.price_usd == Decimal("0.000000000000000001")
    assert myobu.market_cap_usd == Decimal(2700000000000000)
    assert myobu.change_24h_percent == Decimal(150)


def test_forty_digits_are_kept():
    long = tickers("tickers_free_plan").observations["long-forty-digits"]
    assert long.price_usd == Decimal("1234567890123456789.123456789012345678901")
    assert long.volume_24h_usd == Decimal(123456789012345678901234567890)


def test_symbols_keep_their_case_and_names_lose_only_the_space_around_them():
    listings = tickers("tickers_free_plan").listings
    dust, myobu = listings["dust-made-up-dust"], listings["myo-myobu"]
    assert (dust.symbol, dust.name) == ("rDUST", "Made Up Dust")
    assert (myobu.symbol, myobu.name) == ("MYŌBU", "Myōbu")


def test_two_coins_of_one_rank_are_two_coins():
    assert {"dust-made-up-dust", "myo-myobu"} <= set(tickers("tickers_free_plan").observations)


@pytest.mark.parametrize("id_", ["blk-all-blank", "nul-all-null", "abs-all-absent"])
def test_blank_null_and_absent_amounts_are_all_unknown(id_):
    said = tickers("tickers_blanks").observations[id_]
    assert said.price_usd == Decimal("0.5")
    assert said.market_cap_usd is None
    assert said.volume_24h_usd is None
    assert said.change_24h_percent is None


def test_numbers_as_text_are_numbers():
    said = tickers("tickers_blanks").observations["str-all-strings"]
    assert said.price_usd == Decimal("9259.01")
    assert said.market_cap_usd is None
    assert said.volume_24h_usd == 0
    assert said.change_24h_percent == Decimal("-3.5")


def test_a_migrated_coin_without_a_price_is_listed_and_not_observed():
    said = tickers("tickers_blanks")
    for id_ in ("mig-migrated-null", "mig-migrated-blank"):
        assert id_ in said.listings
        assert id_ not in said.observations
    assert said.without_price == 2
