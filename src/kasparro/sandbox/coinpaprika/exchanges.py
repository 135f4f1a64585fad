"""CoinPaprika's exchanges, and where a coin is traded."""

from collections.abc import Sequence
from typing import Any

from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.quotes import asked
from kasparro.sandbox.coinpaprika.refusals import ID_NOT_FOUND
from kasparro.sandbox.coinpaprika.tickers import active_coin, updated_ms
from kasparro.sandbox.currencies import Currency
from kasparro.sandbox.instants import to_seconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.venues import OF_COINPAPRIKA, VENUES, Trade, Venue, trades_of, trades_on
from kasparro.sandbox.wire import Call, Instead

PERIODS = {"24h": 1, "7d": 7, "30d": 30}


def all_exchanges(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    quotes = asked(call.params)
    return [_exchange(market, venue, quotes, call.at_ms) for venue in VENUES]


def one_exchange(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    return _exchange(market, _venue(call), asked(call.params), call.at_ms)


def markets_of_exchange(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    quotes = asked(call.params)
    trades = [one for one in trades_on(market, _venue(call), call.at_ms) if _known(one)]
    whole = sum(one.volume_24h for one in trades)
    return [
        _market(market, one, quotes, call.at_ms)
        | {"reported_volume_24h_share": round(one.volume_24h / whole * 100, 2)}
        for one in sorted(trades, key=lambda one: -one.volume_24h)
    ]


def markets_of_coin(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    quotes, coin = asked(call.params), active_coin(market, call.path["id"])
    return [
        {"exchange_id": one.venue.coinpaprika_id, "exchange_name": one.venue.name}
        | _market(market, one, quotes, call.at_ms)
        | {"adjusted_volume_24h_share": round(one.share * 100, 2)}
        for one in trades_of(market, coin, call.at_ms)
    ]


def exchanges_of_coin(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.venue.coinpaprika_id,
            "name": one.venue.name,
            "fiats": [],
            "adjusted_volume_24h_share": round(one.share * 100, 2),
        }
        for one in trades_of(market, active_coin(market, call.path["id"]), call.at_ms)
    ]


def _venue(call: Call[PaprikaPlan]) -> Venue:
    venue = OF_COINPAPRIKA.get(call.path["id"])
    if venue is None:
        raise Instead(ID_NOT_FOUND)
    return venue


def _known(trade: Trade) -> bool:
    return bool(trade.coin.coinpaprika_id)


def _market(market: Market, trade: Trade, quotes: Sequence[Currency], at_ms: int) -> dict[str, Any]:
    base, counter = trade.coin, trade.counter
    return {
        "pair": f"{base.coinpaprika_symbol}/{counter.coinpaprika_symbol}",
        "base_currency_id": base.coinpaprika_id,
        "base_currency_name": base.coinpaprika_name,
        "quote_currency_id": counter.coinpaprika_id,
        "quote_currency_name": counter.coinpaprika_name,
        "market_url": f"https://{trade.venue.coinpaprika_id}.example/",
        "category": "Spot",
        "fee_type": "Percentage",
        "outlier": False,
        "quotes": {
            currency.code.upper(): {
                "price": trade.price / market.worth(currency, at_ms),
                "volume_24h": trade.volume_24h / market.worth(currency, at_ms),
            }
            for currency in quotes
        },
        "last_updated": to_seconds(updated_ms(market, base, at_ms)),
    }


def _exchange(
    market: Market, venue: Venue, quotes: Sequence[Currency], at_ms: int
) -> dict[str, Any]:
    trades = [one for one in trades_on(market, venue, at_ms) if _known(one)]
    volume, rank = sum(one.volume_24h for one in trades), 1 + VENUES.index(venue)
    return {
        "id": venue.coinpaprika_id,
        "name": venue.name,
        "active": True,
        "website_status": True,
        "api_status": True,
        "description": f"A simulated {venue.name}: nothing here is a fact.",
        "message": None,
        "links": {"website": [f"https://{venue.coinpaprika_id}.example/"], "twitter": []},
        "markets_data_fetched": True,
        "adjusted_rank": rank,
        "reported_rank": rank,
        "currencies": len(trades),
        "markets": len(trades),
        "fiats": [],
        "quotes": {
            currency.code.upper(): {
                f"{kind}_volume_{period}": volume * days / market.worth(currency, at_ms)
                for period, days in PERIODS.items()
                for kind in ("reported", "adjusted")
            }
            for currency in quotes
        },
        "last_updated": to_seconds(at_ms),
    }
