"""One coin's market as CoinGecko puts it into a list: every number may be null."""

from typing import Any

from kasparro.sandbox.currencies import Currency
from kasparro.sandbox.draws import draws
from kasparro.sandbox.figures import Figure, percent, shortened
from kasparro.sandbox.instants import DAY_MS, HOUR_MS, milliseconds, to_milliseconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.world import Coin

LOOKBACKS = {
    "1h": HOUR_MS,
    "24h": DAY_MS,
    "7d": 7 * DAY_MS,
    "14d": 14 * DAY_MS,
    "30d": 30 * DAY_MS,
    "200d": 200 * DAY_MS,
    "1y": 365 * DAY_MS,
}
SPARKLINE_HOURS = 168
RECORDS_WITHIN_DAYS = 900  # of first being seen
SOLD_FIRST = 0.07  # of the coins were sold to the public before they traded
UNWATCHED = 0.02  # of the small coins come without their last day
SMALL = 3e9
OF_THE_LAST_DAY = (
    "high_24h",
    "low_24h",
    "price_change_24h",
    "price_change_percentage_24h",
    "market_cap_change_24h",
    "market_cap_change_percentage_24h",
)


def identity(coin: Coin) -> dict[str, Any]:
    return {"id": coin.coingecko_id, "symbol": coin.symbol, "name": coin.name}


def image(coin: Coin, size: str) -> str:
    """An address that leads nowhere, as nothing here is CoinGecko's."""
    number = int(draws(1, coin.key, "image")[0] * 60_000)
    return f"https://coin-images.coingecko.com/coins/images/{number}/{size}/{coin.key}.png"


def market_row(
    market: Market, coin: Coin, currency: Currency, at_ms: int, digits: str | None
) -> dict[str, Any]:
    """Without rank; a coin that lost its market keeps its name and nothing else."""
    row: dict[str, Any] = {**identity(coin), "image": image(coin, "large")}
    if not coin.traded:
        return {**row, **dict.fromkeys(NAMES), "last_updated": to_milliseconds(at_ms)}
    quoted = Quoted(market, coin, currency)
    now = quoted.standing(at_ms)
    row |= {
        "current_price": shortened(now.price, digits),
        "market_cap": shortened(now.market_cap),
        "market_cap_rank": None,
        "fully_diluted_valuation": _diluted(coin, now.price),
        "total_volume": shortened(now.volume_24h),
        **_last_day(market, coin, quoted, at_ms, digits),
        "circulating_supply": 0.0 if coin.unsized else coin.supply,
        "total_supply": coin.total_supply,
        "max_supply": coin.max_supply,
        **records(market, coin, quoted, at_ms, digits),
        "roi": roi(market, coin),
        "last_updated": to_milliseconds(at_ms),
    }
    return row


def _diluted(coin: Coin, price: float) -> Figure | None:
    return None if coin.unsized else shortened(price * coin.total_supply)


def change(quoted: Quoted, at_ms: int, span: str) -> float:
    """In percent, with all its digits."""
    return percent(quoted.price(at_ms), quoted.price(at_ms - LOOKBACKS[span]))


def sparkline(quoted: Quoted, at_ms: int) -> list[float]:
    """The price at the full hours of a week."""
    last = at_ms - at_ms % HOUR_MS
    return quoted.prices([last - n * HOUR_MS for n in range(SPARKLINE_HOURS - 1, -1, -1)])


def records(
    market: Market, coin: Coin, quoted: Quoted, at_ms: int, digits: str | None
) -> dict[str, Any]:
    price, highest, lowest = quoted.price(at_ms), quoted.highest(at_ms), quoted.lowest(at_ms)
    high, low = draws(2, market.world.seed, coin.key, "records")
    since = milliseconds(coin.first_seen)
    return {
        "ath": shortened(highest, digits),
        "ath_change_percentage": round(percent(price, highest), 5),
        "ath_date": to_milliseconds(since + round(high * RECORDS_WITHIN_DAYS * DAY_MS)),
        "atl": shortened(lowest, digits),
        "atl_change_percentage": round(percent(price, lowest), 5),
        "atl_date": to_milliseconds(since + round(low * RECORDS_WITHIN_DAYS * DAY_MS)),
    }


def _last_day(
    market: Market, coin: Coin, quoted: Quoted, at_ms: int, digits: str | None
) -> dict[str, Figure | None]:
    small = coin.worth_usd < SMALL
    if small and draws(1, market.world.seed, coin.key, "watched")[0] < UNWATCHED:
        return dict.fromkeys(OF_THE_LAST_DAY)
    prices = quoted.last_day(at_ms)
    cap, before = (quoted.standing(then).market_cap for then in (at_ms, at_ms - DAY_MS))
    values: list[Figure] = [
        shortened(max(prices), digits),
        shortened(min(prices), digits),
        prices[-1] - prices[0],
        round(percent(prices[-1], prices[0]), 5),
        cap - before,
        round(percent(cap, before), 5),
    ]
    return dict(zip(OF_THE_LAST_DAY, values, strict=True))


def roi(market: Market, coin: Coin) -> dict[str, Any] | None:
    sold, times, money = draws(3, market.world.seed, coin.key, "sale")
    if sold >= SOLD_FIRST:
        return None
    multiple = 60 * times**3 - 1
    currency = ("usd", "eth", "btc")[int(money * 3)]
    return {"times": multiple, "currency": currency, "percentage": multiple * 100}


NAMES = (
    "current_price",
    "market_cap",
    "market_cap_rank",
    "fully_diluted_valuation",
    "total_volume",
    *OF_THE_LAST_DAY,
    "circulating_supply",
    "total_supply",
    "max_supply",
    "ath",
    "ath_change_percentage",
    "ath_date",
    "atl",
    "atl_change_percentage",
    "atl_date",
    "roi",
)
