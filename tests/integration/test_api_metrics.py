"""Requests are timed whatever answers them, and told of while the database is away."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from kasparro.store.connect import Connection
from support.api import ADMIN, Api, serving
from support.filling import NOON, Filling
from support.line import line_to
from support.scraping import Scraped, scrape

COUNT = "api_request_duration_seconds_count"


@pytest.fixture
async def api(database_url: str, database: Connection) -> AsyncIterator[Api]:
    filling = Filling(database)
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    async with serving(database_url) as running:
        while running.database.watch.generation() is None:  # noqa: ASYNC110  # a moment
            await asyncio.sleep(0.005)
        yield running


def count(seen: Scraped, route: str, status: str = "2xx", method: str = "GET") -> float | None:
    return seen(COUNT, method=method, route=route, status=status)


async def test_answers_from_memory_are_timed_as_any_other(api: Api, database: Connection):
    for _ in range(5):
        await api.json("/data")
    database.execute("update observations set price_usd = 7")  # nobody hears of it
    assert (await api.data())[0]["price_usd"] == 100, "it comes from memory"
    assert count(await scrape(api), "/data") == 6


async def test_requests_are_counted_by_route_method_and_kind_of_answer(api: Api):
    for method, path in (
        ("GET", "/assets/bitcoin"),
        ("GET", "/assets/nothing-of-the-kind"),
        ("GET", "/assets/nor-that"),
        ("HEAD", "/data"),
        ("GET", "/data?limit=0"),
        ("GET", "/wp-login.php"),
        ("GET", "/docs"),
        ("POST", "/run-etl"),
        ("BREW", "/data"),
    ):
        await api.client.request(method, path)
    seen = await scrape(api)
    assert count(seen, "/assets/{coin_id}") == 1
    assert count(seen, "/assets/{coin_id}", "4xx") == 2
    assert count(seen, "/data", method="HEAD") == 1
    assert count(seen, "/data", "4xx") == 1
    assert count(seen, "other", "4xx") == 1
    assert count(seen, "/docs") == 1
    assert count(seen, "/run-etl", "4xx", "POST") == 1
    assert count(seen, "/data", "4xx", "other") == 1
    assert sum(seen.named(COUNT).values()) == 9


async def test_a_defect_of_ours_counts_as_one(api: Api, database: Connection):
    database.execute("alter table etl_runs rename column waits to renamed")
    assert (await api.get("/runs")).status_code == 500
    assert count(await scrape(api), "/runs", "5xx") == 1


async def test_a_scrape_is_made_anew_each_time(api: Api, database: Connection):
    first, second = [await scrape(api) for _ in range(2)]
    assert (count(first, "/metrics"), count(second, "/metrics")) == (None, 1)
    database.execute("update data_versions set observations = 41 where name = 'csv'")
    assert (await scrape(api))("observations", source="csv") == 41


async def test_a_request_lasts_until_its_last_byte(api: Api):
    began = monotonic()
    await api.client.post("/run-etl", headers=ADMIN)
    spent = monotonic() - began
    labels = {"method": "POST", "route": "/run-etl", "status": "5xx"}
    seen = (await scrape(api))("api_request_duration_seconds_sum", **labels)
    assert seen is not None
    assert 0 < seen < spent


async def test_without_a_database_a_scrape_says_so_and_keeps_the_times_of_requests(
    database_url: str,
):
    async with line_to(database_url) as line, serving(line.url) as api:
        assert (await scrape(api))("database_up") == 1
        await line.cut()
        assert (await api.get("/runs")).status_code == 503
        seen = await scrape(api)
        assert seen("database_up") == 0
        assert count(seen, "/runs", "5xx") == 1
        kept = {name for name, _ in seen.samples if not name.startswith("api_request")}
        assert kept == {"database_up", "build_info"}, "no number that nobody can know"
        await line.mend()
        seen = await scrape(api)
        assert seen("database_up") == 1
        assert seen("workers_alive") == 0


async def test_before_the_database_is_opened_a_scrape_is_answered():
    async with serving(None) as api:
        seen = await scrape(api)
        assert (seen("database_up"), seen("build_info", version="1.2.3")) == (0, 1)


async def test_two_servers_count_apart(database_url: str):
    async with serving(database_url) as one, serving(database_url) as other:
        await one.get("/health")
        assert count(await scrape(one), "/health") == 1
        assert count(await scrape(other), "/health") is None
