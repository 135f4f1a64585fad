"""Which error an answer without records is: ask again, when, or what a person must change.

The status alone does not say: refusals come with status 200, 400 and 401, and 402 means two things.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec

from kasparro.core.complaints import READ, Complaint, complaint_in, legible
from kasparro.core.errors import (
    FatalError,
    KasparroError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    RetryableError,
)

# https://docs.coingecko.com/docs/errors-and-rate-limits, read 2026-11.
COINGECKO_ADVICE = {
    10002: "Set COINGECKO_API_KEY to a valid key, or unset it and COINGECKO_PLAN to go without.",
    10005: "The plan does not include this: use another plan's key in COINGECKO_API_KEY and name "
    "that plan in COINGECKO_PLAN.",
    10010: "COINGECKO_API_KEY is no demo key: set COINGECKO_PLAN=pro if it is a pro key.",
    10011: "COINGECKO_API_KEY is no pro key: set COINGECKO_PLAN=demo if it is a demo key.",
}

ADVICE: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Check {key}, and that its plan includes this.",
    HTTPStatus.PAYMENT_REQUIRED: "The month's calls are spent: wait for the next month, or set "
    "{key} to the key of a larger plan.",
    HTTPStatus.FORBIDDEN: "Check {key}; if it is right, the source shuts this address out.",
    HTTPStatus.NOT_FOUND: "It knows no such id; or no such path: then check {url}.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "Our URL is too long for it: ask for fewer ids at once.",
    HTTPStatus.TOO_MANY_REQUESTS: "It wants {rest}; if that lasts, ask less often.",
}
# Whatever the text says: here waiting does not help, and each further call may cost one.
_SETTLED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
}
_SLOW_DOWN = re.compile(
    r"rate limit|request limit|too many requests|throttled|code: 1015\b", re.IGNORECASE
)
_PLAIN_SLOW_DOWN = re.compile(rb"\s*(throttled|error code: 1015)\s*", re.IGNORECASE)


def classify(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    *,
    source: str = "",
    key: str | None = None,
) -> KasparroError | None:
    """The error an answer stands for; None for records and for "not modified".

    `source` is named in the message. `key` is the key we sent: it stays out of the message even
    when the source repeats it.
    """
    complaint = _complaint(body)
    succeeded = status < HTTPStatus.MULTIPLE_CHOICES or status == HTTPStatus.NOT_MODIFIED
    if succeeded and complaint is None and not _PLAIN_SLOW_DOWN.fullmatch(body):
        return None
    code = complaint.code if complaint else None
    said = legible(complaint.message if complaint else body, key)
    numbered = "" if code in (None, status) else f" (code {code})"
    message = (
        f"{source or 'the source'} answered HTTP {status}"
        f"{' with an error in it' if succeeded else ''}{numbered}: "
        f"{said.rstrip('. ') or 'no explanation'}. "
    )
    meaning = _meaning(None if succeeded else status, code, said)
    wait = retry_after(headers, now)
    message += COINGECKO_ADVICE.get(code or 0) or _advice(meaning, said, source, wait)
    match meaning:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimitedError(message, retry_after=wait)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.PAYMENT_REQUIRED | HTTPStatus.FORBIDDEN:
            return RefusedError(message)
        case HTTPStatus.NOT_FOUND:
            return NotFoundError(message)
        case _ if _is_theirs(meaning):
            return RetryableError(message, retry_after=wait)
        case _:
            return FatalError(message)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long an answer asks us to wait; None when it does not say, or not legibly.

    Retry-After, in seconds or as a date, goes before x-ratelimit-reset, a moment.
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    asked = lower.get("retry-after", "")
    if re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,6})?", asked, re.ASCII):
        return timedelta(seconds=float(asked))
    moment = _http_date(asked) or _reset(lower.get("x-ratelimit-reset", ""))
    return None if moment is None else max(moment - now, timedelta())


def _complaint(body: bytes) -> Complaint | None:
    if body[:READ].lstrip()[:1] != b"{":  # a page of records is not worth decoding twice
        return None
    try:
        return complaint_in(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _reset(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None


def _meaning(status: int | None, code: int | None, said: str) -> int:
    """The status the answer should have had; `status` None: it claimed success."""
    if status in _SETTLED:
        return status
    if code in COINGECKO_ADVICE:
        return HTTPStatus.UNAUTHORIZED
    if HTTPStatus.TOO_MANY_REQUESTS in (status, code) or _SLOW_DOWN.search(said):
        return HTTPStatus.TOO_MANY_REQUESTS
    if status is not None:
        return status
    if code in set(HTTPStatus):
        return int(code)
    return HTTPStatus.NOT_FOUND if said.endswith("not found") else HTTPStatus.BAD_REQUEST


def _is_theirs(meaning: int) -> bool:
    return meaning >= HTTPStatus.INTERNAL_SERVER_ERROR or meaning == HTTPStatus.REQUEST_TIMEOUT


def _advice(meaning: int, said: str, source: str, wait: timedelta | None) -> str:
    if meaning == HTTPStatus.PAYMENT_REQUIRED and "not allowed in this plan" in said:
        advice = "Ask for less, or set {key} to the key of a larger plan."
    elif _is_theirs(meaning):
        advice = "The fault is on its side; later it may answer."
    else:
        advice = ADVICE.get(meaning, "It does not take what we ask: check {url} and its changelog.")
    return advice.format(
        key=f"{source.upper()}_API_KEY" if source else "the API key of this source",
        url=f"{source.upper()}_API_URL" if source else "the URL of this source",
        rest="a rest" if wait is None else f"a rest of {wait.total_seconds():g} s",
    )
