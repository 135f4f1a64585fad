"""How numbers and times are written for people."""

from datetime import datetime, timedelta
from decimal import Decimal

SCALES = ((Decimal("1e12"), "T"), (Decimal("1e9"), "B"), (Decimal("1e6"), "M"))
UNITS = ((31_536_000, "year"), (86_400, "day"), (3600, "hour"), (60, "minute"))
BRIEF = {"year": "y", "day": "d", "hour": "h", "minute": "min"}
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


def count(number: int) -> str:
    return f"{number:,}"


def duration(span: timedelta | None) -> str:
    """The largest unit that fits, rounded down: an age of 119 minutes is 1 hour."""
    if span is None:
        return UNKNOWN
    number, unit = _largest(span)
    return f"{number} {unit}{'' if number == 1 else 's'}" if unit else "moments"


def brief(span: timedelta) -> str:
    """The same, for a narrow column."""
    number, unit = _largest(span)
    return f"{number} {BRIEF[unit]}" if unit else "now"


def _largest(span: timedelta) -> tuple[int, str]:
    seconds = int(span.total_seconds())
    return next(((seconds // size, unit) for size, unit in UNITS if seconds >= size), (0, ""))


def clock(instant: datetime | None) -> str:
    return UNKNOWN if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"
