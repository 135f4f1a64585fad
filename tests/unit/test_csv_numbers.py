"""Numbers are read as they were meant, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kasparro.core.csv.numbers import PROVED, Marks, marks_of, plain

OTHER = {".": ",", ",": "."}
NUMBERS = st.decimals(
    min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=6
) | st.integers(-(10**9), 10**9).map(Decimal)


def written(number: Decimal, decimal: str, *, grouped: bool, trimmed: bool) -> str:
    text = format(number, ",f" if grouped else "f")
    if trimmed and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if decimal == "." else text.translate(str.maketrans(".,", ",."))


STYLES = st.fixed_dictionaries(
    {"decimal": st.sampled_from(".,"), "grouped": st.booleans(), "trimmed": st.booleans()}
)


@given(NUMBERS, STYLES)
def test_a_number_written_in_a_known_style_is_read_exactly(number, style):
    text = plain(written(number, **style), Marks(style["decimal"], PROVED))
    assert text is not None
    assert Decimal(text) == number


@given(st.lists(NUMBERS, min_size=1, max_size=30), STYLES)
@example([Decimal("1.234")], {"decimal": ",", "grouped": False, "trimmed": True})
@example([Decimal(1), Decimal(67148)], {"decimal": ".", "grouped": True, "trimmed": True})
def test_a_file_that_keeps_to_one_style_is_never_read_wrongly(numbers, style):
    cells = [written(number, **style) for number in numbers]
    marks = marks_of(cells, "")
    for number, cell in zip(numbers, cells, strict=True):
        text = plain(cell, marks) if marks is not None else None
        assert text is None or Decimal(text) == number


@settings(max_examples=400)
@given(st.lists(NUMBERS, min_size=1, max_size=5), NUMBERS, STYLES)
@example([Decimal(5)], Decimal(1234), {"decimal": ",", "grouped": True, "trimmed": True})
def test_what_the_first_rows_did_not_prove_is_not_guessed_in_later_ones(numbers, later, style):
    marks = marks_of([written(number, **style) for number in numbers], "")
    if marks is not None and marks.trusted != PROVED:
        text = plain(written(later, **style), marks)
        assert text is None or Decimal(text) == later


@pytest.mark.parametrize(
    "text, number",
    [
        ("32.94K", 32940),
        ("-1.5m", -1_500_000),
        ("2B", 2_000_000_000),
        ("$1,234.50", Decimal("1234.5")),
        ("0.71%", Decimal("0.71")),
        ("+4.2", Decimal("4.2")),
        ("\u22124.2", Decimal("-4.2")),
        ("1 234 567.5", Decimal("1234567.5")),
        ("1\u202f234", 1234),
        ("1'234.5", Decimal("1234.5")),
        ("9.88e-06", Decimal("0.00000988")),
        ("1E-18", Decimal("1E-18")),
        (".5", Decimal("0.5")),
        (f"{'1234567890' * 4}.123456K", Decimal(f"{'1234567890' * 4}123.456")),
    ],
)
def test_signs_magnitudes_and_groups_are_understood(text, number):
    assert Decimal(plain(text, Marks(".", PROVED))) == number


@pytest.mark.parametrize("text", ["", "null", "NULL", "None", "NaN", "n/a", "-", "--", "\u2014"])
def test_the_ways_to_say_nothing_say_nothing(text):
    assert plain(text, Marks(".", PROVED)) == ""


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "1,2345", "12,34,567", "1.2.3", "1e5K", "€5", "5 6", "1,234,5.6", "(5)"]
)
def test_what_is_no_number_in_this_style_is_none(text):
    assert plain(text, Marks(".", PROVED)) is None


def test_a_point_in_a_file_of_commas_is_not_a_decimal_point():
    assert plain("12.34", Marks(",", PROVED)) is None
    assert plain("1.234", Marks(",", PROVED)) == "1234"


def test_one_slip_among_many_does_not_change_how_a_file_is_read():
    assert marks_of(["1.5"] * 20 + ["1,5"], "") == Marks(".", PROVED)
    assert marks_of(["1.5", "1.5", "1,5"], "") == Marks(".", "")
    assert marks_of(["1.5", "1,5", "1,234"], "") is None


def test_a_customary_point_is_believed_and_a_comma_beside_it_is_not():
    assert marks_of(["1.234", "2.345"], "") is None
    assert marks_of(["1.234", "2.345"], ".") == Marks(".", ".")
    assert marks_of(["1.234", "2,345"], ".") is None
    assert plain("1.234", Marks(".", ".")) == "1.234"
    assert plain("1,234", Marks(".", ".")) is None
    assert plain("1,234.5", Marks(".", ".")) == "1234.5"
