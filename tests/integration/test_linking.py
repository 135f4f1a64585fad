"""One coin is one coin, whatever the sources call it; what is unsure stays alone."""

import threading
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.errors import BadRequestError, NotFoundError
from kasparro.ingestion.link import link_unlinked
from kasparro.store import links
from kasparro.store.connect import connect
from kasparro.store.queries import queries
from support.house import House, toy_house
from support.provider import as_json
from support.records import coin, ticker
from support.toy import quotes, toy
from support.waiting import in_threads, until


def show(home: House, tickers: list[Any], market: list[Any]) -> None:
    """Let both sources show what they have, and whatever links afterwards link."""
    home.providers["coinpaprika"].answer = lambda asked: (
        as_json(tickers) if asked.path == "/tickers" else as_json({"error": "id not found"}, 404)
    )
    home.providers["coingecko"].answer = lambda asked: (
        as_json([]) if "ids" in asked.params else as_json(market)
    )
    for source in home.providers:
        assert home.sweep(source).status == "success"


def coin_of(home: House, source: str, source_asset_id: str) -> str:
    return links.slug_of(home.connection, (source, source_asset_id))


def decisions(home: House, source_asset_id: str) -> list[Any]:
    return home.rows(
        "select d.method, d.undone_at is null from link_decisions d"
        " join listings l on l.id = d.listing_id where l.source_asset_id = %s order by d.id",
        source_asset_id,
    )


def test_bitcoin_is_one_coin_with_a_listing_of_each_source_and_both_prices(home: House) -> None:
    show(home, [ticker(price=60000)], [coin("bitcoin", current_price=60010)])
    assert home.value("select count(*) from assets where symbol = 'BTC' and slug = 'bitcoin'") == 1
    assert home.rows("select so.name from listings l join sources so on so.id = l.source_id"
                     " join assets a on a.id = l.asset_id where a.slug = 'bitcoin'"
                     " order by 1") == [("coingecko",), ("coinpaprika",)]  # fmt: skip
    assert home.prices() == {
        ("bitcoin", "2026-05-18T11:59:21Z"): 60000,
        ("bitcoin", "2026-05-18T11:59:30.931Z"): 60010,
    }


def test_an_older_price_of_one_source_hides_no_newer_price_of_another(home: House) -> None:
    show(
        home,
        [ticker(price=1, last_updated="2026-05-18T10:00:00Z")],
        [coin("bitcoin", current_price=2, last_updated="2026-05-18T10:05:00.000Z")],
    )
    newest = home.rows("select price_usd, source from crypto_prices order by timestamp desc")
    assert newest == [(2, "coingecko"), (1, "coinpaprika")]


def test_a_second_coin_with_the_symbol_btc_is_not_bitcoin(home: House) -> None:
    batcat = {"symbol": "btc", "current_price": 0.0004}
    show(
        home,
        [ticker(price=60000), ticker("btc-batcat", price=0.0004)],
        [coin("bitcoin", symbol="btc", current_price=60000), coin("batcat", **batcat)],
    )
    assert coin_of(home, "coingecko", "batcat") == "batcat"
    assert coin_of(home, "coinpaprika", "btc-batcat") == "batcat"
    assert home.value(
        "select min(price_usd) from crypto_prices where coin_id = 'bitcoin'"
    ) == Decimal(60000)


@pytest.mark.parametrize(
    "id_, symbol, name",
    [("popcorn", "POP", "Popcorn"), ("not-bitcoin", "BTC", "Wrapped Bitcoin"),
     ("blank", "", ""), ("spaces", " ", " "), ("btc", "BTC", "")],
)  # fmt: skip
def test_a_name_that_resembles_a_known_coin_or_none_makes_a_coin_of_its_own(
    home: House, id_: str, symbol: str, name: str
) -> None:
    known = {slug for (slug,) in home.rows("select slug from assets")}
    show(
        home, [ticker()], [coin(id_, symbol=symbol, name=name), coin("unknown", symbol="", name="")]
    )
    assert coin_of(home, "coingecko", id_) not in known
    assert coin_of(home, "coingecko", id_) != coin_of(home, "coingecko", "unknown")
    assert home.value("select count(*) from listings") == 3


