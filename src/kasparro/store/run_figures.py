"""Keeps what was measured of a run, and measures what only the database knows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.core.anomalies.moves import Moves
from kasparro.core.observation import Observation
from kasparro.store.connect import Connection
from kasparro.store.facts import BULK
from kasparro.store.queries import queries
from kasparro.store.steps import Measured, Step, Tally

ONLY_NEWS = "it reads only what is new in its files"


class RunFigures:
    """The figures of one run under way, in its writer's session."""

    def __init__(self, connection: Connection, *, run_id: str, stream_id: int) -> None:
        self._connection = connection
        self._run_id = run_id
        self._stream_id = stream_id
        self._moves = Moves()

    def note_moves(self, series: Mapping[str, int], observations: Sequence[Observation]) -> None:
        """Compare with the newest prices until now; call it before the new ones are written."""
        if len(observations) >= BULK:  # a file's history: its moves are not the market's of today
            return
        wanted = {"series_ids": sorted({series[one.source_asset_id] for one in observations})}
        rows = self._connection.execute(queries("run_figures").prices_before, wanted)
        before = {row[0]: (row[1], row[2]) for row in rows}
        for one in observations:
            series_id = series[one.source_asset_id]
            if series_id in before:
                self._moves.note(series_id, before[series_id], (one.observed_at, one.price_usd))

    def complete(self, step: Step) -> None:
        """Keep everything, in the transaction that completes the run and before its checkpoint."""
        only_news = bool(step.checkpoint.cursor)  # a mark, for the next sweep to start from
        (found_at,) = self._row("last_success", stream_id=self._stream_id) or (None,)
        figures = dict(step.measured.figures)
        started = step.checkpoint.sweep_started_at
        if started is not None:
            figures |= self._cover(started, cumulative=only_news)
        if only_news:
            figures["only_news"] = 1
        else:
            figures |= {name: float(f"{one:.6g}") for name, one in self._moves.figures().items()}
        self._keep(
            step.measured,
            step.tally,
            figures=figures,
            incomparable=ONLY_NEWS if only_news else step.measured.incomparable,
            checkpoint_found_at=found_at,
            checkpoint_left_at=step.at,
        )

    def give_up(self, measured: Measured, tally: Tally) -> None:
        """Keep what was measured of a run that did not get to its end."""
        self._keep(
            measured,
            tally,
            figures=dict(measured.figures),
            incomparable="it did not get to its end",
            checkpoint_found_at=None,
            checkpoint_left_at=None,
        )

    def _cover(self, started: datetime, *, cumulative: bool) -> dict[str, float]:
        shown, added, gone = self._row(
            "cover",
            run_number=self._number(),
            stream_id=self._stream_id,
            since=started,
            cumulative=cumulative,
        )
        return {"assets_shown": shown, "assets_added": added, "assets_gone": gone}

    def _keep(
        self,
        measured: Measured,
        tally: Tally,
        *,
        figures: Mapping[str, float],
        incomparable: str | None,
        checkpoint_found_at: datetime | None,
        checkpoint_left_at: datetime | None,
    ) -> None:
        arguments = {
            "run_number": self._number(),
            "incomparable": incomparable,
            "configuration": Jsonb(dict(measured.configuration)),
            "newest_observed_at": measured.newest_observed_at,
            "checkpoint_found_at": checkpoint_found_at,
            "checkpoint_left_at": checkpoint_left_at,
            "answers": Jsonb(dict(tally.answers)),
            "figures": Jsonb(dict(figures)),
        }
        self._connection.execute(queries("run_figures").keep, arguments)

    def _number(self) -> int:
        return int(self._row("number", run_id=self._run_id)[0])

    def _row(self, query: str, /, **arguments: Any) -> Any:
        return self._connection.execute(
            getattr(queries("run_figures"), query), arguments
        ).fetchone()
