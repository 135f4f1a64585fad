"""The room that a day of hourly sweeps takes on the disk, as it comes and after upkeep.

Both simulated sources at their defaults, over loopback, on a clock that skips the waiting. A first
day is swept and kept up before anything is measured, because later days are packed against it. The
base is what the days after it take before upkeep.
Usage: python benchmarks/room.py [days]
"""

import sys
from datetime import UTC, datetime, timedelta

import psycopg
from scratch import database, server

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice, access
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.sources import BY_NAME
from kasparro.log import configure
from kasparro.sandbox.app import create_sandbox
from kasparro.sandbox.server import serve
from kasparro.store import claims, runs
from kasparro.store.compaction import compact_payloads
from kasparro.store.connect import Connection, connect
from kasparro.store.rewriting import Closed, rewrite

LEASE = timedelta(seconds=600)
STREAMS = [("coinpaprika", "tickers"), ("coingecko", "markets")]
CATALOGUES = [("coinpaprika", "coins"), ("coinpaprika", "contracts"), ("coingecko", "coins")]
TABLES = {
    "prices, their table": """
        select sum(pg_table_size(relid)) from pg_partition_tree('observations')""",
    "prices, their indexes": """
        select sum(pg_indexes_size(relid)) from pg_partition_tree('observations')""",
    "payloads": "select pg_total_relation_size('raw_crypto_data')",
}


class Ahead:
    """A clock that is told what time it is and never waits."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC).replace(minute=17, second=0, microsecond=0)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    configure("ERROR")
    clock = Ahead()
    sandbox = create_sandbox(seed=1, clock=clock.now)
    with server() as url, database(url) as own, serve(sandbox) as addresses, connect(own) as line:
        bases = {"coinpaprika": addresses.coinpaprika, "coingecko": addresses.coingecko}
        engine = Engine(
            url=own,
            sources={name: BY_NAME[name] for name in bases},
            access={
                name: access(BY_NAME[name], Choice(url=base, simulated=True))
                for name, base in bases.items()
            },
            options={name: Options() for name in bases},
            clock=clock,
            patience=LEASE,
            lease_duration=LEASE,
        )
        engine.register(line)
        sweep_days(engine, line, clock, 1)
        compact(own, line, clock)
        empty, before = room(line), prices(line)
        sweep_days(engine, line, clock, days)
        grown, rows = room(line), prices(line) - before
        compact(own, line, clock)
        print_rooms(days, rows, empty, grown, room(line))


def sweep_days(engine: Engine, line: Connection, clock: Ahead, days: int) -> None:
    for hour in range(24 * days):
        for source, stream in STREAMS + (CATALOGUES if hour % 24 == 0 else []):
            sweep(engine, line, source, stream)
        clock.time = clock.time.replace(minute=17) + timedelta(hours=1)
    line.execute("vacuum analyze")


def prices(line: Connection) -> int:
    return int(str(line.execute("select count(*) from observations").fetchone()[0]))  # type: ignore[index]


def sweep(engine: Engine, line: Connection, source: str, stream: str) -> None:
    run = claims.start_now(
        line, source, stream, holder="benchmark", lease_duration=LEASE, config_version=""
    )
    assert run is not None
    engine.execute(run)
    assert runs.report(line, run.run_id).status == "success"


def compact(url: str, line: Connection, clock: Ahead) -> None:
    while compact_payloads(line, clock.now(), limit=50):
        print(".", end="", file=sys.stderr, flush=True)
    parts = "select relid::regclass::text from pg_partition_tree('observations') where isleaf"
    for (name,) in line.execute(parts).fetchall():
        rewrite(url, Closed(name, 0), holder="benchmark", lease_duration=LEASE)
    line.execute("vacuum full raw_crypto_data")


def room(line: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    return {name: int(str(line.execute(sql).fetchone()[0])) for name, sql in TABLES.items()}  # type: ignore[index, call-overload]


def print_rooms(
    days: int, rows: int, empty: dict[str, int], grown: dict[str, int], kept: dict[str, int]
) -> None:
    print(f"\n{days} day(s) of hourly sweeps of both simulated sources, {rows:,} prices")
    totals = [0, 0]
    for name in TABLES:
        plain, after = grown[name] - empty[name], kept[name] - empty[name]
        totals = [totals[0] + plain, totals[1] + after]
        print(
            f"  {name:24}{plain / days / 1e6:8.2f} to {after / days / 1e6:6.2f} MB a day"
            f"  x {after / plain:.2f}  ({plain / rows:.1f} to {after / rows:.1f} bytes a price)"
        )
    first, last = (total / days * 365 / 1e9 for total in totals)
    print(f"  {'a year of that':24}{first:8.2f} to {last:6.2f} GB        x {last / first:.2f}")


if __name__ == "__main__":
    main()
