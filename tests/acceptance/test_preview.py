"""`--preview` shows how a file is understood, and leaves no trace of having looked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.installation import Installation, installation

GOOD = "Date,Open,High,Low,Close,Adj Close,Volume\n2024-03-01,1,2,0.5,1.5,1.5,7\n"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "home") as own:
        yield own


def test_a_preview_shows_what_would_be_stored_and_what_refused_and_stores_nothing(
    place: Installation,
) -> None:
    (place.home / "BTC-USD.csv").write_text(GOOD + "2024-03-02,1,2,0.5,abc,1.5,7\n")
    shown = place.run("ingest", "csv", "BTC-USD.csv", "--preview")
    assert shown.returncode == 0, shown.stderr
    assert "2 read, 1 prices, 1 for the quarantine" in shown.stdout
    assert "yahoo/1d" in shown.stdout
    assert "2024-03-02 00:00:00" in shown.stdout, "the close of the day before"
    assert "refused: price_usd" in shown.stdout
    assert not place.data_dir.exists()


def test_a_file_that_is_refused_says_which_option_would_settle_it(place: Installation) -> None:
    (place.home / "mystery.csv").write_text(GOOD)
    refused = place.run("ingest", "csv", "mystery.csv", "--preview")
    assert refused.returncode == 1
    assert "--coin" in refused.stderr.splitlines()[-1]
    settled = place.run("ingest", "csv", "mystery.csv", "--preview", "--coin", "bitcoin")
    assert settled.returncode == 0
    assert "bitcoin" in settled.stdout


def test_options_about_files_without_a_file_are_refused(place: Installation) -> None:
    refused = place.run("ingest", "coinpaprika", "--preview")
    assert refused.returncode == 1
    assert "ingest csv FILE" in refused.stderr.splitlines()[-1]
