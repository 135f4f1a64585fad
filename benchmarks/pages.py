"""Pages per second of a CoinGecko sweep over loopback, against the fetching and parsing alone.

The base asks for the same pages with the same client and decodes them, and stores nothing: the
difference is what raw bytes, checks, identity, counts and one transaction per page cost.
Usage: python benchmarks/pages.py [pages] [rounds]
"""

import json
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from scratch import database, report, seconds, server

from kasparro.cli.wiring import lease_duration
from kasparro.clock import SystemClock
from kasparro.core.payload_json import decode
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice, access
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.exchange import new_client
from kasparro.ingestion.sources import BY_NAME
from kasparro.settings import load_settings
from kasparro.store import claims, runs
from kasparro.store.connect import connect

SIZE = 250
"""Records of a page, CoinGecko's maximum."""


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    times: dict[str, list[float]] = {"fetch and decode only": [], "kasparro ingest coingecko": []}
    bodies = [body(page) for page in range(1, pages + 1)]
    provider = serve(bodies)
    base = f"http://127.0.0.1:{provider.server_address[1]}"
    with server() as url:
        for _ in range(rounds):
            times["fetch and decode only"].append(fetch_only(base, pages))
            with database(url) as own:
                times["kasparro ingest coingecko"].append(ingest(own, base, pages))
    provider.shutdown()
    report("pages of 250 coins", "pages", pages, times, "fetch and decode only")


def body(page: int) -> bytes:
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    names = [
        "fully_diluted_valuation",
        "high_24h",
        "low_24h",
        "price_change_24h",
        "market_cap_change_24h",
        "market_cap_change_percentage_24h",
        "circulating_supply",
        "total_supply",
        "max_supply",
        "ath",
        "ath_change_percentage",
        "atl",
        "atl_change_percentage",
    ]
    return json.dumps([
        {
            "id": f"coin-{n}", "symbol": f"c{n}", "name": f"Coin {n}", "image": "", "roi": None,
            "current_price": 1.25 + n, "market_cap": 10**9 + n, "market_cap_rank": n + 1,
            "total_volume": 10**7 + n, "price_change_percentage_24h": -1.5, "last_updated": stamp,
            "ath_date": stamp, "atl_date": stamp,
        } | dict.fromkeys(names, 1.5)
        for n in range((page - 1) * SIZE, page * SIZE)
    ]).encode()  # fmt: skip


def serve(bodies: list[bytes]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            answer = bodies[int(query["page"]) - 1] if "page" in query else b"[]"
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    provider = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    return provider


def fetch_only(base: str, pages: int) -> float:
    with new_client() as client:

        def work() -> None:
            for page in range(1, pages + 1):
                decode(client.get(f"{base}/coins/markets", params={"page": page}).content)

        return seconds(work)


def ingest(url: str, base: str, pages: int) -> float:
    settings = load_settings()
    gecko = BY_NAME["coingecko"]
    engine = Engine(
        url=url,
        sources={"coingecko": gecko},
        access={"coingecko": access(gecko, Choice(url=base, key="benchmark", plan="pro"))},
        options={"coingecko": Options(top=pages * SIZE)},
        clock=SystemClock(),
        patience=lease_duration(settings),
        lease_duration=lease_duration(settings),
    )
    with connect(url) as connection:
        engine.register(connection)
        run = claims.start_now(
            connection,
            "coingecko",
            "markets",
            holder="benchmark",
            lease_duration=engine.lease_duration,
            config_version="",
        )
        assert run is not None
        spent = seconds(lambda: engine.execute(run))
        done = runs.report(connection, run.run_id)
    assert (done.status, done.new) == ("success", pages * SIZE), done
    return spent


if __name__ == "__main__":
    main()
