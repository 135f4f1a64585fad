"""How sure a share is that was seen in a few: Wilson's score interval."""

from math import sqrt

Z = 3.0
"""Standard errors: dozens of fields are compared in every payload, so 95% would cry wolf daily."""


def lowest(hits: int, of: int) -> float:
    """The least the true share may well be."""
    return _interval(hits, of)[0]


def highest(hits: int, of: int) -> float:
    """The most the true share may well be."""
    return _interval(hits, of)[1]


def _interval(hits: int, of: int) -> tuple[float, float]:
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    middle = share + Z * Z / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    whole = 1 + Z * Z / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
