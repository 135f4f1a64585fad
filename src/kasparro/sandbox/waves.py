"""Movement without memory: sums of waves from minutes to years, known at any instant.

A random walk has to remember its steps. This looks like one and does not, so a chart of last March
and the price of this second agree although nothing was stored.
"""

from functools import lru_cache
from math import cos, hypot, pi, sin, sqrt
from operator import mul
from typing import TypeAlias

from kasparro.sandbox.draws import draws
from kasparro.sandbox.instants import DAY_MS

LONGEST_DAYS = 500.0
RATIO = 3.4  # of one period to the next; 11 of them end below four minutes
PERIODS_DAYS = tuple(LONGEST_DAYS / RATIO**k for k in range(11))
RATES = tuple(2 * pi / (days * DAY_MS) for days in PERIODS_DAYS)  # radians per millisecond

DAILY_SPREAD = 2.8  # measured: what waves of amplitude sqrt(days) move in a day

Waves: TypeAlias = tuple[float, ...]
"""A sine and a cosine amplitude for each period."""


def waves(moves_per_day: float, *words: object, longest_days: float = LONGEST_DAYS) -> Waves:
    """Waves that belong to these words and move by about `moves_per_day` (0.02: 2%) in a day.

    Beyond `longest_days` they swing no wider, so what is limited stays limited.
    """
    amplitudes: list[float] = []
    for period, turn in zip(PERIODS_DAYS, draws(len(PERIODS_DAYS), *words), strict=True):
        amplitude = moves_per_day / DAILY_SPREAD * sqrt(min(period, longest_days))
        amplitudes += (amplitude * cos(2 * pi * turn), amplitude * sin(2 * pi * turn))
    return tuple(amplitudes)


def mixed(first: Waves, share: float, second: Waves) -> Waves:
    """`share` of the first and all of the second."""
    return tuple(share * a + b for a, b in zip(first, second, strict=True))


def level(of: Waves, at_ms: int) -> float:
    """How far from their middle these waves stand at an instant."""
    distance: float = sum(map(mul, of, _phases(at_ms)))
    return distance


def reach(of: Waves) -> float:
    """The farthest these waves can ever stand from their middle."""
    return sum(hypot(*pair) for pair in zip(of[::2], of[1::2], strict=True))


@lru_cache(maxsize=8192)  # a page of coins asks for the same few instants again and again
def _phases(at_ms: int) -> Waves:
    return tuple(turned(rate * at_ms) for rate in RATES for turned in (sin, cos))
