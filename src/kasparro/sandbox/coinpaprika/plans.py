"""What CoinPaprika's plans include, as data, and the keys that stand for them here."""

from dataclasses import dataclass
from datetime import timedelta

from kasparro.core.limits import Limit
from kasparro.sandbox.wire import Plan

NONE = timedelta()
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
PER_SECOND = Limit(10, "second")  # of one address or key


@dataclass(frozen=True, slots=True, kw_only=True)
class PaprikaPlan(Plan):
    """How far back history goes, by the length of its intervals; None: to the beginning."""

    assets: int | None  # in /tickers
    paid: bool
    mappings: bool = False  # its ids beside those of others
    daily: timedelta | None
    hourly: timedelta | None
    minutely: timedelta | None
    candles: timedelta | None
    candle_intervals: frozenset[str]


FREE = PaprikaPlan(
    name="free",
    limits=(PER_SECOND, Limit(20_000, "month")),
    assets=2_000,
    paid=False,
    daily=YEAR,
    hourly=DAY,
    minutely=NONE,
    candles=DAY,
    candle_intervals=frozenset({"24h"}),
)
STARTER = PaprikaPlan(
    name="starter",
    limits=(PER_SECOND, Limit(400_000, "month")),
    assets=None,
    paid=True,
    daily=5 * YEAR,
    hourly=30 * DAY,
    minutely=7 * DAY,
    candles=30 * DAY,
    candle_intervals=frozenset({"24h"}),
)
BUSINESS = PaprikaPlan(
    name="business",
    mappings=True,
    limits=(PER_SECOND, Limit(5_000_000, "month")),
    assets=None,
    paid=True,
    daily=None,
    hourly=YEAR,
    minutely=YEAR,
    candles=YEAR,
    candle_intervals=frozenset({"1h", "6h", "12h", "24h"}),
)

KEYS = {"sandbox-starter-1a2b3c": STARTER, "sandbox-business-4d5e6f": BUSINESS}
