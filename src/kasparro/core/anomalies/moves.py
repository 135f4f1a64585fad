"""How far prices moved since the last time each was heard of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import log, sqrt
from statistics import median

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Moves:
    """One move per series: log returns per hour, by the square root of the time they took."""

    returns: dict[int, float] = field(default_factory=dict)
    still: dict[int, bool] = field(default_factory=dict)  # is the price exactly what it was?

    def note(
        self,
        series_id: int,
        before: tuple[datetime, Decimal],
        now: tuple[datetime, Decimal],
    ) -> None:
        """Note a move, each a time and a price; of a series that comes twice, the first one."""
        if series_id in self.still:
            return
        self.still[series_id] = now[1] == before[1]
        if now[0] > before[0]:
            hours = (now[0] - before[0]) / HOUR
            self.returns[series_id] = log_return(before[1], now[1]) / sqrt(hours)

    def figures(self) -> dict[str, float]:
        """Nothing where nothing could be compared."""
        found: dict[str, float] = {}
        if self.still:
            found["unchanged_price_share"] = sum(self.still.values()) / len(self.still)
        if self.returns:
            middle = median(self.returns.values())
            found["return_median"] = middle
            found["return_mad"] = median(abs(one - middle) for one in self.returns.values())
        return found


def log_return(before: Decimal, now: Decimal) -> float:
    """The logarithm of how many times the price is what it was; any two prices have one."""
    return log(now) - log(before)
