"""Answers of the two APIs, written for these tests, and what a stream makes of them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Payload, Stream
from kasparro.ingestion.interpret import interpret

PAYLOADS = Path(__file__).parent.parent / "payloads"
FETCHED_AT = datetime(2026, 10, 2, 9, 15, tzinfo=UTC)


def answer(stream: Stream, body: bytes, cursor: Mapping[str, Any]) -> Payload:
    return Payload(request=stream.request(cursor), cursor=cursor, body=body, fetched_at=FETCHED_AT)


def recorded(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def as_body(document: Any) -> bytes:
    return json.dumps(document).encode()


class Said:
    """What a stream reads out of a body, looked up by the source's own id."""

    def __init__(self, stream: Stream, body: bytes, cursor: Mapping[str, Any]) -> None:
        result = interpret(stream, answer(stream, body, cursor))
        self.records = result.records
        self.next_cursor = result.next_cursor
        self.without_price = result.without_price
        self.unknown_fields = dict(result.unknown_fields)
        self.rejections = result.rejections
        self.observations: dict[str, Observation] = {
            observation.source_asset_id: observation for observation in result.observations
        }
        self.listings: dict[str, Listing] = {
            listing.source_asset_id: listing for listing in result.listings
        }

    def rejected_fields(self) -> dict[int, str]:
        return {rejection.position: rejection.field for rejection in self.rejections}
