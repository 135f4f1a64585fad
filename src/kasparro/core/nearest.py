"""Finds what somebody may have meant by a name that nobody has."""

from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.75  # from 0, nothing in common, to 1, equal


def nearest(word: str, known: Iterable[tuple[str, str, str]], *, at_most: int = 5) -> list[str]:
    """Of (name to write, symbol, full name), the names to write that come closest, best first.

    An equal symbol or full name comes before any that is merely spelled alike.
    """
    wanted = word.casefold()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    found: dict[str, float] = {}
    for name, symbol, full_name in known:
        score = max(_score(matcher, wanted, other.casefold()) for other in (name, full_name))
        if symbol.casefold() == wanted:
            score = 1.0
        if score >= ALIKE:
            found[name] = max(score, found.get(name, 0.0))
    return sorted(found, key=lambda name: (-found[name], len(name), name))[:at_most]


def _score(matcher: SequenceMatcher[str], wanted: str, other: str) -> float:
    if other == wanted:
        return 1.0
    matcher.set_seq1(other)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio() if other else 0.0
