"""The slug a new asset gets is legal, free, and does not depend on luck."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.slug import slug_for

LEGAL = re.compile(r"^[a-z0-9][a-z0-9._-]*$")
SOURCES = st.sampled_from(["coingecko", "coinpaprika", "csv", "Ångström source", ""])


@pytest.mark.parametrize(
    "source,source_asset_id,slug",
    [
        ("coingecko", "usd-coin", "usd-coin"),
        ("coingecko", "0x", "0x"),
        ("coinpaprika", "btc-batcat", "btc-batcat"),
        ("coinpaprika", "xch-chia-", "xch-chia-"),
        ("csv", "BTC-USD", "csv-btc-usd"),
    ],
)
def test_an_id_that_is_a_slug_stays_as_it_is_and_a_file_s_name_says_so(
    source, source_asset_id, slug
):
    assert slug_for(source, source_asset_id, ()) == slug


def test_a_taken_slug_gets_the_source_s_name_and_then_numbers():
    taken = {"fetch-ai"}
    for expected in ("fetch-ai-coinpaprika", "fetch-ai-coinpaprika-2", "fetch-ai-coinpaprika-3"):
        assert slug_for("coinpaprika", "fetch-ai", taken) == expected
        taken.add(expected)


@pytest.mark.parametrize("source_asset_id", ["", "₿", "比特币", "---", "🐕🐕", "\0", "\ud800"])
def test_an_id_without_a_usable_letter_still_gets_a_name_of_its_own(source_asset_id):
    slug = slug_for("coingecko", source_asset_id, ())
    assert re.fullmatch(r"coingecko-[0-9a-f]{8}", slug)


def test_ids_that_clean_to_the_same_text_do_not_trade_names_with_their_order():
    ids = ["ape-in!", "Ape-in", "apé-in", "ape-in?"]
    there = {one: slug_for("coingecko", one, ()) for one in ids}
    assert len(set(there.values())) == len(ids)
    assert all(slug.startswith("ape-in-") for slug in there.values())


def test_a_very_long_id_is_cut_but_stays_distinct():
    one, other = "x" * 300 + "1", "x" * 300 + "2"
    slugs = slug_for("coingecko", one, ()), slug_for("coingecko", other, ())
    assert slugs[0] != slugs[1]
    assert max(map(len, slugs)) < 100


@given(SOURCES, st.text(max_size=150), st.sets(st.text(max_size=10), max_size=5))
def test_whatever_the_id_the_slug_is_legal_and_free(source, source_asset_id, taken):
    for _ in range(4):
        slug = slug_for(source, source_asset_id, taken)
        assert LEGAL.fullmatch(slug)
        assert slug not in taken
        taken = taken | {slug}
