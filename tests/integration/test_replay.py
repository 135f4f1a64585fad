"""What a replay makes of the stored payloads is what the runs made of them, row for row."""

import json
import signal
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kasparro.core.errors import FatalError, LeaseLostError
from kasparro.core.source import Page, Payload
from kasparro.ingestion.replay import Replayed, replay
from kasparro.ingestion.sources import BY_NAME
from support.databases import copy_of
from support.house import House, toy_house
from support.processes import process
from support.provider import Asked, Reply, as_json
from support.records import coin, coins, ticker
from support.toy import quotes, split, toy
from support.waiting import seen, until

FACTS = ("observations", "observation_revisions", "latest", "observation_counts", "daily_counts",
         "quarantine", "listings", "assets", "series", "link_decisions", "checkpoints", "etl_runs",
         "raw_crypto_data")  # fmt: skip
LEASE = timedelta(seconds=30)


def again(home: House, *, verify: bool, **wanted: Any) -> Replayed:
    return replay(
        home.url, home.engine.sources, holder="test", lease_duration=LEASE, verify=verify, **wanted
    )


def dump(home: House) -> dict[str, list[str]]:
    """Every row of every table of facts, ids and pedigrees included."""
    return {
        table: sorted(text for (text,) in home.rows(f"select t::text from public.{table} t"))
        for table in FACTS
    }


def prices(home: House) -> list[Any]:
    return home.rows("select * from crypto_prices order by id")


def messy(home: House) -> None:
    """A week in which everything happened that may."""
    a = as_json([ticker(price=1), ticker("eth-ethereum", price=2)])
    b = as_json([ticker(price=3), ticker("eth-ethereum", price=2), {"id": "bad"}])
    back = as_json([ticker(price=9, last_updated="2025-12-31T23:59:59Z")])
    twice = as_json([ticker(price=4), ticker(price=5), ticker(price=4)])
    html = Reply(b"<html>Just a moment</html>")
    paprika, gecko = home.providers["coinpaprika"], home.providers["coingecko"]
    for reply in (a, b, a, a, html, back, twice, b):
        home.clock.tick(hours=1)
        paprika.answer = lambda asked, reply=reply: (
            reply if asked.path == "/tickers" else as_json({"error": "id not found"}, 404)
        )
        home.sweep("coinpaprika")
    for step in (0, 1):
        home.clock.tick(hours=1)
        gecko.answer = lambda asked, step=step: as_json(
            []
            if "ids" in asked.params
            else [coin("bitcoin", current_price=5 + step), coin("eth", current_price=None),
                  *coins(step, 6, market_cap=0, last_updated="2026-05-18T11:59:59.5Z")]
        )  # fmt: skip
        home.sweep("coingecko")


def test_after_a_messy_history_a_replay_finds_no_difference(home: House) -> None:
    messy(home)
    before = dump(home)
    found = again(home, verify=True)
    assert found.differences == {}
    assert (found.payloads, found.uninterpreted) == (10, 1)
    assert dump(home) == before
    assert home.value("select to_regnamespace('replay')") is None


def test_after_a_swap_every_row_is_what_it_was_ids_included(home: House) -> None:
    messy(home)
    before, rows, digest = dump(home), prices(home), home.digest()
    again(home, verify=False)
    assert dump(home) == before
    assert prices(home) == rows
    assert home.digest() == digest
    assert again(home, verify=True).differences == {}


def test_a_swap_tells_whoever_keeps_answers_that_they_are_old(home: House) -> None:
    messy(home)
    versions = "select name, version from data_versions where name <> 'identity' order by 1"
    before = dict(home.rows(versions))
    again(home, verify=False)
    after = dict(home.rows(versions))
    assert all(after[name] > before[name] for name in before)


def test_runs_go_on_after_a_swap_as_if_nothing_had_been(home: House) -> None:
    messy(home)
    again(home, verify=False)
    home.providers["coinpaprika"].script(
        as_json([ticker(price=7), ticker("new-new", last_updated="2026-05-18T19:00:00Z")])
    )
    report = home.sweep("coinpaprika")
    assert (report.new, report.changed) == (1, 1)
    assert again(home, verify=True).differences == {}


