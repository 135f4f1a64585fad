"""Whatever a run dies of, the next one leaves the database as an undisturbed run would have."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from kasparro.core.errors import StoppedError, UnavailableError
from kasparro.core.source import Page, Payload
from kasparro.ingestion.fetch import MAX_ATTEMPTS
from kasparro.ingestion.replay import replay
from kasparro.store import queue
from support import toy as toys
from support.databases import copy_of, road
from support.house import House, house, toy_house
from support.processes import process
from support.provider import Asked, Provider, Reply, as_json
from support.records import coins
from support.toy import quotes, toy

PAGES = ["1", "2", "3", "4"]
BROKEN = Reply(b"<html>Bad gateway</html>", 502)


def market(asked: Asked) -> Reply:
    """Four full pages, the same whoever asks and whenever."""
    return as_json(coins(250 * int(asked.params["page"]), 250))


@pytest.fixture(scope="module")
def undisturbed(server_url: str, template: str) -> str:
    """The digest of a database in which nothing went wrong."""
    with copy_of(server_url, template) as url, house(url) as home:
        home.providers["coingecko"].answer = market
        assert home.sweep("coingecko").status == "success"
        return home.digest()


@contextmanager
def sweeping(home: House) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that sweeps the same provider into the same database."""
    home.clock.time = datetime.now(UTC)
    gecko = home.providers["coingecko"].url
    with process("sweeper.py", "sweep", home.url, "coingecko", gecko, "30") as running:
        yield running


def when_asked(page: str, act: Callable[[], Any]) -> Callable[[Asked], Reply]:
    """The market; the first request for this page sets something off, and is answered."""
    waiting = [page]

    def answer(asked: Asked) -> Reply:
        if asked.params["page"] in waiting:
            waiting.clear()
            act()
        return market(asked)

    return answer


def asked_pages(provider: Provider) -> Counter[str]:
    return Counter(asked.params["page"] for asked in provider.asked)


def close_orphans(home: House) -> list[str]:
    """What the next process does first; waits until the server has noticed the death."""
    deadline = time.monotonic() + 10
    while not (abandoned := queue.abandon_orphans(home.connection)):
        assert time.monotonic() < deadline, "the server never noticed"
        time.sleep(0.01)
    return abandoned


def assert_every_end_is_on_record(home: House) -> None:
    unended = "select count(*) from etl_runs where status in ('queued', 'running')"
    assert home.value(unended) == 0
    assert home.value(
        "select bool_and(end_time is not null and coalesce(error_message, '') <> ''"
        " and error_kind is not null)"
        " from etl_runs where status in ('failed', 'abandoned')"
    ) in (True, None)


def backends(home: House, *conditions: str) -> list[int]:
    """The sessions of this database besides the test's own."""
    where = " and ".join(["datname = current_database()", "pid <> pg_backend_pid()", *conditions])
    return [pid for (pid,) in home.rows(f"select pid from pg_stat_activity where {where}")]


def cut_all(home: House) -> None:
    for pid in backends(home):
        home.rows("select pg_terminate_backend(%s)", pid)


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


def test_a_run_whose_database_session_is_cut_goes_on_from_the_checkpoint(
    home: House, undisturbed: str
) -> None:
    gecko = home.providers["coingecko"]

    def answer(asked: Asked) -> Reply:
        if asked_pages(gecko)[asked.params["page"]] == 1:
            cut_all(home)
        return market(asked)

    gecko.answer = answer
    assert home.sweep("coingecko").status == "success"
    assert home.digest() == undisturbed
    assert asked_pages(gecko) == dict.fromkeys(PAGES, 2)


def test_a_session_that_is_cut_inside_a_commit_leaves_nothing_of_it_and_the_run_goes_on(
    home: House, undisturbed: str
) -> None:
    gecko = home.providers["coingecko"]

    def cut() -> None:
        with psycopg.connect(home.url) as blocker:
            blocker.execute("select from etl_runs for update")
            cutting.set()
            query = (
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            )
            with psycopg.connect(home.url, autocommit=True) as other:
                while other.execute(query).fetchone() is None:
                    time.sleep(0.005)

    cutting = threading.Event()
    knife = threading.Thread(target=cut)

    def start() -> None:
        knife.start()
        cutting.wait(10)

    gecko.answer = when_asked("3", start)
    assert home.sweep("coingecko").status == "success"
    knife.join()
    assert home.digest() == undisturbed
    assert asked_pages(gecko) == {"1": 1, "2": 1, "3": 2, "4": 1}


@pytest.mark.parametrize("page", [1, 2, 4])
def test_a_commit_whose_confirmation_is_lost_is_neither_forgotten_nor_repeated(
    database_url: str, undisturbed: str, page: int
) -> None:
    with road(database_url) as way, house(way.url) as home:
        gecko = home.providers["coingecko"]

        def arm() -> None:
            way.lose_commit = way.commits + 1

        gecko.answer = when_asked(str(page), arm)
        report = home.sweep("coingecko")
        assert report.status == "success"
        assert home.digest() == undisturbed
        assert asked_pages(gecko) == dict.fromkeys(PAGES, 1)
        assert_every_end_is_on_record(home)


