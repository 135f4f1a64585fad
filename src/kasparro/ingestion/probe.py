"""Asks a source its cheapest question once: does it answer, take our key, tell the same time?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

from kasparro.core.clock import Clock
from kasparro.core.error_bodies import classify
from kasparro.core.errors import KasparroError
from kasparro.core.source import Request
from kasparro.ingestion.exchange import Endpoint, Exchange

PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What came of it; `error` None: it answered and took our key."""

    took: timedelta
    error: KasparroError | None = None
    ahead: timedelta | None = None  # its clock against ours; None: it did not say


def probe(client: httpx2.Client, endpoint: Endpoint, request: Request, clock: Clock) -> Probe:
    """Never raises for what a source does or does not do: that is the answer."""
    began = clock.now()
    try:
        answer = Exchange(client, endpoint, clock, deadline=PATIENCE).send(request, {})
    except KasparroError as silence:
        return Probe(took=clock.now() - began, error=silence)
    now = clock.now()
    error = classify(
        answer.status,
        answer.headers,
        answer.body,
        now,
        source=endpoint.source,
        key=endpoint.key,
    )
    return Probe(took=now - began, error=error, ahead=_ahead(answer.headers, now))


def _ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """By its Date; of an answer out of a cache that may be when it was made, Age seconds ago."""
    said = _date(headers.get("date", ""))
    if said is None:
        return None
    age = headers.get("age", "")
    since = timedelta(seconds=int(age)) if age.isdecimal() else timedelta()
    return min(said - now, said + since - now, key=abs)


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
