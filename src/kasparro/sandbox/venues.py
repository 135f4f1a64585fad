"""Where coins are traded: a few exchanges that share each coin's volume, near its one price."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kasparro.sandbox.draws import draw
from kasparro.sandbox.market import Market
from kasparro.sandbox.world import Coin

QUOTED_IN = "tether"  # everywhere, but for tether itself, which is sold for bitcoin
QUOTED_IN_ELSE = "bitcoin"
APART = 0.001  # of the price, at most, from one exchange to the next
EVERYWHERE_USD = 1e11  # coins this large are traded on all of them
ON_ONE_USD = 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """An exchange; its weight is how much of the trade it draws."""

    coinpaprika_id: str
    coingecko_id: str
    name: str
    country: str
    since: int
    weight: float


VENUES = (
    Venue(
        coinpaprika_id="binance",
        coingecko_id="binance",
        name="Binance",
        country="Cayman Islands",
        since=2017,
        weight=10,
    ),
    Venue(
        coinpaprika_id="coinbase",
        coingecko_id="gdax",
        name="Coinbase Exchange",
        country="United States",
        since=2012,
        weight=4,
    ),
    Venue(
        coinpaprika_id="bybit-spot",
        coingecko_id="bybit_spot",
        name="Bybit",
        country="British Virgin Islands",
        since=2018,
        weight=4,
    ),
    Venue(
        coinpaprika_id="okex",
        coingecko_id="okex",
        name="OKX",
        country="Seychelles",
        since=2013,
        weight=3,
    ),
    Venue(
        coinpaprika_id="kraken",
        coingecko_id="kraken",
        name="Kraken",
        country="United States",
        since=2011,
        weight=2,
    ),
    Venue(
        coinpaprika_id="kucoin",
        coingecko_id="kucoin",
        name="KuCoin",
        country="Seychelles",
        since=2014,
        weight=1,
    ),
)
OF_COINPAPRIKA = {venue.coinpaprika_id: venue for venue in VENUES}
OF_COINGECKO = {venue.coingecko_id: venue for venue in VENUES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One coin on one exchange at an instant, in US dollars."""

    venue: Venue
    coin: Coin
    counter: Coin  # what it is sold for
    price: float
    volume_24h: float
    share: float  # of the coin's whole volume


def trades_of(market: Market, coin: Coin, at_ms: int) -> Sequence[Trade]:
    """A coin on every exchange that has it, the largest share first; none if it is not traded."""
    if not coin.traded:
        return ()
    there = _venues(coin)
    seed = market.world.seed
    weights = [venue.weight * (0.5 + draw(seed, coin.key, venue.name, "share")) for venue in there]
    now, whole = market.standing(coin, at_ms), sum(weights)
    counter = market.world.by_key[QUOTED_IN if coin.key != QUOTED_IN else QUOTED_IN_ELSE]
    found = [
        Trade(
            venue=venue,
            coin=coin,
            counter=counter,
            price=now.price * (1 + APART * (2 * _off(market, coin, venue) - 1)),
            volume_24h=now.volume_24h * weight / whole,
            share=weight / whole,
        )
        for venue, weight in zip(there, weights, strict=True)
    ]
    return sorted(found, key=lambda trade: -trade.share)


def trades_on(market: Market, venue: Venue, at_ms: int) -> Iterator[Trade]:
    """Every coin on one exchange."""
    for coin in market.world.coins:
        for trade in trades_of(market, coin, at_ms):
            if trade.venue is venue:
                yield trade


def _venues(coin: Coin) -> Sequence[Venue]:
    """The larger a coin, the more exchanges have it."""
    number = sum(
        coin.worth_usd >= ON_ONE_USD * (EVERYWHERE_USD / ON_ONE_USD) ** (step / len(VENUES))
        for step in range(1, len(VENUES))
    )
    return VENUES[: 1 + number]


def _off(market: Market, coin: Coin, venue: Venue) -> float:
    return draw(market.world.seed, coin.key, venue.name, "price")
