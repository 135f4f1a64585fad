"""CoinPaprika's /ticker, long deprecated: flat, and every value is a string."""

from typing import Any

from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.tickers import active_coin, identity, updated_ms
from kasparro.sandbox.figures import percent
from kasparro.sandbox.instants import DAY_MS, HOUR_MS, SECOND_MS
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

LOOKBACKS = {
    "percent_change_1h": HOUR_MS,
    "percent_change_24h": DAY_MS,
    "percent_change_7d": 7 * DAY_MS,
}


def all_tickers(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, str]]:
    ranks = list(market.ranking(call.at_ms).of_coinpaprika.items())[: call.plan.assets]
    coins = market.world.by_key
    return [_ticker(market, coins[key], rank, call.at_ms) for key, rank in ranks]


def one_ticker(market: Market, call: Call[PaprikaPlan]) -> dict[str, str]:
    coin = active_coin(market, call.path["id"])
    rank = market.ranking(call.at_ms).of_coinpaprika[coin.key]
    return _ticker(market, coin, rank, call.at_ms)


def _ticker(market: Market, coin: Coin, rank: int, at_ms: int) -> dict[str, str]:
    """What is not known is an empty string."""
    updated = updated_ms(market, coin, at_ms)
    now = market.standing(coin, updated)
    bitcoin = market.price(market.world.by_key["bitcoin"], updated)
    values: dict[str, Any] = {
        **identity(coin, rank),
        "price_usd": now.price,
        "price_btc": now.price / bitcoin,
        "volume_24h_usd": round(now.volume_24h),
        "market_cap_usd": round(now.market_cap) or "",
        "circulating_supply": round(coin.supply) or "",
        "total_supply": round(coin.total_supply) or "",
        "max_supply": round(coin.max_supply) if coin.max_supply else "",
        **{
            name: round(percent(now.price, market.price(coin, updated - back)), 2)
            for name, back in LOOKBACKS.items()
        },
        "last_updated": updated // SECOND_MS,
    }
    return {name: str(value) for name, value in values.items()}
