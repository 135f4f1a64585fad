"""A database user who lacks a right reads which user, which right, and who could help."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from kasparro.ingestion.worker import Worker
from kasparro.store.connect import Connection
from kasparro.store.migrate import migrate
from support.commands import CommandLine, Said
from support.csv_files import put
from support.house import House
from support.roles import PASSWORD, weak_user

COMMANDS = (
    "up",
    "serve",
    "worker",
    "ingest csv",
    "ingest csv own.csv",
    "ingest csv own.csv --preview",
    "status",
    "runs",
    "replay --verify",
    "track bitcoin",
    "purge csv --yes",
    "db migrate",
    "db digest",
    "assets show bitcoin",
    "quarantine list",
)


@pytest.fixture
def weak(database_url: str) -> Iterator[tuple[str, str]]:
    with weak_user(database_url) as own:
        yield own


def ends_plainly(said: Said, user: str) -> None:
    assert said.code == 1
    assert said.last_line.startswith(f'kasparro: the database refuses its user "{user}": ')
    assert "Traceback" not in said.out + said.err
    assert PASSWORD not in said.out + said.err


@pytest.mark.usefixtures("database")
def test_every_command_says_who_may_not_read_what_and_whose_tables_they_are(
    kasparro: CommandLine, weak: tuple[str, str], database_url: str, tmp_path: Path
):
    put(tmp_path / "own.csv", "coin_id,timestamp,price_usd\nbitcoin,2026-02-01,1\n")
    user, url = weak
    with psycopg.connect(database_url) as admin:
        owner = admin.info.user
    for command in COMMANDS:
        said = kasparro(*command.split(), DATABASE_URL=url, API_PORT="0")
        ends_plainly(said, user)
        assert "permission denied for table" in said.last_line, command
        assert f"its tables are {owner}'s, so name {owner} in DATABASE_URL" in said.last_line
        assert f"grant {owner} to" not in said.last_line, "a superuser is nobody to be made"


def test_an_owner_who_is_no_superuser_may_be_granted(
    kasparro: CommandLine, database: Connection, weak: tuple[str, str], database_url: str
):
    with weak_user(database_url) as (owner, _):
        database.execute(f"alter table alembic_version owner to {owner}")
        said = kasparro("runs", DATABASE_URL=weak[1])
        ends_plainly(said, weak[0])
        assert said.last_line.endswith(f"or say: grant {owner} to {weak[0]}")


def test_the_doctor_finds_it(doctor: Callable[..., Said], weak: tuple[str, str]):
    said = doctor(DATABASE_URL=weak[1])
    assert said.code == 1
    assert f'database             the database refuses its user "{weak[0]}"' in said.out
    assert "Traceback" not in said.out + said.err


def test_a_worker_whose_user_lost_a_right_says_so_and_goes_on(
    healthy: House, weak: tuple[str, str]
):
    stop, asked = threading.Event(), []
    engine = replace(healthy.engine, url=weak[1])
    worker = Worker(engine=engine, name="test", interval=lambda *_: None, stop=stop)

    def ask(connection: Connection) -> None:
        asked.append(connection)
        if len(asked) == 2:
            stop.set()
        connection.execute("select from etl_runs")

    with capture_logs() as logs:
        worker._repeat(ask)
    assert {(entry["log_level"], entry["event"]) for entry in logs} == {
        ("warning", "database unavailable")
    }
    assert weak[0] in logs[0]["reason"]


@pytest.mark.parametrize("right", ["create on", "all on"])
def test_a_user_who_may_make_nothing_in_an_empty_database_is_to_own_it(
    kasparro: CommandLine, empty_database_url: str, right: str
):
    with (
        psycopg.connect(empty_database_url, autocommit=True) as admin,
        weak_user(empty_database_url) as (user, url),
    ):
        admin.execute(f"revoke {right} schema public from public")
        said = kasparro("runs", DATABASE_URL=url)
        ends_plainly(said, user)
        assert said.last_line.endswith(f"alter database {admin.info.dbname} owner to {user}")
        admin.execute(f"alter database {admin.info.dbname} owner to {user}")
        admin.execute(f"grant all on schema public to {user}")
        migrate(url)
