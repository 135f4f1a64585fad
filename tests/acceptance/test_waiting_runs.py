"""A run that waits for a worker is carried out by whoever ingests by hand."""

import threading
from pathlib import Path

import pytest

from kasparro.cli.starting import start
from kasparro.core.errors import BusyError
from kasparro.store import claims, queue, streams
from kasparro.store.claims import Run
from kasparro.store.connect import Connection, connect
from support.checkups import WORKER
from support.commands import CommandLine
from support.csv_files import put
from support.house import House
from support.waiting import in_threads

FILE = "coin_id,timestamp,price_usd\nbitcoin,2026-02-01,1\n"


@pytest.fixture
def files(tmp_path: Path, healthy: House, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that CSV_PATH leads to, and a run of its dataset that waits."""
    put(tmp_path / "files/own.csv", FILE)
    for name, own in healthy.providers.items():
        monkeypatch.setenv(f"{name.upper()}_API_URL", own.url)
    monkeypatch.setenv("DATABASE_URL", healthy.url)
    monkeypatch.setenv("CSV_PATH", str(tmp_path / "files"))
    streams.register(healthy.connection, ["csv"], [("csv", "canonical", True)])
    queue.enqueue(healthy.connection, "csv", "canonical", "request")
    return tmp_path / "files"


def states(database: Connection) -> list[tuple[str, str]]:
    return database.execute("select run_id, status from etl_runs order by id").fetchall()


def test_a_command_carries_out_the_run_that_waits_and_starts_none_beside_it(
    kasparro: CommandLine, files: Path, healthy: House
):
    said = kasparro("ingest", "csv")
    assert said.code == 0, said.err
    assert states(healthy.connection) == [("csv_1", "success")]
    assert healthy.value("select trigger from etl_runs") == "request"
    queue.enqueue(healthy.connection, "coingecko", "markets", "schedule")
    assert kasparro("ingest", "coingecko").code == 0
    assert states(healthy.connection)[1:] == [("coingecko_2", "success")]


def test_files_of_ones_own_are_not_taken_for_those_that_the_waiting_run_means(
    kasparro: CommandLine, files: Path, healthy: House, tmp_path: Path
):
    other = str(put(tmp_path / "other.csv", FILE))
    said = kasparro("ingest", "csv", other)
    assert said.code == 1
    assert said.last_line == (
        "kasparro: csv canonical waits as run csv_1, and no worker is at work: start one with"
        " `kasparro worker`, or carry it out with `kasparro ingest csv`"
    )
    assert states(healthy.connection) == [("csv_1", "queued")]
    assert kasparro("ingest", "csv").code == 0
    assert kasparro("ingest", "csv", other).code == 0


def test_where_a_worker_lives_files_of_ones_own_wait_for_it_a_lease_long(
    files: Path, healthy: House
):
    healthy.connection.execute(WORKER)
    began = healthy.clock.now()
    with pytest.raises(BusyError, match=r"nobody yet \(run csv_1, queued\)"):
        start(healthy.engine, healthy.connection, "csv", "canonical", own_files=True)
    assert healthy.clock.now() - began >= healthy.engine.lease_duration


def test_of_many_who_find_a_waiting_run_one_carries_it_out(files: Path, healthy: House):
    def claim() -> Run | None:
        with connect(healthy.url) as own:
            run = claims.claim_waiting(
                own,
                "csv",
                "canonical",
                holder="test",
                lease_duration=healthy.engine.lease_duration,
                config_version="",
            )
            gate.wait()  # a lease is its session's
            return run

    gate = threading.Barrier(4)
    claimed = in_threads(4, claim)
    assert sum(run is not None for run in claimed) == 1
