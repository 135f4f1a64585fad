"""How the two sources write numbers: rounded by size here, through a 32-bit float there."""

import struct
from typing import TypeAlias

Figure: TypeAlias = int | float

# CoinGecko's usual rounding: from this size on so many places. Read off its pages of 2025-11.
PLACES = ((100_000, 0), (2, 2), (1, 3), (0.05, 6), (1e-6, 8))
SMALLEST_DIGITS = 5  # below all of them

_FLOAT32 = struct.Struct("f")


def percent(now: float, then: float) -> float:
    return 0.0 if then == 0 else (now / then - 1) * 100


def float32_percent(now: float, then: float) -> Figure:
    """Two places that went through a 32-bit float, as CoinPaprika's changes do since 2026."""
    rounded = round(percent(now, then), 2)
    return float(_FLOAT32.unpack(_FLOAT32.pack(rounded))[0]) if rounded else 0


def shortened(amount: float, precision: str | None = None) -> Figure:
    """As CoinGecko rounds: by size, or to `precision` places, or not at all when it is "full"."""
    if precision == "full":
        return amount
    if precision is not None:
        return _rounded(amount, int(precision))
    for size, places in PLACES:
        if abs(amount) >= size:
            return _rounded(amount, places)
    return float(f"{amount:.{SMALLEST_DIGITS}g}")


def _rounded(amount: float, places: int) -> Figure:
    return round(amount, places) if places else round(amount)
