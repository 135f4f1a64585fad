"""What every run leaves behind besides its rows: figures, and which listings it showed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.store import streams
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coin, coins, ticker
from support.sweeps import broken_at, pages

SMALL = {"coingecko": Choice(options=Options(top=250))}


@pytest.fixture
def small(database_url: str) -> Iterator[House]:
    """One page of CoinGecko makes a sweep."""
    with house(database_url, choices=SMALL) as own:
        yield own


def figures(home: House, run_id: str) -> dict[str, Any]:
    return home.value(
        "select f.figures from run_figures f join etl_runs r on r.id = f.run_number"
        " where r.run_id = %s",
        run_id,
    )


def of_run(home: House, run_id: str, column: str) -> Any:
    return home.value(
        f"select f.{column} from run_figures f join etl_runs r on r.id = f.run_number"
        " where r.run_id = %s",
        run_id,
    )


def page(*ids: str, **changes: Any) -> Reply:
    """A market of just these coins, whichever way it is asked for."""
    return as_json([coin(id_, **changes) for id_ in ids])


def coverage(home: House, run_id: str) -> dict[str, bool]:
    rows = home.rows(
        "select l.source_asset_id, c.shown from coverage_changes c"
        " join etl_runs r on r.id = c.run_number join series s on s.id = c.series_id"
        " join listings l on l.id = s.listing_id where r.run_id = %s",
        run_id,
    )
    return dict(rows)


def test_a_sweep_of_four_pages_is_measured_whole(home: House) -> None:
    home.providers["coingecko"].answer = pages
    run = home.sweep("coingecko")
    found = figures(home, run.run_id)
    assert (found["calls"], found["refusals"]) == (4, 0)
    assert found["bytes"] == home.value("select sum(body_bytes) from raw_crypto_data")
    assert (found["assets_shown"], found["assets_added"], found["assets_gone"]) == (1000, 1000, 0)
    assert found["lag_p50_seconds"] == 3600
    assert found["null_market_cap"] == 0
    assert of_run(home, run.run_id, "answers") == {"200": 4}
    assert of_run(home, run.run_id, "incomparable") is None
    assert of_run(home, run.run_id, "configuration") == {
        "host": "127.0.0.1",
        "plan": "keyless",
        "top": 1000,
    }
    version = home.value("select version_num from alembic_version")
    assert home.value("select schema_version from etl_runs") == version


def test_how_far_the_market_moved_is_measured_against_the_newest_price_of_each_coin(
    small: House,
) -> None:
    gecko = small.providers["coingecko"]
    gecko.answer = lambda _: page(
        "bitcoin", "ethereum", "tether", current_price=100, last_updated="2026-05-18T11:00:00Z"
    )
    first = figures(small, small.sweep("coingecko").run_id)
    assert "return_median" not in first
    at = "2026-05-18T12:00:00Z"
    gecko.answer = lambda _: as_json([
        coin("bitcoin", current_price=110, last_updated=at),
        coin("ethereum", current_price=120, last_updated=at),
        coin("tether", current_price=100, last_updated=at),
    ])  # fmt: skip
    second = figures(small, small.sweep("coingecko").run_id)
    assert second["return_median"] == pytest.approx(0.0953, abs=1e-4)
    assert second["return_mad"] == pytest.approx(0.0870, abs=1e-4)
    assert second["unchanged_price_share"] == pytest.approx(1 / 3, rel=1e-4)


def test_coverage_is_kept_as_what_differs_from_the_sweep_before(small: House) -> None:
    gecko = small.providers["coingecko"]
    market = {"asked": ("bitcoin", "ethereum", "tether")}

    def answer(asked: Asked) -> Reply:
        return as_json([]) if "ids" in asked.params else page(*market["asked"])

    gecko.answer = answer
    first = small.sweep("coingecko")
    assert set(coverage(small, first.run_id).values()) == {True}
    small.clock.tick(hours=1)
    again = small.sweep("coingecko")
    assert coverage(small, again.run_id) == {}
    small.clock.tick(hours=1)
    market["asked"] = ("bitcoin", "tether", "solana")
    other = small.sweep("coingecko")
    assert coverage(small, other.run_id) == {"ethereum": False, "solana": True}
    found = figures(small, other.run_id)
    assert (found["assets_shown"], found["assets_added"], found["assets_gone"]) == (3, 1, 1)


def test_a_coin_that_answers_only_when_asked_by_id_is_shown(small: House) -> None:
    gecko = small.providers["coingecko"]
    gecko.answer = lambda _: page("bitcoin", "ethereum")
    small.sweep("coingecko")
    small.clock.tick(hours=1)
    gecko.answer = lambda asked: page("ethereum" if "ids" in asked.params else "bitcoin")
    assert coverage(small, small.sweep("coingecko").run_id) == {}


def test_a_run_that_goes_on_for_a_killed_one_does_not_compare_but_covers_all(home: House) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = broken_at("3")
    failed = home.sweep("coingecko")
    assert of_run(home, failed.run_id, "incomparable") == "it did not get to its end"
    assert of_run(home, failed.run_id, "answers")["502"] > 1
    assert coverage(home, failed.run_id) == {}
    gecko.answer = pages
    resumed = home.sweep("coingecko")
    assert "cut off" in of_run(home, resumed.run_id, "incomparable")
    assert figures(home, resumed.run_id)["assets_shown"] == 1000
    assert len(coverage(home, resumed.run_id)) == 1000


def test_an_answer_that_never_comes_is_counted_too(small: House) -> None:
    small.providers["coingecko"].answer = lambda _: Reply(b"[", cut_after=0)
    failed = small.sweep("coingecko")
    assert set(of_run(small, failed.run_id, "answers")) == {"none"}


def test_a_file_never_stops_showing_what_it_showed_once(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("coin_id,timestamp,price_usd\nbitcoin,2026-01-01,9\n")
    with house(database_url, csv_path=tmp_path) as home:
        (dataset,) = streams.price_streams(home.connection, "csv")
        first = home.sweep("csv", dataset)
        with (tmp_path / "a.csv").open("a") as file:
            file.write("ethereum,2026-01-01,3\n")
        home.clock.tick(days=300)
        second = home.sweep("csv", dataset)
        home.clock.tick(hours=1)
        third = home.sweep("csv", dataset)
        assert list(coverage(home, first.run_id).values()) == [True]
        assert coverage(home, second.run_id) == {"ethereum": True}
        assert coverage(home, third.run_id) == {}
        assert "only what is new" in of_run(home, third.run_id, "incomparable")


def test_a_catalogue_has_figures_of_its_own(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: as_json([
        {"id": "btc-bitcoin", "name": "Bitcoin", "symbol": "BTC", "is_active": True}
    ])  # fmt: skip
    run = home.sweep("coinpaprika", "coins")
    found = figures(home, run.run_id)
    assert found["calls"] == 1
    assert "null_price" not in found
    assert "return_median" not in found


def test_a_year_of_hourly_runs_takes_little_room(small: House) -> None:
    """Two sources, hourly, and their catalogues: 18,000 runs."""
    small.providers["coingecko"].answer = lambda _: as_json(coins(0, 250))
    small.providers["coinpaprika"].answer = lambda _: as_json([ticker()])
    for _ in range(2):
        small.sweep("coingecko")
        small.sweep("coinpaprika")
        small.clock.tick(hours=1)
    bytes_each = small.value("select avg(pg_column_size(f.*)) from run_figures f")
    assert 18_000 * bytes_each < 30_000_000
