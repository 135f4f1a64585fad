"""Which new field is a lost one under another name: judged by names and, above all, by values.

Names alone are wrong one time in six (docs/drift.md has the figures): `previous_price` looks more
like `price` than `last` does. So the values of the same coins decide: they must be near to what
they were, and must have moved about as much as the lost field used to move, which tells a price
from a copy of yesterday's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from math import exp
from re import findall
from statistics import median

from kasparro.core.drift.baseline import Baseline, Movement, movement, together
from kasparro.core.drift.event import Category, Drift, serious
from kasparro.core.drift.expected import Expected
from kasparro.core.drift.fingerprint import Field
from kasparro.core.drift.kinds import OBJECT, TEXT, TIME

NAME_WEIGHT, VALUE_WEIGHT = 0.35, 0.65
LIKELY, POSSIBLE = 0.70, 0.50
CLOSE = 0.05  # relative: values this far apart are close by a third
DAY_SECONDS = 86_400.0
MOST_USUAL = 0.1  # a number that usually moves by more proves nothing by moving so
MIXED = 0.1  # the least share of negative and of positive numbers for their order to count
UNRELATED = 0.25  # below full rank correlation: what changes over other spans reach
OTHERWISE = frozenset({
    "previous", "prev", "former", "old", "yesterday", "ago", "average", "avg", "mean", "smoothed",
    "estimated", "predicted",
})  # fmt: skip
"""Words by which a name says itself that it is something else."""
CLEAR = 0.05  # the least lead over the runner-up; less is a guess, and none is made


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A lost field and a new one, with how much speaks for their being one."""

    old: str
    new: str
    name: float  # likeness of the names
    value: float  # agreement of the values
    margin: float = 1.0  # over the next best for either of the two

    @property
    def score(self) -> float:
        return NAME_WEIGHT * self.name + VALUE_WEIGHT * self.value


def renames(
    before: Baseline,
    now: Baseline,
    lost: Sequence[str],
    new: Sequence[str],
    denied: Collection[tuple[str, str]] = (),
) -> list[Pair]:
    """The best pairs, one to one, that are at least possible and not denied."""
    left = [
        pair
        for old in lost
        for name in new
        if (old, name) not in denied and (pair := _pair(before, now, old, name)).score >= POSSIBLE
    ]
    found = []
    while left:
        best = max(left, key=lambda pair: (pair.score, pair.old, pair.new))
        rivals = [pair for pair in left if (pair.old == best.old) != (pair.new == best.new)]
        margin = best.score - max((pair.score for pair in rivals), default=0.0)
        if margin >= CLEAR and not any(_as_good(pair, best) for pair in rivals):
            found.append(replace(best, margin=margin))
        left = [pair for pair in left if pair.old != best.old and pair.new != best.new]
    return found


def _as_good(rival: Pair, best: Pair) -> bool:
    """Whether another new field has the same values: then the names alone would decide."""
    return rival.old == best.old and rival.value > best.value - CLEAR


def proposal(pair: Pair, expected: Expected) -> Drift:
    how = "likely" if pair.score >= LIKELY else "possibly"
    return Drift(
        category=Category.RENAMED,
        severity=serious(pair.old in expected.mapped),
        path=pair.old,
        evidence=f"is gone, and {pair.new} is {how} the same under another name",
        confidence=round(pair.score, 3),
        details={"alias": pair.new, "tier": how, "margin": round(pair.margin, 3)},
        sign=pair.new,
    )


def _pair(before: Baseline, now: Baseline, old: str, new: str) -> Pair:
    was, is_ = before.fields[old], now.fields[new]
    value = 0.0
    alike = was.family is not None and was.family == is_.family
    if alike and not (_words(new) - _words(old)) & OTHERWISE:
        compared = _objects if was.family == OBJECT else _values
        value = compared(before, now, old, new)
    return Pair(old=old, new=new, name=name_likeness(old, new), value=value)


def name_likeness(old: str, new: str) -> float:
    """Of the names as texts, or of the words in them, whichever is more; 0 to 1."""
    if old.rpartition(".")[0] == new.rpartition(".")[0]:
        old, new = old.rpartition(".")[2], new.rpartition(".")[2]
    first, second = _words(old), _words(new)
    jaccard = len(first & second) / len(first | second) if first | second else 0.0
    return max(SequenceMatcher(None, old.casefold(), new.casefold()).ratio(), jaccard)


def _words(name: str) -> set[str]:
    return {word.casefold() for word in findall(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+", name)}


def _objects(before: Baseline, now: Baseline, old: str, new: str) -> float:
    """How much the fields of two objects agree, those of the same name."""
    first = {path.removeprefix(old) for path in before.fields if path.startswith(f"{old}.")}
    second = {path.removeprefix(new) for path in now.fields if path.startswith(f"{new}.")}
    both = sorted(first & second)
    if not both:
        return 0.0
    scores = [_values(before, now, old + name, new + name) for name in both]
    return len(both) / len(first | second) * sum(scores) / len(scores)


def _values(before: Baseline, now: Baseline, old: str, new: str) -> float:
    """How much the values of the same coins agree, 0 to 1."""
    was, is_ = before.fields[old], now.fields[new]
    if was.family == OBJECT:
        return 1.0 if is_.family == OBJECT else 0.0
    values = together(before, now, old, new)
    found = movement(values)
    if found is None:
        return 0.0
    alike = 1 - abs(was.moved - found.share) if was.moved is not None else 1.0
    filled = 1 - abs(was.filled / was.records - is_.filled / is_.records)
    return _nearness(values, was, found) * alike * filled


def _nearness(values: list[tuple[float, float]], was: Field, found: Movement) -> float:
    if was.family == TEXT:
        return 1 - found.share
    if was.family == TIME:
        return exp(-median(abs(old - new) for old, new in values) / DAY_SECONDS)
    usual = min(was.step or 0.0, MOST_USUAL)
    near = exp(-max(0.0, found.step - usual) / CLOSE)
    return max(near, _same_order(values))


def _same_order(values: list[tuple[float, float]]) -> float:
    """How well values of either sign keep their order; 0 for amounts, whose order is their size.

    Changes in percent are never near to what they were an hour ago, but keep their ranks.
    """
    if not MIXED < sum(old < 0 for old, _ in values) / len(values) < 1 - MIXED:
        return 0.0
    sizes = [median(abs(pair[side]) for pair in values) for side in (0, 1)]
    scale = min(sizes) / max(sizes) if max(sizes) else 0.0
    agreement = _correlation(_ranks(old for old, _ in values), _ranks(new for _, new in values))
    return max(0.0, 1 - (1 - agreement) / UNRELATED) * min(1.0, 2 * scale)


def _ranks(values: Iterable[float]) -> list[float]:
    listed = list(values)
    order = sorted(range(len(listed)), key=lambda n: listed[n])
    ranks = [0.0] * len(listed)
    for rank, number in enumerate(order):
        ranks[number] = float(rank)
    return ranks


def _correlation(first: list[float], second: list[float]) -> float:
    middle = (len(first) - 1) / 2
    spread = sum((rank - middle) ** 2 for rank in first)
    shared = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    return shared / spread if spread else 0.0
