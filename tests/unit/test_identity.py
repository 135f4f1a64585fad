"""Listings are linked by evidence, never by symbol, and whatever is unsure stays unlinked."""

from dataclasses import replace

import pytest
from listings import gecko, linked, paprika

from kasparro.core.identity import link_by_contract, link_by_name
from kasparro.core.names import normalized_name

BITCOIN = gecko("bitcoin", "btc", "Bitcoin", price="60000")
LINKED_BITCOIN = replace(BITCOIN, linked=True)


@pytest.mark.parametrize(
    "ours,theirs",
    [
        (("btc-bitcoin", "BTC", "Bitcoin"), ("bitcoin", " btc", "Bitcoin")),
        (("xrp-xrp", "XRP", "XRP"), ("ripple", "xrp", "XRP")),
        (("aaa-foo-bar", "AAA", "FooBar"), ("foobar-2", "aaa", "Foo Bar")),
        (("cel-celsius", "CEL", "Celsius"), ("celsius-degree-token", "cel", "Celsius Network")),
        (("atom-cosmos", "ATOM", "Cosmos"), ("cosmos", "atom", "Cosmos Hub")),
        (("xch-chia-", "XCH", "Chia"), ("chia", "xch", "Chia Farm")),
        (("狗-gou", "狗", "狗狗币"), ("doge-cn", "狗", "狗狗币")),
    ],
)
def test_one_symbol_and_one_name_or_id_are_one_asset(ours, theirs):
    links, vetoes = link_by_name([paprika(*ours)], [gecko(*theirs)])
    assert [(link.coinpaprika_id, link.coingecko_id) for link in links] == [(ours[0], theirs[0])]
    assert links[0].method == "name"
    assert not vetoes


def test_a_link_says_what_it_rests_on_and_is_surer_the_more_that_is():
    ours = [
        paprika("foo-foo", "FOO", "Foo", price="2"),
        paprika("bar-x", "BAR", "Bar"),
        paprika("baz-baz", "BAZ", "Baz Network"),
    ]
    theirs = [
        gecko("foo", "foo", "Foo", price="2.1"),
        gecko("y", "bar", "Bar"),
        gecko("z", "baz", "Baz"),
    ]
    links, _ = link_by_name(ours, theirs)
    evidence = {link.coinpaprika_id: link.evidence for link in links}
    assert evidence["foo-foo"] == {
        "agree": "name and id",
        "symbol": "FOO",
        "coinpaprika_name": "Foo",
        "coingecko_name": "Foo",
        "coinpaprika_price_usd": "2",
        "coingecko_price_usd": "2.1",
    }
    assert evidence["bar-x"]["agree"] == "name"
    assert evidence["baz-baz"]["agree"] == "name without generic words"
    by_id = {link.coinpaprika_id: link.confidence for link in links}
    assert 1 > by_id["foo-foo"] > by_id["bar-x"] > by_id["baz-baz"] > 0


@pytest.mark.parametrize(
    "name,normalized",
    [
        ("Celsius Network", "celsius"),
        ("The Foo-Bar Protocol", "foobar"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER F}oo Coin", "foo"),
        ("Straße", "strasse"),
        ("Token", ""),
        ("", ""),
        ("🐕", ""),
        ("Tokenlon", "tokenlon"),
    ],
)
def test_a_name_is_compared_without_what_names_no_coin_in_particular(name, normalized):
    assert normalized_name(name) == normalized


def test_a_second_coin_with_the_symbol_of_bitcoin_is_not_bitcoin():
    ours = [
        paprika("btc-batcat", "BTC", "BatCat", price="0.0004"),
        paprika("btc-bitcoin", "BTC", "Bitcoin", price="60000"),
    ]
    assert linked(link_by_name, ours, [BITCOIN]) == {("btc-bitcoin", "bitcoin")}
    assert linked(link_by_name, ours[:1], [BITCOIN]) == set()
    assert linked(link_by_name, ours[:1], [LINKED_BITCOIN]) == set()


