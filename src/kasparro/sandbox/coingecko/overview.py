"""CoinGecko's catalogue, search, totals and rates: what is about no single coin."""

from typing import Any

from kasparro.core.platforms import PLATFORMS
from kasparro.sandbox import contracts
from kasparro.sandbox.coingecko.listings import CATEGORIES, by_size, listed_coins
from kasparro.sandbox.coingecko.parameters import yes
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.refusals import UNKNOWN_PATH, missing
from kasparro.sandbox.coingecko.rows import identity, image
from kasparro.sandbox.currencies import of_coingecko
from kasparro.sandbox.figures import percent
from kasparro.sandbox.instants import DAY_MS, SECOND_MS
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Call, Instead

CHAIN_IDS = {
    "ethereum": 1,
    "bsc": 56,
    "polygon": 137,
    "avalanche": 43114,
    "arbitrum": 42161,
    "optimism": 10,
    "base": 8453,
}
NATIVE = {
    "bsc": "binancecoin",
    "polygon": "polygon-ecosystem-token",
    "avalanche": "avalanche-2",
} | {name: name for name in ("ethereum", "solana", "tron")}
SHARES = 10  # coins named in /global
MOST_FOUND = 25


def ping(_: Market, __: Call[GeckoPlan]) -> dict[str, str]:
    return {"gecko_says": "(V3) To the Moon!"}


def key(_: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """What the key may and has used; there is none without a monthly plan."""
    allowed = {limit.window: limit.calls for limit in call.plan.limits}
    if "month" not in allowed:
        raise Instead(UNKNOWN_PATH)
    return {
        "plan": call.plan.name.capitalize(),
        "rate_limit_request_per_minute": allowed["minute"],
        "monthly_call_credit": allowed["month"],
        "current_total_monthly_calls": call.used,
        "current_remaining_monthly_calls": allowed["month"] - call.used,
        "api_key_rate_limit_request_per_minute": allowed["minute"],
        "api_key_monthly_call_credit": allowed["month"],
        "api_key_current_total_monthly_calls": call.used,
    }


def coins(market: Market, call: Call[GeckoPlan]) -> list[dict[str, Any]]:
    """Sorted by id. What is inactive shows only when asked for."""
    inactive = call.params.get("status") == "inactive"
    with_platforms = yes(call.params, "include_platform")
    found = market.world.of_coingecko
    listed = [found[id_] for id_ in sorted(found) if (found[id_].state == "inactive") is inactive]
    if not with_platforms:
        return [identity(coin) for coin in listed]
    return [
        {
            **identity(coin),
            "platforms": {
                platform.coingecko: contracts.address(market.world, coin, platform)
                for platform in contracts.platforms(coin)
            },
        }
        for coin in listed
    ]


def categories(_: Market, __: Call[GeckoPlan]) -> list[dict[str, str]]:
    return [{"category_id": id_, "name": name} for id_, name in CATEGORIES.items()]


def search(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """Only coins are simulated."""
    words = call.params.get("query", "").strip().lower()
    if not words:
        raise missing("query")
    ranks = market.ranking(call.at_ms).of_coingecko
    found = [
        {
            "id": coin.coingecko_id,
            "name": coin.name,
            "api_symbol": coin.coingecko_id,
            "symbol": coin.symbol.upper(),
            "market_cap_rank": ranks.get(coin.key),
            "thumb": image(coin, "thumb"),
            "large": image(coin, "large"),
        }
        for coin in by_size(market, listed_coins(market), call.at_ms)
        if words in (coin.symbol, coin.coingecko_id) or words in coin.name.lower()
    ]
    return {"coins": found[:MOST_FOUND], "exchanges": [], "icos": [], "categories": [], "nfts": []}


def exchange_rates(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """One bitcoin in every currency."""
    bitcoin = market.worth(of_coingecko()["btc"], call.at_ms)
    return {
        "rates": {
            code: {
                "name": currency.name,
                "unit": currency.unit,
                "value": round(bitcoin / market.worth(currency, call.at_ms), 3),
                "type": currency.kind,
            }
            for code, currency in of_coingecko().items()
        }
    }


def asset_platforms(_: Market, __: Call[GeckoPlan]) -> list[dict[str, Any]]:
    return [
        {
            "id": platform.coingecko,
            "chain_identifier": CHAIN_IDS.get(platform.name),
            "name": platform.name.capitalize(),
            "shortname": "",
            "native_coin_id": NATIVE.get(platform.name),
            "image": {"thumb": "", "small": "", "large": ""},
        }
        for platform in PLATFORMS
    ]


def totals(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """/global, wrapped in `data`."""
    at_ms, day_ago = call.at_ms, call.at_ms - DAY_MS
    counted = [market.world.by_key[name] for name in market.ranking(at_ms).of_coingecko]
    now = [market.standing(coin, at_ms) for coin in counted]
    before = [market.standing(coin, day_ago) for coin in counted]
    cap, volume = sum(of.market_cap for of in now), sum(of.volume_24h for of in now)
    cap_before, volume_before = (
        sum(of.market_cap for of in before),
        sum(of.volume_24h for of in before),
    )
    largest = zip(counted[:SHARES], now, strict=False)
    units = {code: market.worth(currency, at_ms) for code, currency in of_coingecko().items()}
    return {
        "data": {
            "active_cryptocurrencies": sum(1 for _ in listed_coins(market)),
            "upcoming_icos": 0,
            "ongoing_icos": 49,
            "ended_icos": 3376,
            "markets": 1400,
            "total_market_cap": {code: cap / unit for code, unit in units.items()},
            "total_volume": {code: volume / unit for code, unit in units.items()},
            "market_cap_percentage": {
                coin.symbol: of.market_cap / cap * 100 for coin, of in largest
            },
            "market_cap_change_percentage_24h_usd": percent(cap, cap_before),
            "volume_change_percentage_24h_usd": percent(volume, volume_before),
            "updated_at": at_ms // SECOND_MS,
        }
    }
