"""A stream has one run at a time, and a queued run one process that carries it out."""

import time
from datetime import timedelta
from typing import Any

import pytest

from kasparro.core.errors import BusyError
from kasparro.ingestion.replay import replay
from kasparro.store import claims, queue, streams
from kasparro.store.claims import Run
from kasparro.store.connect import Connection, connect
from kasparro.store.holding import streams_held
from support.house import House
from support.waiting import in_threads

LEASE = timedelta(seconds=30)


def start(connection: Connection, source: str = "coingecko", stream: str = "markets") -> Run | None:
    return claims.start_now(
        connection, source, stream, holder="test", lease_duration=LEASE, config_version=""
    )


def test_a_second_run_of_a_stream_is_refused_while_the_first_lives(home: House) -> None:
    assert start(home.connection) is not None
    with connect(home.url) as other:
        assert start(other) is None
        assert queue.enqueue(other, "coingecko", "markets", "request") is None
        assert start(other, "coingecko", "coins") is not None
    assert home.value("select count(*) from etl_runs") == 2


def test_who_is_at_a_stream_can_be_named(home: House) -> None:
    run = start(home.connection)
    assert run is not None
    said = queue.busy_with(home.connection, "coingecko", "markets")
    assert said == f"test (run {run.run_id}, running)"
    assert queue.busy_with(home.connection, "coinpaprika", "tickers") is None


def test_a_request_for_a_stream_that_is_being_ingested_is_refused_by_the_name_of_its_run(
    home: House,
) -> None:
    run = start(home.connection)
    assert run is not None
    with pytest.raises(BusyError, match=run.run_id):
        queue.request_run(home.connection, source="coingecko")


def test_runs_of_the_living_and_of_the_waiting_are_not_closed_as_orphans(home: House) -> None:
    start(home.connection)
    queue.enqueue(home.connection, "coinpaprika", "tickers", "schedule")
    with connect(home.url) as other:
        assert claims.abandon_orphans(other) == []


def test_a_run_whose_lease_passed_to_another_run_is_closed_with_a_reason(home: House) -> None:
    run = start(home.connection)
    assert run is not None
    home.connection.execute("update leases set run_id = 'coingecko_99'")
    assert claims.abandon_orphans(home.connection) == [run.run_id]
    row = home.rows("select status, end_time is not null, error_kind, error_message from etl_runs")
    assert row[0][:3] == ("abandoned", True, "retryable")
    assert "checkpoint" in row[0][3]


def test_while_a_replay_holds_the_streams_nothing_is_started_and_nothing_left_behind(
    home: House,
) -> None:
    with streams_held(home.url, purpose="replay", holder="replay", duration=LEASE):
        assert start(home.connection) is None
        assert home.value("select count(*) from etl_runs") == 0
    assert start(home.connection) is not None


def test_a_run_queued_during_a_replay_waits_for_its_end(home: House) -> None:
    queue.enqueue(home.connection, "coingecko", "markets", "schedule")

    def claim() -> Run | None:
        return claims.claim(
            home.connection, ["coingecko"], holder="w", lease_duration=LEASE, config_versions={}
        )

    with streams_held(home.url, purpose="replay", holder="replay", duration=LEASE):
        assert claim() is None
    assert claim() is not None


def test_a_replay_is_refused_while_a_run_is_under_way(home: House) -> None:
    start(home.connection)
    with pytest.raises(BusyError, match="coingecko markets is being ingested"):
        replay(home.url, home.engine.sources, holder="t", lease_duration=LEASE, verify=True)
    assert home.value("select count(*) from leases") == 1


def test_of_many_who_start_a_stream_at_once_one_gets_it(home: House) -> None:
    def try_it() -> Run | None:
        with connect(home.url) as own:
            run = start(own)
            time.sleep(0.2)
            return run

    started = in_threads(6, try_it)
    assert len([run for run in started if run is not None]) == 1
    assert home.value("select count(*) from etl_runs") == 1


def test_many_who_claim_at_once_get_each_run_once_and_every_run(home: House) -> None:
    streams = home.rows(
        "select so.name, st.name from streams st join sources so on so.id = st.source_id"
    )
    queued = {queue.enqueue(home.connection, *stream, "schedule") for stream in streams}

    def claim_all() -> list[str]:
        mine: list[str] = []
        with connect(home.url) as own:
            for _ in range(20):
                run = claims.claim(
                    own,
                    [source for source, _ in streams],
                    holder="w",
                    lease_duration=LEASE,
                    config_versions={},
                )
                if run is not None:
                    mine.append(run.run_id)
            time.sleep(0.2)
        return mine

    claimed = [run_id for mine in in_threads(5, claim_all) for run_id in mine]
    assert sorted(claimed) == sorted(str(run_id) for run_id in queued)


def test_nobody_waits_for_a_claim_that_another_is_just_making(home: House) -> None:
    for stream in ("tickers", "coins"):
        queue.enqueue(home.connection, "coinpaprika", stream, "schedule")

    def claim(connection: Connection) -> Run | None:
        return claims.claim(
            connection, ["coinpaprika"], holder="w", lease_duration=LEASE, config_versions={}
        )

    with connect(home.url, statement_timeout="5s") as other, home.connection.transaction():
        first, second = claim(home.connection), claim(other)
        assert first is not None
        assert second is not None
        assert (first.stream, second.stream) == ("tickers", "coins")


def test_prices_are_claimed_before_catalogues_and_in_the_order_they_were_asked_for(
    home: House,
) -> None:
    for stream in ("contracts", "coins", "tickers"):
        queue.enqueue(home.connection, "coinpaprika", stream, "schedule")
    order = []
    while run := claims.claim(
        home.connection, ["coinpaprika"], holder="w", lease_duration=LEASE, config_versions={}
    ):
        order.append(run.stream)
    assert order == ["tickers", "contracts", "coins"]


def test_what_one_process_is_deciding_no_other_decides_meanwhile(home: House) -> None:
    with (
        connect(home.url) as other,
        streams.scheduling(home.connection) as ours,
        streams.scheduling(other) as theirs,
    ):
        assert (ours, theirs) == (True, False)
    with streams.scheduling(home.connection) as again:
        assert again


def test_making_streams_known_again_and_again_uses_up_no_numbers(home: House) -> None:
    def numbers() -> list[Any]:
        return home.rows(
            "select last_value from sources_id_seq union all select last_value from streams_id_seq"
        )

    before = numbers()
    for _ in range(3):
        home.engine.register(home.connection)
    assert numbers() == before
