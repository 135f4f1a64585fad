"""Keeps payloads byte for byte, and finds them again."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.core.source import Cursor, Payload, Request
from kasparro.store import packing
from kasparro.store.connect import Connection
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the same request answered last time."""

    payload_id: int
    headers: Mapping[str, str]
    sha256: bytes
    fetched_at: datetime
    interpreted: bool


def request_key(request: Request) -> uuid.UUID:
    """Equal for requests that ask the same thing."""
    text = json.dumps([request.path, request.params], sort_keys=True, default=str)
    return uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def last_payload(connection: Connection, stream_id: int, request: Request) -> Stored | None:
    arguments = {"stream_id": stream_id, "request_key": request_key(request)}
    row = connection.execute(queries("write").last_payload, arguments).fetchone()
    if row is None:
        return None
    return Stored(
        payload_id=row[0], headers=row[1], sha256=row[2], fetched_at=row[3], interpreted=row[4]
    )


def newest(
    connection: Connection, source: str, stream: str, request: Request, cursor: Cursor
) -> Payload | None:
    """The last answer to this request, as it came; None when there is none."""
    arguments = {"source": source, "stream": stream, "request_key": request_key(request)}
    row = connection.execute(queries("write").newest_answer, arguments).fetchone()
    if row is None:
        return None
    return Payload(
        request=request,
        cursor=cursor,
        body=packing.unpacked(row[0], row[1]),
        fetched_at=row[2],
        status=row[3],
        headers=row[4],
    )


def body(connection: Connection, payload_id: int) -> bytes:
    """The bytes as they came."""
    row = connection.execute(queries("write").payload_body, {"id": payload_id}).fetchone()
    if row is None:
        raise LookupError(f"no payload {payload_id}")
    return packing.unpacked(*row)


def keep(
    connection: Connection,
    payload: Payload,
    *,
    stream_id: int,
    run_id: str,
    uninterpreted: str | None,
) -> int:
    """Store the bytes and return the payload's id."""
    arguments: dict[str, Any] = {
        "stream_id": stream_id,
        "run_id": run_id,
        "request": Jsonb({"path": payload.request.path, "params": dict(payload.request.params)}),
        "request_key": request_key(payload.request),
        "cursor": Jsonb(dict(payload.cursor)),
        "fetched_at": payload.fetched_at,
        "status": payload.status,
        "headers": Jsonb(dict(payload.headers)),
        "body": packing.plain(payload.body),
        "body_bytes": len(payload.body),
        "sha256": sha256(payload.body),
        "uninterpreted": uninterpreted,
    }
    row = connection.execute(queries("write").keep_payload, arguments).fetchone()
    if row is None:
        raise LookupError("the database gave the payload no id")
    return int(row[0])
