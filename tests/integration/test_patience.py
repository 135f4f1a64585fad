"""A source that is broken is asked again for a while, and given up within a minute."""

import gzip
import socket
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from kasparro.ingestion.fetch import MAX_ATTEMPTS
from support.house import House
from support.provider import Asked, Provider, Reply, as_json
from support.records import ticker

OK = as_json([ticker()])
ALIVE_FOR_A_MINUTE = 60


def text(body: str, status: int = 429, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body.encode(), status, {"Content-Type": "text/plain"} | named)


def error_of(report: Any) -> str:
    return str(report.error_message)


def test_a_broken_source_is_asked_a_few_times_with_growing_waits_and_given_up_within_a_minute(
    home: House,
) -> None:
    for status in (500, 502, 503, 504, 520, 408):
        home.clock.slept.clear()
        home.providers["coinpaprika"].asked.clear()
        home.providers["coinpaprika"].answer = lambda _, status=status: text("<html>", status)
        report = home.sweep("coinpaprika")
        assert report.status == "failed"
        assert str(status) in error_of(report)
        assert len(home.providers["coinpaprika"].asked) == MAX_ATTEMPTS
        assert len(home.clock.slept) == MAX_ATTEMPTS - 1
        assert home.clock.slept == sorted(home.clock.slept)
        assert sum(home.clock.slept) < ALIVE_FOR_A_MINUTE
    assert home.rows("select distinct error_kind from etl_runs") == [("retryable",)]
    assert home.value("select count(*) from raw_crypto_data") == 0


def test_a_source_that_recovers_is_read_and_its_retries_are_on_record(home: House) -> None:
    home.providers["coinpaprika"].script(text("", 502), text("", 503), OK)
    report = home.sweep("coinpaprika")
    assert (report.status, report.retries, report.new) == ("success", 2, 1)


def test_a_source_under_repair_for_an_hour_does_not_hold_its_run_for_an_hour(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: text("", 503, Retry_After="3600")
    assert home.sweep("coinpaprika").status == "failed"
    assert sum(home.clock.slept) < ALIVE_FOR_A_MINUTE


@pytest.mark.parametrize(
    "reply",
    [
        Reply(OK.body, cut_after=20),  # less than Content-Length promised
        Reply(OK.body, headers={"Content-Encoding": "gzip"}),
        Reply(gzip.compress(OK.body)[:30] + b"?" * 99, headers={"Content-Encoding": "gzip"}),
        Reply(b"", hang=0.4),
    ],
    ids=["truncated", "not gzip", "corrupt gzip", "silent"],
)
def test_an_answer_that_does_not_arrive_whole_is_asked_for_again_and_never_stored(
    home: House, reply: Reply
) -> None:
    impatient = httpx2.Client(timeout=0.15)
    home.engine.client.close()
    home.engine = replace(home.engine, client=impatient)
    home.providers["coinpaprika"].script(reply, OK)
    report = home.sweep("coinpaprika")
    assert (report.status, report.retries) == ("success", 1)
    assert home.value("select body_bytes from raw_crypto_data") == len(OK.body)
    home.providers["coinpaprika"].script(reply)
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "coinpaprika" in error_of(report)
    assert home.value("select count(*) from raw_crypto_data") == 1


def test_an_answer_that_drips_is_given_up(home: House) -> None:
    def answer(_: Asked) -> Reply:
        home.clock.tick(seconds=21)
        return OK

    home.providers["coinpaprika"].answer = answer
    report = home.sweep("coinpaprika")
    assert "too slowly" in error_of(report)
    assert len(home.providers["coinpaprika"].asked) == 2


def test_a_source_nobody_can_reach_fails_its_run_within_a_minute_and_says_where_it_is(
    database_url: str,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Provider()
        nobody.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        home = House(database_url, {"coinpaprika": nobody, "coingecko": nobody})
        try:
            report = home.sweep("coinpaprika")
        finally:
            home.close()
    assert report.status == "failed"
    assert nobody.url.removeprefix("http://") in error_of(report)
    assert sum(home.clock.slept) < ALIVE_FOR_A_MINUTE
