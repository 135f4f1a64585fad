"""A backup is one moment of everything, and a database made of it goes on as the original would."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kasparro.store import claims, leases
from kasparro.store.backup import backup, restore
from kasparro.store.connect import connect
from support.databases import with_database
from support.history import FACTS, LEASE, again, dump, messy
from support.house import House, house
from support.older_server import older_server, programs
from support.provider import as_json
from support.records import ticker


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "it.dump"


@pytest.fixture
def restored(home: House, file: Path, empty_database_url: str) -> Iterator[House]:
    """A house in which everything happened that may, backed up and made anew."""
    messy(home)
    backup(home.url, file)
    restore(empty_database_url, file, mode="live")
    with house(empty_database_url) as own:
        yield own


@pytest.fixture(scope="module")
def older_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    binaries = programs()
    if binaries is None:
        pytest.skip("PostgreSQL 15 is not installed here")
    with older_server(tmp_path_factory.mktemp("older"), binaries) as url:
        yield url


def own_database(server_url: str, name: str) -> str:
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    return with_database(server_url, name)


def test_a_restored_database_has_every_row_of_the_original(home: House, restored: House) -> None:
    assert dump(restored) == dump(home)
    assert restored.digest() == home.digest()
    assert again(restored, verify=True).differences == {}


def test_a_restored_database_has_every_table_index_and_right_of_the_original(
    home: House, restored: House
) -> None:
    structure = """
      select 'index', indexname::text, indexdef from pg_indexes where schemaname = 'public'
      union all select 'constraint', conrelid::regclass || ' ' || conname,
        pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
      union all select 'column', table_name || ' ' || column_name,
        concat_ws('|', data_type, domain_name, is_nullable, column_default, is_identity)
      from information_schema.columns where table_schema = 'public'
      union all select 'function', proname, prosrc from pg_proc
        where pronamespace = 'public'::regnamespace
      union all select 'right', table_name, privilege_type
      from information_schema.role_table_grants where grantee = 'kasparro_reader'
      order by 1, 2, 3"""
    assert restored.rows(structure) == home.rows(structure)


def test_runs_go_on_in_a_restored_database_as_in_the_original(home: House, restored: House) -> None:
    restored.clock.tick(days=1)
    for each in (home, restored):
        each.providers["coinpaprika"].answer = None
        each.providers["coinpaprika"].script(
            as_json([ticker(price=7), ticker("new-new", last_updated="2026-05-18T19:00:00Z")])
        )
        assert each.sweep("coinpaprika").new == 1
    assert restored.digest() == home.digest()
    assert again(restored, verify=True).differences == {}


def test_a_backup_taken_while_runs_commit_is_one_moment(
    home: House, file: Path, empty_database_url: str
) -> None:
    over, prices = threading.Event(), iter(range(1, 100_000))
    home.providers["coinpaprika"].answer = lambda _: as_json(
        [ticker(f"coin-{number}", price=next(prices)) for number in range(50)]
    )
    before = home.sweep("coinpaprika")

    def sweep() -> None:
        while not over.is_set():
            home.sweep("coinpaprika")

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    try:
        for number in range(3):
            backup(home.url, file.with_suffix(f".{number}"))
    finally:
        over.set()
        sweeping.join()
    restore(empty_database_url, file.with_suffix(".2"), mode="live")
    with house(empty_database_url) as copy:
        assert copy.value("select count(*) from etl_runs") > before.payloads
        assert again(copy, verify=True).differences == {}
        totals = "select observations from data_versions where name = 'coinpaprika'"
        assert copy.value("select count(*) from observations") == copy.value(totals)
        last = "select max(id) / 1048576 from crypto_prices"
        assert copy.value("select max(id) from raw_crypto_data") == copy.value(last)


def test_who_was_at_work_when_it_was_taken_does_not_stand_in_the_way(
    home: House, file: Path, empty_database_url: str
) -> None:
    run = claims.start_now(home.connection, "coinpaprika", "tickers", holder="test",
                          lease_duration=LEASE, config_version="")  # fmt: skip
    assert run is not None
    home.connection.execute("insert into workers (id, name) values (gen_random_uuid(), 'w')")
    backup(home.url, file)
    leases.release(home.connection, run.lease)
    restore(empty_database_url, file, mode="live")
    with house(empty_database_url) as copy:
        assert copy.rows("select run_id, status from etl_runs") == [(run.run_id, "abandoned")]
        assert copy.value("select count(*) from leases") == 0
        assert copy.value("select count(*) from workers") == 0
        copy.providers["coinpaprika"].script(as_json([ticker()]))
        assert copy.sweep("coinpaprika").status == "success"


def test_what_others_keep_in_the_same_database_stays_out_of_it(
    home: House, file: Path, empty_database_url: str
) -> None:
    home.connection.execute("create schema theirs create table secrets (word text)")
    backup(home.url, file)
    restore(empty_database_url, file, mode="live")
    with connect(empty_database_url) as copy:
        assert copy.execute("select to_regclass('theirs.secrets')").fetchone() == (None,)


@pytest.mark.timeout(300)
def test_a_backup_is_restored_into_an_older_server_and_back_again(
    home: House, older_url: str, file: Path, empty_database_url: str
) -> None:
    messy(home)
    backup(home.url, file)
    url = own_database(older_url, "older")
    restore(url, file, mode="live")
    with house(url) as older:
        assert older.digest() == home.digest()
        older.clock.tick(days=1)
        older.providers["coinpaprika"].script(as_json([ticker("new-new", price=5)]))
        assert older.sweep("coinpaprika").new == 1
        older_rows, older_digest = {name: dump(older)[name] for name in FACTS}, older.digest()
    back = file.with_suffix(".back")
    assert backup(url, back).server.startswith("PostgreSQL 15.")
    restore(empty_database_url, back, mode="live")
    with house(empty_database_url) as newer:
        assert dump(newer) == older_rows
        assert newer.digest() == older_digest
        assert again(newer, verify=True).differences == {}
