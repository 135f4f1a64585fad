"""CoinGecko's exchanges, and the tickers of a coin or an exchange: where it is traded.

What CoinGecko calls a ticker is one pair on one exchange. `trust_score` is null since 2026-03.
"""

from collections.abc import Iterable
from typing import Any

from kasparro.sandbox.coingecko.listings import one, updated_ms
from kasparro.sandbox.coingecko.parameters import listed, number, yes
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.refusals import error
from kasparro.sandbox.currencies import of_coingecko
from kasparro.sandbox.draws import draw
from kasparro.sandbox.figures import shortened
from kasparro.sandbox.instants import moment
from kasparro.sandbox.market import Market
from kasparro.sandbox.venues import OF_COINGECKO, VENUES, Trade, Venue, trades_of, trades_on
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

PER_PAGE = 100
MOST_PAGES = 10_000
CONVERTED = ("btc", "eth", "usd")
TRUSTED = 10  # the score of an exchange, of ten
UNSAID = (
    "facebook_url",
    "reddit_url",
    "telegram_url",
    "slack_url",
    "other_url_1",
    "other_url_2",
    "twitter_handle",
    "public_notice",
    "alert_notice",
)


def all_exchanges(market: Market, call: Call[GeckoPlan]) -> list[dict[str, Any]]:
    per_page = number(call.params, "per_page", PER_PAGE, least=1, most=250)
    page = number(call.params, "page", 1, least=1, most=MOST_PAGES)
    shown = VENUES[(page - 1) * per_page : page * per_page]
    return [{"id": venue.coingecko_id, **_exchange(market, venue, call)} for venue in shown]


def names(_: Market, __: Call[GeckoPlan]) -> list[dict[str, str]]:
    return [{"id": venue.coingecko_id, "name": venue.name} for venue in VENUES]


def one_exchange(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    venue = _venue(call)
    trades = _trades_on(market, venue, call)
    return {
        **_exchange(market, venue, call),
        **dict.fromkeys(UNSAID, ""),
        "centralized": True,
        "coins": len(trades),
        "pairs": len(trades),
        "tickers": [_ticker(market, trade, call) for trade in trades[:PER_PAGE]],
        "status_updates": [],
    }


def tickers_of_exchange(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    venue = _venue(call)
    asked = set(listed(call.params.get("coin_ids", "")))
    trades = _trades_on(market, venue, call)
    found = [one for one in trades if not asked or one.coin.coingecko_id in asked]
    return {"name": venue.name, "tickers": _page(market, found, call)}


def tickers_of_coin(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    coin = one(market, call.path["id"])
    return {"name": coin.name, "tickers": tickers(market, coin, call)}


def tickers(market: Market, coin: Coin, call: Call[GeckoPlan]) -> list[dict[str, Any]]:
    """Where a coin is traded, as they also stand on its page."""
    asked = set(listed(call.params.get("exchange_ids", "")))
    trades = trades_of(market, coin, call.at_ms)
    found = [one for one in trades if not asked or one.venue.coingecko_id in asked]
    return _page(market, found, call)


def _venue(call: Call[GeckoPlan]) -> Venue:
    venue = OF_COINGECKO.get(call.path["id"])
    if venue is None:
        raise error(404, "exchange not found")
    return venue


def _trades_on(market: Market, venue: Venue, call: Call[GeckoPlan]) -> list[Trade]:
    """What CoinGecko lists there, the most traded first."""
    trades = trades_on(market, venue, call.at_ms)
    return sorted(
        (trade for trade in trades if trade.coin.coingecko_id),
        key=lambda trade: -trade.volume_24h,
    )


def _page(market: Market, trades: Iterable[Trade], call: Call[GeckoPlan]) -> list[dict[str, Any]]:
    page = number(call.params, "page", 1, least=1, most=MOST_PAGES)
    shown = list(trades)[(page - 1) * PER_PAGE : page * PER_PAGE]
    return [_ticker(market, trade, call) for trade in shown]


def _ticker(market: Market, trade: Trade, call: Call[GeckoPlan]) -> dict[str, Any]:
    venue, coin, counter = trade.venue, trade.coin, trade.counter
    units = {code: market.worth(of_coingecko()[code], call.at_ms) for code in CONVERTED}
    logo = {"logo": _logo(venue)} if yes(call.params, "include_exchange_logo") else {}
    seen = moment(updated_ms(market, coin, call.at_ms)).isoformat(timespec="seconds")
    return {
        "base": coin.symbol.upper(),
        "target": counter.symbol.upper(),
        "market": {
            "name": venue.name,
            "identifier": venue.coingecko_id,
            "has_trading_incentive": False,
            **logo,
        },
        "last": shortened(trade.price / market.price(counter, call.at_ms)),
        "volume": trade.volume_24h / trade.price,
        "converted_last": {code: shortened(trade.price / unit) for code, unit in units.items()},
        "converted_volume": {code: round(trade.volume_24h / unit) for code, unit in units.items()},
        "trust_score": None,
        "bid_ask_spread_percentage": round(
            0.01 + 0.1 * draw(market.world.seed, coin.key, venue.name, "spread"), 6
        ),
        "timestamp": seen,
        "last_traded_at": seen,
        "last_fetch_at": seen,
        "is_anomaly": False,
        "is_stale": False,
        "trade_url": f"https://{venue.coinpaprika_id}.example/",
        "token_info_url": None,
        "coin_id": coin.coingecko_id,
        "target_coin_id": counter.coingecko_id,
        "coin_mcap_usd": market.standing(coin, call.at_ms).market_cap,
    }


def _exchange(market: Market, venue: Venue, call: Call[GeckoPlan]) -> dict[str, Any]:
    bitcoin = market.worth(of_coingecko()["btc"], call.at_ms)
    volume = sum(trade.volume_24h for trade in _trades_on(market, venue, call)) / bitcoin
    return {
        "name": venue.name,
        "year_established": venue.since,
        "country": venue.country,
        "description": "",
        "url": f"https://{venue.coinpaprika_id}.example/",
        "image": _logo(venue),
        "has_trading_incentive": False,
        "trust_score": TRUSTED,
        "trust_score_rank": 1 + VENUES.index(venue),
        "trade_volume_24h_btc": volume,
    }


def _logo(venue: Venue) -> str:
    """An address that leads nowhere."""
    return f"https://coin-images.coingecko.com/markets/images/0/small/{venue.coingecko_id}.png"
