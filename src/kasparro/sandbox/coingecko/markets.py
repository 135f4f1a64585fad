"""CoinGecko's /coins/markets: a page of coins, each with its market."""

from collections.abc import Sequence
from typing import Any

from kasparro.sandbox.coingecko.listings import by_size, updated_ms, wanted
from kasparro.sandbox.coingecko.parameters import listed, number, precision, quote_currency, yes
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.rows import LOOKBACKS, change, market_row, sparkline
from kasparro.sandbox.currencies import Currency
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

LARGEST_PAGE = 250
USUAL_PAGE = 100


def markets(market: Market, call: Call[GeckoPlan]) -> list[dict[str, Any]]:
    """A page past the end is empty; a page too large is cut to 250."""
    params = call.params
    currency = quote_currency(params)
    size = number(params, "per_page", USUAL_PAGE, least=1, most=LARGEST_PAGE)
    page = number(params, "page", 1, least=1, most=10**9)
    coins = _ordered(market, call, wanted(market, params, call.at_ms))
    return [_row(market, call, coin, currency) for coin in coins[(page - 1) * size : page * size]]


def _ordered(market: Market, call: Call[GeckoPlan], coins: Sequence[Coin]) -> Sequence[Coin]:
    """By size, volume or id, either way; coins without a size come last in both directions."""
    field, _, direction = call.params.get("order", "market_cap_desc").rpartition("_")
    if field == "id":
        return sorted(coins, key=lambda coin: coin.coingecko_id, reverse=direction == "desc")
    if field == "volume":
        traded = [coin for coin in coins if coin.traded]
        sign = 1 if direction == "asc" else -1
        traded.sort(key=lambda coin: sign * market.standing(coin, call.at_ms).volume_24h)
        return [*traded, *(coin for coin in coins if not coin.traded)]
    ordered = by_size(market, coins, call.at_ms)
    if direction == "desc":
        return ordered
    ranks = market.ranking(call.at_ms).of_coingecko_with_rehypothecated
    sized = [coin for coin in ordered if coin.key in ranks]
    return [*reversed(sized), *(coin for coin in ordered if coin.key not in ranks)]


def _row(market: Market, call: Call[GeckoPlan], coin: Coin, currency: Currency) -> dict[str, Any]:
    params, ranking = call.params, market.ranking(call.at_ms)
    updated = updated_ms(market, coin, call.at_ms)
    row = market_row(market, coin, currency, updated, precision(params))
    row["market_cap_rank"] = ranking.of_coingecko.get(coin.key)
    if yes(params, "include_rehypothecated"):
        rank = ranking.of_coingecko_with_rehypothecated.get(coin.key)
        row["market_cap_rank_with_rehypothecated"] = rank
    quoted = Quoted(market, coin, currency)
    if yes(params, "sparkline"):
        row["sparkline_in_7d"] = {"price": sparkline(quoted, updated) if coin.traded else []}
    for span in listed(params.get("price_change_percentage", "")):
        if span in LOOKBACKS:
            row[f"price_change_percentage_{span}_in_currency"] = (
                change(quoted, updated, span) if coin.traded else None
            )
    return row
