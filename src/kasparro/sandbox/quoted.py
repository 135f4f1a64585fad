"""One coin counted in one currency: what both sources put into their answers."""

from collections.abc import Iterable

from kasparro.sandbox.currencies import Currency
from kasparro.sandbox.instants import DAY_MS, HOUR_MS
from kasparro.sandbox.market import Market
from kasparro.sandbox.motion import Standing
from kasparro.sandbox.world import Coin


class Quoted:
    """Amounts at an instant, in the currency's units; instants are milliseconds since 1970."""

    def __init__(self, market: Market, coin: Coin, currency: Currency) -> None:
        self._market = market
        self._motion = market.motion(coin)
        self._currency = currency

    def price(self, at_ms: int) -> float:
        return self._motion.price(at_ms) / self._unit(at_ms)

    def standing(self, at_ms: int) -> Standing:
        price, market_cap, volume = self._motion.standing(at_ms)
        unit = self._unit(at_ms)
        return Standing(price / unit, market_cap / unit, volume / unit)

    def highest(self, at_ms: int) -> float:
        """The record of its dollar price, counted in this currency now."""
        return self._motion.highest_usd / self._unit(at_ms)

    def lowest(self, at_ms: int) -> float:
        return self._motion.lowest_usd / self._unit(at_ms)

    def prices(self, instants: Iterable[int]) -> list[float]:
        return [self.price(at_ms) for at_ms in instants]

    def last_day(self, at_ms: int) -> list[float]:
        """Prices of the 24 hours before an instant: both ends and every full hour between."""
        began = at_ms - DAY_MS
        hours = range(began - began % HOUR_MS + HOUR_MS, at_ms, HOUR_MS)
        return self.prices([began, *hours, at_ms])

    def _unit(self, at_ms: int) -> float:
        return self._market.worth(self._currency, at_ms)
