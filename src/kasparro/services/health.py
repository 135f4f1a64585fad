"""How we are: the database, and each source's runs and age."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from kasparro.core.errors import UnavailableError
from kasparro.core.limits import left_of
from kasparro.core.schedule import LastRun, next_start
from kasparro.services.facts import SourceFacts
from kasparro.store.reading.database import Database
from kasparro.store.reading.sources import (
    SourceState,
    read_schedule_facts,
    read_states,
    read_stats,
)

SHORTEST_PATIENCE = timedelta(minutes=15)

Status: TypeAlias = Literal["healthy", "degraded", "starting", "unhealthy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One source, judged."""

    state: SourceState
    age: timedelta | None  # now minus its newest observation; None: it has none
    stale: bool
    failing: bool

    @property
    def calls_left(self) -> int | None:
        """Of this month's; None where nothing bounds them."""
        return left_of(self.state.calls_allowed, self.state.calls_this_month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All there is to say; without a database nothing is known of the sources."""

    status: Status
    reachable: bool
    at: datetime
    sources: dict[str, SourceHealth | None] = field(default_factory=dict)  # None: never ran


def patience(facts: SourceFacts) -> timedelta | None:
    """How old a source's newest observation may get; None: as old as it likes."""
    if facts.interval is None:
        return None
    return max(SHORTEST_PATIENCE, 2 * facts.interval)


def judge(facts: SourceFacts, state: SourceState, now: datetime) -> SourceHealth | None:
    """None for a source that was never asked and has nothing."""
    if state.last_run_status is None and state.observed_at is None:
        return None
    age = None if state.observed_at is None else now - state.observed_at
    bound = patience(facts)
    return SourceHealth(
        state=state,
        age=age,
        stale=bound is not None and age is not None and age > bound,
        failing=state.finished_status in ("failed", "abandoned"),
    )


async def check_health(database: Database, sources: Sequence[SourceFacts], now: datetime) -> Health:
    """Never raises for a database that is not there: that is the answer."""
    try:
        states = await read_states(database, [source.name for source in sources])
    except UnavailableError:
        return Health(
            status="unhealthy" if database.is_open else "starting",
            reachable=False,
            at=now,
            sources=dict.fromkeys(source.name for source in sources),
        )
    judged = {
        facts.name: judge(facts, state, now) for facts, state in zip(sources, states, strict=True)
    }
    unwell = any(one is not None and (one.stale or one.failing) for one in judged.values())
    status: Status = "degraded" if unwell else "healthy"
    return Health(status=status, reachable=True, at=now, sources=judged)


async def statistics(database: Database, sources: Iterable[SourceFacts]) -> bytes:
    """A JSON list, one object per source. Raises UnavailableError."""
    return (await read_stats(database, [source.name for source in sources])).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """When a source's next run is due. `due` None: at once; `scheduled` False: only when asked."""

    scheduled: bool
    due: datetime | None = None


async def outlooks(
    database: Database, sources: Iterable[SourceFacts], health: Health
) -> dict[str, Outlook]:
    """The next run of each source, by the rules that workers go by. Raises UnavailableError."""
    offset, worker_lives = await read_schedule_facts(database)
    return {
        facts.name: outlook(facts, health.sources.get(facts.name), offset)
        if worker_lives
        else Outlook(scheduled=False)
        for facts in sources
    }


def outlook(facts: SourceFacts, health: SourceHealth | None, offset: timedelta) -> Outlook:
    if facts.swept_every is None:
        return Outlook(scheduled=False)
    state = None if health is None else health.state
    if state is None or state.finished_status is None or state.finished_start is None:
        return Outlook(scheduled=True)
    last = LastRun(
        started_at=state.finished_start,
        ending=state.finished_status,
        refused=state.finished_error_kind == "refused",
        same_configuration=True,
        failures_in_a_row=state.failures_in_a_row,
    )
    return Outlook(scheduled=True, due=next_start(last, interval=facts.swept_every, offset=offset))
