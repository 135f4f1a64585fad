"""Which coins moved otherwise than the market between two runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import TypeAlias

from kasparro.core.anomalies.baseline import TO_DEVIATION
from kasparro.core.anomalies.moves import log_return

Quote: TypeAlias = tuple[datetime, Decimal]

HOUR = timedelta(hours=1)
CANDIDATES = 50  # coins whose own past is looked at
SHOWN = 10
ENOUGH_RETURNS = 24  # of a coin's own past, to say how much it usually moves
QUIETEST = 0.001  # a coin that never moves is no mover for a tenth of a percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What all coins did between two runs; log returns by series."""

    returns: Mapping[int, float]
    median: float
    deviation: float  # of the coins from it

    def candidates(self) -> list[int]:
        """The series that are farthest from the market."""
        return sorted(self.returns, key=lambda one: -abs(self.excess(one)))[:CANDIDATES]

    def excess(self, series_id: int) -> float:
        return self.returns[series_id] - self.median


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """One coin that moved otherwise; `own`: z is by its own past, else by the other coins."""

    series_id: int
    log_return: float
    excess: float
    z: float
    own: bool


def market(before: Mapping[int, Quote], after: Mapping[int, Quote]) -> Market | None:
    """None when no coin has a price in both."""
    returns = {
        series_id: log_return(before[series_id][1], quote[1])
        for series_id, quote in after.items()
        if series_id in before
    }
    if not returns:
        return None
    middle = median(returns.values())
    spread = median(abs(one - middle) for one in returns.values())
    return Market(returns=returns, median=middle, deviation=max(TO_DEVIATION * spread, QUIETEST))


def movers(there: Market, past: Mapping[int, Sequence[Quote]], apart: timedelta) -> list[Mover]:
    """The most unusual first. `past` are prices of the candidates in order of time."""
    found = []
    for series_id in there.candidates():
        own = _deviation(past.get(series_id, ()), apart)
        excess = there.excess(series_id)
        found.append(
            Mover(
                series_id=series_id,
                log_return=there.returns[series_id],
                excess=excess,
                z=excess / (there.deviation if own is None else own),
                own=own is not None,
            )
        )
    return sorted(found, key=lambda one: -abs(one.z))[:SHOWN]


def _deviation(past: Sequence[Quote], apart: timedelta) -> float | None:
    """How far the coin usually moves in such a time; None when too little is known of it.

    From zero, not from its median: a coin that goes up as often as down by the same has one of its
    two moves as its median.
    """
    returns = [
        log_return(one[1], next_[1]) / sqrt((next_[0] - one[0]) / HOUR)
        for one, next_ in pairwise(past)
        if next_[0] > one[0]
    ]
    if len(returns) < ENOUGH_RETURNS:
        return None
    hourly = TO_DEVIATION * median(map(abs, returns))
    return max(hourly * sqrt(max(apart, timedelta(minutes=1)) / HOUR), QUIETEST)
