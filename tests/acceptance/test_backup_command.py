"""`kasparro db backup` and `restore` as people call them, by name, into a directory, by a pipe."""

import subprocess
import sys
from pathlib import Path

import pytest

from kasparro.cli import printing
from support.commands import CommandLine
from support.installation import Installation, installation


@pytest.fixture
def place(tmp_path: Path):
    with installation(tmp_path / "home") as own:
        yield own


def test_it_says_where_the_backup_is_and_how_large(
    kasparro: CommandLine, database_url: str, tmp_path: Path
):
    said = kasparro("db", "backup", str(tmp_path / "mine.dump"), DATABASE_URL=database_url)
    file = tmp_path / "mine.dump"
    assert said.code == 0
    assert said.last_line.endswith(f"to {file}, {printing.size(file.stat().st_size)}")


def test_without_a_name_it_goes_into_the_data_directory(
    kasparro: CommandLine, database_url: str, tmp_path: Path
):
    where = {"DATABASE_URL": database_url, "KASPARRO_DATA_DIR": str(tmp_path / "data")}
    assert kasparro("db", "backup", **where).code == 0
    (file,) = (tmp_path / "data/backups").iterdir()
    assert file.match("kasparro-*.dump")


def test_a_file_that_is_there_is_refused_on_the_last_line(
    kasparro: CommandLine, database_url: str, tmp_path: Path
):
    (tmp_path / "mine.dump").write_text("precious")
    said = kasparro("db", "backup", str(tmp_path / "mine.dump"), DATABASE_URL=database_url)
    assert said.code == 1
    assert said.last_line.endswith("mine.dump exists: a backup is never written over")
    assert (tmp_path / "mine.dump").read_text() == "precious"


def test_a_directory_that_is_not_there_is_named(
    kasparro: CommandLine, database_url: str, tmp_path: Path
):
    said = kasparro("db", "backup", str(tmp_path / "no/mine.dump"), DATABASE_URL=database_url)
    assert said.code == 1
    assert "No such file or directory" in said.last_line


def test_a_backup_that_is_not_there_is_named(kasparro: CommandLine, database_url: str):
    said = kasparro("db", "restore", "nowhere.dump", DATABASE_URL=database_url)
    assert said.code == 1
    assert said.last_line == "kasparro: there is no file nowhere.dump"


def test_by_a_pipe_it_moves_from_one_installation_to_another(place: Installation, tmp_path: Path):
    assert place.run("ingest", "csv").returncode == 0
    before = place.run("db", "digest").stdout
    file = tmp_path / "piped.dump"
    with file.open("wb") as target:
        command = [sys.executable, "-m", "kasparro", "db", "backup", "-"]
        subprocess.run(command, env=place.environment, stdout=target, check=True, timeout=60)
    with installation(tmp_path / "other") as other, file.open("rb") as source:
        command = [sys.executable, "-m", "kasparro", "db", "restore", "-"]
        subprocess.run(command, env=other.environment, stdin=source, check=True, timeout=60)
        assert other.run("db", "digest").stdout == before
        again = other.run("db", "restore", str(file))
        assert again.returncode == 1
        assert "the database is not empty" in again.stderr.splitlines()[-1]
