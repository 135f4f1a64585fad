"""The `market_data` of a CoinGecko coin page: each amount in every currency there is."""

from collections.abc import Callable, Mapping
from typing import Any

from kasparro.sandbox.coingecko.rows import records, roi
from kasparro.sandbox.currencies import of_coingecko
from kasparro.sandbox.figures import percent, shortened
from kasparro.sandbox.instants import DAY_MS, HOUR_MS, to_milliseconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.world import Coin

SPANS_MS = {
    "1h": HOUR_MS,
    "24h": DAY_MS,
    **{f"{days}d": days * DAY_MS for days in (7, 14, 30, 60, 200)},
    "1y": 365 * DAY_MS,
}
RECORDS = ("ath", "ath_change_percentage", "ath_date", "atl", "atl_change_percentage", "atl_date")
UNSAID = ("total_value_locked", "mcap_to_tvl_ratio", "fdv_to_tvl_ratio")


def market_data(market: Market, coin: Coin, at_ms: int) -> dict[str, Any]:
    """Without ranks; the maps of a coin that lost its market are empty."""
    every = {
        code: Quoted(market, coin, currency)
        for code, currency in (of_coingecko() if coin.traded else {}).items()
    }

    def each(amount: Callable[[Quoted], Any]) -> dict[str, Any]:
        return {code: amount(quoted) for code, quoted in every.items()}

    record = each(lambda quoted: records(market, coin, quoted, at_ms, None))
    days = each(lambda quoted: quoted.last_day(at_ms))
    now = each(lambda quoted: quoted.standing(at_ms))
    return {
        "current_price": {code: shortened(of.price) for code, of in now.items()},
        **dict.fromkeys(UNSAID),
        "roi": roi(market, coin),
        **{name: {code: record[code][name] for code in every} for name in RECORDS},
        "market_cap": {code: shortened(of.market_cap) for code, of in now.items()},
        "fully_diluted_valuation": {}
        if coin.unsized
        else each(lambda quoted: shortened(quoted.price(at_ms) * coin.total_supply)),
        "market_cap_fdv_ratio": None if coin.unsized else _ratio(coin),
        "total_volume": {code: shortened(of.volume_24h) for code, of in now.items()},
        "high_24h": {code: shortened(max(prices)) for code, prices in days.items()},
        "low_24h": {code: shortened(min(prices)) for code, prices in days.items()},
        **_changes(every, at_ms),
        "total_supply": coin.total_supply,
        "max_supply": coin.max_supply,
        "max_supply_infinite": coin.max_supply is None,
        "circulating_supply": coin.supply if coin.traded and not coin.unsized else 0.0,
        "last_updated": to_milliseconds(at_ms),
    }


def _ratio(coin: Coin) -> float:
    return round(coin.supply / (coin.total_supply or 1), 2)


def _changes(every: Mapping[str, Quoted], at_ms: int) -> dict[str, Any]:
    """In dollars as plain numbers, in all currencies as maps."""
    pairs = {
        code: (quoted.standing(at_ms), quoted.standing(at_ms - DAY_MS))
        for code, quoted in every.items()
    }
    maps: dict[str, dict[str, float]] = {
        "price_change_24h": {
            code: now.price - before.price for code, (now, before) in pairs.items()
        },
        "market_cap_change_24h": {
            code: now.market_cap - before.market_cap for code, (now, before) in pairs.items()
        },
        "market_cap_change_percentage_24h": {
            code: round(percent(now.market_cap, before.market_cap), 5)
            for code, (now, before) in pairs.items()
        },
    }
    for span, back in SPANS_MS.items():
        maps[f"price_change_percentage_{span}"] = {
            code: round(percent(quoted.price(at_ms), quoted.price(at_ms - back)), 5)
            for code, quoted in every.items()
        }
    plain = {name: of.get("usd") for name, of in maps.items() if not name.endswith("_1h")}
    return plain | {f"{name}_in_currency": of for name, of in maps.items()}
