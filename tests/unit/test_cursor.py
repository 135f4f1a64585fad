"""Cursors: what we wrote is read again, and nothing else is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.services.cursor import read_cursor, write_cursor
from kasparro.store.reading.prices import Position


@given(
    observed_at=st.datetimes(datetime(1970, 1, 1), datetime(5000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    series_id=st.integers(1, 2**31 - 1).filter(lambda number: number < 10**9),
    page=st.integers(1, 10**9 - 1),
)
def test_a_cursor_is_read_as_it_was_written(observed_at: datetime, series_id: int, page: int):
    position = Position(observed_at=observed_at, series_id=series_id)
    cursor = write_cursor(position, page)
    assert read_cursor(cursor) == (position, page)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text",
    ["", "=", "zz", "é", "MS4y", "MS4yLjM=x", "MS4yLjMK", "LTEuMi4z", "a" * 99, "MS4yLjM\n"],
)
def test_what_we_did_not_write_is_refused(text: str):
    with pytest.raises(ValueError, match="cursor of an earlier answer"):
        read_cursor(text)


@given(st.text(max_size=60))
def test_anything_else_is_refused_as_a_wrong_value_and_never_breaks(text: str):
    try:
        position, page = read_cursor(text)
    except ValueError:
        return
    assert read_cursor(write_cursor(position, page)) == (position, page)
