"""`GET /health` and `GET /stats`: one shape at every moment, and the rules of stale and failing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from kasparro.schemas.health import Health, SourceStats
from kasparro.store.connect import Connection
from kasparro.store.reading.database import Database
from support.api import HOUR, Api, exact, facts, serving
from support.filling import NOON, Filling


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


async def health(api: Api, *, status: int = 200) -> dict[str, Any]:
    answer = await api.get("/health")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    Health.model_validate_json(answer.content)
    return exact(answer)


async def test_before_there_is_a_database_health_says_starting_with_every_source():
    async with serving(None) as api:
        assert await health(api, status=503) == {
            "status": "starting",
            "database": "disconnected",
            "etl_status": {"coinpaprika": None, "coingecko": None, "csv": None},
            "timestamp": "2026-03-10T12:00:00Z",
        }


async def test_before_any_run_all_is_well_and_every_source_is_null(api: Api):
    assert await health(api) == {
        "status": "healthy",
        "database": "connected",
        "etl_status": {"coinpaprika": None, "coingecko": None, "csv": None},
        "timestamp": "2026-03-10T12:00:00Z",
    }


async def test_a_source_is_shown_by_its_newest_price_run(api: Api, filling: Filling):
    filling.observe(filling.series("coinpaprika", "bitcoin", "BTC"), NOON - timedelta(minutes=3))
    filling.run("coinpaprika", status="failed", error="an older one")
    filling.run("coinpaprika", records_new=90, records_changed=7, records_unchanged=3)
    filling.run("coinpaprika", stream="catalogue", status="failed", error="not about prices")
    filling.run("coingecko", status="failed", error="not about this source")
    body = await health(api)
    assert body["etl_status"]["coinpaprika"] == {
        "last_run_status": "success",
        "last_run_time": "2026-03-10T12:00:00Z",
        "records_processed": 100,
        "newest_timestamp": "2026-03-10T11:57:00Z",
        "stale": False,
        "failing": False,
        "last_error": None,
    }
    assert body["etl_status"]["csv"] is None


@pytest.mark.parametrize(
    "interval, age, stale",
    [
        (HOUR, 2 * HOUR, False),
        (HOUR, 2 * HOUR + timedelta(microseconds=1), True),
        (timedelta(minutes=5), timedelta(minutes=15), False),
        (timedelta(minutes=5), timedelta(minutes=15, seconds=1), True),
        (None, timedelta(days=5000), False),
    ],
)
async def test_a_source_is_stale_after_twice_its_interval_but_never_before_15_minutes(
    database_url: str, filling: Filling, interval: timedelta | None, age: timedelta, *, stale: bool
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON - age)
    async with serving(database_url, sources=(facts("csv", interval),)) as api:
        body = await health(api)
    assert body["etl_status"]["csv"]["stale"] is stale
    assert body["status"] == ("degraded" if stale else "healthy")


@pytest.mark.parametrize(
    "statuses, expected",
    [
        (["failed"], "degraded"),
        (["abandoned"], "degraded"),
        (["failed", "running"], "degraded"),
        (["failed", "success"], "healthy"),
        (["failed", "partial", "queued"], "healthy"),
        (["running"], "healthy"),
    ],
)
async def test_a_source_fails_until_a_later_run_ends_well(
    api: Api, filling: Filling, statuses: list[str], expected: str
):
    for status in statuses:
        filling.run("coingecko", status=status, error="gone" if status == "failed" else None)
    assert (await health(api))["status"] == expected
    assert (await health(api))["etl_status"]["coingecko"]["last_run_status"] == statuses[-1]


async def test_statistics_tell_of_every_source_even_one_that_never_ran(api: Api, filling: Filling):
    series = filling.series("coinpaprika", "bitcoin", "BTC")
    filling.observe(series, [NOON - n * HOUR for n in range(3)])
    filling.run("coinpaprika", status="failed", started=NOON - 2 * HOUR, error="HTTP 500")
    newest = filling.run("coinpaprika", seconds=2.5, records_new=3, records_unchanged=1)
    filling.run("coinpaprika", stream="catalogue", status="failed", error="not about prices")
    answer = await api.get("/stats")
    stats = exact(answer)
    for one in stats:
        SourceStats.model_validate(one)
    assert [one["source"] for one in stats] == ["coinpaprika", "coingecko", "csv"]
    assert stats[0] == {
        "source": "coinpaprika",
        "total_records": 3,
        "records_processed": 4,
        "last_run_start": "2026-03-10T12:00:00Z",
        "last_run_end": "2026-03-10T12:00:02.5Z",
        "last_run_status": "success",
        "last_run_duration_seconds": 2.5,
        "last_success_at": "2026-03-10T12:00:02.5Z",
        "last_failure_at": "2026-03-10T10:00:02.5Z",
        "last_error": "HTTP 500",
        "last_run_id": newest,
    }
    assert stats[2] == {
        "source": "csv",
        "total_records": 0,
        "records_processed": 0,
        "last_run_start": None,
        "last_run_end": None,
        "last_run_status": None,
        "last_run_duration_seconds": None,
        "last_success_at": None,
        "last_failure_at": None,
        "last_error": None,
        "last_run_id": None,
    }


async def test_a_database_without_our_schema_is_unavailable_not_a_defect(
    empty_database_url: str,
):
    database = Database()
    async with serving(empty_database_url, database=database) as api:
        await health(api, status=503)
        answer = await api.get("/data")
        assert answer.status_code == 503
        assert "kasparro db migrate" in answer.json()["detail"]
