"""What runs did, added up over all that there ever were: counters that never fall."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import get_args

from kasparro.core.schedule import Ending
from kasparro.services.metrics.family import STREAM, Family, Labels, Number, Values
from kasparro.store.reading.metrics import Totals

OUTCOMES: Mapping[str, Callable[[Totals], int]] = {
    "new": lambda t: t.new,
    "changed": lambda t: t.changed,
    "unchanged": lambda t: t.unchanged,
    "quarantined": lambda t: t.quarantined,
    "without_price": lambda t: t.without_price,
}
SUMS: Mapping[str, tuple[str, Callable[[Totals], Number]]] = {
    "run_seconds_total": ("What runs that are over took.", lambda t: t.seconds),
    "records_fetched_total": ("Records in payloads.", lambda t: t.fetched),
    "payloads_total": ("Payloads that came.", lambda t: t.payloads),
    "payloads_stored_total": ("Of those, the ones that were news.", lambda t: t.payloads_stored),
    "retries_total": ("Calls that were repeated.", lambda t: t.retries),
    "waits_total": ("Waits for a limit or before a repetition.", lambda t: t.waits),
    "wait_seconds_total": ("What those waits took.", lambda t: t.wait_seconds),
}


def of_runs(streams: Sequence[Labels], totals: Sequence[Totals]) -> Iterator[Family]:
    runs: dict[Labels, int] = {(one.source, one.stream, one.status): one.runs for one in totals}

    def standing(*statuses: str) -> Values:
        """Zero included: a first failure shows as a rise only if there was a zero before."""
        keys = [(*stream, status) for stream in streams for status in statuses]
        return {key: runs.get(key, 0) for key in keys}

    by_status = (*STREAM, "status")
    yield Family(
        "runs_total",
        "Runs that are over, by how they ended.",
        by_status,
        standing(*get_args(Ending)),
        "counter",
    )
    yield Family(
        "runs_active", "Runs that wait or are under way.", by_status, standing("queued", "running")
    )
    for name, (says, value) in SUMS.items():
        yield Family(name, says, STREAM, _sums(streams, totals, value), "counter")
    yield Family(
        "records_total",
        "Records by what became of them.",
        (*STREAM, "outcome"),
        {
            (*stream, outcome): number
            for outcome, value in OUTCOMES.items()
            for stream, number in _sums(streams, totals, value).items()
        },
        "counter",
    )


def _sums(
    streams: Sequence[Labels], totals: Sequence[Totals], value: Callable[[Totals], Number]
) -> dict[Labels, Decimal]:
    sums: dict[Labels, Decimal] = dict.fromkeys(streams, Decimal(0))
    for one in totals:
        sums[one.source, one.stream] += Decimal(value(one))
    return sums
