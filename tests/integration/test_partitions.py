"""Partitions appear by themselves, and nobody waits for them."""

from datetime import UTC, datetime

from kasparro.store.connect import Connection, connect
from support.facts import insert
from support.waiting import in_threads


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
