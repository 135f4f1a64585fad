"""CoinGecko's /simple: bare prices of coins, by id, name, symbol or contract address."""

from collections.abc import Mapping, Sequence
from typing import Any

from kasparro.core.platforms import OF_COINGECKO
from kasparro.sandbox import contracts
from kasparro.sandbox.coingecko.listings import chosen, listed_coins, updated_ms
from kasparro.sandbox.coingecko.parameters import listed, precision, yes
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.refusals import coin_not_found, missing, too_many_addresses
from kasparro.sandbox.coingecko.rows import change
from kasparro.sandbox.currencies import Currency, of_coingecko
from kasparro.sandbox.figures import shortened
from kasparro.sandbox.instants import SECOND_MS, moment
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin


def price(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """What is not known, coin or currency, is left out in silence."""
    currencies = _currencies(call.params)
    coins = chosen(market, call.params, call.at_ms)
    if coins is None:
        raise missing("ids")
    return {coin.coingecko_id: _prices(market, call, coin, currencies) for coin in coins}


def token_price(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """Keyed by the address in lower case."""
    asked = listed(call.params.get("contract_addresses", ""))
    if not asked:
        raise missing("contract_addresses")
    currencies = _currencies(call.params)
    if len(asked) > call.plan.most_addresses:
        raise too_many_addresses(moment(call.at_ms), call.plan.most_addresses)
    coins = at_addresses(market, call.path["platform"])
    return {
        address.lower(): _prices(market, call, coins[address.lower()], currencies)
        for address in asked
        if address.lower() in coins
    }


def supported_currencies(_: Market, __: Call[GeckoPlan]) -> list[str]:
    return list(of_coingecko())


def at_addresses(market: Market, platform: str) -> Mapping[str, Coin]:
    """The tokens of a platform by their address in lower case; none of an unknown platform."""
    known = OF_COINGECKO.get(platform)
    if known is None:
        return {}
    return {
        contracts.address(market.world, coin, known).lower(): coin
        for coin in listed_coins(market)
        if platform in coin.platforms
    }


def at_contract(market: Market, call: Call[GeckoPlan]) -> Coin:
    """The token that the path names by platform and address. Raises Instead when there is none."""
    coin = at_addresses(market, call.path["platform"]).get(call.path["address"].lower())
    if coin is None:
        raise coin_not_found()
    return coin


def _currencies(params: Mapping[str, str]) -> Sequence[Currency]:
    codes = listed(params.get("vs_currencies", "").lower())
    if not codes:
        raise missing("vs_currencies")
    known = of_coingecko()
    return [known[code] for code in codes if code in known]


def _prices(
    market: Market, call: Call[GeckoPlan], coin: Coin, currencies: Sequence[Currency]
) -> dict[str, Any]:
    params, digits = call.params, precision(call.params)
    updated = updated_ms(market, coin, call.at_ms)
    prices: dict[str, Any] = {}
    for currency in currencies:
        code, quoted = currency.code, Quoted(market, coin, currency)
        now, alive = quoted.standing(updated), coin.traded
        prices[code] = shortened(now.price, digits) if alive else None
        if yes(params, "include_market_cap"):
            prices[f"{code}_market_cap"] = now.market_cap if alive else None
        if yes(params, "include_24hr_vol"):
            prices[f"{code}_24h_vol"] = now.volume_24h if alive else None
        if yes(params, "include_24hr_change"):
            prices[f"{code}_24h_change"] = change(quoted, updated, "24h") if alive else None
    if yes(params, "include_last_updated_at") and currencies:
        prices["last_updated_at"] = updated // SECOND_MS
    return prices
