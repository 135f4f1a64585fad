"""When a stream is due: at its own minute, never early, sooner if failed, later if refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.schedule import EARLY, LastRun, next_start

HOUR = timedelta(hours=1)
NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)
TEN_PAST = timedelta(minutes=10)

INTERVALS = st.integers(5, 1440).map(lambda minutes: timedelta(minutes=minutes))
OFFSETS = st.integers(0, 3599).map(lambda seconds: timedelta(seconds=seconds))
MOMENTS = st.integers(0, 9 * 365 * 86_400).map(
    lambda seconds: datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def last(started_at: datetime = NOON, **changes: Any) -> LastRun:
    facts: dict[str, Any] = {
        "ending": "success",
        "refused": False,
        "same_configuration": True,
        "failures_in_a_row": 0,
    }
    return LastRun(started_at=started_at, **facts | changes)


def due(
    run: LastRun | None, interval: timedelta = HOUR, offset: timedelta = TEN_PAST
) -> datetime | None:
    return next_start(run, interval=interval, offset=offset)


def failed(times: int, **changes: Any) -> LastRun:
    return last(ending="failed", failures_in_a_row=times, **changes)


def test_a_stream_that_never_ran_is_due_at_once() -> None:
    assert due(None) is None


def test_a_run_that_was_cut_off_is_due_at_once() -> None:
    assert due(last(ending="abandoned")) is None


def test_a_run_with_a_few_quarantined_records_counts_as_done() -> None:
    assert due(last(ending="partial")) == due(last())


def test_the_next_start_is_the_installations_own_minute() -> None:
    assert due(last(NOON + TEN_PAST)) == NOON + HOUR + TEN_PAST
    assert due(last(NOON + TEN_PAST), offset=timedelta(minutes=47)) == NOON + timedelta(
        hours=1, minutes=47
    )


def test_the_first_start_by_hand_does_not_bring_the_second_forward() -> None:
    just_before_the_slot = NOON + timedelta(minutes=9)
    assert due(last(just_before_the_slot)) == NOON + HOUR + TEN_PAST
    long_before_the_slot = NOON - timedelta(minutes=20)
    assert due(last(long_before_the_slot)) == NOON + HOUR + TEN_PAST


@given(started_at=MOMENTS, interval=INTERVALS, offset=OFFSETS)
def test_a_restart_never_asks_again_before_the_interval_is_over(
    started_at: datetime, interval: timedelta, offset: timedelta
) -> None:
    start = due(last(started_at), interval, offset)
    assert start is not None
    assert interval * EARLY <= start - started_at < interval * (1 + EARLY)


@given(started_at=MOMENTS, interval=INTERVALS, offset=OFFSETS)
def test_every_start_lies_in_the_same_slot_of_the_interval(
    started_at: datetime, interval: timedelta, offset: timedelta
) -> None:
    first = due(last(started_at), interval, offset)
    other = due(last(started_at + timedelta(minutes=33)), interval, offset)
    assert first is not None
    assert other is not None
    assert (other - first) % interval == timedelta()


@given(
    interval=INTERVALS,
    offset=OFFSETS,
    lateness=st.lists(st.floats(0, 0.09), min_size=3, max_size=50),
)
def test_starts_that_come_a_little_late_do_not_make_the_next_ones_later(
    interval: timedelta, offset: timedelta, lateness: list[float]
) -> None:
    slot = due(last(NOON), interval, offset)
    assert slot is not None
    for late in lateness:
        following = due(last(slot + interval * late), interval, offset)
        assert following == slot + interval
        slot = following


def test_a_failed_run_is_tried_again_after_5_10_20_minutes_and_then_every_interval() -> None:
    waits = [due(failed(times)) for times in range(1, 7)]
    assert [wait - NOON for wait in waits if wait is not None] == [
        timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60, 60)
    ]


def test_no_number_of_failures_is_too_large_to_count_with() -> None:
    assert due(failed(10**9)) == NOON + HOUR


def test_a_refused_run_is_not_tried_again_before_a_day_is_over() -> None:
    assert due(failed(1, refused=True)) == NOON + timedelta(hours=24)
    assert due(failed(40, refused=True)) == NOON + timedelta(hours=24)
    assert due(failed(1, refused=True), timedelta(days=7)) == NOON + timedelta(days=7)


def test_a_refused_run_is_tried_at_once_when_key_plan_or_host_have_changed() -> None:
    assert due(failed(1, refused=True, same_configuration=False)) is None
    assert due(failed(3, same_configuration=False)) is None


def test_a_new_key_is_no_reason_to_ask_a_source_that_answered_again() -> None:
    assert due(last(same_configuration=False)) == due(last())
