"""Measures a run as it goes. Pure: what it sees comes in, figures go out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from kasparro.core.anomalies.sample import Sample
from kasparro.core.clock import Clock
from kasparro.core.contract import NOT_POSITIVE
from kasparro.core.interpretation import Interpretation
from kasparro.core.observation import Observation
from kasparro.core.source import Payload
from kasparro.store.steps import Measured, Tally

LOOKED_AT = 2_500  # observations of one payload: every one of an API's page, some of a file's chunk
FIELDS = {
    "price": "price_usd",
    "market_cap": "market_cap_usd",
    "volume_24h": "volume_24h_usd",
    "change_24h": "change_24h_percent",
}
GOOD_ANSWERS = ("200", "304")


@dataclass(slots=True, kw_only=True)
class Meter:
    """What was measured of one run so far."""

    tally: Tally
    configuration: Mapping[str, str | int | None] = field(default_factory=dict)
    incomparable: str | None = None
    records: int = 0
    without_price: int = 0
    not_positive: int = 0
    body_bytes: int = 0
    looked_at: int = 0
    newest_observed_at: datetime | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    lags: Sample = field(default_factory=Sample)
    values: dict[str, Sample] = field(default_factory=lambda: {name: Sample() for name in FIELDS})

    @contextmanager
    def stage(self, name: str, clock: Clock) -> Iterator[None]:
        """Count the time spent inside as this stage's, whatever its end."""
        began = clock.now()
        try:
            yield
        finally:
            spent = (clock.now() - began).total_seconds()
            self.seconds[name] = self.seconds.get(name, 0.0) + spent

    def spoil(self, reason: str) -> None:
        """From now on the figures say nothing about other runs; the first reason stays."""
        self.incomparable = self.incomparable or reason

    def read(self, payload: Payload, result: Interpretation, now: datetime) -> None:
        """Take the measure of one payload; of a large one, that of an even sample."""
        self.body_bytes += len(payload.body)
        self.records += result.records
        self.without_price += result.without_price
        self.not_positive += sum(one.reason == NOT_POSITIVE for one in result.rejections)
        step = max(1, -(-len(result.observations) // LOOKED_AT))
        for observation in result.observations[::step]:
            self._look(observation, now)

    def measured(self) -> Measured:
        return Measured(
            figures={name: _short(value) for name, value in self._figures().items()},
            newest_observed_at=self.newest_observed_at,
            configuration=self.configuration,
            incomparable=self.incomparable,
        )

    def _look(self, observation: Observation, now: datetime) -> None:
        self.looked_at += 1
        observed_at = observation.observed_at
        if self.newest_observed_at is None or observed_at > self.newest_observed_at:
            self.newest_observed_at = observed_at
        self.lags.add((now - observed_at).total_seconds())
        for name, attribute in FIELDS.items():
            value = getattr(observation, attribute)
            if value is not None:
                self.values[name].add(float(value))

    def _figures(self) -> dict[str, float]:
        answers = self.tally.answers
        figures: dict[str, float] = {
            "bytes": self.body_bytes,
            "calls": self.tally.calls,
            "refusals": answers.total() - sum(answers[status] for status in GOOD_ANSWERS),
            "not_positive": self.not_positive,
        }
        figures |= {f"{stage}_seconds": seconds for stage, seconds in self.seconds.items()}
        if self.looked_at or self.without_price:
            figures["null_price"] = self.without_price / self.records
        if not self.looked_at:
            return figures
        figures["lag_p50_seconds"] = self.lags.quantile(0.5)
        figures["lag_p95_seconds"] = self.lags.quantile(0.95)
        for name, sample in self.values.items():
            if name != "price":
                figures[f"null_{name}"] = 1 - sample.seen / self.looked_at
            if sample.seen:
                figures[f"{name}_low"] = sample.quantile(0.05)
                figures[f"{name}_mid"] = sample.quantile(0.5)
                figures[f"{name}_high"] = sample.quantile(0.95)
        return figures


def _short(value: float) -> float:
    """Six digits: figures are kept for years, and nobody needs more of them."""
    return value if isinstance(value, int) else float(f"{value:.6g}")
