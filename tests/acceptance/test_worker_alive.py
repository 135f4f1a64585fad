"""`kasparro worker --alive` tells a supervisor whether the worker of this host is at work."""

import os
import subprocess
import sys

import psycopg
import pytest

from kasparro.cli import wiring
from support.commands import CommandLine

ANNOUNCE = (
    "insert into workers (id, name, seen_at) values (gen_random_uuid(), %s, now() - %s::interval)"
)


@pytest.fixture
def ask(database_url: str, kasparro: CommandLine):
    """Announce a worker, then ask."""

    def announced(name: str, silent_for: str):
        with psycopg.connect(database_url) as connection:
            connection.execute(ANNOUNCE, (name, silent_for))
        return kasparro("worker", "--alive", DATABASE_URL=database_url)

    return announced


def test_a_worker_that_was_seen_a_moment_ago_is_at_work(ask):
    assert ask(wiring.who_we_are(), "5 seconds").code == 0


@pytest.mark.parametrize(
    "name, silent_for",
    [
        (wiring.who_we_are(), "20 seconds"),
        (f"not-{wiring.who_we_are()}", "0 seconds"),
        (wiring.who_we_are().replace(" pid ", "-2 pid "), "0 seconds"),
    ],
    ids=["silent", "on a host with another name", "on a host whose name only begins so"],
)
def test_a_silent_worker_and_one_on_another_host_are_not_ours(ask, name: str, silent_for: str):
    said = ask(name, silent_for)
    assert said.code == 1
    assert said.last_line.startswith("kasparro: no worker is at work on ")


def test_the_light_door_says_what_the_command_says(ask, database_url: str) -> None:
    assert ask("somebody-else pid 1", "0 seconds").code == 1
    assert light(DATABASE_URL=database_url).returncode == 1
    assert ask(wiring.who_we_are(), "0 seconds").code == 0
    assert light(DATABASE_URL=database_url).stdout.startswith("a worker is at work on ")
    unreachable = light(DATABASE_URL="postgresql://nobody@127.0.0.1:1/db")
    assert unreachable.returncode == 1
    assert unreachable.stderr.startswith("kasparro: cannot reach the database")


def light(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kasparro.cli.alive"],
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_before_the_first_worker_made_the_tables_there_is_none(
    kasparro: CommandLine, empty_database_url: str
):
    said = kasparro("worker", "--alive", DATABASE_URL=empty_database_url)
    assert said.code == 1
    assert said.last_line.startswith("kasparro: no worker is at work on ")


def test_without_a_running_embedded_database_there_is_none_and_none_is_started(
    kasparro: CommandLine, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    said = kasparro("worker", "--alive", KASPARRO_DATA_DIR=str(tmp_path / "data"))
    assert said.code == 1
    assert said.last_line.endswith("the embedded PostgreSQL is not running")
    assert not (tmp_path / "data" / "postgres").exists()
