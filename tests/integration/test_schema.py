"""The schema itself refuses what must not be in it."""

import pytest
from psycopg import errors

from kasparro.store.connect import Connection
from support.facts import insert
from support.house import House
from support.provider import as_json
from support.records import ticker

NO_PRICES = ["NaN", "Infinity", "-Infinity", "1e40", "1e30", "1e-50", "0", "-1"]


@pytest.mark.parametrize("table", ["observations", "observation_revisions", "latest"])
def test_no_table_of_facts_takes_a_number_that_is_none(database: Connection, table: str) -> None:
    refused = [("price_usd", number) for number in NO_PRICES]
    refused += [(name, number) for name in ("open_usd", "high_usd", "low_usd")
                for number in NO_PRICES]  # fmt: skip
    refused += [(name, number) for name in ("market_cap_usd", "volume_24h_usd")
                for number in NO_PRICES if number != "0"]  # fmt: skip
    refused += [("change_24h_percent", number) for number in ("NaN", "Infinity", "1e30", "-1e-50")]
    refused += [("id", 0), ("id", (1 << 20) - 1)]
    for name, value in refused:
        with pytest.raises(errors.CheckViolation):
            insert(database, table, **{name: value})
    insert(database, table, price_usd="1e-40", market_cap_usd="0", volume_24h_usd="9" * 30,
           change_24h_percent="-3.5", id=(1 << 53) - 1)  # fmt: skip


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