@pytest.mark.parametrize("symbol", ["", "BTC", "POP"])
@pytest.mark.parametrize("name", ["", "Popcorn", "Wrapped Bitcoin", "Bit", "coin", "Token"])
def test_a_blank_or_similar_name_is_no_known_asset(name, symbol):
    known = [
        BITCOIN,
        gecko("popcorn-2", "PCN", "Popcorn"),
        gecko("pop", "pop", "Pop"),
        gecko("", "", ""),
        gecko("unknown", "", "Popcorn"),
    ]
    stranger = paprika("x-bitcoins", symbol, name)
    assert linked(link_by_name, [stranger], known) == set()
    assert linked(link_by_contract, [stranger], known) == set()


def test_an_equal_name_with_another_symbol_links_nothing():
    ours = [paprika("lend-ethlend", "LEND", "Aave")]
    assert linked(link_by_name, ours, [gecko("aave", "aave", "Aave")]) == set()


def test_two_that_fit_equally_well_are_both_left_alone():
    ours = [paprika("safe-one", "SAFE", "Safe")]
    theirs = [gecko("safe-a", "safe", "Safe"), gecko("safe-b", "safe", "SAFE")]
    assert linked(link_by_name, ours, theirs) == set()
    twins = [paprika("safe-one", "SAFE", "Safe"), paprika("safe-two", "SAFE", "Safe Token")]
    assert linked(link_by_name, twins, theirs[:1]) == set()


def test_a_weaker_match_is_enough_to_make_a_better_one_unsure():
    ours = [paprika("space-space-token", "SPACE", "Space Token")]
    theirs = [gecko("space-token", "space", "Space Token"), gecko("space", "space", "Space")]
    assert linked(link_by_name, ours, theirs[:1]) == {("space-space-token", "space-token")}
    assert linked(link_by_name, ours, theirs) == set()


def test_namesakes_that_each_have_a_better_match_do_not_disturb_each_other():
    ours = [paprika("leo-leo", "LEO", "Leo"), paprika("leo-leo-token", "LEO", "LEO Token")]
    theirs = [gecko("leo", "leo", "Leo"), gecko("leo-token", "leo", "LEO Token")]
    expected = {("leo-leo", "leo"), ("leo-leo-token", "leo-token")}
    assert linked(link_by_name, ours, theirs) == expected


def test_two_different_generic_words_are_two_names():
    ours = [paprika("bull-bull-finance", "BULL", "Bull Finance")]
    assert linked(link_by_name, ours, [gecko("bull-coin", "bull", "Bull Coin")]) == set()


@pytest.mark.parametrize(
    "name", ["Wrapped Foo", "Foo [OLD]", "Staked Foo", "Foo (Wormhole)", "Binance-Peg Foo"]
)
def test_what_only_one_name_calls_wrapped_bridged_staked_or_old_is_not_the_same(name):
    ours, theirs = [paprika("foo-foo", "FOO", "Foo")], [gecko("foo", "foo", name)]
    assert linked(link_by_name, ours, theirs) == set()
    ours = [paprika("foo-foo", "FOO", name)]
    assert linked(link_by_name, ours, theirs) == {("foo-foo", "foo")}


def test_the_old_namesake_of_a_coin_keeps_the_new_one_unlinked():
    ours = [paprika("hare-hare-token", "HARE", "Hare Token")]
    theirs = [gecko("hare-token", "hare", "Hare Token [OLD]"), gecko("hare", "hare", "Hare")]
    assert linked(link_by_name, ours, theirs) == set()


def test_a_linked_listing_is_not_linked_again_and_still_makes_its_namesake_unsure():
    ours = [paprika("foo-foo", "FOO", "Foo", linked=True), paprika("foo-foo2", "FOO", "Foo")]
    theirs = [gecko("foo", "foo", "Foo")]
    assert linked(link_by_name, ours, theirs) == set()
    assert linked(link_by_name, ours[1:], theirs) == {("foo-foo2", "foo")}
