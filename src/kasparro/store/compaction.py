"""Packs older payloads: an answer keeps only what differs from an earlier one of its kind.

Nothing is edited: the bytes that come out are the bytes that came, by their sha256. What is younger
than `compact_payloads` is told to touch stays plain, so that whoever looks at today's payloads
needs no second one to read them. A base is never packed itself, so one look-up always suffices.
"""

from datetime import datetime

from kasparro.store import packing, payloads
from kasparro.store.connect import Connection
from kasparro.store.queries import queries

FOLLOWERS = 31  # payloads that one base serves; damage to it can cost no more than these
WORTH_IT = 0.8  # of the plain room; what gains less stays plain and is the next base
OF_A_KIND = 1 << 20  # bytes; a larger payload is only packed against an answer to the same request


def compact_payloads(connection: Connection, before: datetime, *, limit: int) -> int:
    """Consider the next `limit` payloads fetched before then; returns how many there were.

    Each in a transaction of its own: killed at any moment, nothing has to be made good.
    """
    sql = queries("compaction")
    rows = connection.execute(sql.next_payloads, {"before": before, "limit": limit}).fetchall()
    for payload_id, stream_id, request_key in rows:
        with connection.transaction():
            _pack(connection, payload_id, stream_id, request_key)
            connection.execute(sql.considered, {"id": payload_id})
    return len(rows)


def release_followers(connection: Connection, stream_ids: list[int], before: datetime) -> None:
    """Make payloads independent of those fetched before then, which are about to go."""
    arguments = {"stream_ids": stream_ids, "before": before}
    found = connection.execute(queries("compaction").orphans_to_be, arguments).fetchall()
    bodies = {row[0]: payloads.body(connection, row[0]) for row in found}
    heirs: dict[int, int] = {}  # the first follower of each base takes its place
    for payload_id, base_id in found:
        heir = heirs.setdefault(base_id, payload_id)
        if heir == payload_id:
            _store(connection, payload_id, packing.plain(bodies[payload_id]), None)
        else:
            stored = packing.packed(bodies[payload_id], bodies[heir])
            _store(connection, payload_id, stored, heir)


def _pack(connection: Connection, payload_id: int, stream_id: int, request_key: object) -> None:
    arguments = {
        "id": payload_id,
        "stream_id": stream_id,
        "request_key": request_key,
        "followers": FOLLOWERS,
        "of_a_kind": OF_A_KIND,
    }
    row = connection.execute(queries("compaction").with_base, arguments).fetchone()
    if row is None:  # removed meanwhile, or packed
        return
    stored, base_id, base_stored = row
    body = packing.unpacked(stored, None)
    packed = stored
    if base_id is not None:
        packed = packing.packed(body, packing.unpacked(base_stored, None))
    if len(packed) > WORTH_IT * len(stored):
        base_id = base_stored = None
        packed = packing.plain(body, packing.AT_LEISURE)
    if packing.unpacked(packed, base_stored) != body:
        raise AssertionError(f"payload {payload_id} would not come out of packing as it went in")
    if len(packed) < len(stored):
        _store(connection, payload_id, packed, base_id)


def _store(connection: Connection, payload_id: int, stored: bytes, base_id: int | None) -> None:
    arguments = {"id": payload_id, "body": stored, "base_id": base_id}
    connection.execute(queries("compaction").store, arguments)
