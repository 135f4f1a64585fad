"""One writer per stream: who comes second waits, who falls silent loses it, nobody writes twice."""

import signal
import time
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from structlog.testing import capture_logs

from kasparro.core.errors import LeaseLostError
from kasparro.store import claims, leases
from kasparro.store.connect import Connection, connect
from kasparro.store.leases import Lease
from support.house import House
from support.processes import process
from support.provider import Asked, Reply, as_json
from support.records import coins, ticker
from support.waiting import seen, until

LEASE = timedelta(seconds=30)


def take(connection: Connection, duration: timedelta = LEASE) -> Lease | None:
    return leases.acquire(connection, 1, run_id="r", holder="test", duration=duration)


def leave(connection: Connection, url: str) -> None:
    """Close a session and wait until the server has noticed."""
    pid = connection.info.backend_pid
    connection.close()
    until(lambda: not seen(url, f"pid = {pid}"), "the session is gone")


def test_a_lease_is_free_at_once_when_its_holders_session_is_gone(home: House) -> None:
    holder = connect(home.url)
    assert take(holder) is not None
    assert take(home.connection) is None
    leave(holder, home.url)
    assert take(home.connection) is not None


def test_a_lease_is_free_when_its_holder_was_silent_for_too_long(home: House) -> None:
    with connect(home.url) as holder:
        lease = take(holder, timedelta(milliseconds=150))
        assert lease is not None
        assert take(home.connection) is None
        until(lambda: take(home.connection), "the lease expires", 2)
        with pytest.raises(psycopg.OperationalError, match="terminating"):
            holder.execute("select 1")
    with connect(home.url) as back, pytest.raises(LeaseLostError):
        leases.fence(back, lease)


def test_a_heartbeat_keeps_a_lease_for_as_long_as_its_holder_waits(home: House) -> None:
    with connect(home.url) as holder:
        lease = take(holder, timedelta(milliseconds=300))
        assert lease is not None
        with leases.kept_alive(home.url, lease):
            time.sleep(0.6)
            assert take(home.connection) is None
        until(lambda: take(home.connection), "the lease expires", 2)


def test_a_heartbeat_never_brings_back_a_lease_that_somebody_else_has(home: House) -> None:
    gone = connect(home.url)
    mine = take(gone, timedelta(milliseconds=60))
    assert mine is not None
    leave(gone, home.url)
    with leases.kept_alive(home.url, mine):
        theirs = take(home.connection)
        assert theirs is not None
        time.sleep(0.1)
        leases.fence(home.connection, theirs)
        with pytest.raises(LeaseLostError):
            leases.fence(home.connection, mine)


def test_giving_a_lease_back_never_takes_it_from_the_next_holder(home: House) -> None:
    gone = connect(home.url)
    mine = take(gone)
    assert mine is not None
    leave(gone, home.url)
    theirs = take(home.connection)
    assert theirs is not None
    leases.release(home.connection, mine)
    leases.fence(home.connection, theirs)


def test_a_finished_run_gives_its_stream_back(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([ticker()]))
    home.sweep("coinpaprika")
    assert home.value("select count(*) from leases") == 0


def test_a_failed_run_gives_its_stream_back(home: House) -> None:
    home.sweep("coinpaprika")
    assert home.value("select status from etl_runs") == "failed"
    assert home.value("select count(*) from leases") == 0


def test_a_writer_that_lost_its_lease_commits_nothing_and_says_that_it_was_abandoned(
    home: House,
) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.params["page"] == "2":
            home.connection.execute("update leases set token = %s", [uuid.uuid4()])
        return as_json(coins(250 * int(asked.params["page"]), 250))

    home.providers["coingecko"].answer = answer
    with capture_logs() as logged:
        report = home.sweep("coingecko")
    assert report.status == "abandoned"
    assert "another worker" in str(report.error_message)
    ended = next(line for line in logged if line["event"] == "run ended early")
    assert ended["log_level"] == "warning", "nothing is broken"
    assert report.end_time is not None
    assert home.value("select count(*) from observations") == 250
    assert home.value("select count(*) from raw_crypto_data") == 1
    assert home.checkpoint("coingecko")[:4] == ({"page": 2, "of": 4}, None, None, None)
    assert home.value("select count(*) from leases") == 1  # it is the other's


def test_a_run_that_was_given_up_while_its_session_was_lost_does_not_go_on(home: House) -> None:
    def answer(_: Asked) -> Reply:
        home.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        home.connection.execute("delete from leases")
        claims.abandon_orphans(home.connection)
        return as_json([ticker()])

    home.providers["coinpaprika"].answer = answer
    assert home.sweep("coinpaprika").status == "abandoned"
    assert home.prices() == {}
    assert len(home.providers["coinpaprika"].asked) == 1


def test_a_frozen_writer_loses_its_transaction_and_its_lease_and_commits_nothing_when_it_thaws(
    home: House,
) -> None:
    home.clock.time = datetime.now(UTC)
    gecko = home.providers["coingecko"]
    gecko.answer = lambda asked: as_json(coins(250 * int(asked.params["page"]), 250))
    arguments = ("sweep", home.url, "coingecko", gecko.url, "1")
    with psycopg.connect(home.url) as blocker:
        blocker.execute("lock table latest in exclusive mode")
        with process("sweeper.py", *arguments) as frozen:
            until(lambda: seen(home.url, "wait_event_type = 'Lock'"), "it waits in its commit")
            frozen.send_signal(signal.SIGSTOP)
            blocker.rollback()
            until(lambda: claims.abandon_orphans(home.connection), "its lease is free", 5)
            until(lambda: not seen(home.url, "xact_start is not null"),
                  "its transaction is gone", 5)  # fmt: skip
            assert home.sweep("coingecko").status == "success"
            asked = len(gecko.asked)
            before = home.digest()
            frozen.send_signal(signal.SIGCONT)
            said, _ = frozen.communicate(timeout=15)
    assert said.split()[-1] == "abandoned"
    assert home.digest() == before
    assert len(gecko.asked) == asked  # it did not start over either
    assert home.value("select count(*) from observations") == 1000
    assert [row[0] for row in home.rows("select status from etl_runs order by id")] == [
        "abandoned",
        "success",
    ]
