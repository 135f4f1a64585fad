"""The judgement on one payload: what drifted, which records wait, and the baseline from then on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kasparro.core.drift.baseline import Baseline, learned, observe
from kasparro.core.drift.compare import compare
from kasparro.core.drift.event import Category, Drift
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.touched import touched

Held: TypeAlias = dict[int, tuple[str, str]]
"""Records that wait, by position: the field that is to blame, and the reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a payload's shape says; without a baseline there was too little to learn from."""

    drifts: Sequence[Drift]
    part: str = ""
    baseline: Baseline | None = None
    holds: Mapping[tuple[Category, str], list[int]] = field(default_factory=dict)

    @property
    def held(self) -> Held:
        """Where a record waits for several reasons, the first by its path counts, as in replay."""
        held: Held = {}
        for one in sorted(self.drifts, key=lambda one: (one.path, one.category.value)):
            for position in self.holds.get((one.category, one.path), ()):
                held.setdefault(position, (one.path, one.reason))
        return held


def judge(
    excerpt: Excerpt, before: Baseline | None, denied: Collection[tuple[str, str]] = ()
) -> Judgement:
    """Compare the excerpt with the baseline of its part, and let the baseline follow.

    What holds records stays as it was in the baseline until a person has decided; all else moves
    at once. `denied` are renames a person has rejected.
    """
    now = observe(excerpt, before)
    drifts = compare(before, now, excerpt.expected, denied)
    baseline = learned(
        before,
        now,
        frozen={one.path for one in drifts if one.holds},
        replaced={one.path for one in drifts if not one.holds},
    )
    return Judgement(part=excerpt.part, drifts=drifts, baseline=baseline)


def holds_of(
    drifts: Iterable[Drift], records: Sequence[Any], *, whole: bool
) -> dict[tuple[Category, str], list[int]]:
    """Which records each grave drift holds; `whole`: all of them, for they show no paths."""
    return {
        (one.category, one.path): list(range(len(records))) if whole else touched(one, records)
        for one in drifts
        if one.holds
    }
