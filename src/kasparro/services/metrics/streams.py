"""How each stream stands: its newest runs, its checkpoint, its quarantine."""

from collections.abc import Callable, Iterator, Sequence

from kasparro.services.metrics.family import STREAM, Family, Number
from kasparro.store.reading.metrics import StreamReading


def of_streams(readings: Sequence[StreamReading]) -> Iterator[Family]:
    def gauge(name: str, says: str, value: Callable[[StreamReading], Number | None]) -> Family:
        return Family(name, says, STREAM, {(s.source, s.stream): value(s) for s in readings})

    yield gauge(
        "last_success_timestamp_seconds", "When a run last succeeded.", lambda s: s.last_success
    )
    yield gauge(
        "last_failure_timestamp_seconds",
        "When a run last failed or was abandoned.",
        lambda s: s.last_failure,
    )
    yield gauge(
        "last_run_success", "1: the newest run that is over succeeded.", lambda s: s.succeeded
    )
    yield gauge("last_run_duration_seconds", "What that run took.", lambda s: s.seconds)
    yield gauge("tracked_listings", "Listings that sweeps are to show.", lambda s: s.tracked)
    yield gauge(
        "missed_listings",
        "Of those, the ones the newest complete sweep did not show.",
        lambda s: None if s.tracked is None else s.missed,
    )
    yield gauge(
        "checkpoint_age_seconds", "Time since a sweep last got on.", lambda s: s.checkpoint_seconds
    )
    yield gauge("quarantine_open", "Records that wait in quarantine.", lambda s: s.quarantined)
