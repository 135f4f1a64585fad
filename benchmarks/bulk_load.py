"""Rows per second of a CSV file, against PostgreSQL's own \\copy of the same rows.

The base is COPY from the client into a flat table with a primary key, a unique key on (source,
coin, time) and an index on (symbol, time): what one would write by hand, without checks, identity,
raw bytes or counts. Usage: python benchmarks/bulk_load.py [rows] [rounds]
"""

import random
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from scratch import database, report, seconds, server

from kasparro.cli import wiring
from kasparro.ingestion.desk import Desk
from kasparro.settings import load_settings
from kasparro.store import claims, runs
from kasparro.store.connect import connect

COINS = 500
HEADER = "coin_id,symbol,name,timestamp,price_usd,market_cap,volume_24h,price_change_24h"
FLAT = """
create table flat (
  id bigint generated always as identity primary key, coin_id text not null, symbol text not null,
  name text not null, timestamp timestamptz not null, price_usd numeric, market_cap numeric,
  volume_24h numeric, price_change_24h numeric, source text not null default 'csv',
  unique (source, coin_id, timestamp));
create index on flat (symbol, timestamp)
"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    times: dict[str, list[float]] = {"\\copy into a flat table": [], "kasparro ingest csv": []}
    with tempfile.TemporaryDirectory() as folder, server() as url:
        file = Path(folder) / "prices.csv"
        write(file, rows)
        for _ in range(rounds):
            with database(url) as own:
                times["\\copy into a flat table"].append(copy(own, file))
            with database(url) as own:
                times["kasparro ingest csv"].append(ingest(own, file, rows))
    report("bulk load", "rows", rows, times, "\\copy into a flat table")


def write(file: Path, rows: int) -> None:
    draw = random.Random(7)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    with file.open("w") as out:
        print(HEADER, file=out)
        for number in range(rows):
            hour, coin = divmod(number, COINS)
            stamp = (start + timedelta(hours=hour)).isoformat().replace("+00:00", "Z")
            print(
                f"coin-{coin},C{coin},Coin {coin},{stamp},{draw.random() * 1000:.8f},"
                f"{draw.randrange(10**12)},{draw.randrange(10**10)},{draw.uniform(-9, 9):.4f}",
                file=out,
            )


def copy(url: str, file: Path) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FLAT)

        def work() -> None:
            statement = f"copy flat ({HEADER}) from stdin (format csv, header)"
            with connection.cursor().copy(statement) as pipe:
                pipe.write(file.read_bytes())

        return seconds(work)


def ingest(url: str, file: Path, rows: int) -> float:
    engine = wiring.engine(load_settings(), url, stop=threading.Event(), desk=Desk(paths=(file,)))
    with connect(url) as connection:
        engine.register(connection)
        run = claims.start_now(
            connection,
            "csv",
            "canonical",
            holder="benchmark",
            lease_duration=engine.lease_duration,
            config_version="",
        )
        assert run is not None
        spent = seconds(lambda: engine.execute(run))
        done = runs.report(connection, run.run_id)
    assert (done.status, done.new) == ("success", rows), done
    return spent


if __name__ == "__main__":
    main()
