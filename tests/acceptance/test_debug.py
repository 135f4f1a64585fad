"""`--debug` shows a run's every step, in order, and no key."""

import json
from typing import Any

import pytest

from support.commands import CommandLine
from support.provider import Asked, Provider, Reply, as_json, provider
from support.records import coins

STEPS = ("run started", "asking", "answered", "retrying", "read", "committed", "run over")
SECRET = "hush-hush-hush"


@pytest.fixture
def gecko():
    with provider() as own:
        yield own


def events(said_on_stderr: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said_on_stderr.splitlines() if line.startswith("{")]


def test_each_request_answer_wait_reading_and_commit_is_a_line(
    kasparro: CommandLine, database_url: str, gecko: Provider
):
    refused = [as_json({"error": "slow down"}, 429, Retry_After="0")]

    def answer(asked: Asked) -> Reply:
        return refused.pop() if refused else as_json(coins(250 * int(asked.params["page"]), 250))

    gecko.answer = answer
    settings = {
        "DATABASE_URL": database_url,
        "COINGECKO_API_URL": gecko.url,
        "COINGECKO_API_KEY": SECRET,
        "COINGECKO_TOP": "500",
    }
    said = kasparro("ingest", "coingecko", "--debug", **settings)
    assert said.code == 0
    told = events(said.err)
    ours = [one for one in told if one.get("run_id") == "coingecko_1"]
    assert [one["event"] for one in ours if one["event"] in STEPS] == [
        "run started",
        *("asking", "answered", "retrying", "asking", "answered", "read", "committed"),
        *("asking", "answered", "read", "committed"),
        "run over",
    ]
    assert [one["params"]["page"] for one in ours if one["event"] == "asking"] == ["1", "1", "2"]
    assert [one["status"] for one in ours if one["event"] == "answered"] == [429, 200, 200]
    commits = [one for one in ours if one["event"] == "committed"]
    assert [one["new"] for one in commits] == [250, 250]
    assert [one["sweep_complete"] for one in commits] == [False, True]
    assert commits[0]["cursor"]["page"] == 2
    assert SECRET not in said.out + said.err


def test_without_it_only_what_matters_is_told(
    kasparro: CommandLine, database_url: str, gecko: Provider
):
    gecko.answer = lambda asked: as_json(coins(250 * int(asked.params["page"]), 250))
    said = kasparro(
        "ingest", "coingecko", DATABASE_URL=database_url, COINGECKO_API_URL=gecko.url,
        COINGECKO_TOP="250",
    )  # fmt: skip
    steps = [one["event"] for one in events(said.err) if one["event"] in STEPS]
    assert steps == ["run started", "run over"]
