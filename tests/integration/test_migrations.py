"""Migrations: on nothing, twice, at once, on an old schema, a newer one and a foreign one."""

from typing import Any

import psycopg
import pytest

from kasparro.core.errors import ConfigurationError
from kasparro.store import migrate as migrations
from kasparro.store.migrate import migrate, schema_version
from support.house import House
from support.provider import as_json
from support.records import ticker
from support.waiting import in_threads

FIRST = migrations.Path(migrations.__file__).parent / "migrations/versions/0001_schema.sql"


def rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[call-overload]


def everything(url: str) -> list[Any]:
    """Every table, column, index and constraint, and how many rows there are."""
    return rows(
        url,
        "select table_name, column_name, data_type, is_nullable from information_schema.columns"
        " where table_schema = 'public' union all"
        " select indexname, tablename, indexdef, '' from pg_indexes where schemaname = 'public'"
        " union all select conname, conrelid::regclass::text, pg_get_constraintdef(oid), ''"
        " from pg_constraint where connamespace = 'public'::regnamespace"
        " union all select 'rows', 'assets', count(*)::text, '' from assets"
        " union all select 'rows', 'shipped_ids', count(*)::text, '' from shipped_ids"
        " union all select 'mode', mode, sweep_offset_seconds::text, '' from installation"
        " order by 1, 2, 3",
    )


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    assert migrate(empty_database_url) == schema_version()
    before = everything(empty_database_url)
    assert migrate(empty_database_url) == schema_version()
    assert everything(empty_database_url) == before


def test_migrating_a_filled_database_keeps_every_row(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker(), {}]))
    home.sweep("coinpaprika")
    before = home.digest()
    migrate(home.url)
    assert home.digest() == before


def test_any_number_of_processes_may_migrate_an_empty_database_at_once(
    empty_database_url: str,
) -> None:
    found = in_threads(10, lambda: migrate(empty_database_url))
    assert set(found) == {schema_version()}
    assert rows(empty_database_url, "select count(*) from installation") == [(1,)]


def test_a_database_of_the_first_version_is_upgraded_with_what_is_in_it(
    empty_database_url: str,
) -> None:
    with psycopg.connect(empty_database_url) as old:
        old.execute(FIRST.read_text(encoding="utf-8"))
        old.execute("create table alembic_version (version_num varchar(32) primary key)")
        old.execute("insert into alembic_version values ('0001')")
        old.execute("insert into installation (mode, sweep_offset_seconds) values ('live', 77)")
        old.execute("insert into assets (slug, symbol, name) values ('my-own', 'MY', 'My own')")
    assert migrate(empty_database_url) == schema_version()
    assert rows(empty_database_url, "select version_num from alembic_version") == [
        (schema_version(),)
    ]
    assert rows(empty_database_url, "select sweep_offset_seconds from installation") == [(77,)]
    assert rows(empty_database_url, "select name from assets where slug = 'my-own'")


def test_prices_of_the_first_version_are_what_they_were_in_the_narrower_tables(
    empty_database_url: str,
) -> None:
    fact = (
        "insert into {} (series_id, observed_at, source_id, price_usd, market_cap_usd, open_usd,"
        " payload_id, position, recorded_at) values (1, %s, 1, %s, null, %s, %s, 7, now())"
    )
    with psycopg.connect(empty_database_url) as old:
        old.execute(FIRST.read_text(encoding="utf-8"))
        old.execute("create table alembic_version (version_num varchar(32) primary key)")
        old.execute("insert into alembic_version values ('0001')")
        old.execute("insert into installation (mode) values ('live')")
        old.execute("insert into sources (name) values ('s')")
        old.execute("insert into streams (source_id, name, carries_prices) values (1, 'p', true)")
        old.execute("insert into assets (slug, symbol, name) values ('my-own', 'MY', 'My own')")
        old.execute(
            "insert into listings (source_id, source_asset_id, asset_id, symbol, name,"
            " first_seen_at, last_seen_at) values (1, 'x', 1, 'MY', 'My own', now(), now())"
        )
        old.execute("insert into series (stream_id, listing_id, last_seen_at) values (1, 1, now())")
        for at in ("2013-05-01", "2013-06-01", "2024-06-01"):
            old.execute("select ensure_partition(%s::timestamptz)", [at])
            for table in ("observations", "observation_revisions"):
                old.execute(fact.format(table), [at, "1.50", "0.3", 3])  # type: ignore[arg-type]
        old.execute(fact.format("latest"), ["2024-06-01", "1.50", "0.3", 3])  # type: ignore[arg-type]
        old.execute("create view theirs as select coin_id, price_usd from crypto_prices")
        seen = old.execute("select * from crypto_prices order by timestamp").fetchall()
    migrate(empty_database_url)
    assert rows(empty_database_url, "select * from crypto_prices order by timestamp") == seen
    assert len(rows(empty_database_url, "select * from theirs")) == len(seen) == 3
    for table, number in (("observations", 3), ("observation_revisions", 3), ("latest", 1)):
        found = rows(empty_database_url, f"select distinct id, open_usd::text from {table}")
        assert found == [((3 << 20) + 7, "0.3")]
        assert rows(empty_database_url, f"select count(*) from {table}") == [(number,)]
    names = "select relname from pg_class where relname like 'wide%'"
    assert rows(empty_database_url, names) == []


def test_a_schema_newer_than_this_version_is_refused_and_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as newer:
        newer.execute("update alembic_version set version_num = '9999'")
    before = everything(database_url)
    with pytest.raises(ConfigurationError, match=r"schema 9999.*install the newer kasparro"):
        migrate(database_url)
    assert everything(database_url) == before


def test_a_server_that_is_too_old_is_refused_by_name(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "OLDEST_SERVER", 990_000)
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        migrate(empty_database_url)
    assert rows(empty_database_url, "select to_regclass('assets')") == [(None,)]


@pytest.mark.parametrize("first, then", [("live", "sandbox"), ("sandbox", "live")])
def test_live_and_simulated_data_never_share_a_database(
    empty_database_url: str, first: Any, then: Any
) -> None:
    migrate(empty_database_url, mode=first)
    with pytest.raises(ConfigurationError, match=f"holds {first} data, asked for {then}"):
        migrate(empty_database_url, mode=then)
    migrate(empty_database_url, mode=first)
    assert rows(empty_database_url, "select mode from installation") == [(first,)]
