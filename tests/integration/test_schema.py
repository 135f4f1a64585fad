"""The schema comes from the migrations, refuses what must not be in it, and grows by itself."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import errors

from kasparro.core.errors import ConfigurationError
from kasparro.store import migrate as migrations
from kasparro.store.connect import Connection, connect
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


def insert(connection: Connection, table: str = "observations", **values: Any) -> None:
    row = {
        "series_id": 1,
        "observed_at": datetime(2026, 5, 18, tzinfo=UTC),
        "source_id": 1,
        "price_usd": "1",
        "payload_id": 1,
        "position": 0,
        "recorded_at": datetime(2026, 5, 18, tzinfo=UTC),
    } | values
    connection.execute("select ensure_partition(%s)", [row["observed_at"]])
    connection.execute(
        f"insert into {table} ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",  # type: ignore[arg-type]
        list(row.values()),
    )


NO_PRICES = ["NaN", "Infinity", "-Infinity", "1e40", "1e30", "1e-50", "0", "-1"]


@pytest.mark.parametrize("table", ["observations", "observation_revisions", "latest"])
def test_no_table_of_facts_takes_a_number_that_is_none(database: Connection, table: str) -> None:
    refused = [("price_usd", number) for number in NO_PRICES]
    refused += [(name, number) for name in ("open_usd", "high_usd", "low_usd")
                for number in NO_PRICES]  # fmt: skip
    refused += [(name, number) for name in ("market_cap_usd", "volume_24h_usd")
                for number in NO_PRICES if number != "0"]  # fmt: skip
    refused += [("change_24h_percent", number) for number in ("NaN", "Infinity", "1e30", "-1e-50")]
    refused += [("position", -1), ("position", 1 << 20)]
    for name, value in refused:
        with pytest.raises(errors.CheckViolation):
            insert(database, table, **{name: value})
    insert(database, table, price_usd="1e-40", market_cap_usd="0", volume_24h_usd="9" * 30,
           change_24h_percent="-3.5", position=(1 << 20) - 1)  # fmt: skip


def test_the_view_has_the_promised_columns_in_plain_types(database: Connection) -> None:
    found = database.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_name = 'crypto_prices' order by ordinal_position"
    ).fetchall()
    assert found == [
        ("id", "bigint"),
        ("coin_id", "text"),
        ("symbol", "text"),
        ("name", "text"),
        ("price_usd", "numeric"),
        ("market_cap", "numeric"),
        ("volume_24h", "numeric"),
        ("price_change_24h", "numeric"),
        ("timestamp", "timestamp with time zone"),
        ("source", "text"),
    ]


def test_the_id_of_a_row_is_its_payload_and_its_position_in_it(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker(), ticker("eth-ethereum")]))
    home.sweep("coinpaprika")
    found = home.rows("select id, id >> 20, id & 1048575 from crypto_prices order by id")
    assert found == [(1 << 20, 1, 0), ((1 << 20) + 1, 1, 1)]


def test_the_reading_role_can_read_all_tables_and_change_nothing(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker()]))
    home.sweep("coinpaprika")
    names = home.rows(
        "select relname, relkind <> 'v' from pg_class where relkind in ('r', 'v', 'p')"
        " and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'"
    )
    assert ("crypto_prices", False) in names
    home.connection.execute("set role kasparro_reader")
    for name, is_table in names:
        home.rows(f"select * from {name} limit 1")
        for change in (f"delete from {name}", f"insert into {name} default values"):
            if is_table:
                with pytest.raises(errors.InsufficientPrivilege):
                    home.connection.execute(change)  # type: ignore[call-overload]
    with pytest.raises(errors.InsufficientPrivilege):
        home.connection.execute("create table mine ()")


def partitions(connection: Connection) -> dict[str, str]:
    return dict(
        connection.execute(
            "select c.relname, pg_get_expr(c.relpartbound, c.oid) from pg_inherits i"
            " join pg_class c on c.oid = i.inhrelid"
            " where i.inhparent = 'observations'::regclass"
        ).fetchall()
    )


def test_partitions_are_years_before_and_months_since_the_installation(
    database: Connection,
) -> None:
    database.execute("update installation set created_at = '2026-03-15T10:00:00Z'")
    for year, month in ((2013, 7), (2025, 12), (2026, 1), (2026, 2), (2026, 3), (2026, 12)):
        insert(database, observed_at=datetime(year, month, 2, tzinfo=UTC))
    found = {
        name: tuple(part for part in bounds.split("'") if part[:2] == "20")
        for name, bounds in partitions(database).items()
    }
    assert {name: tuple(edge[:10] for edge in edges) for name, edges in found.items()} == {
        "observations_2013": ("2013-01-01", "2014-01-01"),
        "observations_2025": ("2025-01-01", "2026-01-01"),
        "observations_2026": ("2026-01-01", "2026-03-01"),
        "observations_2026_03": ("2026-03-01", "2026-04-01"),
        "observations_2026_12": ("2026-12-01", "2027-01-01"),
    }


def test_every_instant_has_a_place_whenever_the_installation_was_made(
    database: Connection,
) -> None:
    for made in ("2026-01-01T00:00:00Z", "2026-02-28T23:59:59Z", "2026-12-31T23:59:59Z"):
        database.execute("drop table observations cascade")
        database.execute(
            "create table observations (like latest including constraints)"
            " partition by range (observed_at)"
        )
        database.execute("update installation set created_at = %s", [made])
        for year in (2009, 2025, 2026, 2027):
            for month in range(1, 13):
                insert(database, observed_at=datetime(year, month, 28, tzinfo=UTC))
        assert len(partitions(database)) <= 2 + 1 + 24


def test_many_who_need_new_partitions_at_once_all_get_them(database_url: str) -> None:
    months = [datetime(2031, month, 1, tzinfo=UTC) for month in range(1, 7)]

    def need() -> int:
        with connect(database_url) as own:
            for month in months:
                own.execute("select ensure_partition(%s)", [month])
            return len(partitions(own))

    assert in_threads(8, need)
    with connect(database_url) as after:
        assert len(partitions(after)) == len(months)


def test_a_new_partition_waits_for_no_reader_and_no_writer(database_url: str) -> None:
    with (
        connect(database_url) as reader,
        connect(database_url) as writer,
        connect(database_url, lock_timeout="2s") as maker,
    ):
        insert(maker)
        reader.autocommit = writer.autocommit = False
        reader.execute("select count(*) from crypto_prices")
        insert(writer, series_id=2)
        maker.execute("select ensure_partition('2032-05-01Z')")
        reader.execute("select count(*) from crypto_prices")
        assert "observations_2032_05" in partitions(maker)


def test_the_database_itself_allows_a_stream_one_open_run(home: House) -> None:
    add = (
        "insert into etl_runs (run_id, stream_id, source, status, trigger, code_version)"
        " values (%s, 1, 's', 'queued', 'command', '1')"
    )
    home.connection.execute(add, ["one"])
    with pytest.raises(errors.UniqueViolation):
        home.connection.execute(add, ["two"])
    with pytest.raises(errors.CheckViolation):
        home.connection.execute("update etl_runs set status = 'failed'")  # without its end
