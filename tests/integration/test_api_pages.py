"""`GET /data`: its pages, by offset and by cursor, while new prices come in."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kasparro.store.connect import Connection
from support.api import Api, exact, serving
from support.filling import NOON, Filling


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


def hours(count: int, *, before: datetime = NOON) -> list[datetime]:
    return [before - timedelta(hours=n) for n in range(count)]


async def walk(api: Api, **params: Any) -> list[dict[str, Any]]:
    """Every row, page after page, along the Link headers."""
    rows = []
    answer = await api.get("/data", **params)
    total = answer.json()["total_records"]
    while True:
        assert answer.status_code == 200, answer.text
        body = exact(answer)
        rows += body["data"]
        assert body["total_records"] == total
        if "next" not in answer.links:
            return rows
        answer = await api.client.get(answer.links["next"]["url"])


async def test_the_page_number_follows_the_offset(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), hours(25))
    pages = [await api.json("/data", limit=10, offset=offset) for offset in (0, 10, 15, 20, 30)]
    assert [page["page"] for page in pages] == [1, 2, 2, 3, 4]
    assert [len(page["data"]) for page in pages] == [10, 10, 10, 5, 0]
    assert [page["total_records"] for page in pages] == [25] * 5


async def test_the_last_page_links_to_no_other(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), hours(20))
    first = await api.get("/data", limit=10)
    second = await api.client.get(first.links["next"]["url"])
    assert second.json()["page"] == 2
    assert len(second.json()["data"]) == 10
    assert "next" not in second.links
    assert "next" not in (await api.get("/data", limit=20)).links


async def test_a_link_keeps_the_filters_and_replaces_the_offset(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), hours(30))
    filling.observe(filling.series("csv", "ether", "ETH"), hours(30))
    answer = await api.get("/data", limit=7, offset=3, symbol="btc", since="2026-03-09T20:00Z")
    following = await api.client.get(answer.links["next"]["url"])
    assert [row["timestamp"] for row in exact(following)["data"]] == [
        "2026-03-10T02:00:00Z",
        "2026-03-10T01:00:00Z",
        "2026-03-10T00:00:00Z",
        "2026-03-09T23:00:00Z",
        "2026-03-09T22:00:00Z",
        "2026-03-09T21:00:00Z",
        "2026-03-09T20:00:00Z",
    ]
    assert {row["symbol"] for row in exact(following)["data"]} == {"BTC"}
    assert following.json()["total_records"] == 17
    assert "next" not in following.links


async def test_pages_of_one_timestamp_show_every_row_once_while_new_ones_come_in(
    api: Api, filling: Filling
):
    series = [filling.series("coingecko", f"coin-{n}", f"C{n}") for n in range(100)]
    series += [filling.series("coinpaprika", f"coin-{n}", f"C{n}") for n in range(100)]
    for one in series:
        filling.observe(one, NOON)
    before = {row["id"] for row in await walk(api, limit=100)}
    assert len(before) == 200
    late = filling.series("csv", "late", "LATE")
    seen: list[int] = []
    answer = await api.get("/data", limit=7)
    for minute in range(1000):
        seen += [row["id"] for row in answer.json()["data"]]
        if "next" not in answer.links:
            break
        filling.observe(late, NOON + timedelta(minutes=minute + 1))
        answer = await api.client.get(answer.links["next"]["url"])
    assert len(seen) == len(set(seen)) == 200
    assert set(seen) == before


async def test_offsets_and_cursors_walk_the_same_rows(api: Api, filling: Filling):
    for source, count in (("csv", 90), ("coingecko", 60), ("coinpaprika", 33)):
        times = hours(count) + [NOON - timedelta(days=40 * n) for n in range(1, 9)]
        filling.observe(filling.series(source, "bitcoin", "BTC"), times)
        filling.observe(filling.series(source, "ether", "ETH"), times)
    for extra in (
        {},
        {"symbol": "eth"},
        {"source": "csv"},
        {"until": "2026-03-09T18:00", "since": "2025-06-01T18:00"},
    ):
        walked = [row["id"] for row in await walk(api, limit=13, **extra)]
        by_offset: list[int] = []
        for offset in range(0, len(walked) + 13, 13):
            by_offset += [row["id"] for row in await api.data(limit=13, offset=offset, **extra)]
        assert by_offset == walked
        assert (
            len(walked) == len(set(walked)) == (await api.json("/data", **extra))["total_records"]
        )


async def test_a_span_is_exact_to_the_second_wherever_one_begins_to_read(
    api: Api, filling: Filling
):
    times = [NOON + timedelta(seconds=n) for n in range(9)]
    filling.observe(filling.series("csv", "bitcoin", "BTC"), times)
    span = {"since": times[3].isoformat(), "until": times[7].isoformat()}
    link = (await api.get("/data", limit=1)).links["next"]["url"]
    cursor = link.partition("cursor=")[2]
    for start in ({}, {"cursor": cursor}):
        page = await api.json("/data", **span, **start)
        assert page["total_records"] == 4
        assert [row["timestamp"][-3:] for row in page["data"]] == ["06Z", "05Z", "04Z", "03Z"]
