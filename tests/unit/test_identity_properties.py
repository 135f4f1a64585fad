"""What holds for the linking rules whatever they are given: listings made to collide."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from listings import BAR, FOO, NOON, linked

from kasparro.core.identity import candidates, link_by_contract, link_by_name
from kasparro.core.matching import Candidate
from kasparro.core.names import normalized_name

SYMBOLS = st.sampled_from(["FOO", "foo", "BAR", ""])
NAMES = st.sampled_from(["Foo", "Foo Token", "The Foo", "Foo Coin", "Wrapped Foo", "Bar", "", "狗"])
IDS = st.sampled_from(["foo", "foo-token", "bar", "wrapped-foo", "foo-2", "baz", "qux"])
PRICES = st.sampled_from([None, Decimal(1), Decimal("1.1"), Decimal(2)])
CONTRACTS = st.frozensets(st.sampled_from([FOO, BAR, ("base", "0x1")]), max_size=2)
TIMES = st.sampled_from([None, NOON, NOON + timedelta(days=2)])


def sides(source, ids):
    one = st.builds(
        Candidate,
        source=st.just(source),
        source_asset_id=ids,
        symbol=SYMBOLS,
        name=NAMES,
        price_usd=PRICES,
        observed_at=TIMES,
        contracts=CONTRACTS,
        linked=st.booleans(),
    )
    return st.lists(one, max_size=7, unique_by=lambda made: made.source_asset_id)


OURS = sides("coinpaprika", IDS.map(lambda suffix: f"foo-{suffix}"))
THEIRS = sides("coingecko", IDS)
RULES = st.sampled_from([link_by_name, link_by_contract])


@settings(deadline=None)
@given(RULES, OURS, THEIRS, st.randoms())
def test_the_order_of_the_listings_changes_nothing(rule, ours, theirs, chance):
    shuffled = chance.sample(ours, len(ours)), chance.sample(theirs, len(theirs))
    assert rule(*shuffled) == rule(ours, theirs)
    assert candidates(*shuffled) == candidates(ours, theirs)


@settings(deadline=None)
@given(RULES, OURS, THEIRS)
def test_no_listing_is_linked_twice_nor_both_linked_and_vetoed(rule, ours, theirs):
    links, vetoes = rule(ours, theirs)
    for side in ("coinpaprika_id", "coingecko_id"):
        ids = [getattr(found, side) for found in [*links, *vetoes]]
        assert len(ids) == len(set(ids))
    free = {one.source_asset_id for one in ours if not one.linked}
    assert {link.coinpaprika_id for link in links} <= free


@settings(deadline=None)
@given(OURS, THEIRS)
def test_a_link_by_name_has_one_symbol_and_two_names_that_say_something(ours, theirs):
    one = {made.source_asset_id: made for made in ours}
    other = {made.source_asset_id: made for made in theirs}
    for link in link_by_name(ours, theirs)[0]:
        left, right = one[link.coinpaprika_id], other[link.coingecko_id]
        assert left.symbol.upper() == right.symbol.upper() != ""
        assert normalized_name(left.name)
        assert normalized_name(right.name)


@settings(deadline=None)
@given(OURS, THEIRS)
def test_a_namesake_on_either_side_undoes_a_link_that_rests_on_the_name(ours, theirs):
    by_id = {one.source_asset_id: one for one in [*ours, *theirs]}
    links, _ = link_by_name(ours, theirs)
    for link in (link for link in links if "name" in link.evidence["agree"]):
        pair = link.coinpaprika_id, link.coingecko_id
        our_twin, their_twin = (replace(by_id[one], source_asset_id="zzz-unlike") for one in pair)
        assert pair not in linked(link_by_name, [*ours, our_twin], theirs)
        assert pair not in linked(link_by_name, ours, [*theirs, their_twin])
