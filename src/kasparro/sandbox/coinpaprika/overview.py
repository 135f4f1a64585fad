"""CoinPaprika's market as a whole, its price converter, and what a key may and has used."""

from math import isfinite
from operator import mul
from typing import Any

from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.refusals import INVALID_PARAMETERS, UNKNOWN_PATH
from kasparro.sandbox.coinpaprika.tickers import updated_ms
from kasparro.sandbox.currencies import of_coinpaprika
from kasparro.sandbox.figures import percent
from kasparro.sandbox.instants import DAY_MS, SECOND_MS, to_seconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Call, Instead

FIAT = {"us-dollars": "usd", "euro": "eur", "british-pound-sterling": "gbp", "polish-zloty": "pln"}
MOST_PERCENT = 9999.99
PEAKED_AT = "2021-10-22T12:50:00Z"


def overview(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    now, day_ago = _totals(market, call.at_ms), _totals(market, call.at_ms - DAY_MS)
    bitcoin = market.standing(market.world.of_coinpaprika["btc-bitcoin"], call.at_ms).market_cap
    peak_cap, peak_volume = _peaks(market)
    return {
        "market_cap_usd": round(now[0]),
        "volume_24h_usd": round(now[1]),
        "bitcoin_dominance_percentage": round(bitcoin / now[0] * 100, 2),
        "cryptocurrencies_number": len(market.ranking(call.at_ms).of_coinpaprika),
        "market_cap_ath_value": round(peak_cap),
        "market_cap_ath_date": PEAKED_AT,
        "volume_24h_ath_value": round(peak_volume),
        "volume_24h_ath_date": PEAKED_AT,
        "volume_24h_percent_from_ath": round(percent(now[1], peak_volume), 2),
        "volume_24h_percent_to_ath": min(round(percent(peak_volume, now[1]), 2), MOST_PERCENT),
        "market_cap_change_24h": round(percent(now[0], day_ago[0]), 2),
        "volume_24h_change_24h": round(percent(now[1], day_ago[1]), 2),
        "last_updated": call.at_ms // SECOND_MS,
    }


def convert(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    """Between coins, and the few fiat currencies whose ids are known."""
    base, quote = call.params.get("base_currency_id"), call.params.get("quote_currency_id")
    try:
        amount = float(call.params.get("amount", "0"))
        base_name, base_usd, base_ms = _worth(market, base or "", call.at_ms)
        quote_name, quote_usd, quote_ms = _worth(market, quote or "", call.at_ms)
    except ValueError:
        raise Instead(INVALID_PARAMETERS) from None
    if not isfinite(amount):
        raise Instead(INVALID_PARAMETERS)
    return {
        "base_currency_id": base,
        "base_currency_name": base_name,
        "base_price_last_updated": to_seconds(base_ms),
        "quote_currency_id": quote,
        "quote_currency_name": quote_name,
        "quote_price_last_updated": to_seconds(quote_ms),
        "amount": int(amount) if amount == int(amount) else amount,
        "price": amount * base_usd / quote_usd,
    }


def key_info(_: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    """Of the paid host only: the free plan has no key."""
    if not call.plan.paid:
        raise Instead(UNKNOWN_PATH)
    monthly = next(limit.calls for limit in call.plan.limits if limit.window == "month")
    return {
        "plan": call.plan.name,
        "plan_started_at": "2026-01-01T00:00:00Z",
        "plan_status": "active",
        "portal_url": "https://coinpaprika.com/api/panel",
        "usage": {
            "message": "limited plan",
            "current_month": {"requests_made": call.used, "requests_left": monthly - call.used},
        },
    }


def changed_ids(_: Market, call: Call[PaprikaPlan]) -> list[dict[str, str]]:
    """No coin is renamed here; of the paid host only."""
    if not call.plan.paid:
        raise Instead(UNKNOWN_PATH)
    return []


def _totals(market: Market, at_ms: int) -> tuple[float, float]:
    coins = [market.world.by_key[key] for key in market.ranking(at_ms).of_coinpaprika]
    standings = [market.standing(coin, at_ms) for coin in coins]
    own = [
        standing.market_cap
        for coin, standing in zip(coins, standings, strict=True)
        if not coin.rehypothecated
    ]
    return sum(own), sum(standing.volume_24h for standing in standings)


def _peaks(market: Market) -> tuple[float, float]:
    """Records: far above what is usual, so that the market never passes them."""
    coins = [coin for coin in market.world.of_coinpaprika.values() if not coin.rehypothecated]
    caps = [coin.worth_usd for coin in coins]
    turnovers = [market.motion(coin).turnover for coin in coins]
    return sum(caps) * 2, sum(map(mul, caps, turnovers)) * 20


def _worth(market: Market, wanted: str, at_ms: int) -> tuple[str, float, int]:
    """Name, price in dollars and its time. Raises ValueError for an id that has none."""
    code, _, name = wanted.partition("-")
    if FIAT.get(name) == code:
        currency = of_coinpaprika()[code]
        return currency.name, market.worth(currency, at_ms), at_ms
    coin = market.world.of_coinpaprika.get(wanted)
    if coin is None or not coin.traded:
        raise ValueError(wanted)
    updated = updated_ms(market, coin, at_ms)
    return coin.coinpaprika_name, market.price(coin, updated), updated
