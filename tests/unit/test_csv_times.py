"""Times are read as they were meant, or not at all."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.csv.times import (
    date_within,
    day_comes_first,
    end_of,
    interval_of,
    read_time,
)

MOMENTS = st.datetimes(datetime(2009, 1, 3), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds it
TEN = datetime(2026, 2, 13, 10, tzinfo=UTC)


@given(MOMENTS)
def test_an_epoch_is_read_by_its_length_whatever_its_unit(moment):
    microseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    second = moment.replace(microsecond=0)
    milli = moment - timedelta(microseconds=moment.microsecond % 1000)
    assert read_time(str(microseconds // 10**6), UTC, day_first=False) == second
    assert read_time(f"{microseconds // 10**6}.0", UTC, day_first=False) == second
    assert read_time(str(microseconds // 1000), UTC, day_first=False) == milli
    assert read_time(str(microseconds), UTC, day_first=False) == moment
    assert read_time(str(microseconds * 1000), UTC, day_first=False) == moment


@given(MOMENTS, st.booleans(), st.sampled_from("/.-"))
def test_a_date_is_read_in_the_order_it_is_written_in(moment, day_first, mark):
    parts = (moment.day, moment.month) if day_first else (moment.month, moment.day)
    text = mark.join([f"{parts[0]:02}", f"{parts[1]:02}", str(moment.year)])
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    assert read_time(text, UTC, day_first=day_first) == day
    assert day_comes_first([text]) in (None, day_first) or moment.day == moment.month


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-13T10:00:00Z",
        "2026-02-13T10:00:00.000Z",
        "2026-02-13 10:00:00 UTC",
        "2026-02-13 10:00",
        "2026-02-13 10:00:00+00:00",
        "2026-02-13T12:00:00+02:00",
        "2026-02-13T10:00:00.000000000Z",
        "2026/02/13 10:00",
        "13/02/2026 10:00",
        "13.02.2026 10:00:00",
        "13/02/2026 10:00 AM",
        "2026-02-13 10-AM",
        "20260213T100000Z",
    ],
)
def test_the_ways_to_write_a_time_of_day(text):
    assert read_time(text, UTC, day_first=True) == TEN


@pytest.mark.parametrize(
    "text", ["Feb 13, 2026", "February 13, 2026", "13 Feb 2026", "13-Feb-2026"]
)
def test_the_ways_to_write_a_month_in_words(text):
    assert read_time(text, UTC, day_first=False) == TEN.replace(hour=0)


def test_noon_and_midnight_of_a_twelve_hour_clock():
    assert read_time("02/13/2026 12:30 AM", UTC, day_first=False).hour == 0
    assert read_time("02/13/2026 12:30 PM", UTC, day_first=False).hour == 12


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01", "31/04/2026", "1.58E+12", "13/02/26", "13/02/2026 25:00", "123"],
)
def test_what_is_no_time_is_none(text):
    with pytest.raises(ValueError, match="no time can be read"):
        read_time(text, UTC, day_first=True)


def test_a_time_at_the_edge_of_the_calendar_is_no_time_where_it_leaves_it():
    with pytest.raises(ValueError, match="no time can be read"):
        read_time("0001-01-01", ZoneInfo("Asia/Tokyo"), day_first=False)


@given(st.integers(1, 12), st.sampled_from(["1d", "1w", "1mo"]))
def test_a_day_of_a_zone_ends_when_its_clocks_say_so(month, interval):
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, month, 1, tzinfo=zone)
    ended = end_of(start.astimezone(UTC), interval, zone).astimezone(zone)
    assert (ended.hour, ended.minute) == (0, 0)


@pytest.mark.parametrize(
    "interval, seconds", [("1m", 60), ("1h", 3600), ("4h", 14_400), ("1d", 86_400)]
)
def test_the_most_common_gap_is_the_length_of_a_candle(interval, seconds):
    times = [TEN + timedelta(seconds=seconds * n) for n in (0, 1, 2, 4, 9, 10)]
    assert interval_of(reversed(times), "1d") == interval
    assert interval_of(times, None) == interval


def test_days_left_out_do_not_make_longer_candles():
    assert interval_of([TEN, TEN + timedelta(days=7)], "1d") == "1d"
    assert interval_of([TEN + timedelta(days=7 * n) for n in range(4)], "1d") == "1w"
    assert interval_of([TEN], "1d") == "1d"
    assert interval_of([TEN, TEN + timedelta(days=400)], None) is None


@pytest.mark.parametrize(
    "name, date",
    [
        ("prices_2026-02-03", "2026-02-03"),
        ("20260203-markets", "2026-02-03"),
        ("coins.2026.02.03", "2026-02-03"),
        ("v120260203", None),
        ("prices-2026", None),
        ("prices-2026-13-40", None),
    ],
)
def test_a_date_within_a_name(name, date):
    assert date_within(name) == date
