"""Payloads and lists that hold far more, or far fewer, than before; and bodies we cannot split."""

from collections.abc import Iterator
from typing import Any

from kasparro.core.drift.baseline import Baseline
from kasparro.core.drift.event import Category, Drift, Severity

MANY = 20  # of fewer records or elements, half is soon reached
TIMES = 2


def resized(before: Baseline, now: Baseline) -> Iterator[Drift]:
    if before.size is not None and now.size is not None and _far(before.size, now.size):
        yield Drift(
            category=Category.STRUCTURE,
            severity=Severity.WARN,
            path="",
            evidence=f"{now.size} records in a payload that had {before.size}",
            details={"records_before": before.size, "records": now.size},
        )
    for path, new in now.fields.items():
        old = before.fields.get(path)
        if old is None or old.lengths is None or new.lengths is None:
            continue
        if new.lengths[1] * TIMES < old.lengths[0] or new.lengths[0] > old.lengths[1] * TIMES:
            if max(*old.lengths, *new.lengths) < MANY:
                continue
            yield Drift(
                category=Category.STRUCTURE,
                severity=Severity.WARN,
                path=path,
                evidence=f"lists of up to {new.lengths[1]} where up to {old.lengths[1]} stood",
                details={"length_before": list(old.lengths), "length": list(new.lengths)},
            )


def unsplittable(document: Any) -> Drift:
    """A body that is JSON and not what this stream's answers are."""
    if isinstance(document, dict):
        found = f"an object with {', '.join(sorted(map(str, document))[:5]) or 'no fields'}"
    elif isinstance(document, list):
        found = f"a list of {len(document)}"
    else:
        found = type(document).__name__
    return Drift(
        category=Category.STRUCTURE,
        severity=Severity.ERR,
        path="",
        evidence=f"the answer is {found}, which our reading cannot split into records;"
        " its bytes are kept",
        details={"found": found},
        sign=type(document).__name__,
    )


def _far(before: int, now: int) -> bool:
    return before >= MANY and (now * TIMES < before or now > before * TIMES)
