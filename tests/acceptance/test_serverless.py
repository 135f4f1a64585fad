"""`kasparro up` where a platform starts it for a request and freezes it after the answer."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from support.commands import CommandLine
from support.installation import Answer, Installation, installation
from support.provider import Asked, Provider, Reply, as_json, provider
from support.records import coins, ticker

SHARED = ("DATABASE_URL", "COINGECKO_API_URL", "COINGECKO_TOP")
KEY = {"X_API_Key": "a-key-for-the-test"}


@pytest.fixture
def source() -> Iterator[Provider]:
    """Both API sources."""
    with provider() as own:
        own.answer = small
        yield own


@pytest.fixture
def place(tmp_path: Path, database_url: str, source: Provider) -> Iterator[Installation]:
    """As such a platform sets it up: the port in PORT, and nobody there to schedule anything."""
    settings = {
        "DATABASE_URL": database_url,
        "KASPARRO_SCHEDULER": "off",
        "COINGECKO_API_URL": source.url,
        "COINPAPRIKA_API_URL": source.url,
        "COINGECKO_TOP": "250",
    }
    with installation(tmp_path / "home", **settings) as own:
        own.environment["PORT"] = own.environment.pop("API_PORT")
        yield own


def small(asked: Asked) -> Reply:
    if asked.path == "/tickers":
        return as_json([ticker()])
    return as_json(coins(0, 250) if asked.path == "/coins/markets" else [])


def asked_for(source: Provider) -> set[str]:
    return {asked.path for asked in source.asked}


def test_the_request_that_finds_it_healthy_starts_the_runs_and_waits_for_their_end(
    place: Installation, source: Provider
) -> None:
    place.start("up")
    place.wait_for(lambda: place.get("/health").status == 200, "a start on PORT")
    assert not source.asked, "nobody asked for a run yet"
    answer = place.post("/run-etl?wait=true", **KEY)
    assert answer.status == 200, answer.body
    ran = {run["source"]: run["status"] for run in answer.json()["runs"]}
    assert ran == dict.fromkeys(("coinpaprika", "coingecko", "csv"), "success")
    assert asked_for(source) == {"/tickers", "/coins/markets"}
    assert place.get("/data?source=coingecko").json()["total_records"] == 250


def test_catalogues_come_when_they_are_asked_for(place: Installation, source: Provider) -> None:
    place.start("up")
    place.wait_for(lambda: place.get("/health").status == 200, "a start on PORT")
    answer = place.post("/run-etl?wait=true&catalogues=true", **KEY)
    assert answer.status == 200, answer.body
    ran = {(run["source"], run["stream"]) for run in answer.json()["runs"]}
    assert {name for name, _ in ran} == {"coinpaprika", "coingecko"}
    assert ("coingecko", "coins") in ran
    assert not asked_for(source) & {"/tickers", "/coins/markets"}
    assert place.post("/run-etl?source=csv&catalogues=true", **KEY).status == 404


def test_a_schedule_elsewhere_ingests_prices_and_catalogues_apart(
    kasparro: CommandLine, place: Installation, source: Provider
) -> None:
    elsewhere = {name: place.environment[name] for name in SHARED}
    assert kasparro("ingest", "coingecko", "--catalogues", **elsewhere).code == 0
    assert asked_for(source) == {"/coins/list"}
    assert kasparro("ingest", "coingecko", **elsewhere).code == 0
    assert asked_for(source) == {"/coins/list", "/coins/markets"}
    refused = kasparro("ingest", "csv", "--catalogues", **elsewhere)
    assert refused.code == 1
    assert refused.last_line == "kasparro: csv: no catalogue there; leave out --catalogues"


def test_thawed_by_a_request_long_after_its_last_sign_of_life_it_carries_that_request_out(
    place: Installation, database_url: str
) -> None:
    frozen = place.start("up")
    place.wait_for(lambda: place.get("/health").status == 200, "a start on PORT")
    place.wait_for(lambda: place.post("/run-etl?source=csv", **KEY).status == 202, "a worker")
    os.killpg(frozen.pid, signal.SIGSTOP)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update workers set seen_at = seen_at - interval '1 hour'")
    answers: list[Answer] = []
    asking = threading.Thread(
        target=lambda: answers.append(place.post("/run-etl?source=coinpaprika&wait=true", **KEY))
    )
    asking.start()
    os.killpg(frozen.pid, signal.SIGCONT)
    asking.join()
    assert [answer.status for answer in answers] == [200], answers[0].body
    assert [run["status"] for run in answers[0].json()["runs"]] == ["success"]


def test_every_line_it_writes_is_one_that_a_machine_can_read(place: Installation) -> None:
    running = place.start("up")
    place.wait_for(lambda: place.get("/health").status == 200, "a start on PORT")
    place.wait_for(
        lambda: place.post("/run-etl?source=csv&wait=true", **KEY).status == 200, "a run"
    )
    assert place.stopped(running, signal.SIGTERM) == 0
    lines = [json.loads(line) for line in place.log().splitlines()]
    over = next(line for line in lines if line["event"] == "run over")
    assert (over["source"], over["status"]) == ("csv", "success")
    (listening,) = (line for line in lines if line["event"] == "listening")
    assert listening["port"] == place.port
