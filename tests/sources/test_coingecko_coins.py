"""CoinGecko's catalogue of coins and their contracts."""

import pytest
from answers import Said, recorded

from kasparro.core.observation import Contract
from kasparro.core.source import Options
from kasparro.ingestion.sources.coingecko import COINS


def catalogue():
    return Said(COINS, recorded("coingecko/coins_list.json"), COINS.start(Options()))


def test_the_catalogue_is_asked_for_with_contracts():
    request = COINS.request(COINS.start(Options()))
    assert (request.path, request.params) == ("/coins/list", {"include_platform": "true"})


def test_the_catalogue_lists_every_coin_and_no_price():
    said = catalogue()
    assert len(said.listings) == said.records == 6
    assert (said.observations, said.rejections, said.without_price) == ({}, [], 0)
    assert said.unknown_fields == {}
    assert said.next_cursor is None
    assert not COINS.carries_prices


def test_contracts_are_in_our_words_and_those_of_other_platforms_are_left_in_the_payload():
    lowered = "0xabcdef0123456789abcdef0123456789abcdef01"
    mixed = "MadeUpAddressOfMixedCase1111111111111111111"
    assert catalogue().listings["bridged-made-up"].contracts == (
        Contract(platform="arbitrum", address=lowered),
        Contract(platform="solana", address=mixed),
    )


@pytest.mark.parametrize("id_", ["01-made-up", "nowhere", "platforms-null", "platforms-absent"])
def test_a_coin_without_platforms_has_no_contracts(id_):
    assert catalogue().listings[id_].contracts == ()


def test_a_platform_without_an_address_is_left_out_alone():
    contracts = catalogue().listings["platform-without-address"].contracts
    assert [contract.platform for contract in contracts] == ["tron"]
