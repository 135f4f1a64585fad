"""Listings of two sources become one coin by evidence or by hand, and can be parted again."""

import threading
from typing import Any

import pytest

from kasparro.core.errors import BadRequestError, NotFoundError
from kasparro.ingestion.link import link_unlinked
from kasparro.store import links, queue
from kasparro.store.connect import connect
from support.coins import coin_of, show
from support.house import House
from support.provider import as_json
from support.records import coin, ticker
from support.waiting import until


def decisions(home: House, source_asset_id: str) -> list[Any]:
    return home.rows(
        "select d.method, d.undone_at is null from link_decisions d"
        " join listings l on l.id = d.listing_id where l.source_asset_id = %s order by d.id",
        source_asset_id,
    )


def test_names_link_once_both_sources_were_swept_and_the_past_follows(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker("foo-foo-world", price=5)]))
    home.sweep("coinpaprika")
    home.providers["coingecko"].script(as_json([coin("foo-world", symbol="foo", current_price=5)]))
    assert coin_of(home, "coinpaprika", "foo-foo-world") == "foo-foo-world"
    home.sweep("coingecko")
    assert coin_of(home, "coinpaprika", "foo-foo-world") == "foo-world"
    assert {slug for slug, _ in home.prices()} == {"foo-world"}
    assert home.rows("select m.slug from assets a join assets m on m.id = a.merged_into_id"
                     " where a.slug = 'foo-foo-world'") == [("foo-world",)]  # fmt: skip
    assert decisions(home, "foo-foo-world") == [("name", True)]


def test_a_coin_that_both_call_the_same_has_one_slug_whichever_source_came_first(
    home: House,
) -> None:
    for name, (first, then) in {"one-foo": ("coinpaprika", "coingecko"),
                                "two-foo": ("coingecko", "coinpaprika")}.items():  # fmt: skip
        symbol = name.partition("-")[0]
        answers = {
            "coinpaprika": as_json([ticker(name, symbol=symbol.upper(), name=name, price=5)]),
            "coingecko": as_json([coin(name, symbol=symbol, name=name, current_price=5)]),
        }
        for source in (first, then):
            home.providers[source].answer = lambda _, source=source, answers=answers: answers[
                source
            ]
            home.sweep(source)
        assert coin_of(home, "coinpaprika", name) == coin_of(home, "coingecko", name) == name


def test_who_waits_for_a_run_waits_for_the_links_that_follow_from_it(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker("foo-foo-world", price=5)]))
    home.sweep("coinpaprika")
    home.providers["coingecko"].script(as_json([coin("foo-world", symbol="foo", current_price=5)]))
    with connect(home.url) as blocker, connect(home.url) as asking:
        with blocker.transaction():
            listing = "select from listings where source_asset_id = 'foo-foo-world'"
            blocker.execute(f"{listing} for update")
            sweep = threading.Thread(target=home.sweep, args=("coingecko",))
            sweep.start()
            run = "select run_id from etl_runs where source = 'coingecko' and status = 'success'"
            until(lambda: asking.execute(run).fetchone(), "the run has its end")
            run_ids = [run_id for (run_id,) in asking.execute(run)]
            assert not queue.runs_over(asking, run_ids)
        sweep.join()
        assert queue.runs_over(asking, run_ids)
    assert coin_of(home, "coinpaprika", "foo-foo-world") == "foo-world"


def test_nothing_links_while_only_one_source_was_swept_to_its_end(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker("foo-foo-world")]))
    home.sweep("coinpaprika")
    market = [coin("foo-world", symbol="foo")] + [coin(f"c-{n}") for n in range(249)]
    home.providers["coingecko"].answer = lambda asked: (
        as_json(market) if asked.params["page"] == "1" else as_json({}, 500)
    )
    assert home.sweep("coingecko").status == "failed"
    assert link_unlinked(home.connection) == []
    assert coin_of(home, "coinpaprika", "foo-foo-world") == "foo-foo-world"


@pytest.mark.parametrize("price, linked", [(6, True), (6.01, False)])
def test_prices_that_disagree_by_more_than_a_fifth_forbid_a_link(
    home: House, price: float, *, linked: bool
) -> None:
    show(
        home,
        [ticker("foo-foo-world", price=5)],
        [coin("foo-world", symbol="foo", current_price=price)],
    )
    assert (coin_of(home, "coinpaprika", "foo-foo-world") == "foo-world") is linked


def test_a_symbol_and_a_price_in_common_make_no_coin_one(home: House) -> None:
    show(
        home,
        [ticker("xyz-alpha-thing", price=5)],
        [coin("beta-other", symbol="xyz", current_price=5)],
    )
    assert coin_of(home, "coinpaprika", "xyz-alpha-thing") == "xyz-alpha-thing"


def test_two_listings_that_could_both_be_meant_are_left_alone(home: House) -> None:
    show(
        home,
        [ticker("foo-foo", name="Foo", price=5)],
        [coin("foo-a", symbol="foo", name="Foo", current_price=5),
         coin("foo-b", symbol="foo", name="Foo", current_price=5)],
    )  # fmt: skip
    assert coin_of(home, "coinpaprika", "foo-foo") == "foo-foo"


