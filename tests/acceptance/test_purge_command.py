"""`kasparro purge` asks before it removes, and says what it removed."""

import io
import sys
from collections.abc import Iterator

import pytest

from kasparro.store import pins
from support.commands import CommandLine
from support.house import House, house
from support.provider import as_json
from support.records import ticker


@pytest.fixture
def home(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with house(database_url) as own:
        own.providers["coinpaprika"].script(as_json([ticker(), ticker("aaa-alone")]))
        own.sweep("coinpaprika")
        yield own


class Terminal(io.StringIO):
    """Somebody at a keyboard, who answers so."""

    def isatty(self) -> bool:
        return True


def left(home: House) -> int:
    return int(home.value("select count(*) from crypto_prices"))


def test_with_yes_it_removes_at_once_and_says_what(home: House, kasparro: CommandLine):
    said = kasparro("purge", "coinpaprika", "--yes")
    assert said.code == 0
    assert left(home) == 0
    lines = [line.split(maxsplit=1) for line in said.out.splitlines()]
    assert lines[0] == ["removed", "of coinpaprika"]
    assert ["2", "prices"] in lines
    assert ["1", "payloads"] in lines
    assert ["1", "coins that only it listed"] in lines
    assert "COINPAPRIKA_SCHEDULER=off" in said.last_line


def test_again_it_says_that_nothing_was_left(home: House, kasparro: CommandLine):
    kasparro("purge", "coinpaprika", "--yes")
    said = kasparro("purge", "coinpaprika", "--yes")
    assert said.code == 0
    assert "nothing of coinpaprika was left to remove" in said.out


def test_of_a_source_that_never_came_there_is_nothing(
    kasparro: CommandLine, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    said = kasparro("purge", "csv", "--yes", DATABASE_URL=database_url)
    assert said.code == 0
    assert said.out.startswith("nothing of csv was left to remove\n")


def test_as_json_it_gives_the_rows_of_each_table(home: House, kasparro: CommandLine):
    gone = kasparro("purge", "coinpaprika", "--yes", "--json").json()
    assert (gone["observations"], gone["payloads"], gone["listings"]) == (2, 1, 2)


@pytest.mark.parametrize("answer, removed", [("y\n", True), ("n\n", False), ("\n", False)])
def test_without_yes_it_tells_what_there_is_and_asks(
    home: House,
    kasparro: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    removed: bool,  # noqa: FBT001  # a parameter of the test
):
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    said = kasparro("purge", "coinpaprika")
    assert "coinpaprika: 2 prices, 1 payloads" in said.out
    assert (left(home) == 0) is removed
    assert said.code == (0 if removed else 1)
    if not removed:
        assert said.last_line == "nothing was removed"


def test_where_nobody_can_be_asked_it_removes_nothing_and_names_yes(
    home: House, kasparro: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said = kasparro("purge", "coinpaprika")
    assert said.code == 1
    assert "say --yes" in said.last_line
    assert left(home) == 2


def test_an_unknown_source_is_refused(home: House, kasparro: CommandLine):
    said = kasparro("purge", "coinpaprica", "--yes")
    assert said.code == 1
    assert "no source is called 'coinpaprica'" in said.last_line


def test_a_source_that_is_being_ingested_is_left_alone(home: House, kasparro: CommandLine):
    home.connection.execute(
        "insert into leases (stream_id, token, run_id, holder, backend_pid, backend_start,"
        " expires_at) select st.id, gen_random_uuid(), 'x', 'x', pid, backend_start,"
        " now() + interval '1 hour' from pg_stat_activity, streams st"
        " where pid = pg_backend_pid() and st.name = 'tickers'"
    )
    said = kasparro("purge", "coinpaprika", "--yes")
    assert said.code == 1
    assert "coinpaprika tickers is being ingested; purge when it is done" in said.last_line
    assert left(home) == 2


def test_pins_survive_a_purge(home: House, kasparro: CommandLine):
    kasparro("track", "bitcoin")
    kasparro("purge", "coinpaprika", "--yes")
    assert {one.pin for one in pins.pinned(home.connection)} == {"bitcoin"}
