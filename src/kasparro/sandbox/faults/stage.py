"""Which faults are to be met now: the loaded script, and how often each rule was asked and met."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from kasparro.sandbox.draws import draw
from kasparro.sandbox.faults.fault import Fault
from kasparro.sandbox.faults.script import Script


@dataclass(frozen=True, slots=True)
class Met:
    """A fault that this call meets, and the draws that belong to it."""

    fault: Fault
    draws: Random


@dataclass(frozen=True, slots=True)
class Act:
    """One script from its loading on; its counts are of calls it was about, and of calls it met."""

    script: Script
    began: datetime
    asked: Counter[int] = field(default_factory=Counter)
    met: Counter[int] = field(default_factory=Counter)


class Stage:
    """Loaded, shown and cleared at any time, from any thread: each script is an act of its own."""

    def __init__(self, clock: Callable[[], datetime], script: Script | None = None) -> None:
        self._clock = clock
        self.load(script or Script())

    def load(self, script: Script) -> None:
        self._act = Act(script, self._clock())

    def clear(self) -> None:
        self.load(Script())

    def now(self) -> datetime:
        return self._clock()

    @property
    def act(self) -> Act:
        return self._act

    def met(self, source: str, path: str) -> Sequence[Met]:
        """Count this call and say what it meets."""
        return list(_met(self._act, source, path, self._clock()))


def _met(act: Act, source: str, path: str, now: datetime) -> Iterator[Met]:
    seconds, seed = (now - act.began).total_seconds(), act.script.seed
    for number, rule in enumerate(act.script.rules):
        if not rule.is_about(source, path):
            continue
        act.asked[number] += 1
        call = act.asked[number]
        over = rule.times is not None and act.met[number] >= rule.times
        if over or not rule.holds(call, seconds) or draw(seed, number, call) >= rule.chance:
            continue
        act.met[number] += 1
        yield Met(rule.fault, Random(f"{seed} {number} {call}"))  # noqa: S311  # no secret
