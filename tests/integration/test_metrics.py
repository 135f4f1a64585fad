"""Metrics say what is in the database, whoever put it there, and never take a count back."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from kasparro.store import claims
from kasparro.store import migrate as migrations
from kasparro.store.connect import connect
from kasparro.store.migrate import migrate
from kasparro.store.purge import purge
from support.api import ADMIN, ADMIN_KEY, Api, serving
from support.filling import NOON
from support.house import House
from support.processes import process
from support.provider import Asked, Provider, Reply, as_json
from support.records import ticker
from support.scraping import OPEN_METRICS, Scraped, scrape
from support.sweeps import broken_at, pages

FIRST = migrations.Path(migrations.__file__).parent / "migrations/versions/0001_schema.sql"
TICKERS = {"source": "coinpaprika", "stream": "tickers"}
MARKETS = {"source": "coingecko", "stream": "markets"}


@pytest.fixture
async def metrics(home: House) -> AsyncIterator[Api]:
    """The API on the house's database, by the house's clock."""
    async with serving(home.url, now=home.clock.now) as running:
        yield running


async def swept(home: House, source: str, *replies: Reply) -> str:
    """One sweep, beside the API as a worker would do it."""
    home.providers[source].script(*replies)
    return (await asyncio.to_thread(home.sweep, source)).status


async def test_what_another_process_ran_is_counted_here(
    metrics: Api, home: House, api: Provider
) -> None:
    before = await scrape(metrics)
    assert before("runs_total", **MARKETS, status="success") == 0
    api.answer = lambda asked: pages(asked, of=2)
    with process("sweeper.py", "sweep", home.url, "coingecko", api.url, "30") as sweeper:
        out, err = await asyncio.to_thread(sweeper.communicate)
    assert out.split()[-1] == "success", err
    after = await scrape(metrics)
    assert after("runs_total", **MARKETS, status="success") == 1
    assert after("records_total", **MARKETS, outcome="new") == 500
    assert after("payloads_total", **MARKETS) >= 2
    assert after("observations", source="coingecko") == 500
    assert after("calls_total", source="coingecko") == len(api.asked)
    assert after("runs_active", **MARKETS, status="running") == 0
    assert after("last_run_success", **MARKETS) == 1
    assert 0 < after("last_run_duration_seconds", **MARKETS) < 120
    assert after("run_seconds_total", **MARKETS) == after("last_run_duration_seconds", **MARKETS)


async def test_prometheus_reads_the_same_in_both_of_its_formats(metrics: Api, home: House) -> None:
    assert await swept(home, "coinpaprika", as_json([ticker(), {}])) == "partial"
    plain = await metrics.client.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
    opened = await metrics.client.get("/metrics", headers={"Accept": OPEN_METRICS})
    assert opened.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    first, second = Scraped(plain.text), Scraped(opened.text, parse=text_string_to_metric_families)
    changing = ("api_request", "age_seconds", "size_bytes")
    for key in first.samples.keys() | second.samples.keys():
        if not any(word in key[0] for word in changing):
            assert first.samples.get(key) == second.samples.get(key), key


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
async def test_promtool_finds_nothing_to_say_about_a_scrape(metrics: Api, home: House) -> None:
    assert await swept(home, "coinpaprika", as_json([ticker()])) == "success"
    text = (await metrics.client.get("/metrics")).text
    found = subprocess.run(  # noqa: ASYNC221  # a moment
        ["promtool", "check", "metrics"],  # noqa: S607  # as found on the path
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


async def test_a_failed_run_and_quarantined_records_show(metrics: Api, home: House) -> None:
    bad = {"id": "bad"}
    assert await swept(home, "coinpaprika", as_json([ticker(), bad])) == "partial"
    home.clock.tick(hours=1)
    assert await swept(home, "coinpaprika", Reply(b"[]", 402)) == "failed"
    seen = await scrape(metrics)
    by_status = {status: seen("runs_total", **TICKERS, status=status)
                 for status in ("success", "partial", "failed", "abandoned")}  # fmt: skip
    assert by_status == {"success": 0, "partial": 1, "failed": 1, "abandoned": 0}
    assert seen("records_total", **TICKERS, outcome="quarantined") == 1
    assert seen("records_fetched_total", **TICKERS) == 2
    assert seen("quarantine_open", **TICKERS) == 1
    assert seen("last_run_success", **TICKERS) == 0
    failed = seen("last_failure_timestamp_seconds", **TICKERS)
    assert failed > seen("last_success_timestamp_seconds", **TICKERS)
    assert abs(failed - datetime.now(UTC).timestamp()) < 600
    home.rows("update quarantine set resolved_at = now() returning 1")
    assert (await scrape(metrics))("quarantine_open", **TICKERS) == 0


async def test_repetitions_and_waits_are_counted_and_added_up(metrics: Api, home: House) -> None:
    late = Reply(b"", 429, {"Retry-After": "7"})
    for expected in (1, 2):
        assert await swept(home, "coinpaprika", late, as_json([ticker()])) == "success"
        seen = await scrape(metrics)
        assert seen("retries_total", **TICKERS) == expected
        assert seen("waits_total", **TICKERS) >= expected
        assert seen("wait_seconds_total", **TICKERS) >= 7 * expected


async def test_credits_are_those_of_the_month_and_of_whoever_called_last(
    metrics: Api, home: House
) -> None:
    assert (await scrape(metrics)).named("credits_used") == {}, "nobody called anybody yet"
    for price in (1, 2):
        await swept(home, "coinpaprika", as_json([ticker(price=price)]))
    calls = len(home.providers["coinpaprika"].asked)
    assert calls > 1
    seen = await scrape(metrics)
    assert seen("credits_used", source="coinpaprika") == calls
    assert seen("credits_allowed", source="coinpaprika") == 18_000, "a tenth is held back"
    assert seen("credits_left", source="coinpaprika") == 18_000 - calls
    assert seen("credits_used", source="csv") is None, "files cost nothing"
    home.clock.tick(days=31)
    seen = await scrape(metrics)
    assert seen("credits_used", source="coinpaprika") == 0
    assert seen("credits_left", source="coinpaprika") == 18_000
    assert seen("calls_total", source="coinpaprika") == calls


async def test_staleness_is_the_age_of_the_newest_price_and_is_bounded_only_where_it_matters(
    metrics: Api, home: House
) -> None:
    seen_at = home.clock.now() - timedelta(minutes=3)
    await swept(home, "coinpaprika", as_json([ticker(last_updated=seen_at.isoformat())]))
    home.clock.tick(minutes=20)
    seen = await scrape(metrics)
    age = (home.clock.now() - seen_at).total_seconds()
    assert seen("staleness_seconds", source="coinpaprika") == pytest.approx(age)
    assert seen("staleness_seconds", source="coingecko") is None
    assert seen("stale_after_seconds", source="coinpaprika") == 7200
    assert seen("stale_after_seconds", source="csv") is None


async def test_what_the_newest_complete_sweep_did_not_show_is_counted(
    metrics: Api, home: House
) -> None:
    await swept(home, "coinpaprika", as_json([ticker()]))
    home.rows("update etl_runs set tracked = 9, missed = '{eth-ethereum,xrp-xrp}' returning 1")
    assert await swept(home, "coinpaprika", Reply(b"[]", 402)) == "failed"
    seen = await scrape(metrics)
    assert seen("tracked_listings", **TICKERS) == 9
    assert seen("missed_listings", **TICKERS) == 2


async def test_no_counter_falls_at_any_page_of_a_run_nor_when_it_ends_nor_when_all_is_purged(
    metrics: Api, home: House
) -> None:
    scrapes = [await scrape(metrics)]
    loop = asyncio.get_running_loop()

    def scraping(asked: Asked) -> Reply:
        scrapes.append(asyncio.run_coroutine_threadsafe(scrape(metrics), loop).result(30))
        return answers(asked)

    answers = broken_at("3")
    home.providers["coingecko"].answer = scraping
    assert (await asyncio.to_thread(home.sweep, "coingecko")).status == "failed"
    under_way = scrapes[-1]
    assert under_way("runs_active", **MARKETS, status="running") == 1
    assert under_way("leases_held") == 1
    assert under_way("records_total", **MARKETS, outcome="new") == 500, "before it is over"
    scrapes.append(await scrape(metrics))
    answers = pages
    home.clock.tick(hours=1)
    assert (await asyncio.to_thread(home.sweep, "coingecko")).status == "success"
    scrapes.append(await scrape(metrics))
    await asyncio.to_thread(
        purge, home.url, "coingecko", holder="test", lease_duration=home.engine.lease_duration
    )
    scrapes.append(await scrape(metrics))
    assert home.value("select count(*) from etl_runs") == 0
    for earlier, later in pairwise(scrapes):
        assert later.fell_since(earlier) == []
    assert scrapes[-1]("runs_total", **MARKETS, status="failed") == 1
    assert scrapes[-1]("observations", source="coingecko") == 0
    assert scrapes[-1]("last_success_timestamp_seconds", **MARKETS) is None


async def test_a_run_whose_process_vanished_counts_once_with_all_it_did(
    metrics: Api, home: House
) -> None:
    home.rows(
        "insert into etl_runs (run_id, stream_id, source, status, trigger, start_time,"
        " records_new, code_version) select 'coinpaprika_0', st.id, so.name, 'running', 'schedule',"
        " now() - interval '90 seconds', 7, '' from streams st"
        " join sources so on so.id = st.source_id where st.name = 'tickers' returning 1"
    )
    for ended in (0, 1, 1):
        seen = await scrape(metrics)
        assert seen("runs_active", **TICKERS, status="running") == 1 - ended
        assert seen("runs_total", **TICKERS, status="abandoned") == ended
        assert seen("records_total", **TICKERS, outcome="new") == 7
        claims.abandon_orphans(home.connection)
    assert seen("run_seconds_total", **TICKERS) >= 90


async def test_the_checkpoints_age_is_that_of_the_last_page_that_was_committed(
    metrics: Api, home: House
) -> None:
    await swept(home, "coinpaprika", as_json([ticker()]))
    home.rows("update checkpoints set moved_at = moved_at - interval '1 day' returning 1")
    assert (await scrape(metrics))("checkpoint_age_seconds", **TICKERS) > 86_400
    assert await swept(home, "coinpaprika", Reply(b"no", 402)) == "failed"
    assert (await scrape(metrics))("checkpoint_age_seconds", **TICKERS) > 86_400
    assert await swept(home, "coinpaprika", as_json([ticker(price=3)])) == "success"
    assert 0 <= (await scrape(metrics))("checkpoint_age_seconds", **TICKERS) < 3600


async def test_what_the_installation_is_and_who_works_there(metrics: Api, home: House) -> None:
    await swept(home, "coinpaprika", as_json([ticker()]))
    home.rows("insert into workers values (gen_random_uuid(), 'here') returning 1")
    home.rows(
        "insert into workers values (gen_random_uuid(), 'gone', now(), now() - interval '1 hour')"
        " returning 1"
    )
    seen = await scrape(metrics)
    assert seen("workers_alive") == 1, "it is asked anew each time, and counts the living"
    assert seen("database_up") == seen("build_info", version="1.2.3") == 1
    schema = home.value("select version_num from alembic_version")
    assert seen("installation_info", mode="live", schema=schema) == 1
    size = home.value("select pg_database_size(current_database())")
    assert seen("database_size_bytes") == pytest.approx(size, rel=0.1)
    for table in ("observations", "raw_crypto_data"):
        assert 0 < seen("table_size_bytes", table=table) < size


async def test_open_anomalies_are_counted_by_severity_until_somebody_looked_at_them(
    metrics: Api, home: House
) -> None:
    await swept(home, "coinpaprika", as_json([ticker()]))
    home.connection.execute("delete from anomalies")
    for name, severity in (("a", "warn"), ("b", "warn"), ("c", "critical")):
        home.rows(
            "insert into anomalies (run_number, name, kind, cause, severity, message, spoils)"
            " select max(id), %s, 'invariant', 'test', %s, '', false from etl_runs returning 1",
            name,
            severity,
        )
    seen = await scrape(metrics)
    assert seen("anomalies_open", source="coinpaprika", severity="warn") == 2
    assert seen("anomalies_open", source="coinpaprika", severity="critical") == 1
    assert seen("anomalies_open", source="coingecko", severity="critical") == 0
    home.rows(
        "update anomalies set status = 'acknowledged', acknowledged_at = now(), confirmed = true"
        " where name = 'c' returning 1"
    )
    assert (await scrape(metrics))("anomalies_open", source="coinpaprika", severity="critical") == 0


async def test_drift_is_counted_by_severity_and_until_somebody_decides(
    metrics: Api, home: House
) -> None:
    for path, severity, status in (("a", "ERR", "open"), ("b", "ERR", "rejected"),
                                   ("c", "INFO", "accepted")):  # fmt: skip
        home.connection.execute(
            "insert into drift_events (stream_id, run_id, class, severity, path, sign, evidence,"
            " details, detected_at, last_seen, status, resolved_at)"
            " select id, '', 'enum', %(severity)s, %(path)s, '', '', '{}', now(), now(),"
            "  %(status)s, case when %(status)s <> 'open' then now() end"
            " from streams where name = 'tickers'",
            {"severity": severity, "path": path, "status": status},
        )
    seen = await scrape(metrics)
    found = {
        (name, severity): seen(name, source="coinpaprika", severity=severity)
        for name in ("drift_events", "drift_events_open")
        for severity in ("INFO", "WARN", "ERR")
    }
    assert list(found.values()) == [1, 0, 2, 0, 0, 1]
    assert seen("drift_events_open", source="coingecko", severity="ERR") == 0


async def test_where_reading_is_closed_a_scrape_needs_the_key(database_url: str) -> None:
    async with serving(database_url, public_read=False) as closed:
        assert (await closed.get("/metrics")).status_code == 401
        bearer = {"Authorization": f"Bearer {ADMIN_KEY}"}
        assert (await closed.client.get("/metrics", headers=bearer)).status_code == 200
        seen = await scrape(closed, **ADMIN)
        labels = {"method": "GET", "route": "/metrics"}
        count = "api_request_duration_seconds_count"
        assert seen(count, **labels, status="4xx") == 1, "refusals are counted"
        assert seen(count, **labels, status="2xx") == 1


def test_runs_that_ended_before_anybody_counted_them_are_counted(empty_database_url: str) -> None:
    runs = [
        ("success", "90 seconds", 5),
        ("success", "30 seconds", 7),
        ("failed", "1 second", 0),
        ("abandoned", None, 2),
        ("running", None, 1),
    ]
    with connect(empty_database_url) as old:
        old.execute(FIRST.read_text(encoding="utf-8"))
        old.execute("create table alembic_version (version_num varchar(32) primary key)")
        old.execute("insert into alembic_version values ('0001')")
        old.execute("insert into installation (mode) values ('live')")
        old.execute("insert into sources (name) values ('toy')")
        old.execute(
            "insert into streams (source_id, name, carries_prices)"
            " select id, 'x', true from sources"
        )
        for number, (status, took, new) in enumerate(runs, 1):
            start = None if took is None else NOON
            old.execute(
                "insert into etl_runs (run_id, stream_id, source, status, trigger, start_time,"
                " end_time, records_new, code_version)"
                " select 'toy_' || %(number)s, id, 'toy', %(status)s, 'command', %(start)s,"
                "  case %(status)s when 'running' then null"
                "   else coalesce(%(start)s::timestamptz + %(took)s::interval, %(noon)s) end,"
                "  %(new)s, '' from streams",
                {"number": number, "status": status, "start": start, "took": took,
                 "noon": NOON, "new": new},
            )  # fmt: skip
    migrate(empty_database_url)
    with connect(empty_database_url) as connection:
        totals = connection.execute(
            "select status, runs, seconds, records_new, newest_run from run_totals order by status"
        ).fetchall()
    assert totals == [("abandoned", 1, 0, 2, 4), ("failed", 1, 1, 0, 3), ("success", 2, 120, 12, 2)]
