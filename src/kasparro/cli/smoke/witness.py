"""Stands before the simulated sources and notes every call and its answer."""

import threading
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(slots=True, kw_only=True)
class Call:
    """One call; times are monotonic seconds."""

    path: str
    params: dict[str, str]
    came_at: float
    answered_at: float | None = None  # None: not yet
    status: int | None = None


class Witness:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        params = {name: values[-1] for name, values in query.items()}
        call = Call(path=scope["path"], params=params, came_at=time.monotonic())
        with self._lock:
            self._calls.append(call)

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status, call.answered_at = message["status"], time.monotonic()
            await send(message)

        await self._app(scope, receive, note)

    def calls(self) -> list[Call]:
        """Those so far, in the order they came."""
        with self._lock:
            return list(self._calls)
