"""Read a JSON payload without losing a digit, and without losing a page to one bad token."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from kasparro.core.complaints import complaint_in, legible
from kasparro.core.errors import MalformedPayloadError
from kasparro.core.source import Page, Payload

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands where something could not be read. No declared field accepts it, so it costs its record
and nothing else."""

LONGEST_INT = 100  # digits; past a few thousand int() and str() refuse, and no field takes 61
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def decode(body: bytes) -> Any:
    """Decode JSON; numbers with a fraction or an exponent are Decimal, the others int.

    What JSON forbids inside a value (NaN, Infinity, an exponent beyond Decimal, bytes that are not
    UTF-8, half a surrogate pair) becomes a text that holds UNREADABLE. Raises ValueError when the
    body as a whole is not JSON.
    """
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation, RecursionError):
        return _decode_leniently(body)


def records(payload: Payload) -> list[Any]:
    """The records of a payload that is one JSON array.

    Raises MalformedPayloadError saying what was found instead.
    """
    document = _document(payload)
    if not isinstance(document, list):
        raise _malformed(payload, f"not a list of records but {_kind(document)}")
    return document


def whole(payload: Payload) -> Page:
    """The page of a payload that is the whole sweep: one JSON array, and nothing after it."""
    return Page(records=records(payload), next_cursor=None)


def record(payload: Payload) -> list[Any]:
    """The one record of a payload that is a single JSON object, in a list.

    Raises MalformedPayloadError saying what was found instead.
    """
    document = _document(payload)
    if not isinstance(document, dict):
        raise _malformed(payload, f"not one record but {_kind(document)}")
    return [document]


def _document(payload: Payload) -> Any:
    try:
        document = decode(payload.body)
    except ValueError as error:
        raise _malformed(payload, f"not JSON ({error})") from error
    complaint = complaint_in(document)
    if complaint is not None:
        raise _malformed(payload, f"an error although its status is {payload.status}")
    return document


def _malformed(payload: Payload, found: str) -> MalformedPayloadError:
    begins = legible(payload.body) or "nothing at all"
    return MalformedPayloadError(
        f"the answer to {payload.request.path} is {found}. It says: {begins}. "
        "Its bytes are kept: compare them with the source's documentation, and replay them once "
        "the connector reads them."
    )


def _kind(document: Any) -> str:
    return f"{len(document)} fields" if isinstance(document, dict) else type(document).__name__


def _decode_leniently(body: bytes) -> Any:
    try:
        document = json.loads(
            body.decode("utf-8-sig", errors="replace"),
            strict=False,  # raw line breaks and tabs inside a text
            parse_float=_fraction,
            parse_int=_integer,
            parse_constant=lambda token: UNREADABLE + token,
        )
        return _without_lone_surrogates(document)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _fraction(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return UNREADABLE + text


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_INT else Decimal(text)


def _without_lone_surrogates(value: Any) -> Any:
    # PostgreSQL and UTF-8 cannot hold them, and json.loads lets them pass.
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {
                _without_lone_surrogates(name): _without_lone_surrogates(inner)
                for name, inner in value.items()
            }
        case list():
            return [_without_lone_surrogates(inner) for inner in value]
        case _:
            return value
