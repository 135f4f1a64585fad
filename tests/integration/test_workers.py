"""Workers: any number of them, started whenever, do what one would have done."""

import signal
import subprocess
import threading
import time
from collections import Counter
from datetime import timedelta

import psycopg

from kasparro.ingestion.worker import Worker
from kasparro.store import queue
from support.house import House
from support.processes import process
from support.provider import Asked, Provider, Reply, as_json
from support.records import coins, ticker
from support.waiting import until


def everything(asked: Asked) -> Reply:
    """Small answers to whatever a source may be asked."""
    if asked.path == "/tickers":
        return as_json([ticker()])
    if asked.path == "/coins/markets":
        return as_json(coins(1, 5))
    return as_json([])


def runs_per_stream(url: str) -> Counter[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return Counter(
            (source, stream)
            for source, stream in connection.execute(
                "select r.source, st.name from etl_runs r join streams st on st.id = r.stream_id"
                " where r.end_time is not null"
            )
        )


def all_ran(url: str) -> bool:
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass('workers')").fetchone() == (None,):
            return False
    return len(runs_per_stream(url)) == 5


def stopped(worker: subprocess.Popen[str]) -> str:
    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=20)
    assert worker.returncode == 0, errors
    return errors


def test_two_workers_started_at_once_on_an_empty_database_run_every_stream_once(
    empty_database_url: str, api: Provider
) -> None:
    api.answer = everything
    url = empty_database_url
    with process("labour.py", url, api.url) as one, process("labour.py", url, api.url) as other:
        until(lambda: all_ran(url), "every stream ran", 30)
        time.sleep(1.2)  # a tick in which either may do too much
        assert set(runs_per_stream(url).values()) == {1}
        for it in (one, other):
            assert "rror" not in stopped(it)
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from workers").fetchone() == (0,)
        assert connection.execute(
            "select count(*) from etl_runs where status <> 'success'"
        ).fetchone() == (0,)


def test_a_defect_ends_no_lane_and_no_housekeeping(home: House) -> None:
    home.providers["coinpaprika"].answer = everything
    queue.enqueue(home.connection, "coinpaprika", "tickers", "request")
    home.connection.execute("alter table leases rename to elsewhere")
    own = Worker(
        engine=home.engine, name="w", interval=lambda *_: timedelta(hours=1), scheduler=False
    )
    thread = threading.Thread(target=own.work)
    thread.start()
    try:
        time.sleep(0.3)  # both have stumbled by now
        home.connection.execute("alter table elsewhere rename to leases")
        until(lambda: runs_per_stream(home.url), "the run is carried out")
        until(lambda: home.value("select count(*) from workers"), "the worker says it lives")
    finally:
        own.stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert home.value("select status from etl_runs") == "success"
