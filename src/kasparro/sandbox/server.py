"""Runs the simulated servers on this machine, in a thread, for as long as somebody needs them."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from kasparro.sandbox.app import COINGECKO, COINGECKO_PRO, COINPAPRIKA, COINPAPRIKA_PAID
from kasparro.sandbox.line import protocol_with_line

BACKLOG = 128
STOPS_WITHIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the simulated servers are: base URLs to put in place of the real ones."""

    home: str
    coinpaprika: str
    coinpaprika_paid: str
    coingecko: str
    coingecko_pro: str


@contextmanager
def serve(sandbox: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Addresses]:
    """Serve until the block ends. Port 0: any free one. Raises OSError when the port is taken."""
    listening = _listening(host, port)
    door = Door(*listening.getsockname()[:2])
    server = uvicorn.Server(
        uvicorn.Config(
            sandbox,
            http=protocol_with_line(door.shut),
            lifespan="off",
            access_log=False,
            log_config=None,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    door.server = server
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="sandbox", daemon=True
    )
    thread.start()
    try:
        yield _addresses(*listening.getsockname()[:2])
    finally:
        server.should_exit = True
        thread.join(STOPS_WITHIN_SECONDS)
        listening.close()


class Door:
    """Where connections come in; shut, nobody listens and they are refused."""

    server: uvicorn.Server

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._opening: asyncio.Task[None] | None = None

    def shut(self, seconds: float) -> None:
        """For so long, or longer when it is shut already. In the server's own loop."""
        for one in self.server.servers:
            one.close()
        self.server.servers.clear()
        if self._opening is not None:
            self._opening.cancel()
        self._opening = asyncio.create_task(self._open_after(seconds))

    async def _open_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        listening = _listening(self._host, self._port)
        config, state = self.server.config, self.server.server_state

        def protocol() -> asyncio.Protocol:
            chosen = config.http_protocol_class
            made: asyncio.Protocol = chosen(config=config, server_state=state, app_state={})  # type: ignore[call-arg]
            return made

        loop = asyncio.get_running_loop()
        self.server.servers.append(await loop.create_server(protocol, sock=listening))


def _listening(host: str, port: int) -> socket.socket:
    # Only with the protocol named does asyncio send small answers at once (TCP_NODELAY).
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.listen(BACKLOG)
    return listening


def _addresses(host: str, port: int) -> Addresses:
    home = f"http://{host}:{port}"
    return Addresses(
        home=home,
        coinpaprika=home + COINPAPRIKA,
        coinpaprika_paid=home + COINPAPRIKA_PAID,
        coingecko=home + COINGECKO,
        coingecko_pro=home + COINGECKO_PRO,
    )
