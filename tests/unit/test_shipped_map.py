"""The shipped map says which id is which coin, and says it once."""

import csv
import re
from collections import Counter

import pytest

from kasparro.store.seed import DIRECTORY

KINDS = {"coin", "token", "stablecoin", "fiat"}
RELATIONS = ("wraps", "bridged_from", "successor")
APIS = ("coinpaprika", "coingecko")
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")


def read(name):
    with (DIRECTORY / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


ASSETS = read("assets.csv")
LISTINGS = read("listings.csv")
BY_SLUG = {row["slug"]: row for row in ASSETS}
IDS = {(row["source"], row["source_asset_id"]): row["slug"] for row in LISTINGS}
OF = {source: {row["slug"]: row for row in LISTINGS if row["source"] == source} for source in APIS}
PAIRS = {
    (OF["coinpaprika"][slug]["source_asset_id"], OF["coingecko"][slug]["source_asset_id"])
    for slug in OF["coinpaprika"].keys() & OF["coingecko"].keys()
}


def test_both_files_are_sorted_so_that_a_person_finds_a_coin_and_a_change_is_one_line():
    assert [row["slug"] for row in ASSETS] == sorted(BY_SLUG)
    keys = [(row["slug"], row["source"], row["source_asset_id"]) for row in LISTINGS]
    assert keys == sorted(keys)


def test_no_cell_holds_stray_blanks_and_only_relations_may_be_empty():
    for row in ASSETS + LISTINGS:
        for column, value in row.items():
            assert value == value.strip(), row
            assert value or column in RELATIONS, row


def test_every_slug_is_unique_and_fit_for_a_url():
    assert len(BY_SLUG) == len(ASSETS)
    assert all(SLUG.fullmatch(slug) for slug in BY_SLUG)


def test_every_id_of_a_source_stands_for_one_asset():
    assert len(IDS) == len(LISTINGS)


def test_every_asset_has_at_most_one_listing_per_source():
    counts = Counter((row["slug"], row["source"]) for row in LISTINGS)
    assert max(counts.values()) == 1


def test_every_listing_names_a_known_source_and_a_known_asset():
    assert {row["source"] for row in LISTINGS} <= {*APIS, "csv"}
    assert {row["slug"] for row in LISTINGS} <= BY_SLUG.keys()


def test_every_asset_is_listed_somewhere():
    assert BY_SLUG.keys() == {row["slug"] for row in LISTINGS}


def test_most_of_the_market_is_known_to_both_sources():
    assert len(PAIRS) >= 600


def test_no_slug_is_the_id_of_another_coin():
    for (_, source_asset_id), slug in IDS.items():
        assert source_asset_id == slug or source_asset_id not in BY_SLUG


def test_every_kind_is_one_of_ours():
    assert {row["kind"] for row in ASSETS} <= KINDS


def test_symbols_are_upper_case_and_shared_only_where_two_coins_really_share_one():
    assert all(row["symbol"] == row["symbol"].upper() for row in ASSETS)
    counts = Counter(row["symbol"] for row in ASSETS)
    assert {symbol for symbol, count in counts.items() if count > 1} == {"QI", "STRK"}


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_leads_to_another_asset_and_never_in_a_circle(relation):
    for row in ASSETS:
        path = [row["slug"]]
        while target := BY_SLUG[path[-1]][relation]:
            assert target in BY_SLUG
            assert target not in path
            path.append(target)


@pytest.mark.parametrize(
    "slug,base",
    [
        ("wrapped-bitcoin", "bitcoin"),
        ("coinbase-wrapped-btc", "bitcoin"),
        ("weth", "ethereum"),
        ("staked-ether", "ethereum"),
        ("wrapped-steth", "staked-ether"),
        ("wbnb", "bnb"),
        ("jito-staked-sol", "solana"),
        ("susds", "usds"),
    ],
)
def test_what_wraps_a_coin_is_an_asset_of_its_own(slug, base):
    assert BY_SLUG[slug]["wraps"] == base
    ours = {key for key, owner in IDS.items() if owner == slug}
    assert ours
    assert ours.isdisjoint(key for key, owner in IDS.items() if owner == base)


@pytest.mark.parametrize(
    "old,new",
    [
        ("matic", "polygon-ecosystem-token"),
        ("terra-classic", "terra"),
        ("ethlend", "aave"),
        ("fantom", "sonic-3"),
        ("eos", "vaulta"),
        ("maker", "sky"),
        ("klaytn", "kaia"),
        ("bittorrent-old", "bittorrent"),
    ],
)
def test_a_migrated_coin_stays_itself_and_names_its_successor(old, new):
    assert BY_SLUG[old]["successor"] == new
    assert not BY_SLUG[new]["successor"]


@pytest.mark.parametrize(
    "source,source_asset_id,slug",
    [
        ("coinpaprika", "btc-bitcoin", "bitcoin"),
        ("coingecko", "bitcoin", "bitcoin"),
        ("coinpaprika", "bnb-binance-coin", "bnb"),
        ("coingecko", "binancecoin", "bnb"),
        ("coingecko", "ripple", "xrp"),
        ("coingecko", "avalanche-2", "avalanche"),
        ("coingecko", "elrond-erd-2", "multiversx"),
        ("coingecko", "havven", "synthetix"),
        ("coingecko", "crypto-com-chain", "cronos"),
        # Renamed where they were listed, the ids stayed: LUNA is LUNC, UST is USTC, AGI is AGIX.
        ("coinpaprika", "luna-terra", "terra-classic"),
        ("coingecko", "terra-luna", "terra-classic"),
        ("coinpaprika", "luna-terra-v2", "terra"),
        ("coingecko", "terra-luna-2", "terra"),
        ("coinpaprika", "ust-terrausd", "terra-classic-usd"),
        ("coinpaprika", "rndr-render-token", "render-token"),
        ("coinpaprika", "agix-singularitynet", "singularitynet"),
        # CoinPaprika calls both of them Aave.
        ("coinpaprika", "lend-ethlend", "ethlend"),
        ("coinpaprika", "aave-new", "aave"),
        ("coinpaprika", "btt-bittorrent", "bittorrent-old"),
        ("coinpaprika", "bttc-bittorrent-chain", "bittorrent"),
        ("coinpaprika", "toncoin-the-open-network", "the-open-network"),
    ],
)
def test_known_ids_resolve_to_their_coin(source, source_asset_id, slug):
    assert IDS[source, source_asset_id] == slug


@pytest.mark.parametrize(
    "slug,symbol",
    [
        ("terra-classic", "LUNC"),
        ("terra", "LUNA"),
        ("terra-classic-usd", "USTC"),
        ("render-token", "RENDER"),
        ("polygon-ecosystem-token", "POL"),
        ("nano", "XNO"),
    ],
)
def test_a_renamed_coin_bears_its_present_symbol(slug, symbol):
    assert BY_SLUG[slug]["symbol"] == symbol


@pytest.mark.parametrize(
    "pair",
    [
        ("arpa-arpa-chain", "arpa-chain"),
        ("btt-bittorrent", "bittorrent"),
        ("floki-floki-inu", "floki-inu"),
        ("space-space-token", "space-token"),
        ("lend-ethlend", "aave"),
        ("matic-polygon", "polygon-ecosystem-token"),
    ],
)
def test_pairs_that_only_look_alike_are_not_in_the_map(pair):
    assert pair not in PAIRS


def test_an_id_that_has_stood_for_two_coins_is_in_no_map():
    assert ("coinpaprika", "safe-safe") not in IDS
