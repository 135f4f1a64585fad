"""Runs unlike those before them are found when they end, told once, and settled by hand."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kasparro.core.errors import NotFoundError
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.ingestion.examination import examine_runs
from kasparro.store import anomalies
from kasparro.store.anomalies import Found
from kasparro.store.connect import connect
from kasparro.store.runs import Report
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coins
from support.waiting import in_threads

SMALL = {"coingecko": Choice(options=Options(top=250))}


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url, choices=SMALL) as own:
        yield own


def hour(home: House, *, coins_there: int = 100, age: float = 1, **changes: Any) -> Report:
    """The next hour's sweep: so many coins, their prices so many minutes old."""
    home.clock.tick(hours=1)
    at = home.clock.now() - timedelta(minutes=age)
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    there = [one | changes for one in coins(0, coins_there, last_updated=stamp)]

    def answer(asked: Asked) -> Reply:
        wanted = asked.params.get("ids")
        return as_json([one for one in there if wanted is None or one["id"] in wanted.split(",")])

    home.providers["coingecko"].answer = answer
    return home.sweep("coingecko")


def of(home: House, run: Report) -> dict[str, Found]:
    """What was found about a run, by name."""
    return {one.name: one for one in anomalies.newest(home.connection, run_id=run.run_id)}


def ordinary(home: House, hours: int) -> None:
    for _ in range(hours):
        assert of(home, hour(home)) == {}


def test_a_run_that_lost_most_of_its_rows_is_found_when_it_ends(
    home: House, capsys: pytest.CaptureFixture[str]
) -> None:
    ordinary(home, 8)
    capsys.readouterr()
    run = hour(home, coins_there=20)
    found = of(home, run)
    assert found["records_fetched"].severity == "critical"
    assert found["assets_shown"].severity == "critical"
    assert "80 tracked coins" in found["missing_asset"].message
    warnings = [
        line
        for text in capsys.readouterr().out.splitlines()
        if (line := json.loads(text))["event"] == "unusual run"
    ]
    assert [line["run_id"] for line in warnings] == [run.run_id]
    assert warnings[0]["severity"] == "critical"
    assert warnings[0]["summary"].startswith("tracked coins are missing; another amount of data")
    assert len(warnings[0]["findings"]) == len(found)


def test_a_single_coin_missing_among_many_is_found_as_a_set(home: House) -> None:
    ordinary(home, 1)
    found = of(home, hour(home, coins_there=99))
    assert {"missing_asset", "missing_top_asset"} == set(found)
    assert "coin-99" in found["missing_asset"].message
    row = home.rows("select listings from anomalies where name = 'missing_asset'")
    assert row == [(["coin-99"],)]


def test_an_empty_sweep_is_found_at_once(home: House) -> None:
    ordinary(home, 1)
    assert of(home, hour(home, coins_there=0))["no_rows"].severity == "critical"


def test_prices_of_nothing_are_found_beside_their_quarantine(home: House) -> None:
    found = of(home, hour(home, current_price=0))
    assert "100 prices of nothing" in found["non_positive_price"].message


def test_an_answer_sent_again_an_hour_later_is_found(home: House) -> None:
    ordinary(home, 1)
    assert "every byte" in of(home, hour(home, age=61))["unchanged_resend"].message


def test_prices_that_grew_old_are_found(home: House) -> None:
    assert of(home, hour(home, age=121))["stale"].severity == "critical"


def test_a_checkpoint_set_back_is_found_by_the_next_run(home: House) -> None:
    ordinary(home, 2)
    home.connection.execute(
        "update checkpoints set last_success_at = last_success_at - '1 h'::interval"
    )
    assert "backup" in of(home, hour(home))["checkpoint_moved_back"].message


def test_a_failed_run_is_found_and_the_second_is_critical(home: House) -> None:
    home.providers["coingecko"].answer = lambda _: Reply(b"<html>Bad gateway</html>", 502)
    first, second = home.sweep("coingecko"), home.sweep("coingecko")
    assert of(home, first)["failed"].severity == "warn"
    assert of(home, second)["failed"].severity == "critical"
    assert "502" in of(home, first)["failed"].message


def test_a_run_cut_off_is_not_found_and_the_one_that_goes_on_does_not_compare(home: House) -> None:
    ordinary(home, 8)
    home.providers["coingecko"].answer = lambda _: Reply(b"<html>Bad gateway</html>", 502)
    home.sweep("coingecko")
    assert of(home, hour(home)) == {}


def test_a_run_whose_process_died_before_it_was_examined_is_examined_by_the_next(
    home: House,
) -> None:
    ordinary(home, 1)
    left = hour(home, coins_there=99)
    home.connection.execute("delete from anomalies")
    home.connection.execute(
        "update etl_runs set examined_at = null where run_id = %s", [left.run_id]
    )
    hour(home)
    assert set(of(home, left)) == {"missing_asset", "missing_top_asset"}
    assert home.value("select count(*) from etl_runs where examined_at is null") == 0


def test_any_number_of_examiners_find_each_thing_once(home: House) -> None:
    for number in (100, 99, 98):
        hour(home, coins_there=number)
    found = home.value("select count(*) from anomalies")
    home.connection.execute("delete from anomalies")
    home.connection.execute("update etl_runs set examined_at = null")

    def examine() -> None:
        with connect(home.url) as connection:
            examine_runs(connection, home.engine.sources)

    in_threads(4, examine)
    assert home.value("select count(*) from anomalies") == found > 0


def test_a_confirmed_run_is_no_measure_for_later_ones_and_a_false_alarm_is(home: House) -> None:
    ordinary(home, 8)
    odd = hour(home, coins_there=30)
    next_up = hour(home)
    assert numbers(home, next_up) == 9
    anomalies.acknowledge(home.connection, [odd.run_id], confirmed=True, note="a bad deploy")
    assert {one.status for one in of(home, odd).values()} == {"acknowledged"}
    assert numbers(home, next_up) == 8
    anomalies.acknowledge(home.connection, [odd.run_id], confirmed=False, note=None)
    assert numbers(home, next_up) == 9


def test_a_run_with_a_broken_rule_is_no_measure_until_somebody_says_it_was_none(
    home: House,
) -> None:
    ordinary(home, 2)
    empty = hour(home, coins_there=0)
    later = hour(home)
    assert numbers(home, later) == 2
    anomalies.acknowledge(home.connection, [empty.run_id], confirmed=False, note=None)
    assert numbers(home, later) == 3


def test_runs_under_other_settings_do_not_compare(database_url: str) -> None:
    with house(database_url, choices=SMALL) as home:
        ordinary(home, 3)
        assert numbers(home, hour(home)) == 3
    with house(database_url, choices={"coingecko": Choice(options=Options(top=200))}) as home:
        home.clock.tick(hours=9)
        assert numbers(home, hour(home)) == 0


def test_settling_what_is_not_there_settles_nothing(home: House) -> None:
    empty = hour(home, coins_there=0)
    with pytest.raises(NotFoundError, match="no finding 999"):
        anomalies.acknowledge(home.connection, [empty.run_id, "999"], confirmed=True, note=None)
    assert {one.status for one in of(home, empty).values()} == {"open"}


def numbers(home: House, run: Report) -> int:
    """How many runs this one is held against."""
    found = home.value("select id from etl_runs where run_id = %s", run.run_id)
    home.connection.execute("update etl_runs set examined_at = null where id = %s", [found])
    with home.connection.transaction():
        case = anomalies.next_case(home.connection)
        assert case is not None
        assert case.run.run_id == run.run_id
        anomalies.settle(home.connection, case, [])
    return len(case.comparable)
