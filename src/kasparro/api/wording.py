"""How numbers and times are written for people."""

from datetime import datetime, timedelta
from decimal import Decimal

SCALES = ((Decimal("1e12"), "T"), (Decimal("1e9"), "B"), (Decimal("1e6"), "M"))
UNKNOWN = "\N{EN DASH}"


def price(amount: Decimal | None) -> str:
    """Cents from a dollar on, six significant digits below."""
    if amount is None:
        return UNKNOWN
    if amount >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.{5 - amount.adjusted()}f}".rstrip("0").rstrip(".")


def large(amount: Decimal | None) -> str:
    if amount is None:
        return UNKNOWN
    for scale, letter in SCALES:
        if amount >= scale:
            return f"${amount / scale:,.2f} {letter}"
    return f"${amount:,.0f}"


def percent(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else f"{amount:+.2f} %".replace("-", "\N{MINUS SIGN}")


def duration(span: timedelta | None) -> str:
    """The largest unit that fits, rounded down: an age of 119 minutes is 1 hour."""
    if span is None:
        return UNKNOWN
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "moments"


def clock(instant: datetime | None) -> str:
    return UNKNOWN if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"
