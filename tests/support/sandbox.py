"""Asks the simulated servers over HTTP inside this process, at whatever time the test says."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import msgspec
from starlette.testclient import TestClient

from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Options, Payload, Request, Source, Stream
from kasparro.ingestion.interpret import interpret
from kasparro.sandbox.app import (
    COINGECKO,
    COINGECKO_PRO,
    COINPAPRIKA,
    COINPAPRIKA_PAID,
    create_sandbox,
)

START = datetime(2026, 10, 2, 9, 15, 20, tzinfo=UTC)
BUSINESS = {"Authorization": "sandbox-business-4d5e6f"}
STARTER = {"Authorization": "sandbox-starter-1a2b3c"}
DEMO = {"x-cg-demo-api-key": "CG-sandbox-demo-1a2b3c"}
BASIC = {"x-cg-pro-api-key": "CG-sandbox-basic-4d5e6f"}
ANALYST = {"x-cg-pro-api-key": "CG-sandbox-analyst-7a8b9c"}
ROOTS = {"coinpaprika": COINPAPRIKA, "coingecko": COINGECKO}
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class Visitor:
    """`now` is the time of the market; the wall clock goes on by a minute with each call."""

    def __init__(self, *, seed: int = 1, wall_step: timedelta = timedelta(minutes=1)) -> None:
        self.now = START
        self.wall = START
        self.wall_step = wall_step
        self.sandbox = create_sandbox(
            seed=seed, clock=lambda: self.now, traffic_clock=self._wall_clock
        )
        self._client = TestClient(self.sandbox, follow_redirects=False)

    def ask(self, path: str, headers: Mapping[str, str] | None = None, **params: Any):
        """The answer to a GET; `from_` stands for the parameter `from`."""
        named = {name.rstrip("_"): str(value) for name, value in params.items()}
        self.wall += self.wall_step
        return self._client.get(path, params=named or None, headers=dict(headers or {}))

    def paprika(self, path: str, **params: Any):
        return self.ask(COINPAPRIKA + path, **params)

    def paid_paprika(self, path: str, **params: Any):
        return self.ask(COINPAPRIKA_PAID + path, headers=BUSINESS, **params)

    def gecko(self, path: str, **params: Any):
        return self.ask(COINGECKO + path, **params)

    def pro_gecko(self, path: str, **params: Any):
        return self.ask(COINGECKO_PRO + path, headers=ANALYST, **params)

    def _wall_clock(self) -> datetime:
        return self.wall


def exact(response: httpx2.Response) -> Any:
    """The body with every digit that was sent."""
    return _decoder.decode(response.content)


def markets(visitor: Visitor, **params: Any) -> list[dict[str, Any]]:
    """The rows of a full page of CoinGecko's markets in dollars, unless told otherwise."""
    asked = {"vs_currency": "usd", "per_page": 250} | params
    return visitor.gecko("/coins/markets", **asked).json()


def ids(visitor: Visitor, **params: Any) -> list[str]:
    return [row["id"] for row in markets(visitor, **params)]


def error(answer: httpx2.Response) -> tuple[int, str]:
    """Status and text of a CoinPaprika error, which has nothing else in its body."""
    assert list(answer.json()) == ["error"]
    return answer.status_code, answer.json()["error"]


def sweep(
    visitor: Visitor, source: Source, stream: Stream, options: Options
) -> Iterator[Interpretation]:
    """Read a stream to its end as our connectors do."""
    cursor = stream.start(options)
    while cursor is not None:
        result = interpret(stream, fetched(visitor, source, stream.request(cursor), cursor))
        yield result
        cursor = result.next_cursor


def fetched(
    visitor: Visitor, source: Source, request: Request, cursor: Mapping[str, Any]
) -> Payload:
    response = visitor.ask(ROOTS[source.name] + request.path, **request.params)
    assert response.status_code == 200, response.text
    return Payload(request=request, cursor=cursor, body=response.content, fetched_at=visitor.now)
