"""Kept answers: true as long as no writer commits, and given up when nobody can tell."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from kasparro.store.connect import Connection
from kasparro.store.reading import listen
from support.api import Api, exact, serving
from support.filling import NOON, Filling
from support.line import line_to


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        await listening(running)
        yield running


async def listening(api: Api) -> None:
    while api.database.watch.generation() is None:  # noqa: ASYNC110  # a matter of moments
        await asyncio.sleep(0.005)


def alter_unheard(database: Connection) -> None:
    """A change that no writer would make: it says nothing to anybody."""
    database.execute("update observations set price_usd = price_usd + 1")


async def caught_up(api: Api, filling: Filling) -> None:
    """Every commit of this filling was heard of, at most a second after it."""
    began = monotonic()
    while api.database.watch.generation() != 1 + filling.payload_id:
        assert monotonic() - began < 1
        await asyncio.sleep(0.005)


async def price(api: Api) -> object:
    return (await api.data(limit=1))[0]["price_usd"]


async def test_an_answer_is_given_again_without_asking_the_database(
    api: Api, filling: Filling, database: Connection
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON, 100)
    await caught_up(api, filling)
    assert await price(api) == 100
    alter_unheard(database)
    assert await price(api) == 100
    assert (await api.data(limit=1, offset=0))[0]["price_usd"] == 101  # another question


async def test_a_commit_is_noticed_within_a_second(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON, 100)
    await caught_up(api, filling)
    assert await price(api) == 100
    for expected in (200, 300, 400):
        filling.observe(filling.series("csv", f"coin-{expected}", "NEW"), NOON, expected)
        await caught_up(api, filling)
        assert await price(api) == expected


async def test_kept_answers_differ_in_their_id_and_time_only(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    await caught_up(api, filling)
    assert await price(api) == 100
    first, second = await api.get("/data"), await api.get("/data")
    one, two = exact(first), exact(second)
    assert one.pop("request_id") == first.headers["x-request-id"]
    assert two.pop("request_id") == second.headers["x-request-id"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert one.pop("api_latency_ms") > 0
    assert two.pop("api_latency_ms") > 0
    assert one == two
    for name in ("etag", "content-type", "cache-control"):
        assert first.headers[name] == second.headers[name]
    assert int(second.headers["content-length"]) == len(second.content)


async def test_the_order_of_a_query_does_not_matter_but_its_words_do(
    api: Api, filling: Filling, database: Connection
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    await caught_up(api, filling)
    assert await price(api) == 100
    await api.client.get("/data?symbol=BTC&limit=5")
    alter_unheard(database)
    kept = await api.client.get("/data?limit=5&symbol=BTC")
    fresh = await api.client.get("/data?limit=5&symbol=btc")
    assert (kept.json()["data"][0]["price_usd"], fresh.json()["data"][0]["price_usd"]) == (100, 101)


async def test_who_has_the_answer_already_gets_304_and_no_body(api: Api, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    await caught_up(api, filling)
    assert await price(api) == 100
    tag = (await api.get("/data")).headers["etag"]
    for asked in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        answer = await api.client.get("/data", headers={"If-None-Match": asked})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert "x-request-id" in answer.headers
    assert (await api.client.get("/data", headers={"If-None-Match": '"x"'})).status_code == 200
    filling.observe(filling.series("csv", "ether", "ETH"), NOON, 200)
    await caught_up(api, filling)
    answer = await api.client.get("/data", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


async def test_304_needs_no_kept_answer(database_url: str, filling: Filling):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    async with serving(database_url) as api:
        await api.database.watch.stop()
        tag = (await api.get("/data")).headers["etag"]
        answer = await api.client.get("/data", headers={"If-None-Match": tag})
        assert answer.status_code == 304


async def test_without_a_listener_nothing_is_kept(api: Api, filling: Filling, database: Connection):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    await caught_up(api, filling)
    assert await price(api) == 100
    await api.database.watch.stop()
    alter_unheard(database)
    assert await price(api) == 101
    alter_unheard(database)
    assert await price(api) == 102


async def test_a_listener_that_hears_nothing_is_believed_again_only_with_what_it_missed(
    database_url: str, filling: Filling, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(listen, "PING_SECONDS", 0.05)
    monkeypatch.setattr(listen, "SILENCE_SECONDS", 0.2)
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    async with line_to(database_url) as line, serving(line.url) as api:
        await listening(api)
        assert await price(api) == 100
        line.hold()
        while api.database.watch.generation() is not None:  # noqa: ASYNC110  # 0.2 s
            await asyncio.sleep(0.01)
        filling.observe(filling.series("csv", "ether", "ETH"), NOON, 200)
        await line.mend()
        await listening(api)
        assert await price(api) == 200


async def test_what_was_committed_while_the_listener_was_away_is_not_missed(
    database_url: str, filling: Filling, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(listen, "RETRY_SECONDS", 0.02)
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON, 100)
    async with line_to(database_url) as line, serving(line.url) as api:
        await listening(api)
        assert await price(api) == 100
        await line.cut()
        while api.database.watch.generation() is not None:  # noqa: ASYNC110  # a matter of moments
            await asyncio.sleep(0.01)
        filling.observe(filling.series("csv", "ether", "ETH"), NOON, 200)
        await line.mend()
        await listening(api)
        assert await price(api) == 200


async def test_an_answer_begun_before_a_commit_is_not_kept_after_it(
    api: Api, filling: Filling, database: Connection
):
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    await caught_up(api, filling)
    assert await price(api) == 100
    generation = api.database.watch.generation()
    database.execute("begin")
    database.execute("lock table observations in access exclusive mode")
    slow = asyncio.create_task(api.get("/data", limit=2))
    await asyncio.sleep(0.05)
    database.execute("notify kasparro_data")
    database.execute("commit")
    assert (await slow).status_code == 200
    while api.database.watch.generation() == generation:  # noqa: ASYNC110  # a matter of moments
        await asyncio.sleep(0.005)
    alter_unheard(database)
    assert (await api.data(limit=2))[0]["price_usd"] == 101


async def test_errors_and_unversioned_answers_are_never_kept(
    api: Api, filling: Filling, database: Connection
):
    assert await api.json("/runs") == []
    assert (await api.get("/assets/late")).status_code == 404
    filling.run("csv")
    filling.asset("late", "LATE", "Late")
    assert len(await api.json("/runs")) == 1
    assert (await api.get("/assets/late")).status_code == 200
