"""What goes wrong in the first hour ends with a plain sentence that says what to do, and code 1."""

import signal
import socket
from pathlib import Path

import psycopg
import pytest

from kasparro.store import embedded
from support.commands import CommandLine
from support.databases import with_database
from support.installation import Installation, installation
from support.provider import Provider, Reply, as_json, provider

SECRET = "hush-hush"


@pytest.fixture
def place(tmp_path: Path):
    with installation(tmp_path / "home") as own:
        yield own


@pytest.fixture
def gecko():
    with provider() as own:
        yield own


def test_a_busy_port_is_named_with_the_setting_that_changes_it(kasparro: CommandLine):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        said = kasparro("up", API_PORT=port)
    assert said.code == 1
    assert said.last_line == (
        f"kasparro: cannot listen on 127.0.0.1:{port}: Address already in use;"
        " set API_PORT to a free port"
    )


@pytest.mark.parametrize(
    "address, told",
    [
        ("u:{}@127.0.0.1:1/db", "Connection refused; is PostgreSQL running there?"),
        ("u:{}@nowhere.invalid/db", "check the host in DATABASE_URL"),
        ("u:{} with spaces@127.0.0.1/db", "DATABASE_URL cannot be read"),
        ("u:{}/half@127.0.0.1/db", "check the host in DATABASE_URL"),
        ("u:{}@127.0.0.1/db?nonsense=1", "DATABASE_URL cannot be read"),
    ],
)
def test_a_database_url_that_leads_nowhere_says_what_to_check_and_never_its_password(
    kasparro: CommandLine, address: str, told: str
):
    said = kasparro("runs", DATABASE_URL=f"postgresql://{address.format(SECRET)}")
    assert said.code == 1
    assert told in said.last_line
    assert SECRET not in said.out + said.err


def test_a_database_that_is_not_there_is_named(kasparro: CommandLine, server_url: str):
    said = kasparro("runs", DATABASE_URL=with_database(server_url, "never_made"))
    assert said.code == 1
    assert 'database "never_made" does not exist; create it with createdb' in said.last_line


def test_a_server_that_cannot_start_for_a_defect_ends_instead_of_saying_that_it_starts(
    kasparro: CommandLine, database_url: str
):
    with psycopg.connect(database_url) as connection:
        connection.execute("drop table installation cascade")
    with pytest.raises(psycopg.errors.UndefinedTable):
        kasparro("serve", DATABASE_URL=database_url, API_PORT="0")


@pytest.mark.parametrize(
    "words, told",
    [
        (("statsu",), "No such command 'statsu'"),
        (("runs", "--limit", "0"), "Invalid value for '--limit'"),
        (("db", "drop"), "No such command 'drop'"),
        (("runs", "--nope"), "No such option: --nope"),
    ],
)
def test_a_slip_of_the_fingers_is_told_on_the_last_line(
    kasparro: CommandLine, words: tuple[str, ...], told: str
):
    said = kasparro(*words)
    assert said.code == 2
    assert told in said.last_line


def test_another_scheme_than_postgresqls_is_refused(kasparro: CommandLine):
    said = kasparro("runs", DATABASE_URL=f"mysql://u:{SECRET}@127.0.0.1/db")
    assert said.code == 1
    assert said.last_line.startswith("kasparro: DATABASE_URL: must start with postgresql://")
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize("key", ["your-api-key", "CHANGEME", "<key>", "xxxxxxxx"])
def test_a_placeholder_in_place_of_a_key_is_refused_by_name(kasparro: CommandLine, key: str):
    said = kasparro("ingest", "coingecko", COINGECKO_API_KEY=key)
    assert said.code == 1
    assert said.last_line == (
        "kasparro: COINGECKO_API_KEY: is a placeholder; set your own key or leave it unset"
    )


def test_a_key_that_the_source_refuses_is_named_by_its_setting_and_not_shown(
    kasparro: CommandLine, database_url: str, gecko: Provider
):
    gecko.script(
        as_json({"status": {"error_code": 10002, "error_message": "API Key Missing"}}, 401)
    )
    said = kasparro(
        "ingest",
        "coingecko",
        DATABASE_URL=database_url,
        COINGECKO_API_URL=gecko.url,
        COINGECKO_API_KEY=SECRET,
    )
    assert said.code == 1
    assert "coingecko answered HTTP 401 (code 10002): API Key Missing" in said.last_line
    assert "Set COINGECKO_API_KEY to a valid key" in said.last_line
    assert SECRET not in said.out + said.err


def test_a_proxy_that_cannot_be_reached_is_named(
    kasparro: CommandLine, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kasparro.ingestion.fetch.MAX_ATTEMPTS", 1)
    said = kasparro(
        "ingest",
        "coingecko",
        DATABASE_URL=database_url,
        COINGECKO_API_URL="http://source.test/v3",
        HTTP_PROXY="http://127.0.0.1:1",
        NO_PROXY="",
    )
    assert said.code == 1
    assert "cannot reach coingecko at source.test through the proxy 127.0.0.1:1" in said.last_line


def test_a_data_directory_that_is_a_file_is_named(kasparro: CommandLine, tmp_path: Path):
    (tmp_path / "data").write_text("mine")
    said = kasparro("status", KASPARRO_DATA_DIR=str(tmp_path / "data"))
    assert said.code == 1
    assert f"the embedded PostgreSQL cannot use {tmp_path}/data: File exists" in said.last_line
    assert "set KASPARRO_DATA_DIR" in said.last_line


def test_a_wrong_password_is_called_one(place: Installation):
    url = place.run("db", "url").stdout.splitlines()[-1]
    own = psycopg.conninfo.conninfo_to_dict(url)
    wrong = url.replace(str(own["password"]), SECRET)
    said = place.run("runs", DATABASE_URL=wrong)
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1].endswith("check the user and the password in DATABASE_URL")
    assert SECRET not in said.stdout + said.stderr


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_command_told_to_stop_leaves_no_server_behind(
    place: Installation, gecko: Provider, number: signal.Signals, code: int
):
    gecko.answer = lambda _: Reply(hang=120)
    started = place.start("ingest", "coingecko", COINGECKO_API_URL=gecko.url)
    place.wait_for(lambda: bool(gecko.asked), "the source to be asked")
    assert place.stopped(started, number) == code
    assert place.log().splitlines()[-1] == "kasparro: stopped"
    assert not embedded.is_running(place.data_dir)
