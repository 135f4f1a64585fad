"""Requests per second of `GET /data` beside PostgREST, on histories of several sizes.

The peer gets what it does best with: the same prices in one flat table with an index for each
question. It is asked twice, with exact totals, which every answer of ours has, and without.
Usage: python benchmarks/reads.py POSTGREST [sweeps …]   (needs wrk; a sweep is 1,000 prices)
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx2
import psycopg
from scratch import database, server

COINS = 1000
ROUNDS = 3
SECONDS = 4
CONNECTIONS = 8
FILLING = Path(__file__).with_suffix(".sql")
PEER = """
create table flat_prices as table crypto_prices;
alter table flat_prices add primary key (id);
create index on flat_prices (timestamp desc, id desc);
create index on flat_prices (symbol, timestamp desc, id desc);
create role reads_anon nologin;
grant usage on schema public to reads_anon;
grant select on flat_prices to reads_anon;
"""
LUA = """
math.randomseed(7)
wrk.headers["Prefer"] = "%s"
request = function() return wrk.format("GET", string.format("%s", math.random(%d, %d))) end
"""
OURS = "/data?limit=100"
THEIRS = "/flat_prices?limit=100&order=timestamp.desc,id.desc"


def main() -> None:
    postgrest = Path(sys.argv[1]).resolve()
    for sweeps in [int(number) for number in sys.argv[2:]] or [1000, 10_000]:
        with server() as url, database(url) as own:
            fill(own, sweeps)
            with kasparro(own) as ours, peer(postgrest, own) as theirs:
                compare(ours, theirs, sweeps * COINS)


def fill(url: str, sweeps: int) -> None:
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILLING.read_text().split(";\n\n"):
            connection.execute(statement.replace(":sweeps", str(sweeps)))  # type: ignore[arg-type]
        connection.execute(PEER)
        connection.execute("vacuum analyze")
    print(f"\n{sweeps * COINS:,} prices, filled in {time.monotonic() - began:.0f} s")


@contextmanager
def kasparro(url: str) -> Iterator[str]:
    own = {"DATABASE_URL": url, "API_PORT": str(free_port()), "LOG_LEVEL": "WARNING"}
    with serving([sys.executable, "-m", "kasparro", "serve"], own, own["API_PORT"]) as base:
        wait_for(f"{base}/data")
        yield base


@contextmanager
def peer(program: Path, url: str) -> Iterator[str]:
    own = {
        "PGRST_DB_URI": url,
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_ANON_ROLE": "reads_anon",
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(free_port()),
        "PGRST_DB_POOL": str(CONNECTIONS),
        "PGRST_LOG_LEVEL": "error",
    }
    with serving([str(program)], own, own["PGRST_SERVER_PORT"]) as base:
        wait_for(f"{base}/flat_prices?limit=1")
        yield base


@contextmanager
def serving(command: list[str], own: dict[str, str], port: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            command, env=os.environ | own, cwd=folder, stdout=subprocess.DEVNULL
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            if httpx2.get(url, timeout=60).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{url} never answered")


def compare(ours: str, theirs: str, rows: int) -> None:
    deep = (int(rows * 0.9), int(rows * 0.9) + 1000)
    questions = {
        "the newest page": ("&offset=%d", "&offset=%d", (0, 0)),
        "one of the newest 100 pages": ("&offset=%d", "&offset=%d", (0, 9900)),
        "the newest page of one of 1,000 coins": ("&symbol=C%d", "&symbol=eq.C%d", (1, COINS)),
        "a page nine tenths down": ("&offset=%d", "&offset=%d", deep),
    }
    assert httpx2.get(ours + OURS).json()["total_records"] == rows
    for name, (our_end, their_end, span) in questions.items():
        contenders = {
            "kasparro": (ours, OURS + our_end, "none"),
            "PostgREST, exact totals": (theirs, THEIRS + their_end, "count=exact"),
            "PostgREST, no totals": (theirs, THEIRS + their_end, "none"),
        }
        rates: dict[str, list[tuple[float, str]]] = {who: [] for who in contenders}
        for _ in range(ROUNDS):
            for who, (base, path, prefer) in contenders.items():
                rates[who].append(measure(base, LUA % (prefer, path, *span)))
        print(f"{name}:")
        ours_rate = median(rate for rate, _ in rates["kasparro"])
        for who, seen in rates.items():
            rate, latencies = sorted(seen)[ROUNDS // 2]
            if rate == 0:
                print(f"  {who:<26} not one answer in {SECONDS} s")
                continue
            print(
                f"  {who:<26} {rate:>9,.1f} /s  ({min(seen)[0]:,.1f} to {max(seen)[0]:,.1f})"
                f"  p50/p99 {latencies}  kasparro x {ours_rate / rate:,.2f}"
            )


def measure(base: str, script: str) -> tuple[float, str]:
    """Requests per second, and the latencies of half and of 99 in 100. Any error ends it all."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "60s", "--latency"]
        found = subprocess.run(
            ["wrk", *options, "-s", file.name, base],  # noqa: S607  # as found on the path
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert "Non-2xx" not in found, found
    assert "Socket errors" not in found, found
    half, most = (re.search(rf"\n +{share}%\s+(\S+)", found) for share in (50, 99))
    rate = re.search(r"Requests/sec:\s+([\d.]+)", found)
    assert rate is not None, found
    return float(rate[1]), f"{half[1] if half else '?'}/{most[1] if most else '?'}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
