"""Keeps the records that broke their contract, with the reason and a pointer to their bytes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kasparro.core.contract import Rejection
from kasparro.store.connect import Connection
from kasparro.store.queries import queries

LONGEST_RECORD = 20_000  # characters repeated beside the payload, which has them all


ENCODER = msgspec.json.Encoder(enc_hook=str, decimal_format="number")


def quarantine(
    connection: Connection,
    rejections: Sequence[Rejection],
    *,
    payload_id: int,
    stream_id: int,
    run_id: str,
    recorded_at: datetime,
) -> None:
    """Write the rejections of one payload inside the caller's transaction."""
    if not rejections:
        return
    arguments: dict[str, Any] = {
        "payload_id": payload_id,
        "stream_id": stream_id,
        "run_id": run_id,
        "recorded_at": recorded_at,
        "positions": [rejection.position for rejection in rejections],
        "ids": [_identity(rejection.raw) for rejection in rejections],
        "fields": [_storable(rejection.field) for rejection in rejections],
        "reasons": [_storable(rejection.reason) for rejection in rejections],
        "records": [_text(rejection.raw) for rejection in rejections],
    }
    connection.execute(queries("write").quarantine, arguments)


def _identity(raw: Any) -> str | None:
    """What the record says it is about, for a person; never a key."""
    id_ = raw.get("id") or raw.get("symbol") if isinstance(raw, Mapping) else None
    return _storable(id_)[:200] if isinstance(id_, str) else None


def _text(raw: Any) -> str:
    encoded = ENCODER.encode(raw)
    return _storable(encoded.decode())[:LONGEST_RECORD]


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd")