def test_a_database_that_never_comes_back_ends_the_run_which_is_then_abandoned(
    database_url: str, undisturbed: str
) -> None:
    with road(database_url) as way, house(database_url) as home, house(way.url) as lost:
        lost.providers["coingecko"].answer = when_asked("2", way.close)
        with pytest.raises(UnavailableError):
            lost.sweep("coingecko")
        close_orphans(home)
        home.providers["coingecko"].answer = market
        assert home.sweep("coingecko").status == "success"
        assert home.digest() == undisturbed
        assert asked_pages(home.providers["coingecko"])["1"] == 0
        assert_every_end_is_on_record(home)


def refuse_commits(home: House, errcode: str) -> None:
    """From now on every payload is refused, as on a full disk or by a broken rule."""
    home.connection.execute(
        "create function refuse() returns trigger language plpgsql as"
        f" $$ begin raise exception 'made to fail' using errcode = '{errcode}'; end $$"
    )
    home.connection.execute(
        "create trigger refuse before insert on raw_crypto_data execute function refuse()"
    )


@pytest.mark.parametrize("errcode", ["53100", "23514", "22003"])  # disk full, a check, a number
def test_a_database_that_refuses_every_commit_ends_the_run_after_a_few_requests(
    home: House, undisturbed: str, errcode: str
) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = when_asked("2", lambda: refuse_commits(home, errcode))
    report = home.sweep("coingecko")
    assert report.status == "failed"
    assert "made to fail" in str(report.error_message)
    assert asked_pages(gecko)["2"] <= 6
    assert home.value("select count(*) from raw_crypto_data") == 1
    assert_every_end_is_on_record(home)
    home.connection.execute("drop trigger refuse on raw_crypto_data")
    gecko.answer = market
    assert home.sweep("coingecko").status == "success"
    assert home.digest() == undisturbed


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


def test_a_run_that_fails_while_its_session_is_lost_too_says_why_it_failed(home: House) -> None:
    def answer(_: Asked) -> Reply:
        if len(home.providers["coinpaprika"].asked) == MAX_ATTEMPTS:
            cut_all(home)
        return BROKEN

    home.providers["coinpaprika"].answer = answer
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "502" in str(report.error_message)


def clumsy(payload: Payload) -> Page:
    """A reader with a bug: it trips over answers that call the quotes something else."""
    return toys.split(payload)


def mended(payload: Payload) -> Page:
    body = payload.body.replace(b'"prices"', b'"quotes"')
    return toys.split(Payload(request=payload.request, cursor=payload.cursor, body=body,
                              fetched_at=payload.fetched_at))  # fmt: skip


def renamed_from_page_2(asked: Asked) -> Reply:
    page = int(asked.params["page"])
    name = "quotes" if page == 1 else "prices"
    return as_json({name: quotes(page, page + 10), "next": page + 1 if page < 3 else None})


def test_bytes_our_reader_trips_over_are_kept_and_the_checkpoint_stays(database_url: str) -> None:
    with toy_house(database_url, toy(clumsy)) as home:
        home.providers["toy"].answer = renamed_from_page_2
        for _ in range(2):
            report = home.sweep("toy")
            assert report.status == "failed"
            assert "KeyError" in str(report.error_message)
        assert home.checkpoint("toy")[0] == {"page": 2}
        kept = home.rows("select cursor, uninterpreted from raw_crypto_data order by id")
        assert kept == [({"page": 1}, None), ({"page": 2}, "KeyError: 'quotes'")]
        assert_every_end_is_on_record(home)
    with toy_house(database_url, toy(mended)) as home:
        home.providers["toy"].answer = renamed_from_page_2
        report = home.sweep("toy")
        assert (report.status, report.new) == ("success", 0)
        assert (report.changed, report.payloads_stored) == (4, 1)  # page 2 was kept already
        assert home.value("select count(*) from raw_crypto_data where uninterpreted is null") == 3


def test_bytes_our_reader_tripped_over_are_read_by_a_replay_once_it_is_mended(
    database_url: str,
) -> None:
    with toy_house(database_url, toy(clumsy)) as home:
        home.providers["toy"].answer = lambda _: as_json({"prices": quotes(7), "next": None})
        home.sweep("toy")
        assert home.prices() == {}
        with_bug = replay(home.url, {"toy": toy(clumsy)}, holder="test",
                          lease_duration=home.engine.lease_duration, verify=False)  # fmt: skip
        assert (with_bug.payloads, with_bug.uninterpreted) == (1, 1)
        assert home.value("select uninterpreted from raw_crypto_data") == "KeyError: 'quotes'"
        without = replay(home.url, {"toy": toy(mended)}, holder="test",
                         lease_duration=home.engine.lease_duration, verify=False)  # fmt: skip
        assert (without.payloads, without.uninterpreted) == (1, 0)
        assert list(home.prices().values()) == [7]
        assert home.value("select uninterpreted from raw_crypto_data") is None
        again = replay(home.url, {"toy": toy(mended)}, holder="test",
                       lease_duration=home.engine.lease_duration, verify=True)  # fmt: skip
        assert again.differences == {}
