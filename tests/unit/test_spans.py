"""Spans of time cut into whole days or months and broken ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.store.reading.spans import FLOORS, Grain, Span, cut

MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2021, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
GRAINS = st.sampled_from(["day", "month"])


def test_no_bounds_cut_nothing():
    assert cut(None, None, "day") == Span()
    assert not cut(None, None, "day").bounded
    assert cut(datetime(2025, 1, 1, tzinfo=UTC), None, "day").bounded


def test_a_span_within_one_day_has_no_whole_day():
    since = datetime(2025, 1, 1, 10, tzinfo=UTC)
    span = cut(since, since + timedelta(hours=2), "day")
    assert span.head == (since, since + timedelta(hours=2))
    assert span.first == span.last
    assert span.tail is None


@pytest.mark.parametrize(
    "grain, first, last",
    [("day", date(2025, 1, 31), date(2025, 3, 2)), ("month", date(2025, 2, 1), date(2025, 3, 1))],
)
def test_whole_buckets_lie_between_the_broken_ends(grain: Grain, first: date, last: date):
    span = cut(datetime(2025, 1, 30, 5, tzinfo=UTC), datetime(2025, 3, 2, 7, tzinfo=UTC), grain)
    assert (span.first, span.last) == (first, last)


@given(since=st.none() | MOMENTS, until=st.none() | MOMENTS, moment=MOMENTS, grain=GRAINS)
def test_every_moment_of_a_span_is_in_exactly_one_of_its_parts(
    since: datetime | None, until: datetime | None, moment: datetime, grain: Grain
):
    span = cut(since, until, grain)
    bucket = FLOORS[grain](moment).date()
    whole = (span.first is None or span.first <= bucket) and (
        span.last is None or bucket < span.last
    )
    ends = [end[0] <= moment < end[1] for end in (span.head, span.tail) if end is not None]
    inside = (since is None or since <= moment) and (until is None or moment < until)
    assert sum([whole, *ends]) == inside


@given(since=MOMENTS, until=MOMENTS, grain=GRAINS)
def test_whole_buckets_are_bordered_like_the_buckets_that_are_counted(
    since: datetime, until: datetime, grain: Grain
):
    span = cut(since, until, grain)
    for border in (span.first, span.last):
        assert border is not None
        assert grain == "day" or border.day == 1


@pytest.mark.parametrize("grain", ["day", "month"])
def test_a_span_that_ends_before_it_begins_holds_nothing(grain: Grain):
    since, until = datetime(2025, 5, 9, 8, tzinfo=UTC), datetime(2025, 2, 3, 4, tzinfo=UTC)
    span = cut(since, until, grain)
    assert span.first == span.last
    assert span.head == (since, since)
    assert span.tail is None


def test_the_ends_of_the_calendar_are_no_trouble():
    span = cut(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "month")
    assert span.first == date(1970, 1, 1)
    assert span.last == date(2500, 1, 1)
