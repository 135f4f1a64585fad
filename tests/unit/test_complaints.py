"""Foreign error texts: read in whatever shape, repeated only where that is safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.complaints import QUOTED, Complaint, complaint_in, legible


@pytest.mark.parametrize(
    "document, complaint",
    [
        ({"error": "coin not found"}, Complaint(None, "coin not found")),
        (
            {"status": 500, "error": "Internal Server Error"},
            Complaint(None, "Internal Server Error"),
        ),
        ({"status": {"error_code": 429, "error_message": "slow"}}, Complaint(429, "slow")),
        (
            {"error": {"status": {"timestamp": "t", "error_code": 10012, "error_message": "far"}}},
            Complaint(10012, "far"),
        ),
        (
            {"timestamp": "t", "error_code": 10010, "status": {"error_message": "host"}},
            Complaint(10010, "host"),
        ),
        ({"error_code": 10011, "error_message": "host"}, Complaint(10011, "host")),
        ({"error_code": "10002"}, Complaint(10002, "")),
        ({"error": {"reason": "new shape"}}, Complaint(None, "{'reason': 'new shape'}")),
        ({"error": ["new", "shape"]}, Complaint(None, "['new', 'shape']")),
    ],
)
def test_a_complaint_is_found_in_every_known_shape(document, complaint):
    assert complaint_in(document) == complaint


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        "error",
        {},
        {"id": "btc-bitcoin", "quotes": {}},
        {"error": None},
        {"error": ""},
        {"error": {}},
        {"status": "active"},
        {"status": {"error_code": 0, "error_message": None}, "data": []},
        {"message": "", "id": "btc-bitcoin"},
    ],
)
def test_what_carries_no_complaint_has_none(document):
    assert complaint_in(document) is None


def test_a_page_of_markup_is_reduced_to_its_words():
    page = b"<html><style>b{}</style><script>var k=1</script><h1>Bad &amp; Gateway</h1>\n<p>502</p>"
    assert legible(page) == "Bad & Gateway 502"


def test_our_key_is_hidden_even_when_it_is_short_or_would_be_cut_in_half():
    assert legible("key abc is bad", "abc") == "key (key) is bad"
    cut = legible("-" * (QUOTED - 4) + "secretsecret", "secretsecret")
    assert "secr" not in cut


@pytest.mark.parametrize(
    "key",
    ["CG-madeUpKeyOfADemoPlan12345", "0123456789abcdef0123456789abcdef", "a1" * 20, "CG-short"],
)
def test_what_looks_like_a_key_is_hidden(key):
    assert legible(f'{{"error": "no such key: {key}"}}') == '{"error": "no such key: (hidden)"}'


def test_dates_and_addresses_of_pages_stay_legible():
    text = "before 2025-10-07 13:25:47.673661758 +0000 UTC, see https://example.org/en/api/pricing"
    assert legible(text) == text


@given(st.binary())
def test_any_bytes_become_one_short_printable_line(body):
    line = legible(body)
    assert len(line) <= QUOTED
    assert line.isprintable()
