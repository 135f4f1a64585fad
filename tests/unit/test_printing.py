"""What commands print can be read by people and cut by scripts."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kasparro.cli.printing import ago, dollars, minute, print_json, print_table, size
from kasparro.core.limits import Limit


def test_off_a_terminal_a_table_is_columns_that_are_never_cut_or_wrapped(capsys):
    long = "a reason " * 40 + "[bold]not markup[/bold]"
    print_table(("run", "reason"), [("coingecko_1", long), ("x", "")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["run          reason", f"coingecko_1  {long}", "x"]


def test_a_table_without_rows_has_its_head(capsys):
    print_table(("run", "reason"), [])
    assert capsys.readouterr().out == "run  reason\n"


@pytest.mark.parametrize(
    "age, words",
    [
        (timedelta(seconds=0), "0 s ago"),
        (timedelta(seconds=119), "119 s ago"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(minutes=119), "119 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 days ago"),
        (-timedelta(minutes=5), "in 5 min"),
    ],
)
def test_a_length_of_time_is_told_in_a_unit_that_fits(age, words):
    assert ago(age) == words


@pytest.mark.parametrize(
    "number, words",
    [(0, "0 bytes"), (999, "999 bytes"), (41_000, "41 kB"), (75e6, "75 MB"), (6.34e9, "6.3 GB")],
)
def test_a_number_of_bytes_is_told_in_a_unit_that_fits(number, words):
    assert size(number) == words


def test_a_price_keeps_every_digit_that_matters():
    assert dollars(Decimal("60010.250")) == "$60,010.25"
    assert dollars(Decimal("1E+3")) == "$1,000"
    assert dollars(Decimal("0.000000000000000001")) == "$0.000000000000000001"
    assert dollars(None) == ""


def test_json_has_times_in_utc_and_numbers_with_all_their_digits(capsys):
    at = datetime(2026, 5, 18, 12, tzinfo=UTC)
    print_json({"at": at, "price": Decimal("0.1234567890123456789"), "limit": Limit(1, "month")})
    out = capsys.readouterr().out
    assert "0.1234567890123456789" in out
    assert json.loads(out)["at"] == "2026-05-18T12:00:00Z"
    assert json.loads(out)["limit"] == {"calls": 1, "window": "month"}
    assert minute(at) == "2026-05-18 12:00"
    assert minute(None) == "never"
