"""The times of records: written with their zone, or not believed."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kasparro.core.contract import Instant

READ = TypeAdapter(Instant)


@pytest.mark.parametrize(
    "text, instant",
    [
        ("2026-10-02T09:14:37Z", datetime(2026, 10, 2, 9, 14, 37, tzinfo=UTC)),
        ("2026-10-02T09:14:37.599Z", datetime(2026, 10, 2, 9, 14, 37, 599000, tzinfo=UTC)),
        ("2026-10-02T11:14:37+02:00", datetime(2026, 10, 2, 9, 14, 37, tzinfo=UTC)),
        ("2026-10-02 09:14:37+00:00", datetime(2026, 10, 2, 9, 14, 37, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone_is_that_instant_in_utc(text, instant):
    read = READ.validate_python(text)
    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "2026-10-02",
        "2026-10-02T09:14:37",
        1790932477,
        1790932477599,
        Decimal("1790932477.5"),
        "1790932477",
        "-1790932477",
        True,
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_a_time_that_leaves_a_guess_is_refused(value):
    with pytest.raises(ValidationError):
        READ.validate_python(value)


minutes = st.integers(min_value=-1439, max_value=1439)
zones = minutes.map(lambda offset: timezone(timedelta(minutes=offset)))


centuries = st.timedeltas(min_value=timedelta(-700_000), max_value=timedelta(2_900_000))
moments = st.builds(
    lambda since, zone: (datetime(2026, 1, 1, tzinfo=UTC) + since).astimezone(zone),
    centuries,
    zones,
)


@given(moments)
def test_any_time_of_any_zone_is_read_as_the_same_instant(moment):
    assert READ.validate_python(moment.isoformat()) == moment
