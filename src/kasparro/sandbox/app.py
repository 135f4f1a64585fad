"""The simulated servers as one web application, with whatever faults its script has for a call."""

import asyncio
import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kasparro.sandbox.coingecko.host import CoinGeckoHost
from kasparro.sandbox.coinpaprika.host import CoinPaprikaHost
from kasparro.sandbox.edge import Edge, Host
from kasparro.sandbox.faults.changes import asked_instead, changed, wants_a_body
from kasparro.sandbox.faults.connection import ConnectionFault, Latency
from kasparro.sandbox.faults.control import CONTROL, controlled
from kasparro.sandbox.faults.fault import Scene
from kasparro.sandbox.faults.script import Script
from kasparro.sandbox.faults.stage import Met, Stage
from kasparro.sandbox.limits import Traffic
from kasparro.sandbox.line import EXTENSION
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Answer, as_json
from kasparro.sandbox.world import World

SIMULATED = "X-Kasparro-Simulated"
COINPAPRIKA = "/coinpaprika/v1"
COINPAPRIKA_PAID = "/coinpaprika-pro/v1"
COINGECKO = "/coingecko/api/v3"
COINGECKO_PRO = "/coingecko-pro/api/v3"
WORTH_PACKING = 1_000  # bytes
SOURCES = {
    COINPAPRIKA: "coinpaprika",
    COINPAPRIKA_PAID: "coinpaprika",
    COINGECKO: "coingecko",
    COINGECKO_PRO: "coingecko",
}
JSON = {"Content-Type": "application/json"}


class Sandbox:
    """An ASGI application. Each of the four hosts of the real sources is a path here."""

    def __init__(
        self,
        edges: Mapping[str, Edge],
        clock: Callable[[], datetime],
        faults: Stage,
        traffic: Traffic,
    ) -> None:
        self._edges = edges
        self._clock = clock
        self._traffic = traffic
        self.faults = faults

    def forget_callers(self) -> None:
        """As if nobody had called yet: for whoever sets the clock back."""
        self._traffic.forget()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.scope["path"] == CONTROL:
            await _response(await controlled(request, self.faults))(scope, receive, send)
            return
        root, path = self._place(request)
        met = self.faults.met(SOURCES[root], path) if root is not None else ()
        answer = self._dressed(request, self._answer(request, root, path, met))
        for one in met:
            if isinstance(one.fault, Latency):
                await asyncio.sleep(one.fault.seconds)
        line = scope.get("extensions", {}).get(EXTENSION)
        for one in met:
            if line is not None and isinstance(one.fault, ConnectionFault):
                await line.deliver(one.fault.delivery(answer), receive)
                return
        await _response(answer)(scope, receive, send)

    def _place(self, request: Request) -> tuple[str | None, str]:
        """Which host is asked, and the path below it."""
        path = request.scope["path"]
        for root in self._edges:
            if path.startswith(root + "/"):
                return root, path.removeprefix(root)
        return None, path

    def _answer(self, request: Request, root: str | None, path: str, met: Sequence[Met]) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED)
        if root is None:
            return self._about() if path == "/" else _plain(HTTPStatus.NOT_FOUND)
        params = dict(request.query_params)
        asked = asked_instead(params, met)
        if asked != params:
            request = Request({**request.scope, "query_string": urlencode(asked).encode()})
        answer = self._edges[root].answer(request, root, path, whole=wants_a_body(met))
        return changed(answer, met, Scene(source=SOURCES[root], now=self.faults.now()))

    def _about(self) -> Answer:
        roots = {name.split("/")[1]: name for name in self._edges}
        return Answer(status=200, body=as_json({"simulated": True, **roots}), headers=JSON)

    def _dressed(self, request: Request, answer: Answer) -> Answer:
        """Marked as simulated, with what any server adds, packed where that is worth it."""
        headers = {
            **answer.headers,
            "Date": format_datetime(self._clock().replace(microsecond=0), usegmt=True),
            "Server": "cloudflare",
            SIMULATED: "true",
        }
        body, packed = answer.body, "Content-Encoding" in answer.headers
        wanted = "gzip" in request.headers.get("accept-encoding", "")
        if wanted and not packed and len(body) >= WORTH_PACKING:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Answer(status=answer.status, body=body, headers=headers)


def create_sandbox(
    *,
    seed: int,
    clock: Callable[[], datetime],
    traffic_clock: Callable[[], datetime] | None = None,
    script: Script | None = None,
) -> Sandbox:
    """The simulated CoinPaprika and CoinGecko: same seed and same time, same bytes.

    `clock` says which moment of the market is shown and may stand still; `traffic_clock` (the same
    unless given) counts calls per second, minute and month, as well as the seconds of the fault
    `script`, and has to go on.
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
    return Sandbox(edges, clock, Stage(traffic_clock or clock, script), traffic)


def _response(answer: Answer) -> Response:
    return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))


def _plain(status: HTTPStatus) -> Answer:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Answer(status=status, body=status.phrase.encode(), headers=headers)