def structure(home: House) -> list[Any]:
    """Tables, partitions, columns, constraints and indexes, by name."""
    return home.rows(
        """
        select 'index', tablename::text, indexname::text, indexdef::text
        from pg_indexes where schemaname = 'public'
        union all
        select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select 'column', table_name, column_name,
          concat_ws('|', data_type, domain_name, is_nullable, column_default)
        from information_schema.columns where table_schema = 'public'
        union all
        select 'partition', inhrelid::regclass::text, inhparent::regclass::text,
          pg_get_expr(relpartbound, inhrelid)
        from pg_inherits join pg_class c on c.oid = inhrelid
        union all
        select 'grant', table_name, privilege_type, grantee
        from information_schema.role_table_grants where grantee = 'kasparro_reader'
        order by 1, 2, 3, 4
        """
    )


def test_a_swap_leaves_partitions_indexes_constraints_grants_and_the_view_as_they_were(
    home: House,
) -> None:
    messy(home)
    before = structure(home)
    assert {kind for kind, *_ in before} == {"index", "constraint", "column", "partition", "grant"}
    for _ in range(2):
        again(home, verify=False)
        assert structure(home) == before
    home.connection.execute("set role kasparro_reader")
    assert home.value("select count(*) from crypto_prices") > 0
    home.connection.execute("reset role")


A_DAY_EARLIER = """
    insert into observations
    select series_id, observed_at - interval '1 day', source_id, price_usd, null, null, null,
      null, null, null, payload_id, position, recorded_at
    from latest limit 1"""
TAMPERED = [
    ("update observations set price_usd = price_usd + 1 where payload_id = 1", "observations"),
    ("delete from observations where observed_at < '2026-01-01'", "observations"),
    (A_DAY_EARLIER, "observations"),
    ("update observations set market_cap_usd = null", "observations"),
    ("delete from observation_revisions where payload_id = 1", "observation_revisions"),
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


def test_thousands_of_records_at_once_are_written_and_replayed_like_a_few(home: House) -> None:
    many = [ticker(f"x-{n}", price=n + 1) for n in range(3_200)]
    other = [*many[:1_000], *(ticker(record["id"], price=1) for record in many[1_000:])]
    bodies = [json.dumps(many).encode(), json.dumps([*other, *many[:10]]).encode()]
    reports = []
    for body in bodies:
        home.providers["coinpaprika"].script(Reply(body))
        reports.append(home.sweep("coinpaprika"))
    assert [(one.new, one.changed, one.unchanged) for one in reports] == [
        (3_200, 0, 0),
        (0, 2_200, 1_010),
    ]
    assert home.value("select sum(observations) from observation_counts") == 3_200
    assert home.value("select count(*) from observation_revisions") == 2_200
    assert again(home, verify=True).differences == {}


RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c", ""]),
            "price": st.sampled_from(["1", "1.0", "2", "3e-5", "no"]),
            "at": st.sampled_from(
                ["2026-05-18T11:00:00Z", "2026-04-30T23:59:59.999Z", "2025-12-31T23:00:00-02:00"]
            ),
        }
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def toy_home(server_url: str, template: str) -> Any:
    with copy_of(server_url, template) as url, toy_house(url, toy()) as own:
        yield own


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payloads=st.lists(RECORDS, min_size=1, max_size=4))
def test_whatever_was_said_in_whatever_order_a_replay_says_the_same(
    toy_home: House, payloads: list[Any]
) -> None:
    def answer(asked: Asked) -> Reply:
        page = int(asked.params["page"])
        following = page + 1 if page < len(payloads) else None
        return as_json({"quotes": payloads[page - 1], "next": following})

    toy_home.providers["toy"].answer = answer
    assert toy_home.sweep("toy").status in ("success", "partial")
    assert again(toy_home, verify=True).differences == {}
    rows = toy_home.value("select count(*) from observations")
    assert toy_home.value("select coalesce(sum(observations), 0) from daily_counts") == rows
    assert toy_home.value("select coalesce(sum(observations), 0) from observation_counts") == rows
    assert toy_home.value("select observations from data_versions where name = 'toy'") == rows
