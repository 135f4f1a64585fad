"""The same app behind a real server and a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn

from kasparro.store.connect import Connection
from support.api import ADMIN, serving
from support.filling import NOON, Filling


@asynccontextmanager
async def behind_a_socket(app: object) -> AsyncIterator[httpx2.AsyncClient]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
        server = uvicorn.Server(config)
        serve = asyncio.create_task(server.serve(sockets=[listener]))
        port = listener.getsockname()[1]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
        server.should_exit = True
        await serve


async def test_a_real_server_answers_before_and_after_there_is_a_database(
    database_url: str, database: Connection
):
    filling = Filling(database)
    filling.observe(filling.series("csv", "bitcoin", "BTC"), NOON, "42500.50")
    async with serving(None) as api, behind_a_socket(api.app) as client:
        assert (await client.get("/health")).json()["status"] == "starting"
        assert (await client.get("/data")).status_code == 503
        await api.database.open(database_url)
        answer = await client.get("/data")
        assert answer.status_code == 200
        assert b'"price_usd":42500.50' in answer.content
        assert answer.headers["content-type"] == "application/json"
        head = await client.head("/data")
        assert (head.status_code, head.content) == (200, b"")
        kept = await client.get("/data", headers={"If-None-Match": answer.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")
        assert (await client.get("/docs")).status_code == 200
        assert (await client.get("/redoc")).status_code == 200


async def test_a_real_server_refuses_a_body_that_grows_too_large(database_url: str):
    async def growing() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 1000
            await asyncio.sleep(0)

    async with serving(database_url) as api, behind_a_socket(api.app) as client:
        headers = ADMIN | {"Content-Type": "application/json"}
        answer = await client.post("/run-etl", content=growing(), headers=headers)
        assert answer.status_code == 413
        assert (await client.get("/health")).status_code == 200


async def test_many_at_once_are_all_answered(database_url: str, database: Connection):
    filling = Filling(database)
    series = filling.series("csv", "bitcoin", "BTC")
    filling.observe(series, NOON)
    async with serving(database_url) as api, behind_a_socket(api.app) as client:
        answers = await asyncio.gather(
            *(client.get("/data", params={"offset": number}) for number in range(60))
        )
        assert {answer.status_code for answer in answers} == {200}
        ids = {answer.headers["x-request-id"] for answer in answers}
        assert len(ids) == 60
