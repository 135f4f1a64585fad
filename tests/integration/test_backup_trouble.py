"""What cannot be backed up or restored is refused before anything is touched, and named."""

import os
from pathlib import Path

import psycopg
import pytest

from kasparro.core.errors import BadRequestError, ConfigurationError, FatalError, NotFoundError
from kasparro.store.backup import backup, restore
from kasparro.store.backup.programs import dumper
from kasparro.store.migrate import migrate
from support.databases import with_database


@pytest.fixture
def file(tmp_path: Path, database_url: str) -> Path:
    backup(database_url, tmp_path / "good.dump")
    return tmp_path / "good.dump"


def is_empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        tables = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        return connection.execute(tables).fetchone() == (0,)


def test_only_its_owner_may_read_it_and_nothing_else_is_left_beside_it(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_is_there_is_not_written_over(file: Path, database_url: str) -> None:
    before = file.read_bytes()
    with pytest.raises(FileExistsError, match=r"good\.dump exists"):
        backup(database_url, file)
    assert file.read_bytes() == before


def test_a_backup_that_is_interrupted_leaves_no_file(database_url: str, tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(database_url, tmp_path / "it.dump", interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_fails_says_why_and_leaves_no_file(database_url: str, tmp_path: Path) -> None:
    weak = f"weak_{os.getpid()}"
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(f"create role {weak} login password 'hush-hush'")
        try:
            there = f"{admin.info.host}:{admin.info.port}/{admin.info.dbname}"
            with pytest.raises(FatalError, match=r"permission denied.*as the owner of the tables"):
                backup(f"postgresql://{weak}:hush-hush@{there}", tmp_path / "it.dump")
        finally:
            admin.execute(f"drop role {weak}")
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_not_where_other_users_see_it(database_url: str, tmp_path: Path) -> None:
    password = psycopg.conninfo.conninfo_to_dict(database_url).get("password")
    if password is None or not Path("/proc/self/cmdline").exists():
        pytest.skip("needs a server with a password, and /proc")
    seen: list[str] = []

    def look(_: int) -> None:
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = process.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if "pg_dump" in words and str(tmp_path) in words:
                seen.append(words)

    backup(database_url, tmp_path / "it.dump", look)
    assert seen
    assert not any(str(password) in words for words in seen)


def test_a_database_without_our_tables_has_nothing_to_back_up(
    empty_database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match="nothing to back up"):
        backup(empty_database_url, tmp_path / "it.dump")


def test_a_server_newer_than_every_pg_dump_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 99 needs.*newest pg_dump here is"):
        dumper(99)


def test_a_database_with_prices_in_it_is_not_restored_into(file: Path, database_url: str) -> None:
    with pytest.raises(BadRequestError, match=r"not empty, it holds kasparro's tables with 0 pay"):
        restore(database_url, file, mode="live")


def test_a_database_with_anybodys_table_in_it_is_not_restored_into(
    file: Path, empty_database_url: str
) -> None:
    with psycopg.connect(empty_database_url) as other:
        other.execute("create table invoices (id integer)")
    with pytest.raises(BadRequestError, match="not empty, it holds invoices"):
        restore(empty_database_url, file, mode="live")


def test_live_data_is_not_restored_as_simulated_data(file: Path, empty_database_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"holds live data.*KASPARRO_SIMULATED=off"):
        restore(empty_database_url, file, mode="sandbox")
    assert is_empty(empty_database_url)


def test_a_backup_of_a_newer_version_is_refused(
    database_url: str, tmp_path: Path, empty_database_url: str
) -> None:
    with psycopg.connect(database_url) as newer:
        newer.execute("update alembic_version set version_num = '9999'")
    backup(database_url, tmp_path / "newer.dump")
    with pytest.raises(ConfigurationError, match=r"newer\.dump has schema 9999"):
        restore(empty_database_url, tmp_path / "newer.dump", mode="live")
    assert is_empty(empty_database_url)


@pytest.mark.parametrize("kept", [0, 5_000, 0.5, -1])
def test_a_file_that_was_cut_off_leaves_the_database_empty(
    file: Path, empty_database_url: str, kept: float
) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole)) if 0 < kept < 1 else int(kept)])
    with pytest.raises((BadRequestError, FatalError)):
        restore(empty_database_url, file, mode="live")
    assert is_empty(empty_database_url)


def test_a_file_of_another_program_is_refused(
    server_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "prices.csv").write_text("coin,price\nbitcoin,1\n")
    with pytest.raises(BadRequestError, match=r"prices\.csv cannot be read as a backup"):
        restore(empty_database_url, tmp_path / "prices.csv", mode="live")


def test_a_restore_that_is_interrupted_leaves_the_database_empty_and_the_next_one_works(
    file: Path, empty_database_url: str
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(empty_database_url, file, mode="live", show=interrupt)
    assert is_empty(empty_database_url)
    restore(empty_database_url, file, mode="live")
    migrate(empty_database_url)
    assert not is_empty(empty_database_url)


def test_a_server_that_is_not_there_is_told_from_a_file_that_is_bad(
    file: Path, server_url: str
) -> None:
    with pytest.raises(Exception, match='database "never_made" does not exist'):
        restore(with_database(server_url, "never_made"), file, mode="live")
