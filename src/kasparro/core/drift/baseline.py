"""What a part of a stream has looked like so far, and how one more payload moves that."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from statistics import fmean, median
from typing import NamedTuple

import msgspec

from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.expected import upwards
from kasparro.core.drift.fingerprint import Field, cells_of, fields_of
from kasparro.core.drift.sample import Sample, chosen, merged, sample_of, without

ENOUGH = 10  # records; fewer say nothing about a field
MEMORY = 2_000  # records that counts go back, so that a baseline follows slow change
SAME = 1e-9  # relative; the sample keeps nine digits


class Baseline(msgspec.Struct, kw_only=True):
    """Fields by path, a sample of values, and how many payloads that comes from."""

    payloads: int = 1
    size: int | None = None  # records of a payload
    fields: dict[str, Field]
    sample: Sample


def observe(excerpt: Excerpt, before: Baseline | None) -> Baseline:
    """What one payload looks like by itself."""
    known = before.sample.rows.keys() if before is not None else ()
    records, keys, times = chosen(excerpt, known)
    cells = cells_of(records, excerpt.expected.keyed)
    return Baseline(
        size=excerpt.size,
        fields=fields_of(cells, len(records)),
        sample=sample_of(cells, keys, times),
    )


def records_in(baseline: Baseline) -> int:
    return max((one.records for one in baseline.fields.values()), default=0)


def learned(
    before: Baseline | None,
    now: Baseline,
    *,
    frozen: Collection[str] = (),
    replaced: Collection[str] = (),
) -> Baseline:
    """The baseline after this payload.

    `frozen` paths, and all below them, wait for a person and stay; `replaced` ones are from now on
    what they are in this payload.
    """
    if before is None:
        return now
    fields = {}
    for path in sorted({*before.fields, *now.fields}):
        old, new = before.fields.get(path), now.fields.get(path)
        if _is_in(path, frozen):
            kept = old
        elif old is None or _is_in(path, replaced):
            kept = new
        else:
            kept = _merge(old, new, records_in(now), _movement(before, now, path))
        if kept is not None:
            fields[path] = kept
    held = [path for path in before.sample.paths if _is_in(path, frozen)]
    sample = without(now.sample, [p for p in now.sample.paths if _is_in(p, frozen)])
    return Baseline(
        payloads=before.payloads + 1,
        size=now.size,
        fields=fields,
        sample=merged(before.sample, sample, held),
    )


def forgotten(baseline: Baseline, path: str) -> Baseline:
    """The baseline without this field and all below it: it is learned anew."""
    gone = {one for one in baseline.fields if path in upwards(one)}
    fields = {name: one for name, one in baseline.fields.items() if name not in gone}
    sample = without(baseline.sample, gone)
    return Baseline(payloads=baseline.payloads, size=baseline.size, fields=fields, sample=sample)


class Movement(NamedTuple):
    """How the values of a field moved between two payloads."""

    share: float  # of the coins whose value is another one
    step: float  # how much of itself a number moved, in the middle


def movement(values: Sequence[tuple[float, float]]) -> Movement | None:
    """From values before and after, coin by coin; None for too few coins."""
    if len(values) < ENOUGH:
        return None
    steps = [step_of(old, new) for old, new in values]
    return Movement(sum(step > SAME for step in steps) / len(steps), median(steps))


def step_of(old: float, new: float) -> float:
    """How much of itself a number moved: 0 to 2."""
    return abs(old - new) / max(abs(old), abs(new)) if old != new else 0.0


def together(before: Baseline, now: Baseline, old: str, new: str) -> list[tuple[float, float]]:
    """The values of one field before and of another now, of the coins that have both."""
    first, second = before.sample.column(old), now.sample.column(new)
    return [(first[key], second[key]) for key in first.keys() & second.keys()]


def _movement(before: Baseline, now: Baseline, path: str) -> Movement | None:
    return movement(together(before, now, path, path))


def _is_in(path: str, roots: Collection[str]) -> bool:
    return bool(roots) and any(one in roots for one in upwards(path))


def _merge(old: Field, new: Field | None, records: int, now: Movement | None) -> Field:
    if new is None:
        return msgspec.structs.replace(old, records=old.records + records)
    field = Field(
        records=old.records + new.records,
        present=old.present + new.present,
        filled=old.filled + new.filled,
        kinds=dict(Counter(old.kinds) + Counter(new.kinds)),
        spread=new.spread or old.spread,
        digits=max(old.digits, new.digits),
        words=_words(old, new),
        quiet=0 if set(new.words or ()) - set(old.words or ()) else old.quiet + 1,
        lengths=_span([old.lengths, new.lengths]),
        moved=_drawn(old.moved, now.share if now is not None else None),
        step=_drawn(old.step, now.step if now is not None else None),
    )
    return _halved(field) if field.records > MEMORY else field


def _drawn(old: float | None, new: float | None) -> float | None:
    """Half way from the old to the new."""
    known = [one for one in (old, new) if one is not None]
    return fmean(known) if known else None


def _words(old: Field, new: Field) -> dict[str, int] | None:
    if old.words is None or (new.words is None and new.filled):
        return None
    return dict(Counter(old.words) + Counter(new.words or {}))


def _span(lengths: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    known = [one for one in lengths if one is not None]
    return (min(one[0] for one in known), max(one[1] for one in known)) if known else None


def _halved(field: Field) -> Field:
    """A past that counts half, rounded up so that nothing seen is forgotten at once."""
    return msgspec.structs.replace(
        field,
        records=(field.records + 1) // 2,
        present=min((field.present + 1) // 2, (field.records + 1) // 2),
        filled=(field.filled + 1) // 2,
        kinds={kind: (number + 1) // 2 for kind, number in field.kinds.items()},
        words=field.words and {word: (number + 1) // 2 for word, number in field.words.items()},
    )
