"""What a person said about the layout of a dataset counts for every later file of it."""

from pathlib import Path

import pytest

from kasparro.store.connect import Connection
from support.commands import CommandLine
from support.csv_files import put

OWN = "When;Last\n01/02/2026 10:00;1,5\n"
LAYOUT = (
    *("--map", "time=When,price=Last", "--decimal", ","),
    *("--timezone", "Europe/Berlin", "--date-order", "dmy"),
)
MINE = ("--dataset", "mine")


@pytest.fixture
def files(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with one file, loaded with all that must be said of it."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    put(tmp_path / "files/own.csv", OWN)
    return tmp_path / "files"


def test_a_second_file_of_a_dataset_needs_its_coin_only(
    kasparro: CommandLine, files: Path, database: Connection
):
    own, other = str(files / "own.csv"), str(put(files / "other.csv", OWN))
    assert kasparro("ingest", "csv", own, *MINE, "--coin", "bitcoin", *LAYOUT).code == 0
    unsaid = kasparro("ingest", "csv", other, *MINE)
    assert unsaid.code == 1
    assert "--coin" in unsaid.last_line
    second = kasparro("ingest", "csv", other, *MINE, "--coin", "litecoin")
    assert second.code == 0, second.err
    assert "dataset mine: as you said before, --map time=When,price=Last" in second.out
    assert "(--dataset mine --forget takes it back)" in second.out
    prices = database.execute(
        "select coin_id, iso_utc(timestamp), price_usd::text from crypto_prices order by coin_id"
    ).fetchall()
    assert prices == [
        ("bitcoin", "2026-02-01T09:00:00Z", "1.5"),
        ("litecoin", "2026-02-01T09:00:00Z", "1.5"),
    ]


def test_what_is_said_without_a_dataset_stays_with_its_path(
    kasparro: CommandLine, files: Path, database: Connection
):
    own = str(files / "own.csv")
    assert kasparro("ingest", "csv", own, "--coin", "bitcoin", *LAYOUT).code == 0
    assert database.execute("select * from dataset_choices").fetchall() == []
    other = str(put(files / "other.csv", OWN))
    assert kasparro("ingest", "csv", other, "--dataset", "mapped", "--coin", "litecoin").code == 1


def test_a_layout_under_which_no_file_could_be_read_is_not_remembered(
    kasparro: CommandLine, files: Path, database: Connection
):
    wrong = ("--map", "time=When,price=Wrong", "--coin", "bitcoin")
    assert kasparro("ingest", "csv", str(files), *MINE, *wrong).code == 1
    assert database.execute("select * from dataset_choices").fetchall() == []


def test_what_is_said_anew_of_a_dataset_leaves_the_rest_and_the_files_before_as_they_were(
    kasparro: CommandLine, files: Path, database: Connection
):
    own, other = str(files / "own.csv"), str(put(files / "other.csv", OWN))
    kasparro("ingest", "csv", own, *MINE, "--coin", "bitcoin", *LAYOUT)
    late = ("--coin", "litecoin", "--timezone", "Asia/Tokyo")
    assert kasparro("ingest", "csv", other, *MINE, *late).code == 0
    said = database.execute("select dataset, choices from dataset_choices").fetchall()
    assert said == [
        (
            "mine",
            {
                "map": {"time": "When", "price": "Last"},
                "decimal": ",",
                "timezone": "Asia/Tokyo",
                "day_first": True,
            },
        )
    ]
    again = kasparro("ingest", "csv", str(files))
    assert again.code == 0, again.err
    assert "0 new, 0 changed" in again.out
    assert database.execute("select count(*) from crypto_prices").fetchone() == (2,)


def test_a_dataset_is_forgotten_by_name_and_the_paths_of_others_are_not(
    kasparro: CommandLine, files: Path, database: Connection
):
    own, other = str(files / "own.csv"), str(put(files / "other.csv", OWN))
    kasparro("ingest", "csv", own, *MINE, "--coin", "bitcoin", *LAYOUT)
    assert kasparro("ingest", "csv", other, *MINE, "--coin", "litecoin", "--preview").code == 0
    refused = kasparro("ingest", "csv", other, *MINE, "--coin", "litecoin", "--forget")
    assert refused.code == 1
    assert "--map" in refused.last_line
    assert database.execute("select * from dataset_choices").fetchall() == []
    assert kasparro("ingest", "csv", own).code == 0
