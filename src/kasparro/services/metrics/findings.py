"""What was found and waits for a person: anomalies of runs."""

from collections.abc import Iterator, Sequence

from kasparro.services.metrics.family import SOURCE, Family, Labels
from kasparro.store.read_metrics import OpenFindings

ANOMALY_SEVERITIES = ("warn", "critical")


def of_findings(sources: Sequence[str], anomalies: Sequence[OpenFindings]) -> Iterator[Family]:
    yield Family(
        "anomalies_open",
        "Anomalies of runs that nobody has acknowledged.",
        (*SOURCE, "severity"),
        _numbers(sources, ANOMALY_SEVERITIES, anomalies),
    )


def _numbers(
    sources: Sequence[str], severities: Sequence[str], found: Sequence[OpenFindings]
) -> dict[Labels, int]:
    """Zero included: a first one shows as a rise only if there was a zero before."""
    zeros: dict[Labels, int] = {(source, one): 0 for source in sources for one in severities}
    return zeros | {(one.source, one.severity): one.number for one in found}
