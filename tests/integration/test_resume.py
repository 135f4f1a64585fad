"""Whatever kills a run, the next one leaves the database as an undisturbed run would have."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

from kasparro.core.errors import StoppedError
from support.house import House
from support.processes import process
from support.sweeps import (
    BROKEN,
    PAGES,
    asked_pages,
    assert_every_end_is_on_record,
    backends,
    close_orphans,
    market,
    when_asked,
)


@contextmanager
def sweeping(home: House) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that sweeps the same provider into the same database."""
    home.clock.time = datetime.now(UTC)
    gecko = home.providers["coingecko"].url
    with process("sweeper.py", "sweep", home.url, "coingecko", gecko, "30") as running:
        yield running


def test_killed_at_every_page_in_turn_the_sweep_ends_as_if_undisturbed(
    home: House, undisturbed: str
) -> None:
    gecko = home.providers["coingecko"]
    for page in PAGES:
        with sweeping(home) as sweeper:
            gecko.answer = when_asked(page, sweeper.kill)
            sweeper.wait(20)
        close_orphans(home)
    gecko.answer = market
    assert home.sweep("coingecko").status == "success"
    assert home.digest() == undisturbed
    assert asked_pages(gecko) == dict.fromkeys(PAGES, 2)  # the page it died at, once more
    assert home.value("select count(*) from etl_runs where status = 'abandoned'") == 4
    assert_every_end_is_on_record(home)


@pytest.mark.parametrize("milliseconds", [1, 9, 25])
def test_killed_at_any_moment_after_an_answer_the_sweep_ends_as_if_undisturbed(
    home: House, undisturbed: str, milliseconds: int
) -> None:
    gecko = home.providers["coingecko"]
    with sweeping(home) as sweeper:
        death = threading.Timer(milliseconds / 1000, sweeper.kill)
        gecko.answer = when_asked("2", death.start)
        sweeper.wait(20)
        death.join()
    if sweeper.returncode:
        close_orphans(home)
        gecko.answer = market
        assert home.sweep("coingecko").status == "success"
    assert home.digest() == undisturbed
    assert asked_pages(gecko).total() <= 5
    assert_every_end_is_on_record(home)


def test_killed_in_the_middle_of_a_commit_nothing_of_the_payload_stays(
    home: House, undisturbed: str
) -> None:
    gecko = home.providers["coingecko"]
    with psycopg.connect(home.url) as blocker, sweeping(home) as sweeper:
        gecko.answer = when_asked("2", lambda: blocker.execute("select from etl_runs for update"))
        while not backends(home, "wait_event_type = 'Lock'"):
            time.sleep(0.01)
        sweeper.kill()
        sweeper.wait(20)
        blocker.rollback()
        close_orphans(home)
    assert home.value("select count(*) from observations") == 250
    assert home.value("select count(*) from raw_crypto_data") == 1
    gecko.answer = market
    assert home.sweep("coingecko").status == "success"
    assert home.digest() == undisturbed
    assert_every_end_is_on_record(home)


def test_a_run_that_is_stopped_by_its_owner_is_abandoned_and_the_next_goes_on(
    home: House, undisturbed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: float) -> None:
        raise StoppedError("stopped by its owner")

    gecko = home.providers["coingecko"]
    gecko.answer = lambda asked: BROKEN if asked.params["page"] == "2" else market(asked)
    with monkeypatch.context() as patch:
        patch.setattr(home.clock, "sleep", stop)
        assert home.sweep("coingecko").status == "abandoned"
    assert_every_end_is_on_record(home)
    gecko.answer = market
    assert home.sweep("coingecko").status == "success"
    assert home.digest() == undisturbed


def test_a_machine_whose_clock_is_behind_goes_on_with_the_sweep_of_one_that_is_ahead(
    home: House, undisturbed: str
) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = lambda asked: BROKEN if asked.params["page"] == "3" else market(asked)
    home.clock.tick(minutes=30)
    home.sweep("coingecko")
    home.clock.tick(minutes=-20)
    gecko.asked.clear()
    gecko.answer = market
    report = home.sweep("coingecko")
    assert (report.status, report.missed) == ("success", [])
    assert asked_pages(gecko) == {"3": 1, "4": 1}
    assert home.digest() == undisturbed
