"""CoinPaprika's past: points of a ticker, and candles; how far back is a matter of the plan."""

from datetime import timedelta
from typing import Any

from kasparro.sandbox.coinpaprika.parameters import instant_ms, quote_currency, whole
from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.refusals import INVALID_PARAMETERS, before_the_plan
from kasparro.sandbox.coinpaprika.tickers import active_coin
from kasparro.sandbox.instants import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    milliseconds,
    moment,
    to_seconds,
)
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call, Instead

UNITS_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
MINUTELY = ("5m", "10m", "15m", "30m", "45m")
HOURLY = ("1h", "2h", "3h", "6h", "12h")
DAILY = ("24h", "1d", "7d", "14d", "30d", "90d", "365d")
CANDLES = ("5m", "15m", "30m", "1h", "6h", "12h", "24h")
LONGEST_MS = 366 * DAY_MS  # of one question for candles
SAMPLES = 24  # of a candle, besides its open
UPDATED_EVERY_MS = 5 * MINUTE_MS


def ticks(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    """Points on whole intervals, oldest first; a coin has none before it was first seen."""
    coin = active_coin(market, call.path["id"])
    interval = call.params.get("interval", "5m")
    limit = whole(call.params.get("limit", "1000"), least=1, most=5000)
    quoted = Quoted(market, coin, quote_currency(call.params))
    start, end = _span(call, interval, MINUTELY + HOURLY + DAILY)
    what, window = _window(call.plan, interval)
    _within_the_plan(call, start, window, f"{what} historical data")
    step = _length_ms(interval)
    first = -(-max(start, milliseconds(coin.first_seen)) // step) * step
    instants = range(first, min(end, call.at_ms) + 1, step)[:limit]
    return [_tick(quoted, at_ms) for at_ms in instants]


def latest_candle(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    """The last full day."""
    today = call.at_ms - call.at_ms % DAY_MS
    coin = active_coin(market, call.path["id"])
    quoted = Quoted(market, coin, quote_currency(call.params))
    return [_candle(quoted, today - DAY_MS, DAY_MS, call.at_ms)]


def today_candle(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    """The day so far: its close moves on with every update."""
    today = call.at_ms - call.at_ms % DAY_MS
    coin = active_coin(market, call.path["id"])
    quoted = Quoted(market, coin, quote_currency(call.params))
    return [_candle(quoted, today, DAY_MS, call.at_ms)]


def candles(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    coin = active_coin(market, call.path["id"])
    interval = call.params.get("interval", "24h")
    limit = whole(call.params.get("limit", "1"), least=1, most=366)
    quoted = Quoted(market, coin, quote_currency(call.params))
    start, end = _span(call, interval, CANDLES)
    if "end" in call.params:
        limit = 366
    if interval not in call.plan.candle_intervals or end - start > LONGEST_MS:
        raise Instead(INVALID_PARAMETERS)
    _within_the_plan(call, start, call.plan.candles, "historical OHLCV data")
    step = _length_ms(interval)
    first = max(start, milliseconds(coin.first_seen)) // step * step
    opens = range(first, min(end, call.at_ms), step)
    return [_candle(quoted, at_ms, step, call.at_ms) for at_ms in opens[:limit]]


def _span(call: Call[PaprikaPlan], interval: str, intervals: tuple[str, ...]) -> tuple[int, int]:
    start = instant_ms(call.params, "start")
    end = instant_ms(call.params, "end")
    if start is None or interval not in intervals:
        raise Instead(INVALID_PARAMETERS)
    return start, call.at_ms if end is None else end


def _window(plan: PaprikaPlan, interval: str) -> tuple[str, timedelta | None]:
    if interval in MINUTELY:
        return "5-minute", plan.minutely
    return ("hourly", plan.hourly) if interval in HOURLY else ("daily", plan.daily)


def _within_the_plan(
    call: Call[PaprikaPlan], start: int, window: timedelta | None, what: str
) -> None:
    if window is None:
        return
    earliest = call.at_ms - window // timedelta(milliseconds=1)
    if start < earliest:
        raise before_the_plan(what, moment(earliest))


def _length_ms(interval: str) -> int:
    return int(interval[:-1]) * UNITS_MS[interval[-1]]


def _tick(quoted: Quoted, at_ms: int) -> dict[str, Any]:
    then = quoted.standing(at_ms)
    return {
        "timestamp": to_seconds(at_ms),
        "price": then.price,
        "volume_24h": round(then.volume_24h),
        "market_cap": round(then.market_cap),
    }


def _candle(quoted: Quoted, open_ms: int, length_ms: int, at_ms: int) -> dict[str, Any]:
    """The market cap is that of the open, as recorded answers have it."""
    close_ms = open_ms + length_ms - SECOND_MS
    if close_ms > at_ms:
        close_ms = max(at_ms - at_ms % UPDATED_EVERY_MS, open_ms)
    prices = quoted.prices(
        [open_ms + (close_ms - open_ms) * n // SAMPLES for n in range(SAMPLES + 1)]
    )
    return {
        "time_open": to_seconds(open_ms),
        "time_close": to_seconds(close_ms),
        "open": prices[0],
        "high": max(prices),
        "low": min(prices),
        "close": prices[-1],
        "volume": round(quoted.standing(close_ms).volume_24h),
        "market_cap": round(quoted.standing(open_ms).market_cap),
    }
