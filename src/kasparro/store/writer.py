"""The writing side of one run: one transaction per payload, fenced by the run's lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

import psycopg
from psycopg.types.json import Jsonb

from kasparro.core.drift.event import Drift
from kasparro.core.drift.judge import Judgement
from kasparro.core.errors import UnavailableError
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Payload, Request
from kasparro.store import leases, payloads
from kasparro.store.claims import Run
from kasparro.store.connect import connect, writer_options
from kasparro.store.drift import DriftBook
from kasparro.store.facts import ensure_partitions, pipelined, write_observations
from kasparro.store.listings import ListingBook
from kasparro.store.payloads import Stored
from kasparro.store.quarantine import quarantine
from kasparro.store.queries import queries
from kasparro.store.rights import not_allowed
from kasparro.store.run_figures import RunFigures
from kasparro.store.steps import Checkpoint, Committed, Measured, Step, Tally

DATA_CHANNEL = "kasparro_data"


class StreamWriter:
    """Everything one run writes. A context manager, because it owns its database session."""

    def __init__(self, url: str, run: Run, *, carries_prices: bool) -> None:
        self._url = url
        self._run = run
        self._carries_prices = carries_prices
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def reopen(self) -> str | None:
        """After a lost session: a fresh one, and nothing remembered.

        Returns the run's status when it is over: a commit can succeed without our hearing of it.
        Raises UnavailableError, and LeaseLostError when another worker took over.
        """
        self._connection.close()
        self._open()
        with self._reached():
            (status,) = self._row("status", run_id=self._run.run_id)
            if status != "running":
                return str(status)
            leases.fence(self._connection, self._run.lease)
        return None

    def checkpoint(self) -> Checkpoint | None:
        with self._reached():
            row = self._row("checkpoint", stream_id=self._stream_id)
        if row is None:
            return None
        return Checkpoint(cursor=row[0], recalling=row[1], sweep_started_at=row[2])

    def last_payload(self, request: Request) -> Stored | None:
        with self._reached():
            return payloads.last_payload(self._connection, self._stream_id, request)

    def stored_body(self, stored: Stored) -> bytes:
        with self._reached():
            return payloads.body(self._connection, stored.payload_id)

    def missing(self, since: datetime) -> list[str]:
        """Tracked and pinned ids the sweep begun at `since` has not shown yet."""
        with self._reached():
            return self._book.missing(since)

    def commit(self, step: Step) -> Committed:
        """Commit payload, rows, quarantine, counts, checkpoint and lease in one transaction.

        Raises LeaseLostError when another worker took over and UnavailableError when the session
        was lost; either way go on from the checkpoint in the database, not from memory.
        """
        with self._reached():
            observations = step.result.observations if step.result is not None else []
            ensure_partitions(self._connection, observations, self._months)
            try:
                with pipelined(self._connection, observations), self._connection.transaction():
                    committed = self._write(step)
                    self._announce()
                    leases.fence(self._connection, self._run.lease)
            except BaseException:
                self._book.forget()
                raise
        return committed

    @contextmanager
    def drift(self) -> Iterator[DriftBook]:
        """What is known of the stream's drift, to be read. Raises UnavailableError."""
        with self._reached():
            yield self._drift

    def keep_uninterpreted(self, payload: Payload, reason: str, drift: Drift | None) -> bool:
        """Keep bytes nothing could be read out of; the checkpoint stays where it was.

        Returns whether the drift that explains it was not seen before.
        """
        is_new = False
        with self._reached(), self._connection.transaction():
            stored = payloads.last_payload(self._connection, self._stream_id, payload.request)
            if stored is None or stored.sha256 != payloads.sha256(payload.body):
                payload_id = self._keep(payload, uninterpreted=reason)
            else:
                payload_id = stored.payload_id
            if drift is not None:
                _, is_new = self._drift.sight(drift, payload_id, payload.fetched_at)
            leases.fence(self._connection, self._run.lease)
        return is_new

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
        """End the run before its time; the cursor stays, so that the next run goes on from it.

        A run that somebody else has ended already stays as it is. Raises UnavailableError.
        """
        self._revive()
        with self._reached(), self._connection.transaction():
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
            if ended is not None:
                self._figures.give_up(measured, tally)
            if ended is not None and status == "failed":
                self._execute("note_failure", stream_id=self._stream_id, at=at, error=message)
            self._announce()

    def release(self) -> None:
        """Give the stream back."""
        with self._reached():
            leases.release(self._connection, self._run.lease)

    def _write(self, step: Step) -> Committed:
        committed = Committed()
        if step.payload is not None and step.result is not None:
            committed = self._write_payload(step.payload, step.result, step.judgement, step.at)
        self._book.note_gone(step.gone, step.at)
        self._count_waits(step.tally)
        if not step.complete:
            self._move_checkpoint(step.checkpoint)
            return committed
        return replace(committed, status=self._succeed(step))

    def _write_payload(
        self,
        payload: Payload,
        result: Interpretation,
        judgement: Judgement | None,
        at: datetime,
    ) -> Committed:
        series = self._note_listings(result, at)
        self._figures.note_moves(series, result.observations)
        stored = payloads.last_payload(self._connection, self._stream_id, payload.request)
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
            return self._book.resolve(result.listings, at)
        self._book.catalogue(result.listings, at)
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
            payload_id = self._keep(payload, uninterpreted=None)
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
        drifts = self._drift.record(judgement, payload_id, payload.fetched_at) if judgement else ()
        return Committed(
            new=len(merged.added),
            changed=merged.changed,
            unchanged=merged.unchanged,
            quarantined=len(result.rejections),
            stored=mended is None,
            drifts=drifts,
        )

    def _keep(self, payload: Payload, *, uninterpreted: str | None) -> int:
        return payloads.keep(
            self._connection,
            payload,
            stream_id=self._stream_id,
            run_id=self._run.run_id,
            uninterpreted=uninterpreted,
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
            tracked=self._book.tracked() if self._carries_prices else None,
            missed=self._book.missing(started) if started is not None else [],
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

    def _announce(self) -> None:
        self._connection.execute(f"notify {DATA_CHANNEL}")

    def _revive(self) -> None:
        try:
            self._connection.execute("select")
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self._connection.close()
            self._open()

    def _open(self) -> None:
        options = writer_options(self._run.lease.duration)
        self._connection = connect(self._url, **options)
        with self._reached():
            leases.adopt(self._connection, self._run.lease)
            row = self._row("stream", source=self._run.source, name=self._run.stream)
        if row is None:
            raise LookupError(f"the stream {self._run.source}/{self._run.stream} is not registered")
        self._stream_id, self._source_id = row
        self._months: set[datetime] = set()  # those known to have a partition
        self._figures = RunFigures(
            self._connection, run_id=self._run.run_id, stream_id=self._stream_id
        )
        self._drift = DriftBook(
            self._connection, stream_id=self._stream_id, run_id=self._run.run_id
        )
        self._book = ListingBook(
            self._connection,
            source=self._run.source,
            source_id=self._source_id,
            stream_id=self._stream_id,
        )

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise UnavailableError(f"the database session was lost: {reason}") from error
        except psycopg.errors.InsufficientPrivilege as error:
            with connect(self._url) as asking:
                raise not_allowed(error, asking) from error

    def _row(self, query: str, /, **arguments: Any) -> Any:
        return self._connection.execute(getattr(queries("write"), query), arguments).fetchone()

    def _execute(self, query: str, /, **arguments: Any) -> None:
        self._connection.execute(getattr(queries("write"), query), arguments)
