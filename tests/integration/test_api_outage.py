"""A database that is not there yet, goes away, falls silent, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic

import pytest
from structlog.testing import capture_logs

from kasparro.store.connect import Connection
from kasparro.store.reading import sessions
from kasparro.store.reading.database import Database
from support.api import ADMIN, Api, serving
from support.filling import NOON, Filling
from support.line import Line, line_to
from support.roles import weak_user

READING = ("/data", "/data?symbol=btc", "/stats", "/runs", "/assets", "/assets/bitcoin")
PATIENCE = timedelta(milliseconds=300)


@pytest.fixture
async def line(database_url: str, database: Connection) -> AsyncIterator[Line]:
    filling = Filling(database)
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON)
    async with line_to(database_url) as line:
        yield line


@pytest.fixture
async def api(line: Line) -> AsyncIterator[Api]:
    async with serving(line.url, database=Database(size=3, patience=PATIENCE)) as running:
        yield running


async def assert_unavailable(api: Api, path: str, *, within: float, method: str = "GET") -> None:
    began = monotonic()
    answer = await api.client.request(method, path, headers=ADMIN)
    assert monotonic() - began < within, path
    assert answer.status_code == 503, path
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    for secret in ("127.0.0.1", "Traceback", "postgres", "psycopg", "port"):
        assert secret not in answer.text


async def nothing_is_kept(api: Api) -> None:
    while api.database.watch.generation() is not None:  # noqa: ASYNC110  # a matter of moments
        await asyncio.sleep(0.01)


async def assert_unhealthy(api: Api) -> None:
    answer = await api.get("/health")
    assert answer.status_code == 503
    body = answer.json()
    assert (body["status"], body["database"]) == ("unhealthy", "disconnected")
    assert body["etl_status"] == {"coinpaprika": None, "coingecko": None, "csv": None}


async def test_before_the_database_is_opened_everything_but_health_is_unavailable():
    async with serving(None) as api:
        for path in READING:
            await assert_unavailable(api, path, within=1)
        answer = await api.client.post("/run-etl", headers=ADMIN)
        assert answer.status_code == 503
        assert (await api.get("/")).status_code == 200


async def test_a_database_that_is_not_there_yet_is_used_as_soon_as_it_is(line: Line):
    await line.cut()
    async with serving(line.url) as api:
        await assert_unhealthy(api)
        await line.mend()
        assert (await api.get("/health")).json()["database"] == "connected"


async def test_a_database_that_went_away_is_503_at_once_and_answers_again_once_back(
    api: Api, line: Line
):
    for path in READING:
        assert (await api.get(path)).status_code == 200
    await line.cut()
    await nothing_is_kept(api)
    for path in READING:
        await assert_unavailable(api, path, within=1)
    await assert_unhealthy(api)
    await assert_unavailable(api, "/run-etl", within=1, method="POST")
    await line.mend()
    for path in READING:
        assert (await api.get(path)).status_code == 200
    assert (await api.get("/health")).json()["database"] == "connected"


async def test_a_restarted_database_is_not_even_noticed(api: Api, line: Line):
    await asyncio.gather(*(api.get("/stats") for _ in range(3)))
    await line.cut()
    await line.mend()
    assert (await api.get("/stats")).status_code == 200
    answers = await asyncio.gather(*(api.get("/stats") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_session_that_was_ended_from_outside_is_replaced_unnoticed(
    api: Api, database: Connection
):
    assert (await api.get("/data")).status_code == 200
    database.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    assert (await api.get("/data")).status_code == 200


async def test_a_silent_database_is_503_when_patience_ends_and_answers_once_it_speaks(
    api: Api, line: Line
):
    assert (await api.get("/data?limit=3")).status_code == 200
    line.hold()
    await assert_unavailable(api, "/data", within=1.5)
    await line.mend()
    assert (await api.get("/data")).status_code == 200


async def test_a_silent_database_is_not_healthy(api: Api, line: Line):
    assert (await api.get("/health")).status_code == 200
    line.hold()
    await assert_unhealthy(api)


async def test_a_database_that_accepts_calls_but_never_speaks_is_503_in_time(
    line: Line,
):
    line.hold()
    async with serving(line.url) as api:
        await assert_unavailable(api, "/data", within=4)


async def test_more_questions_than_sessions_are_told_to_come_back(
    line: Line, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sessions, "QUEUE_SECONDS", 0.05)
    async with serving(line.url, database=Database(size=1, patience=PATIENCE)) as api:
        assert (await api.get("/stats")).status_code == 200
        line.hold()
        slow = asyncio.create_task(api.get("/stats"))
        await asyncio.sleep(0.01)
        await assert_unavailable(api, "/stats", within=0.25)
        assert (await slow).status_code == 503


async def test_a_question_that_takes_too_long_is_given_up_by_the_server_itself(
    api: Api, database: Connection
):
    database.execute("begin")
    database.execute("lock table etl_runs in access exclusive mode")
    await assert_unavailable(api, "/runs", within=1.5)
    database.execute("commit")
    assert (await api.get("/runs")).status_code == 200


async def test_the_database_may_be_opened_again_elsewhere(line: Line, database_url: str):
    await line.cut()
    database = Database()
    async with serving(line.url, database=database) as api:
        await assert_unhealthy(api)
        await database.open(database_url)
        assert (await api.get("/health")).json()["database"] == "connected"


async def test_a_defect_of_ours_tells_its_request_id_and_nothing_else(
    api: Api, database: Connection
):
    database.execute("alter table etl_runs rename column payloads to renamed")
    with capture_logs() as logs:
        answer = await api.get("/runs")
    assert answer.status_code == 500
    [failure] = [entry for entry in logs if entry["log_level"] == "error"]
    assert failure["request_id"] == answer.headers["x-request-id"]
    assert "payloads" in str(failure["exc_info"])
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.json()["request_id"] in answer.json()["detail"]
    for secret in ("payloads", "Traceback", "psycopg", "column"):
        assert secret not in answer.text


async def test_a_database_that_lets_us_read_nothing_is_503_and_the_log_says_why(
    database: Connection, database_url: str
):
    with weak_user(database_url) as (user, url):
        database.execute(f"grant select on all tables in schema public to {user}")
        async with serving(url) as api:
            assert (await api.get("/runs")).status_code == 200
            database.execute(f"revoke select on all tables in schema public from {user}")
            with capture_logs() as logs:
                for path in READING:
                    await assert_unavailable(api, path, within=5)
            await assert_unhealthy(api)
            await assert_unavailable(api, "/run-etl", within=5, method="POST")
            warnings = [entry for entry in logs if entry["log_level"] != "info"]
            assert {entry["log_level"] for entry in warnings} == {"warning"}
            assert all("permission denied for" in entry["reason"] for entry in warnings)
        database.execute(f"grant select on all tables in schema public to {user}")
