"""A coin met for the first time is itself, whatever it resembles; met again, it is the same."""

import threading
from decimal import Decimal

import pytest

from kasparro.store.connect import connect
from kasparro.store.queries import queries
from support.coins import coin_of, show
from support.house import House, toy_house
from support.provider import as_json
from support.records import coin, ticker
from support.toy import quotes, toy
from support.waiting import in_threads, until


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
