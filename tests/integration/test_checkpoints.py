"""A checkpoint moves with what was committed, and with nothing else."""

from decimal import Decimal
from typing import Any

import pytest

from support.house import House
from support.provider import Asked, Reply, as_json
from support.records import coin, ticker
from support.sweeps import BROKEN, broken_at, pages


def latest_price(home: House, source_asset_id: str) -> Decimal:
    price: Decimal = home.value(
        "select t.price_usd from latest t join series r on r.id = t.series_id"
        " join listings l on l.id = r.listing_id where l.source_asset_id = %s",
        source_asset_id,
    )
    return price


def test_a_record_older_than_what_is_known_is_history_and_moves_neither_latest_nor_checkpoint(
    home: House,
) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker(price=2, last_updated="2026-05-18T11:50:00Z")]),
        as_json([ticker(price=1, last_updated="2026-05-17T11:50:00Z")]),
    )
    home.sweep("coinpaprika")
    before = home.checkpoint("coinpaprika")
    late = home.sweep("coinpaprika")
    assert (late.status, late.new) == ("success", 1)
    assert latest_price(home, "btc-bitcoin") == 2
    assert home.prices()["bitcoin", "2026-05-17T11:50:00Z"] == 1
    assert home.checkpoint("coinpaprika")[0] == before[0]


def test_a_failed_run_keeps_the_cursor_and_the_time_of_the_last_success(home: House) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = pages
    assert home.sweep("coingecko").status == "success"
    cursor, success, failure, error = home.checkpoint("coingecko")
    assert (success, failure, error) == (home.clock.now(), None, None)
    home.clock.tick(hours=1)
    gecko.answer = lambda _: BROKEN
    report = home.sweep("coingecko")
    assert report.status == "failed"
    kept = home.checkpoint("coingecko")
    assert kept[:2] == (cursor, success)
    assert kept[2] == home.clock.now()
    assert "502" in kept[3]


def test_the_next_success_clears_the_error_and_keeps_the_time_of_the_failure(home: House) -> None:
    paprika = home.providers["coinpaprika"]
    paprika.answer = lambda _: BROKEN
    home.sweep("coinpaprika")
    failed_at = home.clock.now()
    home.clock.tick(hours=1)
    paprika.script(as_json([ticker()]))
    home.sweep("coinpaprika")
    _, success, failure, error = home.checkpoint("coinpaprika")
    assert (success, failure, error) == (home.clock.now(), failed_at, None)


@pytest.mark.parametrize("body", [[], [ticker(price=None)]])
def test_a_run_that_brings_nothing_moves_no_price_and_no_cursor_back(
    home: House, body: list[Any]
) -> None:
    paprika = home.providers["coinpaprika"]
    paprika.script(as_json([ticker()]))
    home.sweep("coinpaprika")
    cursor = home.checkpoint("coinpaprika")[0]
    newest = home.rows("table latest")
    paprika.answer = lambda asked: as_json(body if asked.path == "/tickers" else ticker())
    home.clock.tick(hours=1)
    assert home.sweep("coinpaprika").status == "success"
    assert home.checkpoint("coinpaprika")[0] == cursor
    assert home.rows("table latest") == newest


def test_after_an_interrupted_sweep_every_asset_of_every_page_gets_its_new_price(
    home: House,
) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = pages
    home.sweep("coingecko")
    gecko.answer = lambda asked: BROKEN if asked.params["page"] == "2" else pages(asked, step=1)
    home.sweep("coingecko")
    gecko.answer = lambda asked: pages(asked, step=2)
    home.sweep("coingecko")
    home.sweep("coingecko")
    moved = home.value(
        "select count(*) from latest t join series r on r.id = t.series_id"
        " join listings l on l.id = r.listing_id"
        " where t.price_usd = substring(l.source_asset_id from '\\d+')::int + 2.5"
    )
    assert moved == 1000


def test_one_streams_checkpoint_is_not_anothers(home: House) -> None:
    home.providers["coingecko"].answer = broken_at("2")
    home.providers["coinpaprika"].script(as_json([ticker()]))
    home.sweep("coingecko")
    home.sweep("coinpaprika")
    assert home.checkpoint("coingecko")[0] == {"page": 2, "of": 4}
    assert home.checkpoint("coinpaprika")[0] == {}
    assert home.checkpoint("coingecko")[1] is None


def test_the_checkpoint_and_the_rows_it_covers_come_in_one_transaction(home: House) -> None:
    gecko = home.providers["coingecko"]
    seen: list[tuple[int, Any]] = []

    def answer(asked: Asked) -> Reply:
        rows = home.value("select count(*) from observations")
        checkpoint = home.checkpoint("coingecko")
        seen.append((rows, checkpoint and checkpoint[0]["page"]))
        return pages(asked)

    gecko.answer = answer
    home.sweep("coingecko")
    assert seen == [(0, None), (250, 2), (500, 3), (750, 4)]


def test_a_price_of_a_slower_coin_is_not_dropped_for_a_faster_ones_time(home: House) -> None:
    home.providers["coingecko"].script(
        as_json([
            coin("fast", last_updated="2026-05-18T11:00:05.000Z"),
            coin("slow", current_price=1, last_updated="2026-05-18T11:00:01.000Z"),
        ]),
        as_json([
            coin("fast", last_updated="2026-05-18T11:00:05.000Z"),
            coin("slow", current_price=2, last_updated="2026-05-18T11:00:04.000Z"),
        ]),
    )  # fmt: skip
    home.sweep("coingecko")
    again = home.sweep("coingecko")
    assert (again.new, again.unchanged) == (1, 1)
    assert latest_price(home, "slow") == 2
