"""How one coin moves: its price, cap and volume at any instant, in US dollars."""

from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from kasparro.sandbox.waves import Waves, level


class Standing(NamedTuple):
    """What a coin amounts to at an instant; a cap of 0: nobody knows how many coins there are."""

    price: float
    market_cap: float
    volume_24h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Logarithms of price and volume swing around their middle."""

    middle_usd: float
    price_waves: Waves
    volume_waves: Waves
    supply: float
    counted: bool  # whether the supply is known, so that there is a market cap
    turnover: float  # of its worth in a day
    beta: float
    highest_usd: float
    lowest_usd: float

    def price(self, at_ms: int) -> float:
        return self.middle_usd * exp(level(self.price_waves, at_ms))

    def standing(self, at_ms: int) -> Standing:
        price = self.price(at_ms)
        worth = price * self.supply
        volume = worth * self.turnover * exp(level(self.volume_waves, at_ms))
        return Standing(price, worth if self.counted else 0.0, volume)
