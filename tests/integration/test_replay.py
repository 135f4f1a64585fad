"""What a replay makes of the stored payloads is what the runs made of them, row for row."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.databases import copy_of
from support.history import again, dump, messy
from support.house import House, toy_house
from support.provider import Asked, Reply, as_json
from support.records import ticker
from support.toy import toy


def prices(home: House) -> list[Any]:
    return home.rows("select * from crypto_prices order by id")


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


def test_records_of_a_catalogue_that_wait_are_no_difference_and_go_on_waiting(home: House) -> None:
    home.providers["coingecko"].script(as_json([{"id": "a", "symbol": "a"}]))
    assert home.sweep("coingecko", "coins").quarantined == 1
    assert again(home, verify=True).differences == {}
    again(home, verify=False)
    assert home.value("select count(*) from quarantine where resolved_at is null") == 1


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
