"""What a scrape asks of the database, after no runs and after very many, beside counting them anew.

Usage: python benchmarks/scrapes.py [runs] [rounds]
"""

import asyncio
import sys
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from scratch import database, server

from kasparro.store import streams
from kasparro.store.connect import connect
from kasparro.store.queries import queries
from kasparro.store.reading.database import Database
from kasparro.store.reading.metrics import read_metrics

STREAMS = [("coingecko", "markets", True), ("coinpaprika", "tickers", True), ("csv", "x", True)]
HISTORY = """
insert into etl_runs (run_id, stream_id, source, status, trigger, start_time, end_time,
  records_fetched, records_unchanged, records_new, code_version)
select so.name || '_bench_' || n, st.id, so.name, case when n %% 50 = 0 then 'failed' else 'success'
  end, 'schedule', now() - n * interval '1 hour', now() - n * interval '1 hour' + interval '9 s',
  1000, 400, 600, ''
from generate_series(%(each)s, 1, -1) n
cross join streams st join sources so on so.id = st.source_id;
truncate run_totals;
insert into run_totals
select t.stream_id, t.status, sum(t.runs), sum(t.seconds), sum(t.records_fetched),
  sum(t.records_new), sum(t.records_changed), sum(t.records_unchanged),
  sum(t.records_quarantined), sum(t.records_without_price), sum(t.payloads),
  sum(t.payloads_stored), sum(t.retries), sum(t.waits), sum(t.wait_seconds), max(t.newest_run)
from etl_runs r cross join lateral run_as_totals(r) t where r.end_time is not null
group by t.stream_id, t.status;
"""
ANEW = """
select stream_id, status, count(*), sum(records_fetched), sum(records_new), sum(records_changed),
  sum(records_unchanged), sum(records_quarantined), sum(records_without_price), sum(payloads),
  sum(payloads_stored), sum(retries), sum(waits), sum(wait_seconds)
from etl_runs group by stream_id, status
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with server() as url, database(url) as own:
        with connect(own) as connection:
            streams.register(connection, {source for source, *_ in STREAMS}, STREAMS)
        asyncio.run(measure(own, rounds, "no runs"))
        print(f"  blocks a scrape touches: {blocks(own):,}")
        with connect(own) as connection:
            for statement in HISTORY.split(";\n"):
                if statement.strip():
                    args = {"each": runs // len(STREAMS)} if "%(each)s" in statement else None
                    connection.execute(statement, args)  # type: ignore[arg-type]
            connection.execute("vacuum analyze")
        asyncio.run(measure(own, rounds, f"{runs:,} runs"))
        print(f"  blocks a scrape touches: {blocks(own):,}")


async def measure(url: str, rounds: int, what: str) -> None:
    """Print medians in milliseconds, of interleaved rounds."""
    ours = Database()
    await ours.open(url)
    times: dict[str, list[float]] = {"a scrape's questions": [], "counting the runs anew": []}
    for _ in range(rounds + 1):  # the first opens the session
        began = perf_counter()
        await read_metrics(ours, datetime.now(UTC))
        middle = perf_counter()
        await ours.rows(ANEW, {})
        times["a scrape's questions"].append(middle - began)
        times["counting the runs anew"].append(perf_counter() - middle)
    await ours.close()
    print(f"{what}, {rounds} interleaved rounds:")
    for name, spent in times.items():
        half, best = (1000 * number for number in (median(spent[1:]), min(spent[1:])))
        print(f"  {name:<28} {half:8.2f} ms  (at best {best:.2f})")


def blocks(url: str) -> int:
    """Of the tables, by PostgreSQL's own count: unlike times the same on a busy machine."""
    touched = 0
    with connect(url) as connection:
        for name in ("installation", "sources", "totals", "streams", "anomalies", "drift"):
            question = "explain (analyze, buffers, format json) " + getattr(
                queries("metrics"), name
            )
            row = connection.execute(question, {"clock": datetime.now(UTC)}).fetchone()
            assert row is not None
            touched += row[0][0]["Plan"]["Shared Hit Blocks"]
            touched += row[0][0]["Plan"]["Shared Read Blocks"]
    return touched


if __name__ == "__main__":
    main()
