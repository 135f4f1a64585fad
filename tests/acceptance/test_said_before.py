"""What a person said about a file once counts from then on, for that file and for no other."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kasparro.cli.choices import as_options
from kasparro.core.csv.layout import Choices
from kasparro.store.connect import Connection
from support.commands import CommandLine
from support.csv_files import put

OWN = "When;Last\n01/02/2026 10:00;1,5\n"
LATER = OWN + "02/02/2026 10:00;2,5\n"
CHOICES = ("--coin", "bitcoin", "--map", "time=When,price=Last", "--decimal", ",")
MORE = ("--timezone", "Europe/Berlin", "--date-order", "dmy", "--dataset", "mine")


@pytest.fixture
def files(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return tmp_path / "files"


def prices(database: Connection) -> list[Any]:
    """What is there, in time order."""
    return database.execute(
        "select coin_id, iso_utc(timestamp), price_usd::text from crypto_prices order by timestamp"
    ).fetchall()


FIRST = ("bitcoin", "2026-02-01T09:00:00Z", "1.5")
SECOND = ("bitcoin", "2026-02-02T09:00:00Z", "2.5")


def test_a_file_is_read_later_as_its_owner_said_once(
    kasparro: CommandLine, files: Path, database: Connection
):
    file = put(files / "own.csv", OWN)
    said = kasparro("ingest", "csv", str(file), *CHOICES, *MORE)
    assert said.code == 0, said.err
    assert prices(database) == [FIRST]
    put(file, LATER, age_seconds=60)
    again = kasparro("ingest", "csv", str(file))
    assert again.code == 0, again.err
    assert prices(database) == [FIRST, SECOND]
    for words in ("as you said before", "--coin bitcoin", "--decimal ,", "--date-order dmy"):
        assert words in again.out


def test_the_schedule_of_csv_path_goes_by_it_too(
    kasparro: CommandLine, files: Path, database: Connection
):
    file = put(files / "own.csv", OWN)
    kasparro("ingest", "csv", str(file), *CHOICES, *MORE)
    put(file, LATER, age_seconds=60)
    assert kasparro("ingest", "csv", CSV_PATH=str(files)).code == 0
    assert prices(database) == [FIRST, SECOND]


def test_what_is_said_of_a_directory_counts_for_files_that_come_later(
    kasparro: CommandLine, files: Path, database: Connection
):
    put(files / "one.csv", OWN)
    assert kasparro("ingest", "csv", str(files), *CHOICES, *MORE).code == 0
    put(files / "deeper/two.csv", "When;Last\n02/02/2026 10:00;2,5\n")
    assert kasparro("ingest", "csv", str(files)).code == 0
    assert prices(database) == [FIRST, SECOND]


def test_another_file_with_the_same_columns_is_not_taken_for_the_same_coin(
    kasparro: CommandLine, files: Path, database: Connection
):
    kasparro("ingest", "csv", str(put(files / "own.csv", OWN)), *CHOICES, *MORE)
    other = kasparro("ingest", "csv", str(put(files / "other.csv", OWN)))
    assert other.code == 1
    assert "other.csv: " in other.last_line
    assert prices(database) == [FIRST]


def test_what_is_said_now_goes_before_what_was_said_then_and_the_rest_still_counts(
    kasparro: CommandLine, files: Path, database: Connection
):
    file = put(files / "own.csv", OWN)
    kasparro("ingest", "csv", str(file), *CHOICES, *MORE)
    put(file, LATER, age_seconds=60)
    kasparro("ingest", "csv", str(file), "--dataset", "second", "--coin", "ethereum")
    assert {row[0] for row in prices(database)} == {"bitcoin", "ethereum"}
    put(file, LATER + "03/02/2026 10:00;3,5\n", age_seconds=30)
    kasparro("ingest", "csv", str(file))
    assert ("ethereum", "2026-02-03T09:00:00Z", "3.5") in prices(database)


def test_choices_under_which_a_file_is_refused_are_not_remembered(
    kasparro: CommandLine, files: Path, database: Connection
):
    file = put(files / "own.csv", OWN)
    assert kasparro("ingest", "csv", str(file), "--map", "time=When,price=Wrong").code == 1
    assert database.execute("select * from file_choices").fetchall() == []


def test_what_was_said_can_be_taken_back(kasparro: CommandLine, files: Path, database: Connection):
    file = put(files / "own.csv", OWN)
    kasparro("ingest", "csv", str(file), *CHOICES, *MORE)
    put(file, LATER, age_seconds=60)
    refused = kasparro("ingest", "csv", str(files), "--forget")
    assert refused.code == 1
    assert "own.csv: " in refused.last_line
    assert prices(database) == [FIRST]
    assert database.execute("select * from file_choices").fetchall() == []


def test_a_preview_goes_by_what_was_said_and_remembers_nothing_itself(
    kasparro: CommandLine, files: Path, database: Connection
):
    file = put(files / "own.csv", OWN)
    kasparro("ingest", "csv", str(file), *CHOICES, *MORE, "--preview")
    assert database.execute("select * from file_choices").fetchall() == []
    assert prices(database) == []
    kasparro("ingest", "csv", str(file), *CHOICES, *MORE)
    shown = kasparro("ingest", "csv", str(file), "--preview")
    assert shown.code == 0
    assert "Europe/Berlin" in shown.out


def test_a_preview_needs_no_database_even_where_one_is_named(
    kasparro: CommandLine, files: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    file = put(files / "own.csv", OWN)
    shown = kasparro("ingest", "csv", str(file), *CHOICES, *MORE, "--preview")
    assert shown.code == 0
    assert "1 prices" in shown.out


def test_options_that_cannot_be_meant_are_refused_by_name(kasparro: CommandLine, files: Path):
    file = str(put(files / "own.csv", OWN))
    for option, value in (("--map", "price"), ("--date-order", "ymd"), ("--timezone", "Mars/Up")):
        rest = CHOICES if option == "--timezone" else ()
        said = kasparro("ingest", "csv", file, *rest, option, value)
        assert said.code == 1
        assert option in said.last_line


def test_every_choice_is_told_in_the_words_of_its_option(kasparro: CommandLine):
    told = as_options(
        Choices(
            coin="bitcoin",
            dataset="mine",
            map={"price": "Last"},
            timezone="UTC",
            decimal=",",
            day_first=False,
            default_time="mtime",
        )
    )
    assert told == (
        "--coin bitcoin --dataset mine --map price=Last --timezone UTC --decimal ,"
        " --default-time mtime --date-order mdy"
    )
    options = kasparro("ingest", "--help").out
    assert len(fields(Choices)) == 7
    assert all(word in options for word in told.split() if word.startswith("--"))
