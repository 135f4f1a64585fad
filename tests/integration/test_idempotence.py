"""The same input twice, a little later, out of order: rows are what was said, once."""

from decimal import Decimal
from typing import Any

from support.house import House
from support.provider import as_json
from support.records import coin, coins, ticker

TABLES = ("raw_crypto_data", "observations", "observation_revisions", "latest", "quarantine",
          "observation_counts", "daily_counts", "listings", "assets", "series")  # fmt: skip


def dump(home: House) -> dict[str, list[Any]]:
    """Every row of every table that holds facts, but for the time we last looked."""
    ours = {"last_seen_at"}
    rows = {}
    for table in TABLES:
        columns = home.rows(
            "select column_name from information_schema.columns where table_name = %s"
            " and table_schema = 'public' order by ordinal_position",
            table,
        )
        names = ", ".join(name for (name,) in columns if name not in ours)
        rows[table] = sorted(map(repr, home.rows(f"select {names} from {table}")))
    return rows


def test_the_same_payload_twice_leaves_the_same_rows_in_raw_and_normalized_tables(
    home: House,
) -> None:
    home.providers["coinpaprika"].script(as_json([ticker(), ticker("eth-ethereum", price=3000.5)]))
    first = home.sweep("coinpaprika")
    before = dump(home)
    home.clock.tick(hours=1)
    second = home.sweep("coinpaprika")
    assert dump(home) == before
    assert (first.new, first.unchanged) == (2, 0)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 2)
    assert (first.payloads_stored, second.payloads_stored) == (1, 0)


def test_our_own_clock_is_no_part_of_what_makes_a_row_the_same(home: House) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker(), ticker("eth-ethereum")]),
        as_json([ticker("eth-ethereum"), ticker()]),  # other bytes, same statements
    )
    home.sweep("coinpaprika")
    home.clock.tick(seconds=1)
    again = home.sweep("coinpaprika")
    assert home.value("select count(*) from observations") == 2
    assert home.value("select count(*) from raw_crypto_data") == 2
    assert again.unchanged == 2


def test_a_new_time_is_a_new_observation_and_the_price_moves_on(home: House) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker(price=60000)]),
        as_json([ticker(price=60001, last_updated="2026-05-18T12:59:21Z")]),
    )
    home.sweep("coinpaprika")
    home.clock.tick(hours=1)
    home.sweep("coinpaprika")
    assert home.prices() == {
        ("bitcoin", "2026-05-18T11:59:21Z"): Decimal(60000),
        ("bitcoin", "2026-05-18T12:59:21Z"): Decimal(60001),
    }
    assert home.value("select price_usd from latest") == Decimal(60001)
    assert home.value("select count(*) from raw_crypto_data") == 2


def test_a_different_value_for_the_same_time_replaces_it_and_is_kept_as_a_revision(
    home: House,
) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker(price=60000)]), as_json([ticker(price=60007)])
    )
    home.sweep("coinpaprika")
    home.clock.tick(hours=1)
    again = home.sweep("coinpaprika")
    assert again.changed == 1
    assert list(home.prices().values()) == [Decimal(60007)]
    assert home.value("select price_usd from latest") == Decimal(60007)
    old = home.rows("select price_usd, id >> 20, id & 1048575 from observation_revisions")
    assert old == [(Decimal(60000), 1, 0)]


def test_bytes_that_alternate_are_kept_each_time_they_change(home: House) -> None:
    a, b = as_json([ticker(price=1)]), as_json([ticker(price=2)])
    for reply in (a, a, b, b, a):
        home.providers["coinpaprika"].script(reply)
        home.sweep("coinpaprika")
    assert home.value("select count(*) from raw_crypto_data") == 3
    assert list(home.prices().values()) == [Decimal(1)]
    assert home.value("select count(*) from observation_revisions") == 2


def test_a_time_that_goes_backwards_is_stored_and_never_becomes_the_latest(home: House) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker(price=2, last_updated="2026-05-18T11:59:00Z")]),
        as_json([ticker(price=1, last_updated="2026-05-18T11:58:00Z")]),
    )
    home.sweep("coinpaprika")
    home.sweep("coinpaprika")
    assert home.value("select count(*) from observations") == 2
    assert home.value("select price_usd from latest") == Decimal(2)


def test_one_coins_time_decides_nothing_about_anothers(home: House) -> None:
    home.providers["coinpaprika"].script(
        as_json([
            ticker(last_updated="2026-05-18T11:00:05Z"),
            ticker("eth-ethereum", price=1, last_updated="2026-05-18T11:00:01Z"),
        ]),
        as_json([ticker("eth-ethereum", price=2, last_updated="2026-05-18T11:00:04Z")]),
    )  # fmt: skip
    home.sweep("coinpaprika")
    home.sweep("coinpaprika")
    newest = home.value(
        "select price_usd from latest t join series r on r.id = t.series_id"
        " join listings l on l.id = r.listing_id where l.source_asset_id = 'eth-ethereum'"
    )
    assert newest == Decimal(2)


def test_a_later_sweep_whose_prices_all_changed_changes_every_coin_of_every_page(
    home: House,
) -> None:
    gecko = home.providers["coingecko"]
    for stamp, step in (("2026-05-18T11:00:00.000Z", 0), ("2026-05-18T12:00:00.000Z", 1)):
        pages = {
            str(page): as_json([
                one | {"current_price": one["current_price"] + step}
                for one in coins(250 * page, 250, last_updated=stamp)
            ])
            for page in range(1, 5)
        }  # fmt: skip
        gecko.answer = lambda asked, pages=pages: pages[asked.params["page"]]
        home.sweep("coingecko")
        home.clock.tick(hours=1)
    moved = home.value(
        "select count(*) from latest where observed_at = '2026-05-18T12:00:00Z'"
        " and price_usd - trunc(price_usd) = 0.5"
    )
    assert moved == 1000
    assert home.value("select count(*) from observations") == 2000


def test_of_a_coin_that_stands_twice_in_one_sweep_one_observation_is_kept(home: House) -> None:
    first = [*coins(1, 249), coin("twice")]
    second = [coin("twice", current_price=2), *coins(251, 9)]
    gecko = home.providers["coingecko"]
    gecko.answer = lambda asked: as_json(first if asked.params["page"] == "1" else second)
    report = home.sweep("coingecko")
    assert report.status == "success"
    assert home.value("select count(*) from observations") == 259
    assert home.prices()[("twice", "2026-05-18T11:59:30.931Z")] == Decimal(2)
    assert home.value("select count(*) from observation_revisions") == 1


def test_totals_are_exact_after_new_changed_and_repeated_rows(home: House) -> None:
    paprika = home.providers["coinpaprika"]
    for price, day in ((1, 16), (1, 17), (2, 17), (2, 17), (3, 18)):
        paprika.script(as_json([ticker(price=price, last_updated=f"2026-05-{day}T10:00:00Z")]))
        home.sweep("coinpaprika")
    rows = home.value("select count(*) from observations")
    assert rows == 3
    assert home.value("select observations from data_versions where name = 'coinpaprika'") == rows
    assert home.value("select sum(observations) from observation_counts") == rows
    assert home.rows("select day::text, observations from daily_counts order by day") == [
        ("2026-05-16", 1),
        ("2026-05-17", 1),
        ("2026-05-18", 1),
    ]
