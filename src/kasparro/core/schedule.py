"""When a stream is due. Pure: what happened before comes in, the next start goes out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

FIRST_RETRY = timedelta(minutes=5)
REFUSED_RETRY = timedelta(hours=24)
EARLY = 0.9  # of an interval: a start this late after the last one still counts as a whole one
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

Ending: TypeAlias = Literal["success", "partial", "failed", "abandoned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """How the newest run of a stream went."""

    started_at: datetime
    ending: Ending
    refused: bool  # the source refused our key or plan
    same_configuration: bool  # key, plan and host are still what they were
    failures_in_a_row: int


def next_start(last: LastRun | None, *, interval: timedelta, offset: timedelta) -> datetime | None:
    """When to start next; None: at once.

    Slots lie at `offset` within each interval, fixed per installation, so that not everybody asks
    at the full hour. A restart never asks again before the interval is over, except when the last
    run was cut off in the middle, or refused and the settings have changed since.
    """
    if last is None or last.ending == "abandoned":
        return None
    if last.ending == "failed":
        if not last.same_configuration:
            return None
        if last.refused:
            return last.started_at + max(interval, REFUSED_RETRY)
        doublings = min(last.failures_in_a_row - 1, 8)
        return last.started_at + min(FIRST_RETRY * (1 << doublings), interval)
    return _first_slot(last.started_at + interval * EARLY, interval, offset)


def _first_slot(after: datetime, interval: timedelta, offset: timedelta) -> datetime:
    passed = (after - EPOCH - offset) // interval
    slot = EPOCH + offset + passed * interval
    return slot if slot >= after else slot + interval
