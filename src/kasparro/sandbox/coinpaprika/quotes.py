"""One coin's `quotes`: price, volume, cap and changes in one currency at the coin's own time."""

from collections.abc import Mapping, Sequence
from typing import Any

from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.refusals import INVALID_PARAMETERS, TOO_MANY_QUOTES
from kasparro.sandbox.currencies import Currency, of_coinpaprika
from kasparro.sandbox.draws import draw
from kasparro.sandbox.figures import float32_percent, percent
from kasparro.sandbox.instants import DAY_MS, HOUR_MS, MINUTE_MS, milliseconds, to_seconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Instead
from kasparro.sandbox.world import Coin

MOST = 3
LOOKBACKS = {
    "percent_change_15m": 15 * MINUTE_MS,
    "percent_change_30m": 30 * MINUTE_MS,
    "percent_change_1h": HOUR_MS,
    "percent_change_6h": 6 * HOUR_MS,
    "percent_change_12h": 12 * HOUR_MS,
    "percent_change_24h": DAY_MS,
    "percent_change_7d": 7 * DAY_MS,
    "percent_change_30d": 30 * DAY_MS,
    "percent_change_1y": 365 * DAY_MS,
}
RECORD = ("ath_price", "ath_date", "percent_from_price_ath")
RECORD_WITHIN_DAYS = 900  # of first being seen


def asked(params: Mapping[str, str]) -> Sequence[Currency]:
    """The currencies of `quotes`; raises Instead for more than three, or one it does not know."""
    codes = params.get("quotes", "USD").lower().split(",")
    if len(codes) > MOST:
        raise Instead(TOO_MANY_QUOTES)
    known = of_coinpaprika()
    if not known.keys() >= set(codes):
        raise Instead(INVALID_PARAMETERS)
    return [known[code] for code in codes]


def quote(
    market: Market, coin: Coin, currency: Currency, at_ms: int, plan: PaprikaPlan
) -> dict[str, Any]:
    quoted, dollars = Quoted(market, coin, currency), currency.code == "usd"
    now, day_ago = quoted.standing(at_ms), quoted.standing(at_ms - DAY_MS)
    changes = {
        name: float32_percent(now.price, quoted.price(at_ms - back))
        for name, back in LOOKBACKS.items()
    }
    if not plan.paid:
        changes["percent_change_30d"] = 0  # for everybody on the free plan, since 2026
    return {
        "price": now.price,
        "volume_24h": now.volume_24h,
        "volume_24h_change_24h": float32_percent(now.volume_24h, day_ago.volume_24h),
        "market_cap": round(now.market_cap) if dollars else now.market_cap,
        "market_cap_change_24h": float32_percent(now.market_cap, day_ago.market_cap),
        **changes,
        **(_record(market, coin, now.price) if dollars else dict.fromkeys(RECORD)),
    }


def _record(market: Market, coin: Coin, price: float) -> dict[str, Any]:
    highest = market.motion(coin).highest_usd
    days = draw(market.world.seed, coin.key, "record") * RECORD_WITHIN_DAYS
    return {
        "ath_price": highest,
        "ath_date": to_seconds(milliseconds(coin.first_seen) + round(days * DAY_MS)),
        "percent_from_price_ath": round(percent(price, highest), 2),
    }
