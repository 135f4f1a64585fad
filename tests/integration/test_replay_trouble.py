"""A replay finds and mends what is wrong, and leaves alone what it cannot finish."""

import signal
from dataclasses import replace as changed

import psycopg
import pytest

from kasparro.core.errors import FatalError, LeaseLostError
from kasparro.core.source import Page, Payload
from kasparro.ingestion.replay import replay
from kasparro.ingestion.sources import BY_NAME
from support.history import LEASE, again, dump, messy
from support.house import House, toy_house
from support.processes import process
from support.provider import as_json
from support.toy import quotes, split, toy
from support.waiting import seen, until

A_DAY_EARLIER = """
    insert into observations
    select observed_at - interval '1 day', id, series_id, source_id, price_usd
    from latest limit 1"""
TAMPERED = [
    ("update observations set price_usd = price_usd + 1 where id >> 20 = 1", "observations"),
    ("delete from observations where observed_at < '2026-01-01'", "observations"),
    (A_DAY_EARLIER, "observations"),
    ("update observations set market_cap_usd = null", "observations"),
    ("delete from observation_revisions where id >> 20 = 1", "observation_revisions"),
    ("update latest set observed_at = observed_at + interval '1 day'", "latest"),
    ("update observation_counts set observations = observations + 1", "observation_counts"),
    ("delete from daily_counts", "daily_counts"),
    ("delete from quarantine", "quarantine"),
    ("update quarantine set reason = 'because'", "quarantine"),
]


def test_what_was_changed_by_hand_is_noticed_and_mended(home: House) -> None:
    messy(home)
    good = dump(home)
    for statement, table in TAMPERED:
        home.connection.execute(statement)
        assert dump(home) != good, statement
        assert table in again(home, verify=True).differences, statement
        again(home, verify=False)
        assert dump(home) == good, statement


def test_a_replay_that_is_killed_leaves_the_tables_as_they_were_and_the_next_one_works(
    home: House,
) -> None:
    messy(home)
    home.connection.execute("update observations set price_usd = 1")  # there is work to do
    before = dump(home)
    with process("sweeper.py", "replay", home.url) as replaying:
        assert replaying.stdout is not None
        assert replaying.stdout.readline().startswith("replayed 1 of 10")
        replaying.kill()
        replaying.wait(10)
    assert dump(home) == before
    with psycopg.connect(home.url) as reader:
        reader.execute("select from crypto_prices")
        with process("sweeper.py", "replay", home.url) as replaying:
            until(lambda: seen(home.url, "wait_event_type = 'Lock'"), "it waits to swap")
            assert home.value("select count(*) from etl_runs") > 0
            replaying.send_signal(signal.SIGKILL)
            replaying.wait(10)
    until(lambda: not seen(home.url, "xact_start is not null"), "its session is gone")
    assert dump(home) == before
    again(home, verify=False)
    assert again(home, verify=True).differences == {}
    assert home.value("select to_regnamespace('replay')") is None


def test_a_replay_that_lost_its_leases_swaps_nothing(home: House) -> None:
    messy(home)
    home.connection.execute("update observations set price_usd = 1")
    before = dump(home)

    def lose(done: int, _: int) -> None:
        if done == 3:
            home.connection.execute(
                "update leases set token = gen_random_uuid() where stream_id = 1"
            )

    with pytest.raises(LeaseLostError):
        again(home, verify=False, progress=lose)
    assert dump(home) == before


def test_payloads_of_a_source_this_version_lacks_stop_a_replay_before_it_loses_them(
    home: House,
) -> None:
    messy(home)
    before = dump(home)
    only = {"coingecko": BY_NAME["coingecko"]}
    with pytest.raises(FatalError, match="coinpaprika"):
        replay(home.url, only, holder="t", lease_duration=LEASE, verify=False)
    assert dump(home) == before


def mended(payload: Payload) -> Page:
    return split(changed(payload, body=payload.body.replace(b'"prices"', b'"quotes"')))


def test_a_verification_changes_nothing_even_where_it_finds_new_coins(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        home.providers["toy"].answer = lambda _: as_json({"prices": quotes(1, 2), "next": None})
        home.sweep("toy")
        before = dump(home)
        found = replay(home.url, {"toy": toy(mended)}, holder="test",
                       lease_duration=LEASE, verify=True)  # fmt: skip
        assert found.differences == {
            "observations": 2, "latest": 2, "observation_counts": 2, "daily_counts": 1,
        }  # fmt: skip
        assert dump(home) == before
