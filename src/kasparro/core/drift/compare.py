"""Compares a payload with its baseline: everything that drifted, each thing once."""

from collections.abc import Collection, Iterable, Iterator

from kasparro.core.drift.baseline import ENOUGH, Baseline, records_in
from kasparro.core.drift.event import Category, Drift, Severity
from kasparro.core.drift.expected import Expected, upwards
from kasparro.core.drift.presence import added, emptied, gone, removal
from kasparro.core.drift.rename import Pair, proposal, renames
from kasparro.core.drift.structure import resized
from kasparro.core.drift.types import retyped
from kasparro.core.drift.units import rescaled
from kasparro.core.drift.words import reworded

GRAVEST_FIRST = (Severity.ERR, Severity.WARN, Severity.INFO)


def compare(
    before: Baseline | None,
    now: Baseline,
    expected: Expected,
    denied: Collection[tuple[str, str]] = (),
) -> list[Drift]:
    """What drifted, the gravest first.

    `denied` are renames a person has rejected. Without a baseline, or in a payload of few records,
    only fields nobody knows are news.
    """
    news = list(_topmost(added(before, now, expected)))
    if before is None or min(records_in(before), records_in(now)) < ENOUGH:
        return news
    lost = gone(before, now)
    pairs = _pairs(before, now, expected, lost, denied)
    renamed = {pair.old for pair in pairs}
    drifts = [proposal(pair, expected) for pair in pairs]
    drifts += [removal(path, before, expected) for path in _removed(lost, renamed)]
    known_as = {pair.new for pair in pairs}
    drifts += [one for one in news if one.path not in known_as]
    for kind in (rescaled, retyped, emptied):
        drifts += kind(before, now, expected)
    drifts += reworded(before, now)
    drifts += resized(before, now)
    return sorted(_apart(drifts), key=lambda one: (GRAVEST_FIRST.index(one.severity), one.path))


def _pairs(
    before: Baseline,
    now: Baseline,
    expected: Expected,
    lost: list[str],
    denied: Collection[tuple[str, str]],
) -> list[Pair]:
    """Whole objects first; fields inside those that found no other name after them."""
    new = [path for path in now.fields if not expected.knows(path) and "[]" not in path]
    roots = _roots(lost)
    whole = renames(before, now, roots, _roots(new), denied)
    done = {name for pair in whole for name in (pair.old, pair.new)}
    rest = [path for path in lost if path not in roots and done.isdisjoint(upwards(path))]
    others = [path for path in new if done.isdisjoint(upwards(path))]
    return [*whole, *renames(before, now, rest, others, denied)]


def _removed(lost: list[str], renamed: Collection[str]) -> Iterator[str]:
    """Of what is gone the topmost; where a part lives on under another name, the other parts."""
    for path in lost:
        if any(one in renamed for one in upwards(path)):
            continue
        if any(one.startswith(f"{path}.") for one in renamed):
            continue
        parents = [one for one in upwards(path) if one != path and one in lost]
        if all(any(one.startswith(f"{parent}.") for one in renamed) for parent in parents):
            yield path


def _roots(paths: Iterable[str]) -> list[str]:
    listed = set(paths)
    return sorted(
        path for path in listed if not any(one in listed for one in upwards(path) if one != path)
    )


def _topmost(drifts: Iterable[Drift]) -> Iterator[Drift]:
    listed = list(drifts)
    roots = set(_roots(one.path for one in listed))
    return (one for one in listed if one.path in roots)


def _apart(drifts: list[Drift]) -> Iterator[Drift]:
    """Without what only follows from something else: what is said of a part of a lost whole, and
    the second thing said of one field."""
    said: set[str] = set()
    for one in sorted(drifts, key=lambda one: one.path.count(".")):
        above = [path for path in upwards(one.path) if path in said]
        if one.path and above and one.category is not Category.ADDED:
            continue
        if one.category is not Category.ADDED:
            said.add(one.path)
        yield one
