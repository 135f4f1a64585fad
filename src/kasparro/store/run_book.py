"""What one run writes, line by line, inside the transactions of whoever opens and fences them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.core.drift.judge import Judgement
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Payload, Request
from kasparro.store import payloads
from kasparro.store.claims import Run
from kasparro.store.connect import Connection
from kasparro.store.drift import DriftBook
from kasparro.store.facts import write_observations
from kasparro.store.listings import ListingBook
from kasparro.store.payloads import Stored
from kasparro.store.quarantine import quarantine
from kasparro.store.queries import queries
from kasparro.store.run_figures import RunFigures
from kasparro.store.steps import Checkpoint, Committed, Measured, Step, Tally


class RunBook:
    """The tables of one run's stream, on one session. Raises LookupError for an unknown stream."""

    def __init__(self, connection: Connection, run: Run, *, carries_prices: bool) -> None:
        self._connection = connection
        self._run = run
        self._carries_prices = carries_prices
        row = self._row("stream", source=run.source, name=run.stream)
        if row is None:
            raise LookupError(f"the stream {run.source}/{run.stream} is not registered")
        self._stream_id, self._source_id = row
        self._figures = RunFigures(connection, run_id=run.run_id, stream_id=self._stream_id)
        self.drift = DriftBook(connection, stream_id=self._stream_id, run_id=run.run_id)
        self.listings = ListingBook(
            connection,
            source=run.source,
            source_id=self._source_id,
            stream_id=self._stream_id,
        )

    def status(self) -> str:
        (status,) = self._row("status", run_id=self._run.run_id)
        return str(status)

    def checkpoint(self) -> Checkpoint | None:
        row = self._row("checkpoint", stream_id=self._stream_id)
        if row is None:
            return None
        return Checkpoint(cursor=row[0], recalling=row[1], sweep_started_at=row[2])

    def last_payload(self, request: Request) -> Stored | None:
        return payloads.last_payload(self._connection, self._stream_id, request)

    def keep(self, payload: Payload, *, uninterpreted: str | None) -> int:
        """Keep the bytes; returns the payload's id."""
        return payloads.keep(
            self._connection,
            payload,
            stream_id=self._stream_id,
            run_id=self._run.run_id,
            uninterpreted=uninterpreted,
        )

    def write(self, step: Step) -> Committed:
        """Everything a step moves."""
        committed = Committed()
        if step.payload is not None and step.result is not None:
            committed = self._write_payload(step.payload, step.result, step.judgement, step.at)
        self.listings.note_gone(step.gone, step.at)
        self._count_waits(step.tally)
        if not step.complete:
            self._move_checkpoint(step.checkpoint)
            return committed
        return replace(committed, status=self._succeed(step))

    def fail(
        self,
        *,
        status: str,
        kind: str,
        message: str,
        at: datetime,
        tally: Tally,
        measured: Measured,
    ) -> None:
        """End the run before its time; a run that somebody else has ended stays as it is."""
        ended = self._row(
            "fail",
            run_id=self._run.run_id,
            status=status,
            error_kind=kind,
            error_message=message,
            retries=tally.retries,
            waits=tally.waits,
            wait_seconds=tally.wait_seconds,
        )
        if ended is None:
            return
        self._figures.give_up(measured, tally)
        if status == "failed":
            self._execute("note_failure", stream_id=self._stream_id, at=at, error=message)

    def _write_payload(
        self,
        payload: Payload,
        result: Interpretation,
        judgement: Judgement | None,
        at: datetime,
    ) -> Committed:
        series = self._note_listings(result, at)
        self._figures.note_moves(series, result.observations)
        stored = self.last_payload(payload.request)
        repeated = stored is not None and stored.sha256 == payloads.sha256(payload.body)
        if stored is not None and repeated and stored.interpreted:
            committed = Committed(
                unchanged=len(result.observations), quarantined=len(result.rejections)
            )
        else:
            known = stored if repeated else None
            committed = self._write_news(payload, result, known, judgement, series)
        self._execute(
            "count_payload",
            run_id=self._run.run_id,
            fetched=result.records,
            new=committed.new,
            changed=committed.changed,
            unchanged=committed.unchanged,
            quarantined=committed.quarantined,
            without_price=result.without_price,
            payloads=1,
            stored=int(committed.stored),
        )
        return committed

    def _note_listings(self, result: Interpretation, at: datetime) -> dict[str, int]:
        if self._carries_prices:
            return self.listings.resolve(result.listings, at)
        self.listings.catalogue(result.listings, at)
        return {}

    def _write_news(
        self,
        payload: Payload,
        result: Interpretation,
        mended: Stored | None,
        judgement: Judgement | None,
        series: dict[str, int],
    ) -> Committed:
        """Write what was not written before; `mended`: the bytes were kept, but not understood."""
        if mended is None:
            payload_id = self.keep(payload, uninterpreted=None)
        else:
            payload_id = mended.payload_id
            self._execute("interpreted", id=payload_id)
        merged = write_observations(
            self._connection,
            result.observations,
            series,
            source=self._run.source,
            source_id=self._source_id,
            payload_id=payload_id,
        )
        quarantine(
            self._connection,
            result.rejections,
            payload_id=payload_id,
            stream_id=self._stream_id,
            run_id=self._run.run_id,
            recorded_at=payload.fetched_at,
        )
        drifts = self.drift.record(judgement, payload_id, payload.fetched_at) if judgement else ()
        return Committed(
            new=len(merged.added),
            changed=merged.changed,
            unchanged=merged.unchanged,
            quarantined=len(result.rejections),
            stored=mended is None,
            drifts=drifts,
        )

    def _move_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._execute(
            "move_checkpoint",
            stream_id=self._stream_id,
            cursor=Jsonb(dict(checkpoint.cursor)),
            recalling=list(checkpoint.recalling),
            sweep_started_at=checkpoint.sweep_started_at,
        )

    def _succeed(self, step: Step) -> str:
        started = step.checkpoint.sweep_started_at
        mark = Jsonb(dict(step.checkpoint.cursor))
        self._figures.complete(step)
        self._execute("complete_sweep", stream_id=self._stream_id, cursor=mark, at=step.at)
        row = self._row(
            "succeed",
            run_id=self._run.run_id,
            tracked=self.listings.tracked() if self._carries_prices else None,
            missed=self.listings.missing(started) if started is not None else [],
        )
        return str(row[0]) if row is not None else "abandoned"

    def _count_waits(self, tally: Tally) -> None:
        self._execute(
            "count_waits",
            run_id=self._run.run_id,
            retries=tally.retries,
            waits=tally.waits,
            wait_seconds=tally.wait_seconds,
        )

    def _row(self, query: str, /, **arguments: Any) -> Any:
        return self._connection.execute(getattr(queries("write"), query), arguments).fetchone()

    def _execute(self, query: str, /, **arguments: Any) -> None:
        self._connection.execute(getattr(queries("write"), query), arguments)
