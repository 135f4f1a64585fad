"""One address, whatever each source calls its platform and however it writes it."""

import pytest

from kasparro.core import platforms
from kasparro.core.observation import Contract

ADDRESS = "0xABCDEF0123456789abcdef0123456789ABCDEF01"


@pytest.mark.parametrize("platform", platforms.PLATFORMS, ids=lambda platform: platform.name)
def test_both_sources_names_lead_to_one_platform(platform):
    assert platforms.OF_COINGECKO[platform.coingecko] is platform
    assert platforms.OF_COINPAPRIKA[platform.coinpaprika] is platform


def test_no_two_platforms_share_a_word():
    for word in ("name", "coingecko", "coinpaprika"):
        assert len({getattr(p, word) for p in platforms.PLATFORMS}) == len(platforms.PLATFORMS)


def test_evm_addresses_are_equal_whatever_their_case():
    base = platforms.OF_COINGECKO["base"]
    said = {platforms.contract(base, text) for text in (ADDRESS, ADDRESS.lower(), f" {ADDRESS} ")}
    assert said == {Contract(platform="base", address=ADDRESS.lower())}


@pytest.mark.parametrize("name", ["solana", "tron"])
def test_other_addresses_keep_their_case(name):
    platform = platforms.OF_COINGECKO[name]
    assert platforms.contract(platform, "aBc1") != platforms.contract(platform, "abc1")


@pytest.mark.parametrize("address", [None, "", " ", "ABC-1F2", ADDRESS[:-1], ADDRESS + "0", "0x\0"])
@pytest.mark.parametrize("name", ["ethereum", "binance-smart-chain"])
def test_what_is_no_evm_address_is_no_contract(name, address):
    assert platforms.contract(platforms.OF_COINGECKO[name], address) is None


@pytest.mark.parametrize("address", [None, "", "a\0b", "a b", "\ufffd", "ä", "x" * 65])
def test_what_is_no_address_anywhere_is_no_contract(address):
    assert platforms.contract(platforms.OF_COINGECKO["solana"], address) is None


def test_a_platform_we_have_no_word_for_links_nothing():
    assert platforms.contract(None, ADDRESS) is None
