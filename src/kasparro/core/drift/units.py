"""Numbers that all moved by one factor: cents for dollars, a fraction for a percentage, satoshi.

A market that crashes moves every coin differently and every field of a coin alike; a change of unit
moves one field of every coin alike. So what counts is not how far the values moved but how much
the coins agree. After a long time offline only powers of ten count, since by then anything else
may have happened.
"""

from collections.abc import Iterator
from math import log10
from statistics import median

from kasparro.core.drift.baseline import ENOUGH, Baseline
from kasparro.core.drift.event import Category, Drift, serious
from kasparro.core.drift.expected import Expected
from kasparro.core.drift.kinds import NUMBER
from kasparro.core.drift.types import epoch_unit

YOUNG_SECONDS = 48 * 3600
FREE = 0.35  # decades: a market that halves (0.301) is a crash, and has happened
NEAR = 0.15  # a power of ten
MOST = 0.6  # of the coins
AGREED, AGREEING = 0.1, 0.8  # decades apart at most; share of coins


def rescaled(before: Baseline, now: Baseline, expected: Expected) -> Iterator[Drift]:
    for path, new in now.fields.items():
        old = before.fields.get(path)
        if old is None or {old.family, new.family} != {NUMBER} or epoch_unit(old) is not None:
            continue
        drift = _of(path, before, now, mapped=path in expected.mapped)
        if drift is not None:
            yield drift


def _of(path: str, before: Baseline, now: Baseline, *, mapped: bool) -> Drift | None:
    was, is_ = before.sample.column(path), now.sample.column(path)
    both = [key for key in is_ if was.get(key) and is_[key]]
    ages = {key: now.sample.time(key) - before.sample.time(key) for key in both}
    both = [key for key in both if ages[key] >= 0]
    if len(both) < ENOUGH:
        return None
    steps = [log10(abs(is_[key] / was[key])) for key in both]
    factor = median(steps)
    age = median(ages[key] for key in both)
    share = _power_of_ten(steps, factor)
    if share is None and age <= YOUNG_SECONDS:
        share = _uniform(steps, factor)
    if share is None:
        return None
    return Drift(
        category=Category.UNIT,
        severity=serious(mapped),
        path=path,
        evidence=f"{share:.0%} of {len(both)} coins are about {10**factor:.3g} times what they"
        f" were {age / 60:.0f} minutes before",
        confidence=round(share, 3),
        details={
            "factor": float(f"{10**factor:.4g}"),
            "coins": len(both),
            "decades": round(factor, 3),
        },
        sign=f"{factor:.1f}",
    )


def _power_of_ten(steps: list[float], factor: float) -> float | None:
    """The share of coins that a power of ten explains; None: it is not most of them."""
    power = round(factor)
    if power == 0 or abs(factor - power) > NEAR:
        return None
    within = NEAR if abs(power) == 1 else 0.5  # ten times may happen to coins, a hundred does not
    share = sum(abs(step - power) <= within for step in steps) / len(steps)
    return share if share >= MOST else None


def _uniform(steps: list[float], factor: float) -> float | None:
    """The share of coins that moved by just this factor; None: they do not agree."""
    share = sum(abs(step - factor) <= AGREED for step in steps) / len(steps)
    return share if abs(factor) > FREE and share >= AGREEING else None
