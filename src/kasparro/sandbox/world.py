"""Which coins there are: real ids, names and symbols of both sources, invented sizes.

`universe.csv` was put together from the public lists of both sources; prices and supplies are round
numbers of the right order. `follows` names what a coin is wrapped from, staked for or pegged to.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from kasparro.sandbox.draws import draw, draws

UNIVERSE = Path(__file__).with_name("universe.csv")
SMALL = 2e7
UNSIZED = 0.05  # of the coins worth less than SMALL dollars
SHORT, EVEN = 0.04, 0.5  # of the coins count less than circulates, or exactly that
FURTHER = 1.6
PEGS = frozenset({"usd", "eur", "jpy", "xau"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """One coin, as both sources list it. An empty id: that source does not know it."""

    key: str  # unique here; the coin's name in every draw
    coingecko_id: str
    coinpaprika_id: str
    symbol: str  # CoinGecko's, lower case
    name: str
    coinpaprika_symbol: str
    coinpaprika_name: str
    kind: str  # coin, token or stablecoin
    state: str  # "", migrated (id alive, price gone) or inactive
    follows: str
    price_usd: float  # the middle it swings around
    supply: float
    total_supply: float
    max_supply: float | None
    unsized: bool  # traded, but nobody knows how many there are
    platforms: Sequence[str]  # in CoinGecko's words
    first_seen: datetime

    @property
    def worth_usd(self) -> float:
        """Of all there are, at the middle of its price."""
        return self.price_usd * self.supply

    @property
    def traded(self) -> bool:
        return not self.state

    @property
    def pegged(self) -> bool:
        return self.follows in PEGS

    @property
    def rehypothecated(self) -> bool:
        """Stands for coins that are counted already."""
        return bool(self.follows) and not self.pegged


class World:
    """All coins, and where to find one."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.coins = tuple(_coins(seed))
        self.by_key = {coin.key: coin for coin in self.coins}

    @cached_property
    def of_coingecko(self) -> Mapping[str, Coin]:
        return {coin.coingecko_id: coin for coin in self.coins if coin.coingecko_id}

    @cached_property
    def of_coinpaprika(self) -> Mapping[str, Coin]:
        return {coin.coinpaprika_id: coin for coin in self.coins if coin.coinpaprika_id}


def _coins(seed: int) -> Iterator[Coin]:
    with UNIVERSE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield _coin(seed, row)


def _coin(seed: int, row: Mapping[str, str]) -> Coin:
    key = row["coingecko_id"] or row["coinpaprika_id"]
    price, supply = float(row["price_usd"] or 0), float(row["supply"] or 0)
    most = float(row["max_supply"]) if row["max_supply"] else None
    return Coin(
        key=key,
        coingecko_id=row["coingecko_id"],
        coinpaprika_id=row["coinpaprika_id"],
        symbol=row["symbol"],
        name=row["name"],
        coinpaprika_symbol=row["coinpaprika_symbol"] or row["symbol"].upper(),
        coinpaprika_name=row["coinpaprika_name"] or row["name"],
        kind=row["kind"],
        state=row["state"],
        follows=row["follows"],
        price_usd=price,
        supply=supply,
        total_supply=_total(seed, key, supply, most),
        max_supply=most,
        unsized=price * supply < SMALL and draw(seed, key, "unsized") < UNSIZED,
        platforms=tuple(row["platforms"].split()),
        first_seen=_first_seen(seed, key, row["first_seen"]),
    )


def _total(seed: int, key: str, supply: float, most: float | None) -> float:
    """Between what circulates and the most there can be; now and then just below what circulates,
    because the two are counted at different times."""
    kind, share = draws(2, seed, key, "total")
    if kind < SHORT:
        return supply * (1 - share / 1_000_000)
    if kind < EVEN:
        return supply
    return supply + share * ((most or supply * FURTHER) - supply)


def _first_seen(seed: int, key: str, known: str) -> datetime:
    if known:
        return datetime.fromisoformat(known).replace(tzinfo=UTC)
    year, month, day = draws(3, seed, key, "first seen")
    return datetime(2017 + int(year * 7), 1 + int(month * 12), 1 + int(day * 28), tzinfo=UTC)
