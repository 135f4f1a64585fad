"""Fields of few words, and what became of their list."""

from collections.abc import Iterator

from kasparro.core.drift.baseline import Baseline
from kasparro.core.drift.event import Category, Drift, Severity
from kasparro.core.drift.fingerprint import Field
from kasparro.core.drift.presence import RARE
from kasparro.core.drift.wilson import highest, lowest

STABLE = 5  # payloads without a new word, after which a list counts as known
WELL_KNOWN = 400  # values, after which a word nobody saw is news by itself
SHOWN = 5


def reworded(before: Baseline, now: Baseline) -> Iterator[Drift]:
    """New words are worth a warning: our reading may not know them. Gone ones are news."""
    for path, new in now.fields.items():
        old = before.fields.get(path)
        if old is None or old.words is None or old.quiet < STABLE or not new.kinds or "*" in path:
            continue
        words = new.words
        if words is None:
            yield _drift(path, Severity.WARN, "many words", old, [])
            continue
        if fresh := _fresh(old.words, words):
            yield _drift(path, Severity.WARN, "new", old, fresh)
        elif lost := _lost(old, new):
            yield _drift(path, Severity.INFO, "no longer", old, lost)


def _fresh(known: dict[str, int], shown: dict[str, int]) -> list[str]:
    """Words nobody saw before; of a field that is rarely filled, only those of many records."""
    seen, now = sum(known.values()), sum(shown.values())
    return sorted(
        word
        for word, number in shown.items()
        if word not in known and (seen >= WELL_KNOWN or lowest(number, now) > highest(0, seen))
    )


def _lost(old: Field, new: Field) -> list[str]:
    known, shown = old.words or {}, new.words or {}
    chance = max(RARE, highest(0, sum(shown.values())))
    return sorted(
        word
        for word, number in known.items()
        if word not in shown and lowest(number, sum(known.values())) > chance
    )


def _drift(path: str, severity: Severity, what: str, old: Field, words: list[str]) -> Drift:
    named = ", ".join(map(repr, words[:SHOWN])) + (" …" if len(words) > SHOWN else "")
    return Drift(
        category=Category.ENUM,
        severity=severity,
        path=path,
        evidence=f"{what}: {named}" if words else "more values than a list of words has",
        details={"words": words, "words_before": sorted(old.words or ())},
        sign=",".join(words),
    )
