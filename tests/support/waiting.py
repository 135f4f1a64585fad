"""Waiting for what other threads, processes and sessions do, and letting them go at once."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg


def until(condition: Callable[[], Any], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.01)


def seen(url: str, condition: str) -> bool:
    """Does another session of this database look like this in pg_stat_activity?"""
    with psycopg.connect(url) as connection:
        query = (
            "select from pg_stat_activity"
            f" where datname = current_database() and pid <> pg_backend_pid() and {condition}"
        )
        return connection.execute(query).fetchone() is not None


def in_threads(number: int, task: Callable[[], Any]) -> list[Any]:
    """What each of these threads found, all of them let go at once."""
    gate = threading.Barrier(number)
    found: list[Any] = []

    def run() -> None:
        gate.wait()
        found.append(task())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == number
    return found
