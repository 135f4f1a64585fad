"""The edge of one host: counts its callers, keeps answers for a while, spares what is known.

An answer speaks of the moment it was kept, not of now, as behind the caches of the real ones.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from starlette.requests import Request

from kasparro.sandbox.draws import draw
from kasparro.sandbox.instants import SECOND_MS, milliseconds
from kasparro.sandbox.limits import Traffic
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Answer, Call, Caller, Instead, P, Route, as_json

KEPT = 12  # bodies, of up to 2 MB; a hit spares the work, a miss gives the same bytes


class Host(Protocol[P]):
    """What makes one API differ from another at the edge."""

    @property
    def routes(self) -> Sequence[Route[P]]: ...
    @property
    def unknown_path(self) -> Answer: ...
    @property
    def spent(self) -> Answer: ...
    def path(self, root: str, path: str, query: str) -> str: ...
    def caller(
        self, headers: Mapping[str, str], params: Mapping[str, str], address: str
    ) -> Caller[P]: ...
    def rate_limited(self, wait: timedelta) -> Answer: ...
    def headers(
        self, body: bytes, at_ms: int, age_ms: int, fresh_seconds: int
    ) -> dict[str, str]: ...


class Edge:
    """Answers every request to one host."""

    def __init__(
        self, host: Host[Any], market: Market, clock: Callable[[], datetime], traffic: Traffic
    ) -> None:
        self._host = host
        self._market = market
        self._clock = clock
        self._traffic = traffic
        self._kept: dict[tuple[object, ...], bytes] = {}

    def answer(self, request: Request, root: str, path: str, *, whole: bool = False) -> Answer:
        """`whole`: with the body, even if the caller has it already."""
        try:
            return self._asked(request, root, path, whole=whole)
        except Instead as other:
            return other.answer

    def _asked(self, request: Request, root: str, path: str, *, whole: bool) -> Answer:
        path = self._host.path(root, path, request.url.query)
        params = dict(request.query_params)
        address = request.client.host if request.client is not None else ""
        caller = self._host.caller(request.headers, params, address)
        self._admit(caller)
        route, names = self._route(path)
        fresh_ms = route.fresh_seconds(params) * SECOND_MS
        now_ms = milliseconds(self._clock())
        age_ms = (now_ms - int(draw(path) * fresh_ms) // SECOND_MS * SECOND_MS) % fresh_ms
        call = Call(
            path=names,
            params=params,
            at_ms=now_ms - age_ms,
            plan=caller.plan,
            root=root,
            used=self._traffic.spent(caller),
        )
        body = self._body(route, call, request.url.query)
        self._traffic.spend(caller)
        headers = self._host.headers(body, call.at_ms, age_ms, fresh_ms // SECOND_MS)
        if not whole and _unchanged(request.headers, headers):
            return Answer(status=304, body=b"", headers=headers)
        return Answer(status=200, body=body, headers=headers)

    def _admit(self, caller: Caller[Any]) -> None:
        if not self._traffic.has_credit(caller):
            raise Instead(self._host.spent)
        wait = self._traffic.wait(caller)
        if wait:
            raise Instead(self._host.rate_limited(wait))

    def _route(self, path: str) -> tuple[Route[Any], Mapping[str, str]]:
        for route in self._host.routes:
            names = route.match(path)
            if names is not None:
                return route, names
        raise Instead(self._host.unknown_path)

    def _body(self, route: Route[Any], call: Call[Any], query: str) -> bytes:
        key = (route.template, *call.path.values(), query, call.plan.name, call.at_ms)
        body = self._kept.get(key)
        if body is None:
            body = as_json(route.endpoint(self._market, call))
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = body
        return body


def _unchanged(asked: Mapping[str, str], answered: Mapping[str, str]) -> bool:
    """Whether the caller has it already: by ETag where there is one, else by time."""
    if "ETag" in answered:
        known = [
            tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")
        ]
        return "*" in known or answered["ETag"].removeprefix("W/") in known
    since = _http_date(asked.get("if-modified-since", ""))
    changed = _http_date(answered.get("Last-Modified", ""))
    return since is not None and changed is not None and changed <= since


def _http_date(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
