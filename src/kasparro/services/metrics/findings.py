"""What was found of each source: drift of its payloads, anomalies of its runs."""

from collections.abc import Callable, Iterator, Sequence

from kasparro.core.drift.event import Severity
from kasparro.services.metrics.family import SOURCE, Family, Labels
from kasparro.store.reading.metrics import Findings

ANOMALY_SEVERITIES = ("warn", "critical")
BY_SEVERITY = (*SOURCE, "severity")


def of_findings(
    sources: Sequence[str], drift: Sequence[Findings], anomalies: Sequence[Findings]
) -> Iterator[Family]:
    def numbers(
        severities: Sequence[str], found: Sequence[Findings], number: Callable[[Findings], int]
    ) -> dict[Labels, int]:
        """Zero included: a first one shows as a rise only if there was a zero before."""
        zeros: dict[Labels, int] = {(source, one): 0 for source in sources for one in severities}
        return zeros | {(one.source, one.severity): number(one) for one in found}

    yield Family(
        "drift_events",
        "Drift seen of its streams, decided or not.",
        BY_SEVERITY,
        numbers(tuple(Severity), drift, lambda f: f.all),
    )
    yield Family(
        "drift_events_open",
        "Of those, the ones that hold records until somebody decides.",
        BY_SEVERITY,
        numbers(tuple(Severity), drift, lambda f: f.open),
    )
    yield Family(
        "anomalies",
        "Anomalies of runs, acknowledged or not.",
        BY_SEVERITY,
        numbers(ANOMALY_SEVERITIES, anomalies, lambda f: f.all),
    )
    yield Family(
        "anomalies_open",
        "Of those, the ones that nobody has acknowledged.",
        BY_SEVERITY,
        numbers(ANOMALY_SEVERITIES, anomalies, lambda f: f.open),
    )
