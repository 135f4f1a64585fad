"""Asks the API as anybody would: over HTTP, on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from kasparro.cli.smoke.site import PATIENCE_SECONDS, Site, Sources, free_port, wait_until

PROBLEM = "application/problem+json"


@contextmanager
def served(site: Site, url: str, *, sources: Sources | None = None) -> Iterator[httpx2.Client]:
    """`kasparro serve` on this database, answering; a client that asks it."""
    port = free_port()
    with (
        site.process(url, "serve", sources=sources, API_HOST="127.0.0.1", API_PORT=str(port)),
        httpx2.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS, trust_env=False
        ) as client,
    ):
        wait_until(lambda: _is_up(client), "the API to answer")
        yield client


def _is_up(client: httpx2.Client) -> bool:
    try:
        return client.get("/health").status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def runs(client: httpx2.Client, source: str | None = None) -> list[dict[str, Any]]:
    """The newest runs, as the API shows them."""
    params = {"limit": "100"} | ({"source": source} if source is not None else {})
    answer = client.get("/runs", params=params)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found
