"""Fields that came, went, or became empty."""

from collections.abc import Iterator

from kasparro.core.drift.baseline import Baseline, records_in
from kasparro.core.drift.event import Category, Drift, Severity, serious
from kasparro.core.drift.expected import Expected
from kasparro.core.drift.fingerprint import Field
from kasparro.core.drift.wilson import highest, lowest

RARE = 0.05  # a field rarer than this may be missing from a payload by chance
MATERIAL = 0.10  # of the records


def added(before: Baseline | None, now: Baseline, expected: Expected) -> Iterator[Drift]:
    """Fields neither we nor the payloads before know."""
    for path, field in now.fields.items():
        if expected.knows(path) or (before is not None and path in before.fields):
            continue
        if "[]" in path or not field.present:
            continue
        yield Drift(
            category=Category.ADDED,
            severity=Severity.INFO,
            path=path,
            evidence=f"new in {field.present} of {field.records} records, {_kinds(field)};"
            " kept in the payload, not used",
            details={"present": field.present, "records": field.records, "kinds": field.kinds},
        )


def gone(before: Baseline, now: Baseline) -> list[str]:
    """Paths that are nowhere, and that chance does not explain."""
    records = records_in(now)
    return [
        path
        for path, old in before.fields.items()
        if "[]" not in path
        and (path not in now.fields or not now.fields[path].present)
        and lowest(old.present, old.records) > max(RARE, highest(0, records))
    ]


def removal(path: str, before: Baseline, expected: Expected) -> Drift:
    old = before.fields[path]
    mapped = path in expected.mapped
    use = "we use it" if mapped else "not used by us"
    return Drift(
        category=Category.REMOVED,
        severity=serious(mapped),
        path=path,
        evidence=f"was in {old.present / old.records:.0%} of the records, is in none; {use}",
        details={"presence_before": round(old.present / old.records, 4), "presence": 0},
    )


def emptied(before: Baseline, now: Baseline, expected: Expected) -> Iterator[Drift]:
    """Fields that say nothing more often, or less often, than chance explains."""
    for path, new in now.fields.items():
        old = before.fields.get(path)
        if old is None or not old.filled or not new.present or "[]" in path:
            continue
        was, is_ = old.filled / old.records, new.filled / new.records
        if abs(was - is_) < MATERIAL:
            continue
        if highest(new.filled, new.records) < lowest(old.filled, old.records):
            vital = expected.needs(path) or (path in expected.mapped and not new.filled)
            severity = serious(vital)
        elif lowest(new.filled, new.records) > highest(old.filled, old.records):
            severity = Severity.INFO
        else:
            continue
        yield Drift(
            category=Category.NULLABILITY,
            severity=severity,
            path=path,
            evidence=f"empty in {1 - is_:.0%} of the records, before in {1 - was:.0%}",
            details={"empty_before": round(1 - was, 4), "empty": round(1 - is_, 4)},
        )


def _kinds(field: Field) -> str:
    return " or ".join(sorted(field.kinds)) or "always empty"
