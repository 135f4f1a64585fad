"""A purge leaves nothing of its source and everything of the others."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kasparro.core.errors import BusyError, LeaseLostError
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.ingestion.replay import replay
from kasparro.store import claims, links, pins, purge, streams
from kasparro.store.connect import connect
from kasparro.store.digest import digest
from support.databases import copy_of
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coin, coins, ticker

SMALL = {"coingecko": Choice(options=Options(top=250))}
# What the code declares, who may write it now, and counters, which never fall.
KEPT = {"streams", "leases", "run_totals"}
POINTERS = {
    "source_id": "source_id in (select id from sources where name = %s)",
    "stream_id": "stream_id in (select st.id from streams st join sources so"
    " on so.id = st.source_id where so.name = %s)",
    "series_id": "series_id not in (select id from series) and %s <> ''",
    "listing_id": "listing_id not in (select id from listings) and %s <> ''",
    "payload_id": "payload_id not in (select id from raw_crypto_data) and %s <> ''",
    "source": "source = %s",
    "run_number": "run_number not in (select id from etl_runs) and %s <> ''",
}


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[House]:
    (tmp_path / "mine.csv").write_text(
        "coin_id,symbol,timestamp,price_usd\nbitcoin,BTC,2026-01-01,9\nmine,MNE,2026-01-01,-1\n"
    )
    with house(database_url, choices=SMALL, csv_path=tmp_path / "mine.csv") as own:
        own.providers["coingecko"].answer = gecko
        own.providers["coinpaprika"].answer = paprika
        yield own


def gecko(asked: Asked) -> Reply:
    if "ids" in asked.params:
        return as_json([])
    if asked.path == "/coins/list":
        platforms = {"ethereum": "0x" + "a" * 40}
        return as_json([{"id": "coin-9", "symbol": "c9", "name": "C", "platforms": platforms}])
    return as_json([coin(), coin("broken", current_price=-1), *coins(3, 248)])


def paprika(asked: Asked) -> Reply:
    if asked.path != "/tickers":
        return as_json({"error": "id not found"}, 404)
    return as_json([ticker(), ticker("aaa-alone"), ticker("bbb-broken", price=-1)])


def fill(home: House, *sources: str) -> None:
    """Let each source say all kinds of things: prices, revisions, catalogues, nonsense."""
    if "coingecko" in sources:
        pins.pin_id(home.connection, "coingecko", "never-heard-of")
        home.sweep("coingecko", "coins")
        home.sweep("coingecko")
        page = as_json([coin(current_price=1), *coins(3, 249)])
        home.providers["coingecko"].answer = lambda asked: (
            gecko(asked) if "ids" in asked.params or asked.path == "/coins/list" else page
        )
        home.sweep("coingecko")
    if "coinpaprika" in sources:
        home.sweep("coinpaprika")
    if "csv" in sources:
        (dataset,) = streams.price_streams(home.connection, "csv")
        home.sweep("csv", dataset)


def remove(home: House, source: str) -> dict[str, int]:
    lease = home.engine.lease_duration
    return purge.purge(home.url, source, holder="test", lease_duration=lease)


@pytest.mark.parametrize("source", ["coingecko", "coinpaprika", "csv"])
def test_a_database_after_a_purge_is_one_that_never_knew_the_source(
    home: House, source: str, server_url: str, template: str
):
    fill(home, "coingecko", "coinpaprika", "csv")
    others = [name for name in ("coingecko", "coinpaprika", "csv") if name != source]
    gone = remove(home, source)
    assert gone["observations"] > 0
    assert gone["listings"] > 0
    with copy_of(server_url, template) as url, house(url, choices=SMALL) as fresh:
        for name, own in fresh.providers.items():
            own.answer = {"coingecko": gecko, "coinpaprika": paprika}[name]
        never = House(url, fresh.providers, choices=SMALL, csv_path=home.engine.desk.paths[0])
        try:
            fill(never, *others)
            assert never.digest_lines() == home.digest_lines()
            assert never.digest() == home.digest()
        finally:
            never.close()


@pytest.mark.parametrize("source", ["coingecko", "coinpaprika", "csv"])
def test_no_table_points_at_anything_of_a_purged_source(home: House, source: str):
    fill(home, "coingecko", "coinpaprika", "csv")
    remove(home, source)
    columns = home.rows(
        "select c.table_name, c.column_name from information_schema.columns c"
        " join information_schema.tables t using (table_schema, table_name)"
        " where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
    )
    looked_at = [(table, column) for table, column in columns if column in POINTERS]
    assert {"observations", "quarantine", "etl_runs"} <= {table for table, _ in looked_at}
    for table, column in looked_at:
        if table in KEPT or table.startswith("call_"):
            continue
        left = home.value(f"select count(*) from {table} where {POINTERS[column]}", source)
        assert left == 0, f"{left} rows of {table} by {column}"


def test_a_purge_of_what_is_purged_removes_nothing(home: House):
    fill(home, "coingecko", "coinpaprika")
    remove(home, "coingecko")
    before = home.digest_lines()
    assert not any(remove(home, "coingecko").values())
    assert home.digest_lines() == before


def test_what_is_asked_again_after_a_purge_is_what_it_was(home: House):
    home.sweep("coingecko")
    home.sweep("coinpaprika")
    before = home.digest_lines()
    remove(home, "coingecko")
    home.sweep("coingecko")
    assert home.digest_lines() == before


def test_coins_that_another_source_lists_keep_their_name_and_links_by_hand_go_with_theirs(
    home: House,
):
    fill(home, "coingecko", "coinpaprika")
    links.link(
        home.connection, ("coinpaprika", "aaa-alone"), "coin-3", method="manual", evidence={}
    )
    remove(home, "coingecko")
    assert links.slug_of(home.connection, ("coinpaprika", "aaa-alone")) == "coin-3"
    assert links.slug_of(home.connection, ("coinpaprika", "btc-bitcoin")) == "bitcoin"
    assert home.value("select count(*) from assets where slug = 'coin-4'") == 0
    remove(home, "coinpaprika")
    assert home.value("select count(*) from assets where slug in ('coin-3', 'aaa-alone')") == 0
    assert home.value("select count(*) from assets where slug = 'bitcoin'") == 1


def test_calls_already_made_still_count_against_the_month(home: House):
    fill(home, "coingecko")
    made = home.value("select calls from call_windows where period = 'month'")
    remove(home, "coingecko")
    assert home.value("select calls from call_windows where period = 'month'") == made > 0


def test_a_coin_pinned_by_a_name_that_only_the_source_gave_stays_pinned_by_its_id(home: House):
    fill(home, "coingecko")
    coin_9, bitcoin = (pins.coin(home.connection, slug) for slug in ("coin-9", "bitcoin"))
    assert coin_9 is not None
    assert bitcoin is not None
    pins.pin_coin(home.connection, coin_9.asset_id)
    pins.pin_coin(home.connection, bitcoin.asset_id)
    remove(home, "coingecko")
    assert {one.pin for one in pins.pinned(home.connection)} == {
        "coingecko:coin-9",
        "coingecko:never-heard-of",
        "bitcoin",
    }


def test_a_source_that_is_being_ingested_is_not_purged_and_another_one_is(home: House):
    fill(home, "coingecko", "coinpaprika")
    before = home.digest_lines()
    with connect(home.url) as session:
        run = claims.start_now(
            session,
            "coingecko",
            "markets",
            holder="somebody",
            lease_duration=home.engine.lease_duration,
            config_version="",
        )
        assert run is not None
        with pytest.raises(BusyError, match="coingecko markets is being ingested; purge when"):
            remove(home, "coingecko")
        assert home.digest_lines() == before
        assert remove(home, "coinpaprika")["observations"] == 2


@pytest.mark.parametrize(
    "at_the_end, error",
    [("raise exception 'no'", "no"), ("delete from leases", "took this stream")],
)
def test_a_purge_that_fails_at_its_end_or_loses_its_leases_has_removed_nothing(
    home: House, at_the_end: str, error: str
):
    fill(home, "coingecko", "coinpaprika")
    before = home.digest_lines()
    home.connection.execute(
        "create function stumble() returns trigger language plpgsql as"
        f" $$ begin {at_the_end}; return new; end $$"
    )
    home.connection.execute(
        "create trigger stumble before update on data_versions for each row"
        " execute function stumble()"
    )
    with pytest.raises((psycopg.Error, LeaseLostError), match=error):
        remove(home, "coingecko")
    assert home.digest_lines() == before
    assert home.value("select count(*) from leases") == 0


def test_a_replay_after_a_purge_gives_the_same(home: House):
    fill(home, "coingecko", "coinpaprika", "csv")
    remove(home, "coingecko")
    done = replay(
        home.url,
        home.engine.sources,
        holder="test",
        lease_duration=home.engine.lease_duration,
        verify=True,
    )
    assert done.differences == {}


def test_answers_about_the_source_and_about_coins_are_no_longer_what_they_were(home: House):
    fill(home, "coingecko", "coinpaprika")
    versions = "select name, version from data_versions"
    before = dict(home.rows(versions))
    remove(home, "coingecko")
    moved = {name for name, version in home.rows(versions) if version != before[name]}
    assert moved == {"coingecko", "identity"}
    total = "select observations from data_versions where name = 'coingecko'"
    assert home.value(total) == 0
    with connect(home.url) as session:
        assert digest(session) == home.digest()
