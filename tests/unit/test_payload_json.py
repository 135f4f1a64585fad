"""Reading JSON payloads: every digit, and one bad token costs one record."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core import payload_json
from kasparro.core.errors import MalformedPayloadError
from kasparro.core.source import Payload, Request


def payload(body):
    return Payload(
        request=Request(path="/things"),
        cursor={},
        body=body,
        fetched_at=datetime(2026, 10, 2, tzinfo=UTC),
    )


numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.integers(min_value=-(10**60), max_value=10**60).map(Decimal),
    st.builds(Decimal, st.from_regex(r"-?(0|[1-9][0-9]{0,59})(\.[0-9]{1,60})?", fullmatch=True)),
)


def as_json(number):
    return str(number).replace("E+", "e+")


@given(numbers)
def test_a_number_sent_as_json_comes_out_equal(number):
    assert Decimal(payload_json.decode(f"[{as_json(number)}]".encode())[0]) == number


@given(numbers)
def test_a_number_beside_a_bad_token_comes_out_equal_too(number):
    assert Decimal(payload_json.decode(f"[{as_json(number)}, NaN]".encode())[0]) == number


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_what_is_not_a_number_is_read_as_the_standard_library_reads_it(value):
    body = json.dumps(value, ensure_ascii=False).encode()
    assert payload_json.decode(body) == json.loads(body)


@pytest.mark.parametrize(
    "token",
    [
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e99999999999999999999",
        b'"\xff\xfe"',
        b'"\\ud800"',
        b'"\\udc00 alone"',
    ],
)
def test_what_cannot_be_read_is_marked_and_its_neighbours_are_read(token):
    before, bad, after = payload_json.decode(b'[{"a": 1.50}, {"a": ' + token + b'}, {"a": 2}]')
    assert (before, after) == ({"a": Decimal("1.50")}, {"a": 2})
    assert payload_json.UNREADABLE in bad["a"]


def test_a_name_that_cannot_be_read_is_marked_too():
    assert list(payload_json.decode(b'{"\\ud800": NaN}')) == [payload_json.UNREADABLE]


def test_a_number_of_ten_thousand_digits_costs_its_record_only():
    long, short = payload_json.decode(b"[" + b"9" * 10_000 + b", 1]")
    assert isinstance(long, Decimal)
    assert short == 1


def test_a_byte_order_mark_and_line_breaks_inside_a_text_are_forgiven():
    assert payload_json.decode(b'\xef\xbb\xbf["a\nb"]') == ["a\nb"]


def test_a_whole_surrogate_pair_is_one_character():
    assert payload_json.decode(b'["\\ud83d\\ude00", NaN]')[0] == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    "body", [b"", b" ", b"<html>", b'[{"a": 1}', b"[1,]", b"\x1f\x8b\x08", b"[" * 200_000]
)
def test_a_body_that_is_not_json_is_refused_as_a_whole(body):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the two parsers say
        payload_json.decode(body)


def test_the_records_of_a_list_are_its_items():
    assert payload_json.records(payload(b'[{"a": 1}, 2]')) == [{"a": 1}, 2]


def test_a_whole_payload_is_one_page_with_nothing_after_it():
    page = payload_json.whole(payload(b"[1]"))
    assert (page.records, page.next_cursor) == ([1], None)


def test_the_record_of_an_object_is_itself():
    assert payload_json.record(payload(b'{"a": 1}')) == [{"a": 1}]


@pytest.mark.parametrize(
    "body, found",
    [
        (b"", "not JSON.*nothing at all"),
        (b"<html><head><title>Bad  Gateway</title></head></html>", "not JSON.*says: Bad Gateway"),
        (b'{"coins": [], "page": 1}', r"2 fields.*\{\"coins\": \[\], \"page\": 1\}"),
        (b'"a text"', "str"),
        (b"null", "NoneType"),
        (b'[{"id": "cut off', r"not JSON.*\[\{\"id\": \"cut off"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"error": "id not found"}', "an error although its status is 200.*id not found"),
        (b'{"status": {"error_code": 429, "error_message": "slow down"}}', "an error.*slow down"),
    ],
)
def test_a_body_that_is_no_list_is_refused_with_what_was_found_where_and_what_to_do(body, found):
    with pytest.raises(MalformedPayloadError, match=f"(?s)/things is .*{found}") as raised:
        payload_json.records(payload(body))
    assert "replay them once the connector reads them" in str(raised.value)
    assert len(str(raised.value)) < 600


@pytest.mark.parametrize("body", [b"[]", b"1", b'{"error": "id not found"}'])
def test_a_body_that_is_no_object_is_no_record(body):
    with pytest.raises(MalformedPayloadError):
        payload_json.record(payload(body))
