"""The opaque cursor of a page of prices: where the page before ended, and its number."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta

from kasparro.store.reading.prices import Position

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WRITTEN = re.compile(r"(\d{1,17})\.(\d{1,9})\.(\d{1,9})", re.ASCII)


def write_cursor(position: Position, page: int) -> str:
    """The cursor of the page that begins after this position."""
    microseconds = (position.observed_at - EPOCH) // MICROSECOND
    text = f"{microseconds}.{position.series_id}.{page}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[Position, int]:
    """Position and page number. Raises ValueError for anything we did not write."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        match = WRITTEN.fullmatch(raw.decode("ascii"))
    except (binascii.Error, UnicodeError):
        match = None
    if match is None:
        raise ValueError("must be a cursor of an earlier answer, unchanged")
    microseconds, series_id, page = map(int, match.groups())
    observed_at = EPOCH + timedelta(microseconds=microseconds)
    return Position(observed_at=observed_at, series_id=series_id), page
