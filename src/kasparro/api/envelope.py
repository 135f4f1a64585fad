"""What surrounds every request: its id, its time, its log line, and what HTTP itself demands."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kasparro.api.problems import problem

LARGEST_BODY = 10_000
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger()


class Envelope:
    """The outermost layer. Logs paths, never queries or headers: those may hold keys."""

    def __init__(self, app: ASGIApp, *, simulated: bool) -> None:
        self._app = app
        self._headers = {"X-Content-Type-Options": "nosniff"}
        if simulated:
            self._headers["X-Kasparro-Simulated"] = "true"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {}).update(request_id=request_id, began=began)
        status = 500

        async def sealed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update(self._headers | {"X-Request-ID": request_id})
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sealed)
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    duration_ms=round((perf_counter() - began) * 1000, 1),
                )


def _request_id(headers: Headers) -> str:
    """The caller's own id, so that logs on both sides meet; ours when it is none we can log."""
    given = headers.get("x-request-id", "")
    return given if ACCEPTABLE_ID.fullmatch(given) else uuid4().hex


class HeadAsGet:
    """Answers HEAD like GET without the body, as HTTP demands and probes expect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, bodiless)


class SmallBodies:
    """Refuses a body announced as larger than any we read; routes stop those that grow so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            announced = Headers(scope=scope).get("content-length", "0")
            if announced.isdigit() and int(announced) > LARGEST_BODY:
                refusal = problem(Request(scope), 413, "a request takes a few words, not so many")
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
