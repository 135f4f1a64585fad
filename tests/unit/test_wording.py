"""Numbers and times as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kasparro.api import wording


@pytest.mark.parametrize(
    "amount, words",
    [
        ("42500.5", "$42,500.50"),
        ("1", "$1.00"),
        ("0.5", "$0.5"),
        ("0.123456789", "$0.123457"),
        ("0.000000000123", "$0.000000000123"),
        ("0.999999999", "$1"),
        (None, "\N{EN DASH}"),
    ],
)
def test_a_price_has_cents_or_six_significant_digits(amount: str | None, words: str):
    assert wording.price(None if amount is None else Decimal(amount)) == words


@pytest.mark.parametrize(
    "amount, words",
    [
        ("850000000000", "$850.00 B"),
        ("2500000000000", "$2.50 T"),
        ("1000000", "$1.00 M"),
        ("999999", "$999,999"),
        ("0", "$0"),
        (None, "\N{EN DASH}"),
    ],
)
def test_a_large_amount_is_in_millions_billions_and_trillions(amount: str | None, words: str):
    assert wording.large(None if amount is None else Decimal(amount)) == words


@pytest.mark.parametrize(
    "seconds, words, brief",
    [
        (-5, "moments", "now"),
        (59, "moments", "now"),
        (60, "1 minute", "1 min"),
        (7199, "1 hour", "1 h"),
        (7200, "2 hours", "2 h"),
        (86_400 * 2, "2 days", "2 d"),
        (86_400 * 800, "2 years", "2 y"),
    ],
)
def test_a_duration_is_in_the_largest_unit_that_fits(seconds: int, words: str, brief: str):
    assert wording.duration(timedelta(seconds=seconds)) == words
    assert wording.brief(timedelta(seconds=seconds)) == brief


def test_a_change_shows_its_sign():
    assert wording.percent(Decimal("2.5")) == "+2.50 %"
    assert wording.percent(Decimal("-3.456")) == "\N{MINUS SIGN}3.46 %"
    assert wording.percent(None) == "\N{EN DASH}"


def test_a_time_says_that_it_is_utc():
    assert wording.clock(datetime(2026, 3, 10, 12, 5, tzinfo=UTC)) == "2026-03-10 12:05 UTC"
    assert wording.clock(None) == wording.duration(None) == "\N{EN DASH}"
