"""Prices and contracts: what keeps two listings apart, and what a person gets to see of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from listings import BAR, FOO, NOON, gecko, linked, paprika

from kasparro.core.identity import Veto, candidates, link_by_contract, link_by_name


@pytest.mark.parametrize("ours,theirs", [("1.00", "1.21"), ("1.21", "1.00"), ("0.00001", "60000")])
def test_prices_that_disagree_by_more_than_a_fifth_keep_two_listings_apart(ours, theirs):
    for rule, method in ((link_by_name, "name"), (link_by_contract, "contract")):
        one = paprika("foo-foo", "FOO", "Foo", price=ours, contracts=frozenset({FOO}))
        other = gecko("foo", "foo", "Foo", price=theirs, contracts=frozenset({FOO}))
        links, vetoes = rule([one], [other])
        assert links == []
        assert vetoes == [Veto("foo-foo", "foo", method, Decimal(ours), Decimal(theirs))]


@pytest.mark.parametrize(
    "ours,theirs,apart",
    [
        ("1.00", "1.20", timedelta()),
        ("1.20", "1.00", timedelta(hours=24)),
        ("1.00", "50", timedelta(hours=24, seconds=1)),
        ("1.00", "50", timedelta(hours=-25)),
        (None, "50", timedelta()),
        ("1.00", None, timedelta()),
    ],
)
def test_prices_that_agree_or_cannot_be_compared_veto_nothing(ours, theirs, apart):
    one = paprika("foo-foo", "FOO", "Foo", price=ours)
    other = gecko("foo", "foo", "Foo", price=theirs, at=NOON + apart)
    links, vetoes = link_by_name([one], [other])
    assert (len(links), vetoes) == (1, [])


def test_prices_exactly_a_day_apart_still_contradict():
    one = paprika("foo-foo", "FOO", "Foo", price="1")
    other = gecko("foo", "foo", "Foo", price="2", at=NOON + timedelta(hours=24))
    assert linked(link_by_name, [one], [other]) == set()


def test_a_price_without_a_time_vetoes_nothing():
    one = paprika("foo-foo", "FOO", "Foo", price="1", at=None)
    other = gecko("foo", "foo", "Foo", price="50")
    assert linked(link_by_name, [one], [other]) == {("foo-foo", "foo")}


def test_equal_prices_prove_nothing():
    ours = [paprika("usdx-x", "USD", "Dollar X", price="1.00")]
    assert linked(link_by_name, ours, [gecko("usdy", "usd", "Dollar Y", price="1.00")]) == set()


def test_contracts_link_what_has_been_renamed_at_one_source_only():
    shared = frozenset({FOO, BAR})
    ours = [paprika("rndr-render-token", "RNDR", "Render Token", contracts=shared)]
    theirs = [gecko("render", "render", "Render", contracts=shared | {("base", "0x1")})]
    links, _ = link_by_contract(ours, theirs)
    assert [(link.method, link.evidence["contracts"]) for link in links] == [
        ("contract", f"bsc:{BAR[1]}, ethereum:{FOO[1]}")
    ]


def test_one_contract_claimed_by_two_ids_of_a_source_links_nothing():
    one = paprika("foo-foo", "FOO", "Foo", contracts=frozenset({FOO}))
    other = gecko("foo", "foo", "Foo", contracts=frozenset({FOO}))
    twin = replace(other, source_asset_id="foo-2", name="Foo Two")
    assert linked(link_by_contract, [one], [other]) == {("foo-foo", "foo")}
    assert linked(link_by_contract, [one], [other, twin]) == set()
    twin = replace(one, source_asset_id="foo-foo-2", linked=True)
    assert linked(link_by_contract, [one, twin], [other]) == set()


def test_contracts_that_lead_to_two_coins_link_neither():
    ours = [paprika("foo-foo", "FOO", "Foo", contracts=frozenset({FOO, BAR}))]
    theirs = [
        gecko("foo", "foo", "Foo", contracts=frozenset({FOO})),
        gecko("b", "b", "B", contracts=frozenset({BAR})),
    ]
    assert linked(link_by_contract, ours, theirs) == set()


def test_the_same_address_on_another_platform_is_another_contract():
    ours = [paprika("foo-foo", "FOO", "Foo", contracts=frozenset({("ethereum", "0x1")}))]
    theirs = [gecko("bar", "bar", "Bar", contracts=frozenset({("bsc", "0x1")}))]
    assert linked(link_by_contract, ours, theirs) == set()


def test_a_bridged_contract_filed_under_the_coin_does_not_make_the_two_one():
    ours = [paprika("ada-cardano", "ADA", "Cardano", price="0.5", contracts=frozenset({BAR}))]
    pegged = gecko(
        "binance-peg-cardano", "ada", "Binance-Peg Cardano", price="0.5", contracts=frozenset({BAR})
    )
    plain = gecko("cardano-bsc", "ada", "Cardano BSC", price="0.5", contracts=frozenset({BAR}))
    cardano = gecko("cardano", "ada", "Cardano", price="0.5")
    assert linked(link_by_contract, ours, [pegged]) == set()
    assert linked(link_by_contract, ours, [plain, cardano]) == set()
    assert linked(link_by_name, ours, [pegged, cardano]) == {("ada-cardano", "cardano")}


def test_candidates_say_what_keeps_two_listings_of_one_symbol_apart():
    ours = [
        paprika("aaa-one", "AAA", "One", price="1"),
        paprika("bbb-two", "BBB", "Two"),
        paprika("ccc-three", "CCC", "Three"),
        paprika("ddd-four", "DDD", "Four"),
        paprika("eee-five", "EEE", "Five"),
        paprika("fff-six", "FFF", "Six", linked=True),
        paprika("eee-fifth", "EEE", "Fifth"),
        paprika("ggg-seven", "GGG", "Seven"),
        paprika("none-none", "", "None"),
    ]
    theirs = [
        gecko("one", "aaa", "One", price="2"),
        gecko("zwei", "bbb", "Zwei"),
        gecko("three", "ccc", "Three"),
        gecko("three-2", "ccc", "Three"),
        gecko("four", "ddd", "Wrapped Four"),
        gecko("five", "eee", "Five"),
        gecko("sechs", "fff", "Sechs"),
        gecko("sieben", "ggg", "Sieben", linked=True),
        gecko("none", "", "None"),
    ]
    assert [(miss.coingecko_id, miss.reason) for miss in candidates(ours, theirs)] == [
        ("one", "the prices disagree: 1 and 2 US dollars"),
        ("three", "other listings match as well"),
        ("three-2", "other listings match as well"),
        ("four", "only one of them is wrapped, bridged, staked or old"),
        ("zwei", "the names differ: 'Two' and 'Zwei'"),
    ]


def test_links_and_vetoes_come_in_the_order_of_their_ids():
    names = ["Delta", "Alpha", "Gamma", "Beta"]
    ours = [paprika(f"foo-{name}", "FOO", name, price="1") for name in names]
    theirs = [gecko(name.lower(), "foo", name, price="1") for name in names]
    links, _ = link_by_name(ours, theirs)
    assert [link.coingecko_id for link in links] == ["alpha", "beta", "delta", "gamma"]
    _, vetoes = link_by_name(ours, [replace(one, price_usd=Decimal(9)) for one in theirs])
    assert [veto.coingecko_id for veto in vetoes] == ["alpha", "beta", "delta", "gamma"]
