"""Runs that never were, for rules that only look at figures."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kasparro.core.anomalies.examine import Surroundings
from kasparro.core.anomalies.facts import RunFacts, figures

MONDAY = datetime(2026, 5, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run(hour: int = 0, *, every: timedelta = HOUR, **changes: Any) -> RunFacts:
    """An ordinary run of a thousand records; figures go by their own names."""
    at = MONDAY + hour * every
    known: dict[str, Any] = {
        "run_id": f"toy_{hour}",
        "status": "success",
        "at": at,
        "since_last": every,
        "newest_observed_at": at - timedelta(minutes=1),
        "checkpoint_found_at": at - every,
    }
    values = {"records_fetched": 1000, "payloads": 4, "payloads_stored": 4}
    own = {name: value for name, value in changes.items() if name in RunFacts.__slots__}
    measured = {name: value for name, value in changes.items() if name not in own}
    return RunFacts(**(known | {"values": figures(values | measured)} | own))


def runs(*records: float, name: str = "records_fetched", **more: Any) -> list[RunFacts]:
    """One run after the other, an hour apart, with these values of one figure."""
    return [run(hour, **{name: value}, **more) for hour, value in enumerate(records)]


def around(*before: RunFacts, **changes: Any) -> Surroundings:
    """What a run after these is held against."""
    wanted: dict[str, Any] = {
        "interval": HOUR,
        "carries_prices": True,
        "comparable": before,
        "before": before[-1] if before else None,
    }
    return Surroundings(**(wanted | changes))
