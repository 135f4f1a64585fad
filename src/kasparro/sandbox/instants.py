"""Instants as whole milliseconds since 1970, and how the two sources read and write them."""

import re
from datetime import UTC, datetime
from functools import lru_cache

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

UNIX_SECONDS = re.compile(r"[0-9]{1,11}")


def milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * SECOND_MS)


def moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / SECOND_MS, UTC)


def read(text: str) -> int:
    """Unix seconds, or a date with or without time and zone (then UTC). Raises ValueError."""
    if UNIX_SECONDS.fullmatch(text):
        return int(text) * SECOND_MS
    parsed = datetime.fromisoformat(text)
    return milliseconds(parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed)


@lru_cache(maxsize=8192)  # a page repeats the dates of its coins
def to_seconds(at_ms: int) -> str:
    """2026-08-06T02:40:15Z, as CoinPaprika writes it."""
    return moment(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_milliseconds(at_ms: int) -> str:
    """2026-08-06T02:40:15.204Z, as CoinGecko writes it."""
    return f"{moment(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % SECOND_MS:03}Z"
