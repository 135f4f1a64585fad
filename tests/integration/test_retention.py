"""What is older than its owner wants it is removed, and what is left still adds up."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.ingestion.replay import replay
from kasparro.ingestion.retention import Retention
from kasparro.ingestion.worker import Worker
from kasparro.store import claims, purge
from support.house import House, house
from support.provider import as_json
from support.records import coin, coins, ticker
from support.waiting import until

WEEK = timedelta(days=7)
SMALL = {"coingecko": Choice(options=Options(top=250))}


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url, choices=SMALL) as own:
        yield own


def sweep(home: House, price: float, *, dead_too: bool = False) -> None:
    """Let both sources say something now, of a coin that is alive and of one that is not."""
    seen = f"{home.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    page = [coin(current_price=price, last_updated=seen), *coins(1, 249, last_updated=seen)]
    if dead_too:
        page[1] = coin("dead", current_price=2, last_updated="2026-01-01T00:00:00Z")
    broken = coin("broken", current_price=-price)
    home.providers["coingecko"].script(as_json([*page[:249], broken]))
    home.providers["coinpaprika"].script(as_json([ticker(price=price, last_updated=seen)]))
    home.sweep("coingecko")
    home.sweep("coinpaprika")


def forget(home: House, age: timedelta = WEEK) -> dict[str, int]:
    before = home.clock.now() - age
    lease = home.engine.lease_duration
    return purge.forget_older(home.url, "coingecko", before, holder="t", lease_duration=lease)


def days(home: House, source: str) -> list[int]:
    """On which days of May there is a price of bitcoin."""
    return sorted(int(time[8:10]) for coin, time in home.prices(source) if coin == "bitcoin")


def test_payloads_and_prices_of_before_are_gone_and_later_ones_stay(home: House):
    for day in range(10):
        sweep(home, 100 + day)
        home.clock.tick(days=1)
    assert days(home, "coingecko") == list(range(18, 28))
    gone = forget(home)
    assert days(home, "coingecko") == list(range(21, 28))
    assert days(home, "coinpaprika") == list(range(18, 28))
    assert (gone["observations"], gone["payloads"], gone["quarantine"]) == (3 * 249, 3, 3)
    oldest = home.value(
        "select min(fetched_at) from raw_crypto_data p join streams st on st.id = p.stream_id"
        " where st.name = 'markets'"
    )
    assert oldest == home.clock.now() - WEEK


def test_totals_and_newest_prices_are_those_of_what_is_left(home: House):
    sweep(home, 100)
    home.clock.tick(days=20)
    sweep(home, 101)
    forget(home)
    for table in ("observation_counts", "daily_counts"):
        assert home.value(
            f"select sum(observations) from {table} c join sources s on s.id = c.source_id"
            " where s.name = 'coingecko'"
        ) == home.value("select count(*) from crypto_prices where source = 'coingecko'")
        assert home.value(f"select count(*) from {table} where observations = 0") == 0
    assert home.value("select observations from data_versions where name = 'coingecko'") == 249
    newest = "select count(*) from latest t join sources s on s.id = t.source_id where s.name = %s"
    assert home.rows(newest, "coingecko") == [(249,)]
    assert home.rows(newest, "coinpaprika") == [(1,)]


def test_the_newest_price_of_a_coin_is_the_newest_that_is_left(home: House):
    seen = home.clock.now()
    sweep(home, 100)
    home.clock.tick(days=1)
    earlier = f"{seen - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"
    page = [coin(current_price=7, last_updated=earlier), *coins(1, 249)]
    home.providers["coingecko"].script(as_json(page))
    home.sweep("coingecko")
    forget(home, timedelta(hours=12))
    newest = home.rows(
        "select t.price_usd::numeric from latest t join series r on r.id = t.series_id"
        " join listings l on l.id = r.listing_id where l.source_asset_id = 'bitcoin'"
    )
    assert newest == [(7,)]


def test_what_was_said_before_goes_with_the_payload_that_said_it(home: House):
    seen = f"{home.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    for price in (1, 2, 3):
        page = [coin(current_price=price, last_updated=seen), *coins(1, 249, last_updated=seen)]
        home.providers["coingecko"].script(as_json(page))
        home.sweep("coingecko")
        home.clock.tick(days=1)
    gone = forget(home, timedelta(days=1, hours=12))
    assert gone["observation_revisions"] == 2
    assert home.value("select count(*) from observation_revisions") == 0
    assert home.value("select price_usd from crypto_prices where coin_id = 'bitcoin'") == 3


def test_a_replay_of_the_payloads_that_are_left_gives_what_is_left(home: House):
    for day in range(4):
        sweep(home, 100 + day)
        home.clock.tick(days=3)
    assert forget(home)["observations"] > 0
    done = replay(
        home.url,
        home.engine.sources,
        holder="t",
        lease_duration=home.engine.lease_duration,
        verify=True,
    )
    assert done.differences == {}


def test_what_a_source_still_says_of_long_ago_is_believed_again_with_its_next_payload(home: House):
    sweep(home, 100, dead_too=True)
    home.clock.tick(days=8)
    forget(home)
    assert ("dead", "2026-01-01T00:00:00Z") not in home.prices()
    sweep(home, 101, dead_too=True)
    assert home.prices()[("dead", "2026-01-01T00:00:00Z")] == 2


def test_nothing_too_old_changes_nothing(home: House):
    sweep(home, 100)
    before = home.digest_lines()
    version = home.rows("select * from data_versions order by name")
    assert not any(forget(home).values())
    assert home.digest_lines() == before
    assert home.rows("select * from data_versions order by name") == version


def test_a_worker_applies_it_once_a_day_to_the_source_it_is_set_for(home: House):
    sweep(home, 100)
    home.clock.tick(days=8)
    stop = threading.Event()
    worker = Worker(
        engine=home.engine,
        name="w",
        interval=lambda *_: None,
        retention=Retention(kept={"coingecko": WEEK}),
        stop=stop,
    )
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        until(lambda: days(home, "coingecko") == [], "the worker to remove what is too old")
    finally:
        stop.set()
        thread.join()
    assert days(home, "coinpaprika") == [18]
    assert home.value("select count(*) from etl_runs where trigger = 'schedule'") == 0


def test_while_a_run_is_under_way_it_waits_and_on_the_same_day_it_is_not_applied_again(
    home: House,
):
    retention = Retention(kept={"coingecko": WEEK})

    def apply() -> None:
        lease = home.engine.lease_duration
        retention.apply(home.url, "coingecko", clock=home.clock, holder="t", lease_duration=lease)

    sweep(home, 100)
    home.clock.tick(days=8)
    run = claims.start_now(
        home.connection,
        "coingecko",
        "markets",
        holder="somebody",
        lease_duration=home.engine.lease_duration,
        config_version="",
    )
    assert run is not None
    apply()
    assert days(home, "coingecko") == [18]
    home.engine.execute(run)
    home.clock.tick(minutes=4)
    apply()
    assert days(home, "coingecko") == [18]
    home.clock.tick(minutes=2)
    apply()
    assert days(home, "coingecko") == []
    home.clock.tick(hours=23)
    sweep(home, 101)
    retention.kept = {"coingecko": timedelta(0)}
    apply()
    assert days(home, "coingecko") != []
    home.clock.tick(hours=2)
    apply()
    assert days(home, "coingecko") == []
