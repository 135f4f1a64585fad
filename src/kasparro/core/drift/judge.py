"""The judgement on one payload: what drifted, which records wait, and the baseline from then on."""

from collections.abc import Collection
from dataclasses import dataclass

from kasparro.core.drift.baseline import Baseline, learned, observe
from kasparro.core.drift.compare import compare
from kasparro.core.drift.event import Drift
from kasparro.core.drift.excerpt import Excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a payload's shape says."""

    part: str
    drifts: list[Drift]
    baseline: Baseline

    @property
    def grave(self) -> list[Drift]:
        return [one for one in self.drifts if one.holds]


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