def test_a_contract_both_catalogues_name_links_what_names_do_not(home: House) -> None:
    address = "0x00000000000000000000000000000000000000Aa"
    home.providers["coinpaprika"].answer = lambda asked: as_json(
        {
            "/tickers": [ticker("abc-old-name", name="Old Name", price=5)],
            "/contracts": ["eth-ethereum"],
            "/contracts/eth-ethereum": [
                {"id": "abc-old-name", "address": address.lower(), "type": "ERC20"}
            ],
        }[asked.path]
    )
    brand_new = {"id": "brand-new", "symbol": "xyz", "name": "Brand New"}
    home.providers["coingecko"].answer = lambda asked: as_json(
        [brand_new | {"platforms": {"ethereum": address}}]
        if asked.path == "/coins/list"
        else [coin("brand-new", symbol="xyz", name="Brand New", current_price=5)]
    )
    for source, stream in (("coinpaprika", "tickers"), ("coingecko", "markets")):
        home.sweep(source, stream)
    assert coin_of(home, "coinpaprika", "abc-old-name") == "abc-old-name"
    for source, stream in (("coinpaprika", "contracts"), ("coingecko", "coins")):
        assert home.sweep(source, stream).status == "success"
    assert coin_of(home, "coinpaprika", "abc-old-name") == "brand-new"
    assert decisions(home, "abc-old-name") == [("contract", True)]


def test_a_link_that_was_undone_is_not_made_again_by_rule(home: House) -> None:
    both = ([ticker("foo-foo-world", price=5)], [coin("foo-world", symbol="foo", current_price=5)])
    show(home, *both)
    assert coin_of(home, "coinpaprika", "foo-foo-world") == "foo-world"
    slug = links.unlink(home.connection, ("coinpaprika", "foo-foo-world"))
    assert slug == "foo-foo-world"
    home.clock.tick(hours=1)
    show(home, *both)
    assert link_unlinked(home.connection) == []
    assert coin_of(home, "coinpaprika", "foo-foo-world") == "foo-foo-world"
    assert {slug for slug, _ in home.prices("coinpaprika")} == {"foo-foo-world"}
    assert decisions(home, "foo-foo-world") == [("name", False), ("undo", True)]
    merged = "select merged_into_id from assets where slug = 'foo-foo-world'"
    assert home.value(merged) is None


def test_a_listing_can_be_linked_by_hand_undone_and_linked_again(home: House) -> None:
    show(home, [ticker("abc-abc", price=5)], [coin("other", symbol="oth", current_price=5)])
    listing = ("coinpaprika", "abc-abc")
    for _ in range(2):
        links.link(home.connection, listing, "other", method="manual", evidence={"by": "hand"})
        assert coin_of(home, *listing) == "other"
        links.unlink(home.connection, listing)
        assert coin_of(home, *listing) == "abc-abc"
    with pytest.raises(BadRequestError, match="alone"):
        links.unlink(home.connection, listing)


def test_a_link_of_the_shipped_map_can_be_undone_and_gives_the_listing_a_coin_of_its_own(
    home: House,
) -> None:
    show(home, [ticker()], [coin("bitcoin")])
    slug = links.unlink(home.connection, ("coinpaprika", "btc-bitcoin"))
    assert slug == "btc-bitcoin"
    assert coin_of(home, "coingecko", "bitcoin") == "bitcoin"
    home.clock.tick(hours=1)
    show(home, [ticker()], [coin("bitcoin")])
    assert coin_of(home, "coinpaprika", "btc-bitcoin") == "btc-bitcoin"


def test_linking_what_is_not_there_says_so_and_changes_nothing(home: House) -> None:
    show(home, [ticker()], [coin("bitcoin")])
    before = home.digest()
    for listing, slug in ((("coinpaprika", "no-no"), "bitcoin"), (("coingecko", "bitcoin"), "no")):
        with pytest.raises(NotFoundError, match="no"):
            links.link(home.connection, listing, slug, method="manual", evidence={})
    assert home.digest() == before


def test_a_coin_that_was_merged_twice_leads_to_where_it_ended(home: House) -> None:
    show(
        home,
        [ticker("aaa-aaa", price=1)],
        [coin("bbb", symbol="b", current_price=1), coin("ccc", symbol="c", current_price=1)],
    )
    for listing, slug in ((("coinpaprika", "aaa-aaa"), "bbb"), (("coingecko", "bbb"), "ccc")):
        links.link(home.connection, listing, slug, method="manual", evidence={})
    links.link(home.connection, ("coinpaprika", "aaa-aaa"), "ccc", method="manual", evidence={})
    found = home.rows(
        "select a.slug, m.slug from assets a join assets m on m.id = a.merged_into_id order by 1"
    )
    assert found == [("aaa-aaa", "ccc"), ("bbb", "ccc")]
