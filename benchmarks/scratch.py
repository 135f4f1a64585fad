"""A scratch database for a benchmark, with server settings that a real installation has."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from kasparro.store import embedded
from kasparro.store.migrate import migrate


@contextmanager
def server() -> Iterator[str]:
    """An embedded server that exists only meanwhile; fsync and checksums are on."""
    with tempfile.TemporaryDirectory() as folder, embedded.hold(Path(folder)) as url:
        yield url


@contextmanager
def database(url: str) -> Iterator[str]:
    """An empty database with today's schema."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("drop database if exists benchmark with (force)")
        admin.execute("create database benchmark")
    own = url.rsplit("/", 1)[0] + "/benchmark"
    migrate(own)
    yield own


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def report(name: str, unit: str, number: int, times: dict[str, list[float]], base: str) -> None:
    """Print each contender's median rate and its ratio to the base, from interleaved rounds."""
    rates = {who: number / median(spent) for who, spent in times.items()}
    print(f"{name}: {number:,} {unit}, {len(times[base])} interleaved rounds, {sys.platform}")
    for who, rate in rates.items():
        worst, best = number / max(times[who]), number / min(times[who])
        print(
            f"  {who:<42} {rate:>11,.0f} {unit}/s  ({worst:,.0f} to {best:,.0f})"
            f"  x {rate / rates[base]:.2f}"
        )
