"""Where a number came from: the payload that its id leads to."""

from dataclasses import dataclass

from kasparro.core.errors import NotFoundError
from kasparro.core.source import Payload, Request
from kasparro.store import payloads
from kasparro.store.connect import Connection
from kasparro.store.queries import queries
from kasparro.store.statements import POSITION_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedigree:
    """A payload as it came, who fetched it, and the position of one record in it."""

    source: str
    stream: str
    run_id: str
    payload_id: int
    position: int
    size: int
    sha256: str
    payload: Payload


def pedigree(connection: Connection, id_: int) -> Pedigree:
    """Raises NotFoundError when there is no such payload, or none any more."""
    payload_id, position = divmod(id_, 1 << POSITION_BITS)
    row = connection.execute(queries("pedigree").payload, {"id": payload_id}).fetchone()
    if row is None:
        raise NotFoundError(f"no number here has the id {id_}: there is no payload {payload_id}")
    source, stream, run_id, request, cursor, fetched_at, status, headers, size, sha256 = row
    return Pedigree(
        source=source,
        stream=stream,
        run_id=run_id,
        payload_id=payload_id,
        position=position,
        size=size,
        sha256=sha256,
        payload=Payload(
            request=Request(path=request["path"], params=request["params"]),
            cursor=cursor,
            body=payloads.body(connection, payload_id),
            fetched_at=fetched_at,
            status=status,
            headers=headers,
        ),
    )
