"""CoinPaprika beside its tickers: coins recalled by id, the catalogue, contracts, plans."""

from decimal import Decimal

import pytest
from answers import Said, answer, as_body, recorded

from kasparro.core.errors import MalformedPayloadError
from kasparro.core.observation import Contract
from kasparro.core.source import Options
from kasparro.ingestion.sources.coinpaprika import COINS, CONTRACTS, SOURCE, TICKERS


def contracts_on(platform, *later):
    body = recorded(f"coinpaprika/contracts_{platform}.json")
    return Said(CONTRACTS, body, {"platforms": [platform, *later]})


def test_a_coin_that_fell_off_the_list_is_asked_for_by_its_id():
    cursor = TICKERS.recall.cursor(["pol-made-up-migration"])
    request = TICKERS.request(cursor)
    assert (request.path, request.params) == (
        "/tickers/pol-made-up-migration",
        {"quotes": "USD"},
    )
    said = Said(TICKERS, recorded("coinpaprika/ticker_by_id.json"), cursor)
    assert said.observations["pol-made-up-migration"].price_usd == Decimal("0.1875")
    assert said.next_cursor is None
    assert said.unknown_fields == {}


def test_an_id_cannot_lead_out_of_its_path():
    assert TICKERS.request({"id": "../key?x=/ä"}).path == "/tickers/..%2Fkey%3Fx%3D%2F%C3%A4"


def test_recalls_of_every_hour_stay_within_the_free_month():
    month = next(x.calls for x in SOURCE.plans["free"].limits if x.window == "month")
    hourly = 1 + TICKERS.recall.requests_per_sweep
    assert hourly * 744 + 31 + 5 * 10 < 0.9 * month


@pytest.mark.parametrize("body", [b"[]", b'{"error":"id not found"}', b"404 page not found"])
def test_an_answer_about_one_coin_that_is_no_coin_is_malformed(body):
    with pytest.raises(MalformedPayloadError, match="/tickers/a-a"):
        TICKERS.split(answer(TICKERS, body, {"id": "a-a"}))


def test_the_catalogue_says_which_coins_still_trade_and_nothing_of_prices():
    said = Said(COINS, recorded("coinpaprika/coins.json"), COINS.start(Options()))
    assert {id_: listing.active for id_, listing in said.listings.items()} == {
        "btc-bitcoin": True,
        "lend-ethlend": False,
        "odd-ranked-but-inactive": False,
        "aave-new": True,
    }
    assert (said.observations, said.without_price, said.unknown_fields) == ({}, 0, {})
    assert said.next_cursor is None
    assert COINS.request({}).path == "/coins"
    assert not COINS.carries_prices


def test_contracts_are_asked_platform_by_platform_of_those_that_exist_and_we_have_a_word_for():
    cursor, asked = CONTRACTS.start(Options()), []
    said = Said(CONTRACTS, recorded("coinpaprika/contracts_platforms.json"), cursor)
    assert said.records == 0
    while (cursor := said.next_cursor) is not None:
        asked.append(CONTRACTS.request(cursor).path)
        said = Said(CONTRACTS, b"[]", cursor)
    assert asked == [
        "/contracts/eth-ethereum",
        "/contracts/bnb-binance-coin",
        "/contracts/trx-tron",
    ]


def test_the_first_question_is_for_the_platforms():
    assert CONTRACTS.request(CONTRACTS.start(Options())).path == "/contracts"


def test_a_source_that_lists_none_of_our_platforms_ends_the_sweep():
    assert Said(CONTRACTS, b'["eos-eos"]', {}).next_cursor is None


def test_an_evm_address_is_in_lower_case_and_on_a_platform_in_our_words():
    said = contracts_on("eth-ethereum")
    lowered = "0xabcdef0123456789abcdef0123456789abcdef01"
    assert said.listings["aave-new"].contracts == (Contract(platform="ethereum", address=lowered),)


def test_a_contract_says_nothing_of_symbol_and_name():
    aave = contracts_on("eth-ethereum").listings["aave-new"]
    assert (aave.symbol, aave.name, aave.active) == ("", "", True)


def test_an_undocumented_flag_of_contracts_is_no_drift():
    assert contracts_on("eth-ethereum").unknown_fields == {}


def test_an_empty_address_is_no_contract():
    said = contracts_on("eth-ethereum")
    assert said.listings["emp-empty-address"].contracts == ()
    assert said.rejections == []


def test_a_token_of_the_old_beacon_chain_is_not_taken_for_one_of_the_chain_that_has_its_name():
    body = as_body([{"address": "CAKE-1F2", "id": "cake-made-up-cake", "type": "BEP2"}])
    said = Said(CONTRACTS, body, {"platforms": ["bnb-binance-coin"]})
    assert said.listings["cake-made-up-cake"].contracts == ()
    assert contracts_on("bnb-binance-coin").records == 2


def test_addresses_elsewhere_keep_their_case():
    listings = contracts_on("trx-tron").listings
    address = "TXabcDEFghiJKLmnoPQRstuVWXyz123456"
    assert listings["usdt-tether"].contracts == (Contract(platform="tron", address=address),)


@pytest.mark.parametrize("body", [b'["eth-ethereum"]', b"[null]", b"[[1]]"])
def test_a_contract_that_is_no_object_is_quarantined(body):
    said = Said(CONTRACTS, body, {"platforms": ["eth-ethereum"]})
    assert said.rejected_fields() == {0: ""}


def test_the_free_plan_takes_no_key_and_the_paid_one_takes_it_bare_in_authorization():
    assert SOURCE.plans["free"].key_header is None
    assert SOURCE.plans["paid"].key_header == "Authorization"
    assert SOURCE.plans["paid"].base_url == "https://api-pro.coinpaprika.com/v1"
    assert SOURCE.plans["free"].base_url == "https://api.coinpaprika.com/v1"
