"""The calls of a plan are counted in the database: by all processes together, over restarts."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from kasparro.core.limits import Limit
from kasparro.core.source import Plan, Source
from kasparro.store.budget import Budget
from kasparro.store.connect import connect
from kasparro.store.queries import queries
from support.clock import NOON
from support.house import toy_house
from support.provider import Asked, Reply, as_json
from support.toy import quotes, toy
from support.waiting import in_threads, until


class Budgets:
    """Makes the budgets of as many processes as a test wants."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: list[Budget] = []

    def __call__(self, *limits: Limit, source: str = "toy", spacing: float = 0) -> Budget:
        own = Budget(self._url, source=source, limits=limits, spacing=timedelta(seconds=spacing))
        self._made.append(own)
        return own

    def close(self) -> None:
        for own in self._made:
            own.close()


@pytest.fixture
def budget(database_url: str) -> Iterator[Budgets]:
    with closing(Budgets(database_url)) as own:
        yield own


def limited(*limits: Limit, spacing: float = 0) -> Source:
    """The made-up source, with these limits on its only plan."""
    own = toy()
    plan = Plan(base_url="", limits=limits, spacing=timedelta(seconds=spacing))
    return Source(name=own.name, homepage=own.homepage, terms=own.terms, plans={"free": plan},
                  streams=own.streams)  # fmt: skip


def after(**duration: float) -> datetime:
    return NOON + timedelta(**duration)


def test_the_call_beyond_a_minutes_limit_has_to_wait_for_the_next_minute(budget: Budgets) -> None:
    own = budget(Limit(30, "minute"))
    assert [own.take(after(seconds=n)) for n in range(30)] == [None] * 30
    assert own.take(after(seconds=30)) == after(seconds=60)
    assert own.take(after(seconds=60)) is None


def test_a_window_is_the_calendars_and_not_the_time_since_the_first_call(budget: Budgets) -> None:
    own = budget(Limit(1, "minute"))
    assert own.take(after(seconds=59)) is None
    assert own.take(after(seconds=60)) is None
    assert own.take(after(seconds=61)) == after(seconds=120)


def test_the_call_beyond_a_months_limit_has_to_wait_for_the_next_month(budget: Budgets) -> None:
    own = budget(Limit(10, "second"), Limit(2, "month"))
    assert own.take(NOON) is None
    assert own.take(after(days=3)) is None
    assert own.take(after(days=4)) == datetime(2026, 6, 1, tzinfo=UTC)
    assert own.take(datetime(2026, 6, 1, tzinfo=UTC)) is None


def test_of_several_full_windows_the_last_to_end_counts(budget: Budgets) -> None:
    own = budget(Limit(1, "second"), Limit(1, "minute"))
    assert own.take(NOON) is None
    assert own.take(NOON) == after(minutes=1)


def test_a_call_that_was_refused_is_not_counted(budget: Budgets) -> None:
    own = budget(Limit(1, "minute"), Limit(2, "month"))
    for second in range(5):
        own.take(after(seconds=second))
    assert own.take(after(seconds=60)) is None


def test_spaced_calls_have_to_lie_apart_whoever_makes_them(budget: Budgets) -> None:
    one, other = budget(spacing=15), budget(spacing=15)
    assert one.take(NOON) is None
    assert other.take(after(seconds=1)) == after(seconds=15)
    assert other.take(after(seconds=15)) is None
    assert one.take(after(seconds=16)) == after(seconds=30)


def test_a_pause_that_a_source_asked_of_one_holds_for_all_and_for_no_other_source(
    budget: Budgets,
) -> None:
    one, other = budget(), budget()
    one.pause(after(seconds=90), "told to")
    assert other.take(NOON) == after(seconds=90)
    assert other.take(after(seconds=90)) is None
    assert budget(source="elsewhere").take(NOON) is None


def test_a_shorter_pause_never_cuts_a_longer_one_short(budget: Budgets) -> None:
    own = budget(spacing=15)
    own.pause(after(seconds=90), "told to")
    own.pause(after(seconds=10), "told to")
    assert own.take(NOON) == after(seconds=90)


def test_a_pause_that_comes_while_a_call_is_taken_is_not_cut_short_by_its_spacing(
    budget: Budgets, database_url: str
) -> None:
    own = budget(spacing=15)
    with connect(database_url) as other:
        other.autocommit = False
        sql = queries("budget").pause
        other.execute(sql, {"source": "toy", "until": after(seconds=90), "reason": "told to"})
        taker = threading.Thread(target=own.take, args=(NOON,))
        taker.start()
        until(lambda: waiting(database_url) == 1, "the call is being taken")
        other.commit()
        taker.join()
    assert budget().take(after(seconds=30)) == after(seconds=90)


def test_what_was_taken_before_a_restart_is_still_taken(budget: Budgets) -> None:
    first = budget(Limit(2, "month"))
    for _ in range(2):
        assert first.take(NOON) is None
    first.close()
    assert budget(Limit(2, "month")).take(after(hours=1)) is not None


def test_a_larger_plan_counts_what_the_smaller_one_has_used(budget: Budgets) -> None:
    assert budget(Limit(1, "month")).take(NOON) is None
    larger = budget(Limit(2, "month"))
    assert larger.take(NOON) is None
    assert larger.take(NOON) is not None


def test_many_who_ask_at_once_get_no_more_than_there_is(budget: Budgets, database_url: str) -> None:
    def take() -> bool:
        return budget(Limit(4, "minute")).take(NOON) is None

    def let_go() -> None:
        until(lambda: waiting(database_url) == 8, "all eight are asking")
        first.rollback()

    with connect(database_url) as first:
        first.autocommit = False
        first.execute("select take_call('toy', '[]', '0', %s)", [NOON])
        releaser = threading.Thread(target=let_go)
        releaser.start()
        assert sum(in_threads(8, take)) == 4
        releaser.join()


def waiting(url: str) -> int:
    with connect(url) as connection:
        query = (
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        return int(connection.execute(query).fetchone()[0])  # type: ignore[index]


def test_a_run_waits_for_its_window_and_says_how_long(database_url: str) -> None:
    with toy_house(database_url, limited(Limit(2, "minute"))) as home:
        asked_at = []

        def answer(asked: Asked) -> Reply:
            asked_at.append(home.clock.now())
            page = int(asked.params["page"])
            return as_json({"quotes": quotes(page), "next": page + 1 if page < 3 else None})

        home.providers["toy"].answer = answer
        report = home.sweep("toy")
        assert report.status == "success"
        assert asked_at == [NOON, NOON, after(minutes=1)]
        assert (report.waits, report.wait_seconds, report.retries) == (1, 60, 0)


def test_a_run_whose_month_is_used_up_fails_without_asking_and_names_the_day_it_may(
    database_url: str,
) -> None:
    with toy_house(database_url, limited(Limit(2, "month"))) as home:  # one is held back
        home.providers["toy"].answer = lambda _: as_json({"quotes": quotes(1), "next": None})
        assert home.sweep("toy").status == "success"
        report = home.sweep("toy")
        assert report.status == "failed"
        assert "may not be asked before 2026-06-01 00:00 UTC" in str(report.error_message)
        assert home.clock.slept == []
        assert len(home.providers["toy"].asked) == 1


def test_retries_are_calls_too(database_url: str) -> None:
    with toy_house(database_url, limited(Limit(100, "month"))) as home:
        home.providers["toy"].answer = lambda _: as_json({}, 503)
        home.sweep("toy")
        counted = "select sum(calls) from call_windows where period = 'month'"
        assert home.value(counted) == len(home.providers["toy"].asked) > 1
