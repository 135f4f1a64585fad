"""CoinGecko's lists for finding coins: what many look for now, and the tokens of a platform."""

from typing import Any

from kasparro.core.platforms import OF_COINGECKO
from kasparro.sandbox import contracts
from kasparro.sandbox.coingecko.listings import listed_coins
from kasparro.sandbox.coingecko.overview import CHAIN_IDS
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.refusals import error
from kasparro.sandbox.coingecko.rows import change, image
from kasparro.sandbox.currencies import of_coingecko
from kasparro.sandbox.draws import draw
from kasparro.sandbox.instants import DAY_MS, to_milliseconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

TRENDING = 15
DECIMALS = 18


def trending(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """Other coins every day; no collections and no categories are simulated."""
    day = call.at_ms // DAY_MS
    ranks = market.ranking(call.at_ms).of_coingecko
    coins = sorted(
        (coin for coin in listed_coins(market) if coin.key in ranks),
        key=lambda coin: draw(market.world.seed, coin.key, "trend", day),
    )
    found = [
        {"item": _trend(market, coin, call, ranks[coin.key]) | {"score": place}}
        for place, coin in enumerate(coins[:TRENDING])
    ]
    return {"coins": found, "nfts": [], "categories": []}


def token_list(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """The tokens of a platform whose chain has a number."""
    platform = OF_COINGECKO.get(call.path["platform"])
    chain = CHAIN_IDS.get(platform.name) if platform is not None else None
    if platform is None or chain is None:
        raise error(404, "asset platform not found")
    return {
        "name": "CoinGecko",
        "logoURI": "https://static.coingecko.com/gecko-new.svg",
        "keywords": ["defi"],
        "timestamp": to_milliseconds(call.at_ms).replace("Z", "+00:00"),
        "tokens": [
            {
                "chainId": chain,
                "address": contracts.address(market.world, coin, platform),
                "name": coin.name,
                "symbol": coin.symbol.upper(),
                "decimals": DECIMALS,
                "logoURI": image(coin, "thumb"),
            }
            for coin in listed_coins(market)
            if platform.coingecko in coin.platforms
        ],
        "version": {"major": 1, "minor": 0, "patch": 0},
    }


def _trend(market: Market, coin: Coin, call: Call[GeckoPlan], rank: int) -> dict[str, Any]:
    currencies = of_coingecko()
    dollars = Quoted(market, coin, currencies["usd"])
    bitcoins = Quoted(market, coin, currencies["btc"])
    now, in_bitcoin = dollars.standing(call.at_ms), bitcoins.standing(call.at_ms)
    return {
        "id": coin.coingecko_id,
        "coin_id": int(draw(coin.key, "number") * 60_000),
        "name": coin.name,
        "symbol": coin.symbol.upper(),
        "market_cap_rank": rank,
        "thumb": image(coin, "thumb"),
        "small": image(coin, "small"),
        "large": image(coin, "large"),
        "slug": coin.coingecko_id,
        "price_btc": in_bitcoin.price,
        "data": {
            "price": now.price,
            "price_btc": f"{in_bitcoin.price:.26f}",
            "price_change_percentage_24h": {
                code: change(Quoted(market, coin, currency), call.at_ms, "24h")
                for code, currency in currencies.items()
            },
            "market_cap": f"${now.market_cap:,.0f}",
            "market_cap_btc": str(in_bitcoin.market_cap),
            "total_volume": f"${now.volume_24h:,.0f}",
            "total_volume_btc": str(in_bitcoin.volume_24h),
            "sparkline": "",
            "content": None,
        },
    }
