"""Runs the simulated servers on this machine, in a thread, for as long as somebody needs them."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from kasparro.sandbox.app import COINGECKO, COINGECKO_PRO, COINPAPRIKA, COINPAPRIKA_PAID, Sandbox

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
def serve(sandbox: Sandbox, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Addresses]:
    """Serve until the block ends. Port 0: any free one. Raises OSError when the port is taken."""
    listening = _listening(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            sandbox,
            lifespan="off",
            access_log=False,
            log_config=None,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
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
