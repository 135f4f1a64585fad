"""Every dressing an error is known to come in, and what the caller does next."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.error_bodies import classify, retry_after
from kasparro.core.errors import (
    FatalError,
    KasparroError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    RetryableError,
)

NOW = datetime(2026, 10, 2, 9, 15, tzinfo=UTC)
EXCEEDED = {"status": {"error_code": 429, "error_message": "You've exceeded the Rate Limit."}}


def judged(status, body=b"", headers=None, **more):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return classify(status, headers or {}, raw, NOW, **more)


# What is no error


@pytest.mark.parametrize(
    "status, body",
    [
        (200, b"[]"),
        (200, b'[{"error": "in a record"}]'),
        (200, b'{"id": "btc-bitcoin", "message": "", "status": "active"}'),
        (200, b'{"error": null, "id": "btc-bitcoin"}'),
        (200, b""),
        (204, b""),
        (304, b""),
        (200, b"<html>a page for a person</html>"),
        (200, b'{"id": "cut off'),
        (200, b"\xff\xfe"),
        (200, b'{"a":' * 100_000),
    ],
)
def test_records_and_what_only_the_connector_can_judge_are_no_error(status, body):
    assert judged(status, body) is None


# 429 in every dressing


@pytest.mark.parametrize(
    "status, body, headers, wait",
    [
        (429, EXCEEDED, {"Retry-After": "119"}, 119),
        (429, EXCEEDED, {"retry-after": " 7 "}, 7),
        (429, EXCEEDED, {"Retry-After": "0"}, 0),
        (429, EXCEEDED, {"Retry-After": "1.5"}, 1.5),
        (429, EXCEEDED, {"Retry-After": "Fri, 02 Oct 2026 09:15:30 GMT"}, 30),
        (429, EXCEEDED, {"Retry-After": "Fri, 02 Oct 2026 09:14:30 GMT"}, 0),
        (429, EXCEEDED, {"x-ratelimit-reset": "2026-10-02 09:16:00 +0000"}, 60),
        (429, EXCEEDED, {"X-RateLimit-Reset": "2026-10-02 11:16:00 +0200"}, 60),
        (429, EXCEEDED, {"x-ratelimit-reset": "2026-10-02 09:14:00 +0000"}, 0),
        (
            429,
            EXCEEDED,
            {"Retry-After": "5", "x-ratelimit-reset": "2026-10-02 09:16:00 +0000"},
            5,
        ),
        (
            429,
            EXCEEDED,
            {"Retry-After": "soon", "x-ratelimit-reset": "2026-10-02 09:16:00 +0000"},
            60,
        ),
        (429, EXCEEDED, {}, None),
        (429, EXCEEDED, {"Retry-After": "soon"}, None),
        (429, EXCEEDED, {"Retry-After": "-5"}, None),
        (429, EXCEEDED, {"Retry-After": "999999999999"}, None),
        (429, EXCEEDED, {"x-ratelimit-reset": "tomorrow"}, None),
        (429, {"error": "you have reached maximum request limit"}, {}, None),
        (429, b"Throttled", {}, None),
        (429, b"error code: 1015", {}, None),
        (429, b"<html><h1>Too Many Requests</h1></html>", {}, None),
        (429, b"", {"Retry-After": "3"}, 3),
        (200, EXCEEDED, {}, None),
        (200, EXCEEDED, {"Retry-After": "9"}, 9),
        (200, {"error": "you have reached maximum request limit"}, {}, None),
        (200, b"Throttled\n", {}, None),
        (200, b"error code: 1015", {}, None),
        (400, EXCEEDED, {}, None),
        (503, b"Throttled", {"Retry-After": "2"}, 2),
    ],
)
def test_an_answer_that_means_slow_down_says_for_how_long_where_it_can(status, body, headers, wait):
    error = judged(status, body, headers, source="coingecko")
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == (None if wait is None else timedelta(seconds=wait))
    assert str(error).startswith(f"coingecko answered HTTP {status}")
    assert ("a rest;" if wait is None else f"a rest of {wait:g} s;") in str(error)


# Keys and plans


@pytest.mark.parametrize("status", [200, 400, 401, 403])
@pytest.mark.parametrize(
    "code, setting",
    [
        (10002, "Set COINGECKO_API_KEY"),
        (10005, "COINGECKO_PLAN"),
        (10010, "COINGECKO_PLAN=pro"),
        (10011, "COINGECKO_PLAN=demo"),
    ],
)
@pytest.mark.parametrize(
    "shape",
    [
        lambda code: {"status": {"error_code": code, "error_message": "their words"}},
        lambda code: {"error": {"status": {"error_code": code, "error_message": "their words"}}},
        lambda code: {"error_code": code, "status": {"error_message": "their words"}},
        lambda code: {"error_code": code, "error_message": "their words"},
    ],
)
def test_a_wrong_key_is_refused_with_their_words_and_the_setting_to_change(
    status, code, setting, shape
):
    error = judged(status, shape(code), source="coingecko")
    assert isinstance(error, RefusedError)
    assert f"HTTP {status}" in str(error)
    assert f"(code {code}): their words. " in str(error)
    assert setting in str(error)


@pytest.mark.parametrize(
    "status, body",
    [
        (401, {"status": {"error_code": 401, "error_message": "invalid demo api key usage"}}),
        (401, {"error": {"status": {"error_code": 10012, "error_message": "365 days"}}}),
        (401, {"error": "subscribe for higher rate limits"}),
        (403, {"error": "invalid api key"}),
        (403, b""),
        (403, b"<html><title>Access denied</title>error code: 1020</html>"),
        (200, {"status": {"error_code": 401, "error_message": "invalid pro api key usage"}}),
    ],
)
def test_401_and_403_name_the_key_to_check(status, body):
    error = judged(status, body, source="coinpaprika")
    assert isinstance(error, RefusedError)
    assert "Check COINPAPRIKA_API_KEY" in str(error)


def test_402_tells_a_plan_that_is_too_small_from_a_month_that_is_spent():
    small = judged(402, {"error": "This is not allowed in this plan."}, source="coinpaprika")
    spent = judged(402, {"error": "you have reached maximum request limit"}, source="coinpaprika")
    assert isinstance(small, RefusedError)
    assert isinstance(spent, RefusedError)
    assert "Ask for less, or set COINPAPRIKA_API_KEY to the key of a larger plan" in str(small)
    assert "month's calls are spent" in str(spent)
    assert "COINPAPRIKA_API_KEY" in str(spent)


# The rest


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 521, 522, 524, 530])
def test_a_fault_on_their_side_is_tried_again(status):
    error = judged(status, b"<html><h1>Oops</h1></html>", {"Retry-After": "4"}, source="coingecko")
    assert type(error) is RetryableError
    assert error.retry_after == timedelta(seconds=4)
    assert str(error) == (
        f"coingecko answered HTTP {status}: Oops. The fault is on its side; later it may answer."
    )


@pytest.mark.parametrize(
    "status, body",
    [
        (404, {"error": "id not found"}),
        (404, {"error": "coin not found"}),
        (404, b"404 page not found"),
        (404, {"status": {"error_code": 404, "error_message": "Incorrect path."}}),
        (200, {"error": "id not found"}),
    ],
)
def test_an_id_or_path_they_do_not_know_is_not_found(status, body):
    error = judged(status, body, source="coinpaprika")
    assert isinstance(error, NotFoundError)
    assert "COINPAPRIKA_API_URL" in str(error)


@pytest.mark.parametrize(
    "status, body, words",
    [
        (400, {"error": "invalid vs_currency"}, "invalid vs_currency"),
        (400, {"error_code": 10012, "status": {"error_message": "too many"}}, "too many"),
        (422, {"error": "Missing parameter vs_currency"}, "Missing parameter"),
        (414, b"URI too long", "fewer ids"),
        (410, b"", "no explanation"),
        (418, b"a dressing nobody has seen", "a dressing nobody has seen"),
        (301, b'<a href="/v1/tickers">Moved Permanently</a>.', "Moved Permanently. "),
        (200, {"error": {"reason": "new shape"}}, "with an error in it: {'reason': 'new shape'}"),
        (200, {"error_code": 77}, "(code 77): no explanation"),
    ],
)
def test_what_trying_again_cannot_help_fails_the_run_with_what_was_said(status, body, words):
    error = judged(status, body, source="coingecko")
    assert type(error) is FatalError
    assert words in str(error)
    assert str(error).startswith(f"coingecko answered HTTP {status}")


def test_no_message_repeats_our_key():
    for status in (400, 401, 402, 403, 404, 429, 500):
        error = judged(status, {"error": "key hunter2 is wrong"}, source="coingecko", key="hunter2")
        assert "hunter2" not in str(error)


def test_without_a_source_the_message_still_says_what_to_check():
    assert str(judged(403, {"error": "bad key"})) == (
        "the source answered HTTP 403: bad key. Check the API key of this source; "
        "if it is right, the source shuts this address out."
    )


@given(
    status=st.integers(min_value=200, max_value=599),
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "x-ratelimit-reset", "content-type"]), st.text()
    ),
    body=st.one_of(
        st.binary(),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(["error", "status", "error_code", "error_message", "x"]), inner
                )
            ),
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_no_answer_whatever_breaks_the_judgement(status, headers, body):
    error = classify(status, headers, body, NOW)
    assert error is None or isinstance(error, KasparroError)
    assert error is not None or status < 300 or status == 304


@given(st.text())
def test_no_header_whatever_asks_for_a_negative_wait(text):
    for name in ("retry-after", "x-ratelimit-reset"):
        wait = retry_after({name: text}, NOW)
        assert wait is None or wait >= timedelta()
