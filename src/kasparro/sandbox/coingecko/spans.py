"""Which stretch of the past a CoinGecko call asks for, and whether its plan reaches that far."""

import re
from datetime import UTC, datetime, timedelta

from kasparro.sandbox.coingecko.plans import GeckoPlan
from kasparro.sandbox.coingecko.refusals import invalid, missing, out_of_range
from kasparro.sandbox.instants import DAY_MS, milliseconds, moment, read
from kasparro.sandbox.wire import Call
from kasparro.sandbox.world import Coin

BEGINNING_MS = milliseconds(datetime(2013, 4, 28, tzinfo=UTC))  # of what CoinGecko keeps
WHOLE_DAYS = re.compile(r"[0-9]{1,5}")
DATES = ("%d-%m-%Y", "%Y-%m-%d")


def days_ms(call: Call[GeckoPlan], coin: Coin) -> int:
    """The length of `days`, a whole number or max."""
    days = call.params.get("days", "")
    if not days:
        raise missing("days")
    if days == "max":
        if call.plan.history is not None:
            raise out_of_range(moment(call.at_ms))
        return call.at_ms - beginning_ms(coin)
    if not WHOLE_DAYS.fullmatch(days):
        raise invalid("days")
    span = int(days) * DAY_MS
    within_the_plan(call, call.at_ms - span)
    return span


def instant_ms(call: Call[GeckoPlan], name: str) -> int:
    """Unix seconds, or a date with or without a time."""
    text = call.params.get(name, "")
    if not text:
        raise missing(name)
    try:
        return read(text)
    except ValueError:
        raise invalid(name) from None


def day_ms(call: Call[GeckoPlan]) -> int:
    """Midnight of `date`, in either of the two forms it may have."""
    text = call.params.get("date", "")
    if not text:
        raise missing("date")
    for form in DATES:
        try:
            return milliseconds(datetime.strptime(text, form).replace(tzinfo=UTC))
        except ValueError:
            continue
    raise invalid("date")


def within_the_plan(call: Call[GeckoPlan], start_ms: int) -> None:
    """Raises Instead when the plan's history does not go back to `start_ms`."""
    history = call.plan.history
    if history is not None and start_ms < call.at_ms - history // timedelta(milliseconds=1):
        raise out_of_range(moment(call.at_ms))


def beginning_ms(coin: Coin) -> int:
    return max(milliseconds(coin.first_seen), BEGINNING_MS)
