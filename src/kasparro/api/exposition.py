"""Metrics in the words of Prometheus: its text format, or OpenMetrics for who asks for it."""

from collections.abc import Iterable, Iterator

from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from kasparro.api import request_times
from kasparro.api.request_times import RequestTimes
from kasparro.services.metrics.family import Family
from kasparro.services.metrics.scrape import every_family

PREFIX = "kasparro_etl_"


class _Scrape:
    """One moment's metrics; no registry, as nothing of it outlives the answer."""

    def __init__(self, families: Iterable[Family], times: RequestTimes) -> None:
        self._families = families
        self._times = times

    def collect(self) -> Iterator[Metric]:
        for family in self._families:
            yield _translated(family)
        yield from self._times.collect()


def expose(families: Iterable[Family], times: RequestTimes, accept: str) -> tuple[bytes, str]:
    """The body and its media type, for this Accept header."""
    encode, media_type = choose_encoder(accept)
    return encode(_Scrape(families, times)), media_type


def _translated(family: Family) -> Metric:
    make = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    made = make(PREFIX + family.name, family.says, labels=family.labels)
    for labels, value in family.values.items():
        if value is not None:
            made.add_metric(labels, float(value))
    return made


def catalogue() -> list[tuple[str, str, tuple[str, ...], str]]:
    """Every metric there is: its name, its kind, its labels, what it says."""
    own = (request_times.NAME, "histogram", request_times.LABELS, request_times.SAYS)
    return [
        *((PREFIX + one.name, one.kind, one.labels, one.says) for one in every_family()),
        own,
    ]
