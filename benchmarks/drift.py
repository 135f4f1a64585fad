"""Precision and recall of drift detection, per class, over seeded payloads that drifted.

Each seed gives three sources (CoinGecko-like, CoinPaprika-like, CSV-like) at another moment of
another simulated market. Usage: python benchmarks/drift.py [seeds]
"""

import sys
from collections import Counter
from random import Random
from time import perf_counter

from drift_corpus import HOURS, Trial, excerpt, sources, trials

from kasparro.core.drift.judge import judge

ROUNDS = 3
"""Of 54 trials for each seed: to ask the market is what takes the time."""


class Score:
    """What was said against what was true, per class."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.payloads = self.false_alarms = self.clean = 0
        self.seconds = 0.0

    def take(self, trial: Trial) -> set[tuple[str, str, str]]:
        """Judge the trial, and return what was said."""
        source = trial.source
        shown = excerpt(source.name, source.expected, trial.records, hour=HOURS)
        began = perf_counter()
        drifts = judge(shown, source.baseline).drifts
        self.seconds += perf_counter() - began
        said = {(one.category.value, one.path, one.details.get("alias", "")) for one in drifts}
        self.payloads += 1
        self.clean += trial.clean
        self.false_alarms += trial.clean and bool(said)
        for kind, *_ in said & trial.truth:
            self.right[kind] += 1
        for kind, *_ in said - trial.truth:
            self.wrong[kind] += 1
        for kind, *_ in trial.truth - said:
            self.missed[kind] += 1
        return said

    def precision(self, kind: str) -> float:
        said = self.right[kind] + self.wrong[kind]
        return self.right[kind] / said if said else 1.0

    def recall(self, kind: str) -> float:
        true = self.right[kind] + self.missed[kind]
        return self.right[kind] / true if true else 1.0


def score(seeds: range, rounds: int = 1) -> Score:
    """Over so many rounds of trials at the moment of each seed."""
    result = Score()
    for seed in seeds:
        draw = Random(seed)
        for source in sources(seed) * rounds:
            for trial in trials(source, draw):
                result.take(trial)
    return result


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    done = score(range(seeds), ROUNDS)
    print(f"{done.payloads:,} payloads, {done.seconds / done.payloads * 1000:.1f} ms each")
    print(f"{done.false_alarms} of {done.clean} undisturbed payloads raised an alarm")
    print(f"{'class':<12} {'true':>6} {'said':>6} {'precision':>10} {'recall':>8}")
    for kind in sorted({*done.right, *done.wrong, *done.missed}):
        true, said = done.right[kind] + done.missed[kind], done.right[kind] + done.wrong[kind]
        shares = f"{done.precision(kind):>10.3f} {done.recall(kind):>8.3f}"
        print(f"{kind:<12} {true:>6} {said:>6} {shares}")


if __name__ == "__main__":
    main()
