"""CoinPaprika's tickers that break their contract: what each costs, and what it does not."""

from decimal import Decimal

import pytest
from answers import Said, as_body, recorded

from kasparro.ingestion.sources.coinpaprika import TICKERS


def ticker(**changes):
    coin = {"id": "a-a", "name": "A", "symbol": "A", "last_updated": "2026-10-02T09:14:37Z"}
    return coin | {"quotes": {"USD": {"price": 1}}} | changes


def test_a_bad_token_costs_its_record_and_nothing_else():
    said = Said(TICKERS, recorded("coinpaprika/tickers_broken.json"), {})
    assert list(said.observations) == [
        "ok-first-neighbour",
        "bet-only-what-we-ignore",
        "ok-last-neighbour",
    ]
    assert said.rejected_fields() == {
        1: "quotes.USD.price",
        2: "quotes.USD.volume_24h",
        3: "quotes.USD.price",
        4: "name",
        5: "name",
        7: "",
    }


def test_a_page_that_is_not_all_json_keeps_every_digit_all_the_same():
    said = Said(TICKERS, recorded("coinpaprika/tickers_broken.json"), {})
    price = said.observations["bet-only-what-we-ignore"].price_usd
    assert price == Decimal("0.000000000123456789012345")


def test_bytes_that_are_not_utf8_cost_their_record_and_nothing_else():
    body = recorded("coinpaprika/tickers_free_plan.json").replace("Myōbu".encode(), b"My\xffbu")
    said = Said(TICKERS, body, {})
    assert said.rejected_fields() == {3: "name"}
    assert len(said.observations) == 4


def test_a_time_that_went_back_is_an_observation_like_any_other():
    said = [
        Said(TICKERS, as_body([ticker(last_updated=time)]), {}).observations["a-a"].observed_at
        for time in ("2026-10-02T09:14:37Z", "2026-10-02T09:13:36Z")
    ]
    assert said[1] < said[0]


@pytest.mark.parametrize(
    "time", [None, "", "2026-10-02T09:14:37", "2026-10-02", 1634927806, "1634927806", "soon"]
)
def test_a_ticker_without_a_clear_time_is_quarantined(time):
    said = Said(TICKERS, as_body([ticker(last_updated=time)]), {})
    assert said.rejected_fields() == {0: "last_updated"}


@pytest.mark.parametrize("price", [0, -1, "0", "-0.5", "n/a", True, [1], "Infinity", 1e30])
def test_a_price_that_is_none_is_quarantined_and_never_becomes_0(price):
    said = Said(TICKERS, as_body([ticker(quotes={"USD": {"price": price}})]), {})
    assert said.observations == {}
    assert said.rejected_fields() == {0: "quotes.USD.price"}


@pytest.mark.parametrize(
    "quotes, field",
    [({}, "quotes.USD"), ({"USD": {}}, "quotes.USD.price"), (None, "quotes"), ([], "quotes")],
)
def test_a_renamed_price_is_quarantined_rather_than_taken_for_no_price(quotes, field):
    said = Said(TICKERS, as_body([ticker(quotes=quotes)]), {})
    assert said.rejected_fields() == {0: field}


def test_a_field_nobody_declared_is_reported_wherever_it_is():
    coin = ticker(
        outlier=True,
        quotes={"USD": {"price": 1, "dominance": 2}, "EUR": {"price": 1}},
    )
    said = Said(TICKERS, as_body([coin]), {})
    assert said.unknown_fields == {"outlier": 1, "quotes.USD.dominance": 1, "quotes.EUR": 1}


def test_a_symbol_of_500_letters_is_quarantined_and_an_empty_one_is_not():
    said = Said(TICKERS, as_body([ticker(symbol="X" * 500), ticker(id="b-b", symbol="")]), {})
    assert said.rejected_fields() == {0: "symbol"}
    assert said.listings["b-b"].symbol == ""
