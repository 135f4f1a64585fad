"""A run outlives its database session, and never takes a lost word for a lost commit."""

import threading
import time

import psycopg
import pytest

from kasparro.core.errors import UnavailableError
from kasparro.ingestion.fetch import MAX_ATTEMPTS
from support.databases import road
from support.house import House, house
from support.provider import Asked, Reply
from support.sweeps import (
    BROKEN,
    PAGES,
    asked_pages,
    assert_every_end_is_on_record,
    close_orphans,
    cut_all,
    market,
    when_asked,
)


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


def test_a_run_that_fails_while_its_session_is_lost_too_says_why_it_failed(home: House) -> None:
    def answer(_: Asked) -> Reply:
        if len(home.providers["coinpaprika"].asked) == MAX_ATTEMPTS:
            cut_all(home)
        return BROKEN

    home.providers["coinpaprika"].answer = answer
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "502" in str(report.error_message)
