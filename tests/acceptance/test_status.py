"""`kasparro status` tells how each source stands, when it runs next and what it uses up."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kasparro.clock import SystemClock
from kasparro.core.schedule import LastRun, next_start
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.store import queue
from support.commands import CommandLine
from support.house import House, house
from support.provider import as_json
from support.records import coin, coins, ticker

SMALL = {"coingecko": Choice(options=Options(top=250))}
WORKER = "insert into workers (id, name) values (gen_random_uuid(), 'w')"


@pytest.fixture
def home(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with house(database_url, choices=SMALL) as own:
        seen = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        own.clock.time = SystemClock().now()
        page = [coin(last_updated=seen), coin("broken", current_price=-1)]
        page += coins(1, 248, last_updated=seen)
        own.providers["coingecko"].script(as_json(page))
        own.providers["coinpaprika"].script(as_json([ticker(last_updated=seen), ticker("b-b")]))
        yield own


@pytest.fixture
def status(home: House, kasparro: CommandLine):
    """The sources of `status --json`, by name; and the whole of it under an empty name."""

    def ask(**environment: str) -> dict[str, Any]:
        urls = {
            f"{name.upper()}_API_URL": provider.url for name, provider in home.providers.items()
        }
        told = kasparro("status", "--json", **(urls | environment)).json()
        return {one["source"]: one for one in told["sources"]} | {"": told}

    return ask


def test_prices_calls_quarantine_and_unlinked_listings_are_counted(home: House, status):
    home.sweep("coingecko")
    home.sweep("coinpaprika")
    told = status()
    gecko, paprika = told["coingecko"], told["coinpaprika"]
    assert (gecko["prices"], paprika["prices"]) == (249, 2)
    assert (gecko["quarantined"], paprika["quarantined"]) == (1, 0)
    assert (gecko["listings"], gecko["unlinked"]) == (249, 248)
    assert (paprika["listings"], paprika["unlinked"]) == (2, 1)
    assert (gecko["calls_this_month"], gecko["calls_allowed"]) == (1, 10_000)
    assert (gecko["calls_left"], paprika["calls_left"]) == (8_999, 17_999)
    assert (gecko["plan"], paprika["plan"], told["csv"]["plan"]) == ("keyless", "free", None)


def test_a_source_that_never_ran_runs_now_if_a_worker_lives(home: House, status):
    assert status()["coingecko"]["next_run"] == "when a worker runs"
    assert status()["coingecko"]["last_success_at"] is None
    home.connection.execute(WORKER)
    assert status()["coingecko"]["next_run"] == "now"


def test_the_next_run_is_the_one_a_worker_will_start(home: House, status):
    home.connection.execute("update installation set sweep_offset_seconds = 1234")
    home.connection.execute(WORKER)
    home.sweep("coingecko")
    started_at = home.value("select start_time from etl_runs")
    last = LastRun(
        started_at=started_at,
        ending="success",
        refused=False,
        same_configuration=True,
        failures_in_a_row=0,
    )
    for minutes in (60, 240):
        due = next_start(last, interval=timedelta(minutes=minutes), offset=timedelta(seconds=1234))
        told = status(COINGECKO_INTERVAL_MINUTES=str(minutes))["coingecko"]
        assert told["next_run"] == "at its time"
        assert datetime.fromisoformat(told["next_run_at"]) == due


def test_a_source_that_is_not_scheduled_runs_when_asked_for(home: House, status):
    home.connection.execute(WORKER)
    told = status(COINGECKO_SCHEDULER="off")
    assert told["coingecko"]["next_run"] == "when asked for"
    assert told["coinpaprika"]["next_run"] == "now"
    assert status(KASPARRO_SCHEDULER="off")["coinpaprika"]["next_run"] == "when asked for"


def test_a_run_under_way_is_told(home: House, status):
    queue.enqueue(home.connection, "coingecko", "markets", "schedule")
    assert status()["coingecko"]["next_run"] == "running"


def test_the_forecast_of_the_first_day_goes_by_one_sweep_and_the_interval(home: House, status):
    assert status()[""]["storage"]["basis"] == "nothing yet"
    home.sweep("coingecko")
    home.sweep("coinpaprika")
    storage = status()[""]["storage"]
    assert storage["basis"] == "what one sweep takes"
    assert storage["database"] == pytest.approx(
        home.value("select pg_database_size(current_database())"), rel=0.05
    )
    rows = (249 + 2) * 141 * 8760
    assert rows < storage["forecast_per_year"] < rows + 40_000 * 8760
    slower = status(KASPARRO_INTERVAL_MINUTES="120")[""]["storage"]
    assert slower["forecast_per_year"] == pytest.approx(storage["forecast_per_year"] / 2, rel=0.01)
    kept = status(COINGECKO_RETENTION_DAYS="1", COINPAPRIKA_RETENTION_DAYS="1")[""]["storage"]
    assert kept["forecast_per_year"] < slower["forecast_per_year"] / 100


def test_a_run_that_failed_shows_its_reason(home: House, kasparro: CommandLine):
    home.providers["coinpaprika"].script(as_json({"error": "nope"}, 403))
    home.sweep("coinpaprika")
    assert "Check COINPAPRIKA_API_KEY" in kasparro("status").out


def test_it_reads_as_plain_columns_where_there_is_no_terminal(home: House, kasparro: CommandLine):
    home.sweep("coingecko")
    said = kasparro("status")
    assert said.code == 0
    lines = said.out.splitlines()
    assert re.split(r"  +", lines[0]) == [
        "source", "prices", "last success", "next run", "calls this month", "quarantined",
        "unlinked",
    ]  # fmt: skip
    gecko = re.split(r"  +", lines[1])
    assert gecko[:2] == ["coingecko", "249"]
    assert gecko[4:] == ["1 of 10,000, 8,999 left (keyless)", "1", "249 of 249"]
    assert "│" not in said.out
    assert any(line.startswith("disk: ") and "a year, by what" in line for line in lines)
    assert "records in quarantine: 1 (kasparro quarantine list)" in lines
    assert "coingecko markets" in said.out
