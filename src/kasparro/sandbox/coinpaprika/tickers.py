"""CoinPaprika's tickers: every active coin in one answer, or one coin by its id."""

from collections.abc import Sequence
from typing import Any

from kasparro.sandbox.coinpaprika.parameters import whole
from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.quotes import asked, quote
from kasparro.sandbox.coinpaprika.refusals import ID_NOT_FOUND, UNKNOWN_PATH
from kasparro.sandbox.currencies import Currency
from kasparro.sandbox.draws import draw
from kasparro.sandbox.instants import SECOND_MS, milliseconds, to_seconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call, Instead
from kasparro.sandbox.world import Coin

UPDATED_EVERY_S = 75
SEEN_AFTER_S = 40  # at the earliest
SEEN_WITHIN_S = 110  # after that
PER_PAGE = 100
MOST_PAGES = 10_000


def all_tickers(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    quotes = asked(call.params)
    ranks = market.ranking(call.at_ms).of_coinpaprika
    listed = list(ranks.items())[: call.plan.assets]
    coins = market.world.by_key
    return [_ticker(market, coins[key], rank, quotes, call) for key, rank in listed]


def one_ticker(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    coin = active_coin(market, call.path["id"])
    rank = market.ranking(call.at_ms).of_coinpaprika[coin.key]
    return _ticker(market, coin, rank, asked(call.params), call)


def simple_tickers(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    """Ids, ranks and prices, a hundred a page; on the paid host only."""
    if not call.plan.paid:
        raise Instead(UNKNOWN_PATH)
    quotes = asked(call.params)
    page = whole(call.params.get("page", "1"), least=1, most=MOST_PAGES)
    ranks = list(market.ranking(call.at_ms).of_coinpaprika.items())
    return [
        {
            **identity(coin, rank),
            "quotes": {
                currency.code.upper(): {"price": Quoted(market, coin, currency).price(updated)}
                for currency in quotes
            },
        }
        for key, rank in ranks[(page - 1) * PER_PAGE : page * PER_PAGE]
        for coin in [market.world.by_key[key]]
        for updated in [updated_ms(market, coin, call.at_ms)]
    ]


def active_coin(market: Market, source_asset_id: str) -> Coin:
    """Raises Instead when the id is unknown or its coin no longer trades."""
    coin = market.world.of_coinpaprika.get(source_asset_id)
    if coin is None or not coin.traded:
        raise Instead(ID_NOT_FOUND)
    return coin


def updated_ms(market: Market, coin: Coin, at_ms: int) -> int:
    """The coin's own time: 40 to 225 s ago, and now and then earlier than the one before it."""
    world = market.world
    at_s = at_ms // SECOND_MS
    phase = int(draw(world.seed, coin.key, "phase") * UPDATED_EVERY_S)
    turn = (at_s - phase) // UPDATED_EVERY_S
    late = SEEN_AFTER_S + int(draw(world.seed, coin.key, "late", turn) * SEEN_WITHIN_S)
    return (turn * UPDATED_EVERY_S + phase - late) * SECOND_MS


def _ticker(
    market: Market, coin: Coin, rank: int, quotes: Sequence[Currency], call: Call[PaprikaPlan]
) -> dict[str, Any]:
    updated = updated_ms(market, coin, call.at_ms)
    circulating = {"circulating_supply": round(coin.supply)} if call.plan.paid else {}
    return {
        **identity(coin, rank),
        **circulating,
        "total_supply": round(coin.total_supply),
        "max_supply": round(coin.max_supply or 0),
        "beta_value": round(market.motion(coin).beta, 5),
        "first_data_at": to_seconds(milliseconds(coin.first_seen)),
        "last_updated": to_seconds(updated),
        "quotes": {
            currency.code.upper(): quote(market, coin, currency, updated, call.plan)
            for currency in quotes
        },
    }


def identity(coin: Coin, rank: int) -> dict[str, Any]:
    return {
        "id": coin.coinpaprika_id,
        "name": coin.coinpaprika_name,
        "symbol": coin.coinpaprika_symbol,
        "rank": rank,
    }
