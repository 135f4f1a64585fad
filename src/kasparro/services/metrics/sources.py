"""Each source: its prices, how old they are, and the calls it leaves us."""

from collections.abc import Callable, Iterator, Sequence

from kasparro.core.limits import left_of
from kasparro.services.facts import SourceFacts
from kasparro.services.health import patience
from kasparro.services.metrics.family import SOURCE, Family, Number, Values
from kasparro.store.reading.metrics import SourceReading


def of_sources(readings: Sequence[SourceReading], sources: Sequence[SourceFacts]) -> list[Family]:
    return [
        *_of_prices(readings),
        Family(
            "stale_after_seconds",
            "The age at which a source is stale; none where any age is fine, as with files.",
            SOURCE,
            {
                (facts.name,): bound.total_seconds()
                for facts in sources
                if (bound := patience(facts)) is not None
            },
        ),
        *_of_calls(readings),
    ]


def _of_prices(readings: Sequence[SourceReading]) -> Iterator[Family]:
    yield _gauge("observations", "Prices stored.", readings, lambda s: s.observations)
    yield _gauge(
        "staleness_seconds",
        "Age of the newest price, by the source's own clock.",
        readings,
        lambda s: s.staleness_seconds,
    )


def _of_calls(readings: Sequence[SourceReading]) -> Iterator[Family]:
    ever: Values = {(one.source,): one.calls_ever for one in readings}
    yield Family("calls_total", "Calls to the source.", SOURCE, ever, "counter")
    yield _gauge(
        "credits_used",
        "Calls to the source in this calendar month (UTC).",
        readings,
        lambda s: None if s.calls_ever is None else s.calls_this_month,
    )
    yield _gauge(
        "credits_allowed",
        "Calls that runs may take in a month: the plan's, less what is held back for people.",
        readings,
        lambda s: s.calls_allowed,
    )
    yield _gauge("credits_left", "Of those, the ones left this month.", readings, _credits_left)


def _credits_left(one: SourceReading) -> int | None:
    return left_of(one.calls_allowed, one.calls_this_month)


def _gauge(
    name: str,
    says: str,
    readings: Sequence[SourceReading],
    value: Callable[[SourceReading], Number | None],
) -> Family:
    return Family(name, says, SOURCE, {(one.source,): value(one) for one in readings})
