"""`kasparro doctor` on the database: what it is, what is in it; it changes nothing."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kasparro.cli.doctor import command
from kasparro.cli.doctor.database import clock, server
from kasparro.settings import load_settings
from kasparro.store import checkup, embedded
from kasparro.store.migrate import schema_version
from support.checkups import answers, findings, sweep_all
from support.commands import Said
from support.house import House
from support.installation import installation
from support.provider import as_json
from support.records import ticker

SECRET = "hush-hush"


def test_it_changes_nothing_not_even_an_old_schema(healthy: House, doctor: Callable[..., Said]):
    sweep_all(healthy)
    healthy.connection.execute("update alembic_version set version_num = '0001'")
    before = healthy.digest_lines()
    said = doctor()
    assert said.code == 0
    assert f"0001, {schema_version()} is ready. kasparro db migrate" in said.out
    assert healthy.value("select version_num from alembic_version") == "0001"
    assert healthy.digest_lines() == before


def test_a_database_without_a_schema_is_no_problem_and_stays_without(
    doctor: Callable[..., Said], empty_database_url: str
):
    said = doctor(DATABASE_URL=empty_database_url)
    assert said.code == 0
    assert findings(said)["schema"][0][0] == "warning"
    assert findings(said)["coingecko answer"][0][0] == "ok"
    assert checkup.look(empty_database_url).schema is None


def test_a_schema_of_the_future_and_data_of_the_other_mode_are_problems(
    healthy: House, doctor: Callable[..., Said]
):
    healthy.connection.execute("update alembic_version set version_num = '9999'")
    said = doctor()
    assert said.code == 1
    assert "9999, and this version knows up to" in said.out
    simulated = doctor(KASPARRO_SIMULATED="on")
    assert "it holds live data, and this is sandbox" in simulated.out


def test_a_database_that_is_not_there_is_one_problem_and_the_rest_is_looked_at(
    doctor: Callable[..., Said],
):
    said = doctor(DATABASE_URL=f"postgresql://u:{SECRET}@127.0.0.1:1/none")
    assert said.code == 1
    assert said.last_line == "kasparro: there are problems with: database"
    assert "Connection refused; is PostgreSQL running there?" in said.out
    assert findings(said)["coinpaprika answer"][0][0] == "ok"
    assert SECRET not in said.out + said.err


def test_a_database_that_keeps_silent_is_given_up(
    doctor: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(command, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        said = doctor(DATABASE_URL=f"postgresql://u@127.0.0.1:{port}/none")
    assert said.code == 1
    assert "gives no answer within" in findings(said)["database"][0][1]


def test_the_database_has_a_clock_too_and_may_lack_connections_or_the_right_to_write(
    database_url: str,
):
    seen = checkup.look(database_url)
    late = seen.server.clock + timedelta(minutes=5)
    assert [f.verdict for f in server(load_settings(), seen, late) if f.about == "clock"] == [
        "problem"
    ]
    assert clock("x", timedelta(seconds=-11)).says == "x is 11 s behind us"
    told = {
        f.about: f.verdict
        for f in server(
            load_settings(),
            checkup.Checkup(
                server=checkup.Server("14.9", 140009, seen.server.clock, 20, 20, True, "LATIN1", 1),
                schema=seen.schema,
                mode=seen.mode,
            ),
            seen.server.clock,
        )
        if f.verdict == "problem"
    }
    assert told == {"database": "problem", "connections": "problem"}


def test_stale_and_failing_sources_and_what_waits_in_quarantine_are_told(
    healthy: House, doctor: Callable[..., Said]
):
    healthy.clock.time = datetime.now(UTC)
    healthy.sweep("coingecko")
    healthy.connection.execute("update latest set observed_at = now() - interval '3 hours'")
    healthy.providers["coinpaprika"].answer = lambda asked: (
        as_json({"error": "no"}, 403) if asked.path == "/tickers" else answers(asked)
    )
    healthy.sweep("coinpaprika")
    healthy.providers["coinpaprika"].script(as_json([ticker(price=-1)]))
    said = doctor()
    found = findings(said)
    assert found["coingecko prices"][0][0] == "warning"
    assert "stale: newest of" in found["coingecko prices"][0][1]
    assert found["coinpaprika runs"][0][0] == "problem"
    assert "Check COINPAPRIKA_API_KEY" in found["coinpaprika runs"][0][1]
    assert found["worker"][0][0] == "warning"
    healthy.sweep("coinpaprika")
    assert "1 records broke their contract" in findings(doctor())["quarantine"][0][1]
    assert "stale:" not in doctor(COINGECKO_INTERVAL_MINUTES="100").out


def test_it_starts_the_embedded_server_and_leaves_none_behind(tmp_path: Path):
    with installation(tmp_path / "home", COINGECKO_API_URL="http://127.0.0.1:1") as place:
        said = place.run("doctor", COINPAPRIKA_API_URL="http://127.0.0.1:1")
        assert said.returncode == 1
        assert "ok       database             PostgreSQL 18" in said.stdout
        assert "free" in said.stdout
        assert said.stderr.splitlines()[-1] == (
            "kasparro: there are problems with: coingecko answer, coinpaprika answer"
        )
        assert not embedded.is_running(place.data_dir)
