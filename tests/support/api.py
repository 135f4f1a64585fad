"""The app in this process, on a test database, with a client that speaks HTTP to it."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
from fastapi import FastAPI

from kasparro.api.app import ApiSettings, SourceFacts, create_app
from kasparro.core.source import Terms
from kasparro.store.reading.database import Database
from support.filling import NOON

ADMIN_KEY = "a-key-made-for-these-tests"
ADMIN = {"X-API-Key": ADMIN_KEY}
HOUR = timedelta(hours=1)


def facts(
    name: str, interval: timedelta | None = HOUR, swept_every: timedelta | None = HOUR
) -> SourceFacts:
    terms = Terms(
        licence=f"the licence of {name}",
        attribution=f"Prices by {name}",
        url=f"https://{name}.test/terms",
        redistribution=False,
    )
    return SourceFacts(
        name=name,
        homepage=f"https://{name}.test",
        interval=interval,
        swept_every=swept_every,
        terms=terms,
    )


SOURCES = (facts("coinpaprika"), facts("coingecko"), facts("csv", interval=None))


@dataclass
class Api:
    """A running app and how to ask it."""

    app: FastAPI
    client: httpx2.AsyncClient
    database: Database

    async def get(self, path: str, **params: Any) -> httpx2.Response:
        return await self.client.get(path, params=params)

    async def json(self, path: str, **params: Any) -> Any:
        """The body of an answer that must be 200, every number exact."""
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return exact(answer)

    async def data(self, **params: Any) -> list[dict[str, Any]]:
        return (await self.json("/data", **params))["data"]


def exact(answer: httpx2.Response) -> Any:
    """A JSON body with Decimals for its fractions, so that no digit is lost on the way."""
    return json.loads(answer.content, parse_float=Decimal)


@asynccontextmanager
async def serving(
    url: str | None,
    *,
    now: Callable[[], datetime] = lambda: NOON,
    database: Database | None = None,
    sources: tuple[SourceFacts, ...] = SOURCES,
    **settings: Any,
) -> AsyncIterator[Api]:
    """The app; without a URL its database is still to be opened."""
    database = database or Database()
    chosen = {"public_read": True, "admin_key": ADMIN_KEY, "version": "1.2.3"} | settings
    app = create_app(sources=sources, settings=ApiSettings(**chosen), database=database, now=now)
    if url is not None:
        await database.open(url)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Api(app, client, database)
    finally:
        await database.close()
