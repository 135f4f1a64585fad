"""A provider on loopback that answers real HTTP as the test says, and remembers who asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What to answer; `hang` waits that many seconds first, or until the provider closes."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: float = 0
    cut_after: int | None = None  # send only that many bytes, then hang up


def as_json(document: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(document).encode(), status, named)


class Provider:
    """Set `answer` to a function of what was asked; read `asked` afterwards."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Reply] = lambda _: Reply(b"404 page not found", 404)
        self.closing = threading.Event()
        self.url = ""

    def script(self, *replies: Reply) -> None:
        """Answer with these, one after the other, and with the last one from then on."""
        waiting = list(replies)
        self.answer = lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def provider() -> Iterator[Provider]:
    """A running provider; its `url` has no trailing slash."""
    own = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers)
            own.asked.append(asked)
            reply = own.answer(asked)
            if reply.hang and own.closing.wait(reply.hang):
                self.close_connection = True
                return
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            self.send_response_only(reply.status)
            usual = {"Content-Type": "application/json; charset=utf-8"}
            sent = usual | {"Date": self.date_time_string()} | dict(reply.headers)
            for name, value in sent.items():
                self.send_header(name, value)
            if reply.status != 304 and "Content-Length" not in sent:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut_after])
            self.close_connection = reply.cut_after is not None

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    own.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield own
    finally:
        own.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
