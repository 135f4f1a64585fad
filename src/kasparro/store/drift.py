"""What one stream looks like and how it drifted, as a run reads and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import zstandard
from psycopg.types.json import Jsonb

from kasparro.core.drift.aliases import Alias
from kasparro.core.drift.baseline import Baseline
from kasparro.core.drift.event import Category, Drift, Severity, reason
from kasparro.core.drift.judge import Held, Judgement
from kasparro.store.connect import Connection
from kasparro.store.queries import queries

GOES_ON = "nothing is held: the baseline moved at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people have decided about a stream's fields."""

    aliases: Sequence[Alias] = ()
    denied: frozenset[tuple[str, str]] = frozenset()


def aliases_of(connection: Connection, stream_id: int) -> list[Alias]:
    rows = connection.execute(queries("drift").aliases, {"stream_id": stream_id})
    return [Alias(*row) for row in rows]


def held_in(connection: Connection, payload_id: int) -> Held:
    """Which records of a payload wait, and what for; the first reason counts."""
    held: Held = {}
    for path, category, positions in connection.execute(
        queries("drift").held, {"payload_id": payload_id}
    ):
        for position in positions:
            held.setdefault(position, (path, reason(category, path)))
    return held


def packed(baseline: Baseline) -> bytes:
    return zstandard.compress(msgspec.json.encode(baseline))


def unpacked(packed_baseline: bytes) -> Baseline:
    return msgspec.json.decode(zstandard.decompress(packed_baseline), type=Baseline)


class DriftBook:
    """The drift of one stream, for the length of a run; its lease keeps decisions away."""

    def __init__(self, connection: Connection, *, stream_id: int, run_id: str) -> None:
        self._connection = connection
        self._stream_id = stream_id
        self._run_id = run_id
        self._decided: Decided | None = None

    def decided(self) -> Decided:
        if self._decided is None:
            denied = self._connection.execute(queries("drift").denied, self._own())
            self._decided = Decided(
                aliases=aliases_of(self._connection, self._stream_id),
                denied=frozenset((path, alias) for path, alias in denied),
            )
        return self._decided

    def held(self, payload_id: int) -> Held:
        return held_in(self._connection, payload_id)

    def baseline(self, part: str) -> Baseline | None:
        sql = queries("drift").baseline
        row = self._connection.execute(sql, self._own(part=part)).fetchone()
        return unpacked(row[0]) if row is not None else None

    def in_force(self, since: datetime) -> list[Drift]:
        """What holds records of this stream and was seen since then."""
        rows = self._connection.execute(queries("drift").in_force, self._own(since=since))
        return [
            Drift(
                category=Category(row[0]),
                severity=Severity(row[1]),
                path=row[2],
                evidence=row[3],
                confidence=row[4],
                details=row[5],
                sign=row[6],
            )
            for row in rows
        ]

    def record(self, judgement: Judgement, payload_id: int, at: datetime) -> list[Drift]:
        """Write what was judged, inside the payload's transaction; returns what is new."""
        new = []
        for drift in judgement.drifts:
            event_id, is_new = self.sight(drift, payload_id, at)
            new += [drift] if is_new else []
            if positions := judgement.holds.get((drift.category, drift.path)):
                arguments = {"payload_id": payload_id, "event_id": event_id}
                self._execute("hold", **arguments, positions=positions)
        if judgement.baseline is not None:
            arguments = self._own(part=judgement.part, at=at)
            self._execute("learn", **arguments, baseline=packed(judgement.baseline))
        return new

    def sight(self, drift: Drift, payload_id: int, at: datetime) -> tuple[int, bool]:
        """The event of this drift, and whether this is the first time it is seen."""
        arguments = self._own(
            run_id=self._run_id,
            payload_id=payload_id,
            category=drift.category.value,
            severity=drift.severity.value,
            path=_text(drift.path),
            sign=_text(drift.sign),
            evidence=_text(drift.evidence),
            details=Jsonb(_legible(drift.details)),
            confidence=drift.confidence,
            at=at,
            status="open" if drift.holds else "accepted",
            resolved_at=None if drift.holds else at,
            note=None if drift.holds else GOES_ON,
        )
        row = self._connection.execute(queries("drift").sight, arguments).fetchone()
        if row is None:
            raise LookupError("the database gave the event no number")
        return int(row[0]), bool(row[1])

    def _own(self, **others: Any) -> dict[str, Any]:
        return {"stream_id": self._stream_id, **others}

    def _execute(self, query: str, /, **arguments: Any) -> None:
        self._connection.execute(getattr(queries("drift"), query), arguments)


def _text(text: str) -> str:
    return text.replace("\0", "\ufffd")


def _legible(details: Any) -> Any:
    """The same without what PostgreSQL cannot keep in a text."""
    return msgspec.json.decode(msgspec.json.encode(details).replace(b"\\u0000", b"\\ufffd"))
