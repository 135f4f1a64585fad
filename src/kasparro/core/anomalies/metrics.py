"""What is measured of a run, and when a difference in it matters: the table behind the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["count", "seconds", "spread", "rate", "move"]
Direction: TypeAlias = Literal["up", "down", "both"]
Cause: TypeAlias = Literal["volume", "content", "speed", "freshness", "market", "coverage", "run"]

MATERIAL = 1.05  # no change below a twentieth is worth a word, however unlikely it is
NOTHING = {"count": 1.0, "seconds": 0.1, "spread": 1e-4}  # added, so that zero has a logarithm
RAREST = 0.01  # a rate below one in a hundred counts as that: two nulls after one are no trend


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure of a run. Without a direction it is shown and not judged."""

    name: str
    words: str
    kind: Kind
    cause: Cause
    direction: Direction | None = None
    material: float = MATERIAL  # as a factor
    least: float = 0.0  # change that matters, in the figure's own unit
    since_last: bool = False  # depends on how long ago the run before was

    def scaled(self, value: float) -> float:
        """On the scale on which its changes add up: logarithms of amounts, odds of rates."""
        match self.kind:
            case "move":
                return value
            case "rate":
                share = min(max(value, RAREST), 1 - RAREST)
                return log(share / (1 - share))
            case _:
                return log(max(value, 0.0) + NOTHING[self.kind])

    def plain(self, scaled: float) -> float:
        """Back from that scale."""
        match self.kind:
            case "move":
                return scaled
            case "rate":
                return 1 / (1 + exp(-scaled))
            case _:
                return max(exp(scaled) - NOTHING[self.kind], 0.0)

    def finest(self, expected: float, records: float) -> float:
        """The least scale of its changes: what chance alone does, and one in a hundred at least."""
        match self.kind:
            case "count":
                chance = 1 / sqrt(max(expected, 1.0))
            case "rate":
                share = min(max(expected, RAREST), 1 - RAREST)
                chance = 1 / sqrt(max(records, 1.0) * share * (1 - share))
            case "move":
                chance = 0.005
            case _:
                chance = 0.1
        return max(0.01, chance)

    def matters(self, expected: float, actual: float) -> bool:
        """Is the change large enough, and in a direction that anybody minds?"""
        change = actual - expected
        if self.direction not in ("both", "up" if change > 0 else "down"):
            return False
        if self.kind == "rate":
            return abs(change) >= self.least
        factor = abs(self.scaled(actual) - self.scaled(expected))
        return factor > log(self.material) and abs(change) >= self.least


def _count(name: str, words: str, cause: Cause, direction: Direction, **more: object) -> Metric:
    return Metric(name=name, words=words, kind="count", cause=cause, direction=direction, **more)  # type: ignore[arg-type]


def _rate(name: str, words: str, **more: bool) -> Metric:
    return Metric(
        name=name, words=words, kind="rate", cause="content", direction="up", least=0.02, **more
    )


def _shown(name: str, words: str, kind: Kind, cause: Cause) -> Metric:
    return Metric(name=name, words=words, kind=kind, cause=cause)


FIELDS = {
    "price": "price",
    "market_cap": "market cap",
    "volume_24h": "volume",
    "change_24h": "change",
}
METRICS = (
    _count("records_fetched", "records", "volume", "both"),
    _count("assets_shown", "coins shown", "volume", "both"),
    _count("payloads", "pages", "volume", "both"),
    _count("bytes", "bytes", "volume", "both", material=1.2),
    _count("assets_added", "coins added", "volume", "up", least=5, since_last=True),
    _count("assets_gone", "coins gone", "volume", "up", least=5, since_last=True),
    _count("records_new", "new prices", "content", "down", since_last=True),
    _count("records_changed", "restated prices", "content", "up", least=10),
    _count("records_unchanged", "repeated prices", "content", "up", least=10, since_last=True),
    _rate("quarantine_rate", "share of records in quarantine"),
    *(_rate(f"null_{name}", f"share of records without {words}") for name, words in FIELDS.items()),
    Metric(
        name="duration_seconds",
        words="seconds",
        kind="seconds",
        cause="speed",
        direction="up",
        material=1.5,
        least=20,  # two pauses after answers that did not come
    ),
    _count("calls", "calls", "speed", "up", least=3),
    _count("retries", "retries", "speed", "up", least=3),
    _count("refusals", "refused calls", "speed", "up", least=3),
    *(
        Metric(
            name=name,
            words=words,
            kind="seconds",
            cause="freshness",
            direction="up",
            material=1.5,
            least=60,
        )
        for name, words in (
            ("lag_p50_seconds", "seconds of age, of half the prices"),
            ("lag_p95_seconds", "seconds of age, of the oldest twentieth"),
        )
    ),
    Metric(
        name="return_median",
        words="move of the market",
        kind="move",
        cause="market",
        direction="both",
        material=1.1,
        since_last=True,
    ),
    Metric(
        name="return_mad",
        words="spread of the coins' moves",
        kind="spread",
        cause="market",
        direction="up",
        material=2,
        since_last=True,
    ),
    Metric(
        name="unchanged_price_share",
        words="share of prices that stand still",
        kind="rate",
        cause="market",
        direction="up",
        least=0.05,
        since_last=True,
    ),
    _shown("records_quarantined", "records in quarantine", "count", "content"),
    _shown("records_without_price", "records without a price", "count", "content"),
    _shown("not_positive", "prices of nothing or less", "count", "content"),
    _shown("waits", "waits", "count", "speed"),
    _shown("wait_seconds", "seconds waited", "seconds", "speed"),
    _shown("fetch_seconds", "seconds of fetching", "seconds", "speed"),
    _shown("read_seconds", "seconds of reading", "seconds", "speed"),
    _shown("store_seconds", "seconds of storing and the rest", "seconds", "speed"),
)
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}
