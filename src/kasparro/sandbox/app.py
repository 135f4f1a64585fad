"""The simulated servers as one web application; every answer passes through `Sandbox.answer`."""

import gzip
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kasparro.sandbox.coingecko.host import CoinGeckoHost
from kasparro.sandbox.coinpaprika.host import CoinPaprikaHost
from kasparro.sandbox.edge import Edge, Host
from kasparro.sandbox.limits import Traffic
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Answer, as_json
from kasparro.sandbox.world import World

SIMULATED = "X-Kasparro-Simulated"
COINPAPRIKA = "/coinpaprika/v1"
COINPAPRIKA_PAID = "/coinpaprika-pro/v1"
COINGECKO = "/coingecko/api/v3"
COINGECKO_PRO = "/coingecko-pro/api/v3"
WORTH_PACKING = 1_000  # bytes
JSON = {"Content-Type": "application/json"}


class Sandbox:
    """An ASGI application. Each of the four hosts of the real sources is a path here."""

    def __init__(self, edges: Mapping[str, Edge], clock: Callable[[], datetime]) -> None:
        self._edges = edges
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = self.answer(request)
        response = Response(answer.body, status_code=answer.status, headers=dict(answer.headers))
        await response(scope, receive, send)

    def answer(self, request: Request) -> Answer:
        """What any request gets, marked as simulated."""
        answer = self._asked(request)
        headers = {
            **answer.headers,
            "Date": format_datetime(self._clock().replace(microsecond=0), usegmt=True),
            "Server": "cloudflare",
            SIMULATED: "true",
        }
        body = answer.body
        if "gzip" in request.headers.get("accept-encoding", "") and len(body) >= WORTH_PACKING:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Answer(status=answer.status, body=body, headers=headers)

    def _asked(self, request: Request) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED)
        path = request.scope["path"]
        for root, edge in self._edges.items():
            if path.startswith(root + "/"):
                return edge.answer(request, root, path.removeprefix(root))
        if path == "/":
            roots = {name.split("/")[1]: name for name in self._edges}
            return Answer(status=200, body=as_json({"simulated": True, **roots}), headers=JSON)
        return _plain(HTTPStatus.NOT_FOUND)


def create_sandbox(
    *,
    seed: int,
    clock: Callable[[], datetime],
    traffic_clock: Callable[[], datetime] | None = None,
) -> Sandbox:
    """The simulated CoinPaprika and CoinGecko: same seed and same time, same bytes.

    `clock` says which moment of the market is shown and may stand still; `traffic_clock` (the same
    unless given) counts calls per second, minute and month and has to go on.
    """
    market = Market(World(seed))
    traffic = Traffic(traffic_clock or clock)
    hosts: dict[str, Host[Any]] = {
        COINPAPRIKA: CoinPaprikaHost(paid=False),
        COINPAPRIKA_PAID: CoinPaprikaHost(paid=True),
        COINGECKO: CoinGeckoHost(clock, pro=False),
        COINGECKO_PRO: CoinGeckoHost(clock, pro=True),
    }
    edges = {root: Edge(host, market, clock, traffic) for root, host in hosts.items()}
    return Sandbox(edges, clock)


def _plain(status: HTTPStatus) -> Answer:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Answer(status=status, body=status.phrase.encode(), headers=headers)
