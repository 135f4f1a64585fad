"""`kasparro doctor` on the sources: settings, keys, answers, calls and clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from kasparro.cli.doctor import command, sources
from support.checkups import findings
from support.commands import Said
from support.house import House
from support.provider import Asked, Reply, as_json

SECRET = "hush-hush"


def test_a_key_that_is_refused_is_named_by_its_setting_and_not_shown(
    healthy: House, doctor: Callable[..., Said]
):
    refusal = {"status": {"error_code": 10002, "error_message": f"bad key {SECRET}"}}
    healthy.providers["coingecko"].answer = lambda _: as_json(refusal, 401)
    said = doctor(COINGECKO_API_KEY=SECRET)
    assert said.code == 1
    assert "Set COINGECKO_API_KEY to a valid key" in findings(said)["coingecko answer"][0][1]
    assert "with a key, plan demo" in findings(said)["coingecko access"][0][1]
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize(
    "setting, value, told",
    [
        ("COINGECKO_API_KEY", "your-key-here", "COINGECKO_API_KEY: is a placeholder"),
        ("COINGECKO_API_URL", "coingecko.com", "must start with http"),
        ("COINGECKO_INTERVAL_MINUTES", "1", "COINGECKO_INTERVAL_MINUTES"),
    ],
)
def test_a_wrong_setting_of_a_source_is_a_problem_and_the_rest_is_looked_at(
    doctor: Callable[..., Said], setting: str, value: str, told: str
):
    said = doctor(**{setting: value})
    assert said.code == 1
    assert told in findings(said)["coingecko access"][0][1]
    assert "coingecko answer" not in findings(said)
    assert findings(said)["coinpaprika answer"][0][0] == "ok"


def test_a_plan_that_fits_no_key_is_told(doctor: Callable[..., Said]):
    idle = findings(doctor(COINGECKO_PLAN="pro"))["coingecko access"][0]
    assert idle == (
        "warning",
        "COINGECKO_PLAN=pro does nothing without a key. Set COINGECKO_API_KEY too, or unset it",
    )
    wrong = findings(doctor(COINGECKO_PLAN="gold", COINGECKO_API_KEY="k"))["coingecko access"][0]
    assert wrong[0] == "problem"
    assert "'gold' is no plan" in wrong[1]


def test_a_source_that_hangs_or_is_not_there_is_a_problem_of_its_own(
    healthy: House, doctor: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sources, "TIMEOUT", 0.2)
    monkeypatch.setattr(command, "SECONDS", 5)
    healthy.providers["coingecko"].answer = lambda _: Reply(hang=60)
    said = doctor(COINPAPRIKA_API_URL="http://127.0.0.1:1")
    assert said.last_line == (
        "kasparro: there are problems with: coingecko answer, coinpaprika answer"
    )
    assert "did not answer in time" in findings(said)["coingecko answer"][0][1]
    assert "Connection refused" in findings(said)["coinpaprika answer"][0][1]


def test_a_month_that_is_spent_is_a_problem_and_costs_no_call(
    healthy: House, doctor: Callable[..., Said]
):
    spend = (
        "insert into call_windows values ('coingecko', 'month', date_trunc('month', now()), %s)"
        " on conflict (source, period, starts_at) do update set calls = excluded.calls"
    )
    healthy.connection.execute(spend, [8_500])
    nearly = doctor()
    assert nearly.code == 0
    assert findings(nearly)["coingecko calls"][0][0] == "warning"
    assert "8,500 calls this month, 500 left" in nearly.out
    healthy.connection.execute(spend, [9_000])
    healthy.providers["coingecko"].asked.clear()
    spent = doctor()
    assert spent.code == 1
    assert findings(spent)["coingecko calls"][0][0] == "problem"
    assert "not asked: its next call is allowed at" in findings(spent)["coingecko answer"][0][1]
    assert healthy.providers["coingecko"].asked == []


@pytest.mark.parametrize(
    "off, verdict", [(3, "ok"), (-3, "ok"), (40, "warning"), (-40, "warning"), (400, "problem")]
)
def test_a_clock_that_differs_from_theirs_is_told(
    healthy: House, doctor: Callable[..., Said], off: int, verdict: str
):
    def shifted(_: Asked) -> Reply:
        theirs = datetime.now(UTC) + timedelta(seconds=off)
        return as_json({}, Date=format_datetime(theirs, usegmt=True))

    healthy.providers["coinpaprika"].answer = shifted
    said = doctor()
    (found,) = [one for one in findings(said)["clock"] if "coinpaprika" in one[1]]
    assert found[0] == verdict
    assert said.code == (1 if verdict == "problem" else 0)


def test_an_answer_out_of_a_cache_does_not_make_their_clock_late(
    healthy: House, doctor: Callable[..., Said]
):
    def cached(_: Asked) -> Reply:
        made = datetime.now(UTC) - timedelta(seconds=300)
        return as_json({}, Date=format_datetime(made, usegmt=True), Age="300")

    healthy.providers["coinpaprika"].answer = cached
    assert ("ok", "coinpaprika has the same time") in findings(doctor())["clock"]
