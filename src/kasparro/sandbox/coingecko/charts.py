"""CoinGecko's past: charts, candles and the snapshot of a day.

Points of a chart lie near their grid, not on it, and the last one is the present; only daily points
stand at midnight, from ten past on.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from kasparro.sandbox.coingecko.listings import one, updated_ms
from kasparro.sandbox.coingecko.parameters import precision, quote_currency
from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.refusals import broken, invalid
from kasparro.sandbox.coingecko.simple import at_contract
from kasparro.sandbox.coingecko.spans import beginning_ms, days_ms, instant_ms, within_the_plan
from kasparro.sandbox.draws import draw
from kasparro.sandbox.figures import Figure, shortened
from kasparro.sandbox.instants import DAY_MS, HOUR_MS, MINUTE_MS
from kasparro.sandbox.market import Market
from kasparro.sandbox.quoted import Quoted
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

FIVE_MINUTES_MS = 5 * MINUTE_MS
HOURLY_UNTIL_MS = 90 * DAY_MS
DAY_IS_OUT_AFTER_MS = 10 * MINUTE_MS
OFF_THE_GRID = 0.4  # of a step, at most
STEPS_MS = {"daily": DAY_MS, "hourly": HOUR_MS}
CANDLE_DAYS = ("1", "7", "14", "30", "90", "180", "365", "max")
SAMPLES = 8  # of a candle, besides its open


def chart(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """The last days up to now: 5-minute points of one day, hourly to 90, daily beyond."""
    coin = _coin(market, call)
    quoted = Quoted(market, coin, quote_currency(call.params))
    span = days_ms(call, coin)
    step = STEPS_MS.get(call.params.get("interval", "")) or _step_ms(span, up_to_now=True)
    start, end = call.at_ms - span, call.at_ms
    return _series(call, quoted, _points(market, call, coin, start=start, end=end, step=step))


def chart_range(market: Market, call: Call[GeckoPlan]) -> dict[str, Any]:
    """Between two instants; 5-minute points only of a day that ends now."""
    coin = _coin(market, call)
    quoted = Quoted(market, coin, quote_currency(call.params))
    start, end = instant_ms(call, "from"), min(instant_ms(call, "to"), call.at_ms)
    within_the_plan(call, start)
    step = _step_ms(end - start, up_to_now=end == call.at_ms)
    return _series(call, quoted, _points(market, call, coin, start=start, end=end, step=step))


def candles(market: Market, call: Call[GeckoPlan]) -> list[list[Figure]]:
    """[close time, open, high, low, close]: half hours, 4 hours or 4 days long."""
    coin = one(market, call.path["id"])
    if not call.params.get("vs_currency") or not call.params.get("days"):
        raise broken()
    quoted = Quoted(market, coin, quote_currency(call.params))
    if call.params["days"] not in CANDLE_DAYS:
        raise invalid("days")
    span = days_ms(call, coin)
    length = _candle_ms(span)
    first = max(call.at_ms - span, beginning_ms(coin) + length) // length * length + length
    closes = range(first, call.at_ms + 1, length) if coin.traded else ()
    return [_candle(quoted, close, length, precision(call.params)) for close in closes]


def _coin(market: Market, call: Call[GeckoPlan]) -> Coin:
    """By its id, or by the address of its contract."""
    return one(market, call.path["id"]) if "id" in call.path else at_contract(market, call)


def _step_ms(span_ms: int, *, up_to_now: bool) -> int:
    if span_ms <= DAY_MS and up_to_now:
        return FIVE_MINUTES_MS
    return HOUR_MS if span_ms <= HOURLY_UNTIL_MS else DAY_MS


def _candle_ms(span_ms: int) -> int:
    if span_ms <= 2 * DAY_MS:
        return 30 * MINUTE_MS
    return 4 * HOUR_MS if span_ms <= 30 * DAY_MS else 4 * DAY_MS


def _points(
    market: Market, call: Call[GeckoPlan], coin: Coin, *, start: int, end: int, step: int
) -> Sequence[int]:
    if not coin.traded:
        return ()
    newest = updated_ms(market, coin, call.at_ms)
    start = max(start, beginning_ms(coin))
    points = [at_ms for at_ms in _grid(market, coin, start, end, step) if at_ms < newest]
    if step == DAY_MS and points and call.at_ms - points[-1] < DAY_IS_OUT_AFTER_MS:
        points.pop()
    return [*points, newest] if end == call.at_ms else points


def _grid(market: Market, coin: Coin, start: int, end: int, step: int) -> Iterator[int]:
    for number in range(start // step + 1, end // step + 1):
        if step == DAY_MS:
            yield number * step
        else:
            off = draw(market.world.seed, coin.key, "point", step, number) * OFF_THE_GRID
            yield min(number * step + int(off * step), end)


def _series(call: Call[GeckoPlan], quoted: Quoted, points: Sequence[int]) -> dict[str, Any]:
    digits = precision(call.params) or "full"
    standings = [(at_ms, quoted.standing(at_ms)) for at_ms in points]
    return {
        "prices": [[at_ms, shortened(then.price, digits)] for at_ms, then in standings],
        "market_caps": [[at_ms, then.market_cap] for at_ms, then in standings],
        "total_volumes": [[at_ms, then.volume_24h] for at_ms, then in standings],
    }


def _candle(quoted: Quoted, close_ms: int, length_ms: int, digits: str | None) -> list[Figure]:
    open_ms = close_ms - length_ms
    prices = quoted.prices([open_ms + length_ms * n // SAMPLES for n in range(SAMPLES + 1)])
    corners = (prices[0], max(prices), min(prices), prices[-1])
    return [close_ms, *(shortened(price, digits) for price in corners)]
