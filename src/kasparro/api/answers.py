"""Sends versioned answers: as 304 to whoever has them, and from memory while they hold.

An answer that carries an ETag was made from data of one version. It is kept until any writer
commits; while nobody can tell whether one did, nothing is kept. Answers to one question differ
only in their first two fields, the request's id and its time, which are put in here.
"""

from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kasparro.api.shelf import Kept, Question, Shelf
from kasparro.services.answer import Answer

MAX_BYTES = 16 * 2**20


def versioned(answer: Answer, *, link: str | None = None) -> Response:
    """The answer as a response that AnswerLayer recognizes."""
    headers = {"ETag": f'W/"{answer.tag}"', "Cache-Control": "no-cache"}
    if link is not None:
        headers["Link"] = link
    return Response(answer.body, headers=headers, media_type="application/json")


class AnswerLayer:
    """Lies below whatever decides who may ask: what is kept was made for nobody in particular."""

    def __init__(
        self, app: ASGIApp, *, generation: Callable[[], int | None], max_bytes: int = MAX_BYTES
    ) -> None:
        self._app = app
        self._generation = generation
        self._shelf = Shelf(max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        question = _question(scope)
        generation = self._generation()  # before the data is read, or a commit could go unnoticed
        kept = self._shelf.find(question, generation)
        if kept is None:
            kept = await self._ask(scope, receive, send)
            if kept is None:
                return
            self._shelf.keep(question, generation, kept)
        await _response(kept, scope)(scope, receive, send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> Kept | None:
        """The versioned answer; None when it was none, and is sent already as it came."""
        headers: dict[str, str] | None = None
        body = bytearray()

        async def listen(message: Message) -> None:
            nonlocal headers
            if message["type"] == "http.response.start":
                headers = _versioned_headers(message)
            if headers is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, listen)
        return None if headers is None else Kept(headers=headers, body=bytes(body))


def _question(scope: Scope) -> Question:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return scope["path"], tuple(sorted(pairs, key=lambda pair: pair[0]))


def _versioned_headers(start: Message) -> dict[str, str] | None:
    """What to keep of the headers; None when the answer is not versioned."""
    headers = Headers(scope=start)
    if start["status"] != HTTPStatus.OK or "etag" not in headers:
        return None
    wanted = ("etag", "cache-control", "link", "content-type")
    return {name: headers[name] for name in wanted if name in headers}


def _response(kept: Kept, scope: Scope) -> Response:
    if _has_it(Headers(scope=scope).get("if-none-match", ""), kept.headers["etag"]):
        headers = {name: kept.headers[name] for name in kept.headers if name != "content-type"}
        return Response(status_code=304, headers=headers)
    state = scope["state"]
    milliseconds = (perf_counter() - state["began"]) * 1000
    opening = f'{{"request_id":"{state["request_id"]}","api_latency_ms":{milliseconds:.3f},'
    return Response(opening.encode() + kept.body[1:], headers=kept.headers)


def _has_it(if_none_match: str, tag: str) -> bool:
    tags = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags
