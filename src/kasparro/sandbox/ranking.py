"""Who is larger than whom at one instant, and which rank either source gives for it."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from kasparro.sandbox.world import Coin


class Ranking:
    """The order of what coins are worth, among them those whose size nobody can tell."""

    def __init__(self, coins: Sequence[Coin], worths: Mapping[str, float]) -> None:
        self.largest: Sequence[Coin] = sorted(coins, key=lambda coin: (-worths[coin.key], coin.key))

    @cached_property
    def of_coinpaprika(self) -> Mapping[str, int]:
        """Rank by key; wrapped coins and those whose cap is unknown have one too."""
        return _numbered([coin for coin in self.largest if coin.coinpaprika_id])

    @cached_property
    def of_coingecko(self) -> Mapping[str, int]:
        """Rank by key of what stands for itself; since 2026-02 wrapped coins have none."""
        return _numbered([coin for coin in self._sized if not coin.rehypothecated])

    @cached_property
    def of_coingecko_with_rehypothecated(self) -> Mapping[str, int]:
        return _numbered(self._sized)

    @property
    def _sized(self) -> Sequence[Coin]:
        return [coin for coin in self.largest if coin.coingecko_id and not coin.unsized]


def _numbered(coins: Sequence[Coin]) -> Mapping[str, int]:
    return {coin.key: rank for rank, coin in enumerate(coins, start=1)}
