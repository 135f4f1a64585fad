"""A few records of a payload, the same ones in every payload, with their values to compare by.

The records whose ids hash lowest: a uniform sample, whatever order the source sends them in, and
the same coins again in the next payload, so that values can be compared coin by coin.
"""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Any
from zlib import crc32

import msgspec

from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.fingerprint import Cells

SAMPLED = 100  # records: enough to tell a tenth from none, and a few milliseconds' work
REMEMBERED = 512  # keys, so that a file of several chunks is met again
LARGEST = 1e300
LONGEST_KEY = 200


class Sample(msgspec.Struct, kw_only=True):
    """Values by key and path; the first of each row is its time."""

    paths: list[str] = msgspec.field(default_factory=list)
    rows: dict[str, list[float | None]] = msgspec.field(default_factory=dict)

    def column(self, path: str) -> dict[str, float]:
        """The values of one path, by key."""
        if path not in self.paths:
            return {}
        at = self.paths.index(path) + 1
        return {key: row[at] for key, row in self.rows.items() if row[at] is not None}  # type: ignore[misc]

    def time(self, key: str) -> float:
        return self.rows[key][0] or 0.0


def chosen(
    excerpt: Excerpt, known: Iterable[str]
) -> tuple[list[Mapping[str, Any]], list[str], list[float]]:
    """Records, keys and times of the sample; keys are empty where records cannot be told apart."""
    keys = excerpt.keys if excerpt.keys is not None else _keys(excerpt, known)
    times = excerpt.times or [excerpt.fetched_at] * len(excerpt.records)
    numbers: Sequence[int] = range(len(excerpt.records))
    if len(numbers) > SAMPLED:
        numbers = (
            sorted(nsmallest(SAMPLED, numbers, key=lambda n: crc32(keys[n].encode())))
            if keys
            else [n * len(numbers) // SAMPLED for n in range(SAMPLED)]
        )
    return (
        [excerpt.records[n] for n in numbers],
        [keys[n] for n in numbers] if keys else [],
        [times[n] for n in numbers],
    )


def sample_of(cells: Cells, keys: Sequence[str], times: Sequence[float]) -> Sample:
    if not keys:
        return Sample()
    paths = sorted(path for path in cells if "*" not in path and "[" not in path)
    rows: list[list[float | None]] = [[time, *[None] * len(paths)] for time in times]
    for at, path in enumerate(paths, 1):
        for number, _, _, amount in cells[path]:
            if amount is not None and abs(amount) < LARGEST:
                rows[number][at] = amount
    return Sample(paths=paths, rows={key: row for key, row in zip(keys, rows, strict=True) if key})


def merged(before: Sample, now: Sample, frozen: Iterable[str]) -> Sample:
    """What was said last of each key, but of frozen paths what was said before."""
    kept = set(frozen)
    paths = sorted({*before.paths, *now.paths})
    rows = {**_laid_out(before, paths), **_laid_out(now, paths)}
    for path in kept & set(before.paths):
        at = paths.index(path) + 1
        old = before.column(path)
        for key in now.rows:
            rows[key][at] = old.get(key)
    if len(rows) > REMEMBERED:
        rows = {
            key: rows[key] for key in nsmallest(REMEMBERED, rows, key=lambda k: crc32(k.encode()))
        }
    return Sample(paths=paths, rows=rows)


def without(sample: Sample, paths: Iterable[str]) -> Sample:
    gone = set(paths)
    kept = [path for path in sample.paths if path not in gone]
    return Sample(paths=kept, rows=_laid_out(sample, kept))


def _laid_out(sample: Sample, paths: Sequence[str]) -> dict[str, list[float | None]]:
    if list(paths) == sample.paths:
        return {key: list(row) for key, row in sample.rows.items()}
    own = {path: at for at, path in enumerate(sample.paths, 1)}
    places = [own.get(path) for path in paths]
    return {
        key: [row[0], *(row[at] if at is not None else None for at in places)]
        for key, row in sample.rows.items()
    }


def _keys(excerpt: Excerpt, known: Iterable[str]) -> list[str]:
    """Each record's id; where that name is gone, the field that holds the ids we know."""
    found = _texts(excerpt, "id")
    if not found:
        known = set(known)
        names = {name for record in excerpt.records[:SAMPLED] for name in record}
        for name in sorted(names):
            texts = _texts(excerpt, name)
            if known and len(known & set(texts)) > len(known) / 2:
                return texts
    return found


def _texts(excerpt: Excerpt, name: str) -> list[str]:
    """What each record has under this name, "" where it is no text; empty if most have none."""
    values = [record.get(name) for record in excerpt.records]
    texts = [value[:LONGEST_KEY] if isinstance(value, str) else "" for value in values]
    return texts if sum(map(bool, texts)) * 2 > len(texts) else []