def test_a_renamed_coin_keeps_its_listing_its_series_and_its_past(home: House) -> None:
    renamed = coin("terra-luna", symbol="lunc", name="Terra Luna Classic",
                   last_updated="2026-05-18T11:59:59.000Z")  # fmt: skip
    home.providers["coingecko"].script(
        as_json([coin("terra-luna", symbol="luna", name="Terra")]), as_json([renamed])
    )
    home.sweep("coingecko")
    before = home.rows("select id from listings union all select id from series")
    version = home.value("select version from data_versions where name = 'identity'")
    home.sweep("coingecko")
    assert home.rows("select id from listings union all select id from series") == before
    assert home.rows("select distinct symbol, name from crypto_prices") == [
        ("LUNC", "Terra Luna Classic")
    ]
    assert home.value("select version from data_versions where name = 'identity'") > version


def test_of_two_names_in_one_answer_the_last_stands(home: House) -> None:
    home.providers["coingecko"].script(
        as_json([coin("x", name="Old")]),
        as_json([coin("x", name="New"), coin("x", name="Newer"), coin("x", name="Old")]),
        as_json([coin("x", name="Zebra"), coin("x", name="Alpha")]),
    )
    names = []
    for _ in range(3):
        home.sweep("coingecko")
        names.append(home.value("select name from listings"))
    assert names == ["Old", "Old", "Alpha"]


def test_a_name_that_is_not_said_does_not_replace_the_one_that_is_known(home: House) -> None:
    home.providers["coingecko"].script(
        as_json([coin("x", symbol="x", name="Known")]), as_json([coin("x", symbol="", name="")])
    )
    home.sweep("coingecko")
    home.sweep("coingecko")
    assert home.rows("select symbol, name from listings") == [("x", "Known")]


def test_a_coin_and_the_one_it_migrated_to_stay_two_with_one_the_others_successor(
    home: House,
) -> None:
    show(
        home,
        [ticker("matic-polygon", name="Polygon", price=0.4)],
        [coin("polygon-ecosystem-token", symbol="pol", name="POL (ex-MATIC)", current_price=0.4),
         coin("matic-network", symbol="matic", name="Polygon", current_price=None)],
    )  # fmt: skip
    assert coin_of(home, "coinpaprika", "matic-polygon") == "matic"
    assert coin_of(home, "coingecko", "matic-network") == "matic"
    assert coin_of(home, "coingecko", "polygon-ecosystem-token") == "polygon-ecosystem-token"
    assert home.value(
        "select s.slug from assets a join assets s on s.id = a.successor_id where a.slug = 'matic'"
    ) == "polygon-ecosystem-token"  # fmt: skip


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


def test_sources_that_make_coins_at_the_same_time_do_not_wait_for_each_other_in_a_circle(
    home: House,
) -> None:
    names = [f"new-{n}" for n in range(120)]
    home.providers["coinpaprika"].answer = lambda _: as_json([ticker(f"x-{n}") for n in names])
    home.providers["coingecko"].answer = lambda _: as_json([coin(n) for n in reversed(names)])
    waiting = list(home.providers)

    def sweep() -> str:
        own = House(home.url, home.providers)
        try:
            return own.sweep(waiting.pop()).status
        finally:
            own.close()

    assert in_threads(2, sweep) == ["success", "success"]
    assert home.value("select count(*) from listings") == 240


def test_two_streams_of_one_source_that_meet_a_coin_at_the_same_time_share_its_listing(
    database_url: str,
) -> None:
    source = toy(streams=("prices", "others"))
    with toy_house(database_url, source) as home, connect(database_url) as holder:
        home.providers["toy"].answer = lambda _: as_json({"quotes": quotes(1, 2), "next": None})
        waiting = ["prices", "others"]

        def sweep() -> str:
            own = House(home.url, home.providers, sources={"toy": source})
            try:
                return own.sweep("toy", waiting.pop()).status
            finally:
                own.close()

        def let_go() -> None:
            query = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            until(lambda: home.value(query) == 2, "both wait to make the same coins")
            holder.rollback()

        holder.autocommit = False
        holder.execute(queries("listings").lock_identity)
        releaser = threading.Thread(target=let_go)
        releaser.start()
        assert in_threads(2, sweep) == ["success", "success"]
        releaser.join()
        assert home.value("select count(*) from listings") == 2
        assert home.value("select count(*) from series") == 4


def test_coins_of_two_sources_whose_names_make_the_same_slug_get_two(home: House) -> None:
    show(
        home,
        [ticker("twin", symbol="AAA", name="One", price=1)],
        [coin("twin", symbol="bbb", name="Other", current_price=9)],
    )
    assert coin_of(home, "coinpaprika", "twin") != coin_of(home, "coingecko", "twin")
