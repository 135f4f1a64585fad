"""Gathers how an installation stands: its sources, its streams, the room they take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from kasparro.cli import wiring
from kasparro.core.forecast import DAY, Pace, bytes_per_year
from kasparro.core.limits import a_month, left_of
from kasparro.ingestion.due import due
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.sources import BY_NAME
from kasparro.settings import Settings
from kasparro.store import runs, streams, usage
from kasparro.store.connect import Connection
from kasparro.store.runs import Standing
from kasparro.store.streams import StreamState
from kasparro.store.usage import Account, Sizes

LATELY = 7 * DAY

When: TypeAlias = Literal["at its time", "now", "running", "when asked for", "when a worker runs"]
ORDER: tuple[When, ...] = (
    "running",
    "now",
    "at its time",
    "when a worker runs",
    "when asked for",
)
Basis: TypeAlias = Literal["what the last days took", "what one sweep takes", "nothing yet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """How one source stands. Calls are None for a source that is not called."""

    source: str
    prices: int
    last_success_at: datetime | None
    next_run: When
    next_run_at: datetime | None  # where it has a time
    plan: str | None
    calls_this_month: int | None
    calls_allowed: int | None  # by the plan
    calls_left: int | None  # after what is held back for asking by hand
    quarantined: int
    listings: int
    unlinked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The room it takes, in bytes."""

    database: int
    forecast_per_year: int
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it."""

    sources: list[SourceStanding]
    streams: list[Standing]
    storage: Storage


def gather(settings: Settings, engine: Engine, connection: Connection) -> Overview:
    """Ask the database, once for everything."""
    there = set(engine.register(connection))
    view = _View(
        settings=settings,
        engine=engine,
        now=engine.clock.now(),
        offset=streams.sweep_offset(connection),
        worker_lives=usage.workers_alive(connection) > 0,
        states=[s for s in streams.stream_states(connection) if (s.source, s.stream) in there],
    )
    return Overview(
        sources=[view.source(one) for one in usage.accounts(connection, view.now)],
        streams=[
            one
            for one in runs.overview(connection)
            if (one.source, one.stream) in there or one.status is not None
        ],
        storage=view.storage(
            usage.sizes(connection),
            usage.paces(connection, list(engine.access), since=view.now - LATELY, now=view.now),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What is the same for every source."""

    settings: Settings
    engine: Engine
    now: datetime
    offset: timedelta
    worker_lives: bool
    states: Sequence[StreamState]

    def source(self, account: Account) -> SourceStanding:
        name = account.source
        own = [s for s in self.states if s.source == name and _carries_prices(s)]
        coming = [self._next(state) for state in own]
        words, at = min(coming, key=_soonest, default=("when asked for", None))
        successes = [state.last_success_at for state in own if state.last_success_at is not None]
        access = self.engine.access.get(name)
        allowed, left = self._calls(name, account.calls_this_month)
        return SourceStanding(
            source=name,
            prices=account.prices,
            last_success_at=max(successes, default=None),
            next_run=words,
            next_run_at=at,
            plan=access.plan if access is not None else None,
            calls_this_month=account.calls_this_month if access is not None else None,
            calls_allowed=allowed,
            calls_left=left,
            quarantined=account.quarantined,
            listings=account.listings,
            unlinked=account.unlinked,
        )

    def storage(self, taken: Sizes, paces: Mapping[tuple[str, str], Pace]) -> Storage:
        yearly = sum(
            bytes_per_year(
                pace,
                row_bytes=taken.row_bytes,
                interval=wiring.interval(self.settings, source, stream),
                kept=wiring.retention(source),
            )
            for (source, stream), pace in paces.items()
        )
        return Storage(database=taken.database, forecast_per_year=int(yearly), basis=_basis(paces))

    def _next(self, state: StreamState) -> tuple[When, datetime | None]:
        interval = wiring.interval(self.settings, state.source, state.stream)
        if state.active:
            return "running", None
        if interval is None or not self.settings.scheduler:
            return "when asked for", None
        if not self.worker_lives:
            return "when a worker runs", None
        access = self.engine.access.get(state.source)
        at = due(state, access, interval=interval, offset=self.offset)
        return ("now", None) if at is None or at <= self.now else ("at its time", at)

    def _calls(self, source: str, made: int) -> tuple[int | None, int | None]:
        """What the plan allows a month, and what is left of what we allow ourselves."""
        access = self.engine.access.get(source)
        if access is None:
            return None, None
        allowed = a_month(BY_NAME[source].plans[access.plan].limits)
        return allowed, left_of(a_month(access.limits), made)


def _carries_prices(state: StreamState) -> bool:
    return BY_NAME[state.source].stream(state.stream).carries_prices


def _soonest(coming: tuple[When, datetime | None]) -> tuple[int, float]:
    words, at = coming
    return ORDER.index(words), at.timestamp() if at is not None else 0.0


def _basis(paces: Mapping[tuple[str, str], Pace]) -> Basis:
    if not paces:
        return "nothing yet"
    known = all(pace.known for pace in paces.values())
    return "what the last days took" if known else "what one sweep takes"
