"""Fields whose values are of another kind than before."""

from collections.abc import Iterator

from kasparro.core.drift.baseline import ENOUGH, Baseline
from kasparro.core.drift.event import Category, Drift, Severity, serious
from kasparro.core.drift.expected import Expected
from kasparro.core.drift.fingerprint import Field
from kasparro.core.drift.kinds import (
    ARRAY,
    DECIMAL,
    IN_QUOTES,
    INT,
    NUMBER,
    OBJECT,
    TEXT,
    TIME,
    family_of,
)
from kasparro.core.drift.wilson import highest, lowest

USUAL = 0.02  # of the values: a family rarer than this is an oddity, not a kind of the field
EPOCHS = {"s": (1.2e9, 4.1e9), "ms": (1.2e12, 4.1e12)}  # 2008 to 2099
MATTERS_BELOW = 10_000  # a fraction cut off a larger number changes less than 0.01% of it


def retyped(before: Baseline, now: Baseline, expected: Expected) -> Iterator[Drift]:
    for path, new in now.fields.items():
        old = before.fields.get(path)
        if old is None or min(old.filled, new.filled) < ENOUGH:
            continue
        mapped = path in expected.mapped
        kinds = _unheard_of(old, new)
        drift = _of_kinds(path, old, new, kinds, mapped=mapped) if kinds else None
        drift = drift or _of_epochs(path, old, new, mapped=mapped)
        drift = drift or _of_digits(path, old, new, mapped=mapped)
        if drift is not None:
            yield drift


def _unheard_of(old: Field, new: Field) -> list[str]:
    """Kinds that are commoner now than they can have been before."""
    return sorted(
        kind
        for kind, number in new.kinds.items()
        if lowest(number, new.filled) > highest(old.kinds.get(kind, 0), old.filled)
    )


def _of_kinds(path: str, old: Field, new: Field, kinds: list[str], *, mapped: bool) -> Drift | None:
    families = {family_of(k) for k, n in old.kinds.items() if n > USUAL * old.filled}
    foreign = [kind for kind in kinds if family_of(kind) not in families]
    if not foreign:
        return _within(path, old, kinds, mapped=mapped)
    if {OBJECT, ARRAY} >= families | {family_of(kind) for kind in foreign}:
        return _drift(Category.STRUCTURE, path, old, foreign, mapped=mapped)
    to_epoch = TIME in families and epoch_unit(new) is not None
    written_anew = families == {TEXT} and set(foreign) <= IN_QUOTES
    category = Category.FORMAT if to_epoch or written_anew else Category.NARROWED
    return _drift(category, path, old, foreign, mapped=mapped)


def _within(path: str, old: Field, kinds: list[str], *, mapped: bool) -> Drift | None:
    """Another kind of the same family: a time written anew is read wrongly, a number is not."""
    if family_of(kinds[0]) == TIME:
        return _drift(Category.FORMAT, path, old, kinds, mapped=mapped)
    if family_of(kinds[0]) != NUMBER or kinds == [INT]:
        return None
    return _drift(Category.WIDENED, path, old, kinds, mapped=False)


def _of_epochs(path: str, old: Field, new: Field, *, mapped: bool) -> Drift | None:
    """Seconds since 1970 that became milliseconds, or the other way round."""
    was, is_ = epoch_unit(old), epoch_unit(new)
    if was is None or is_ is None or was == is_:
        return None
    return Drift(
        category=Category.FORMAT,
        severity=serious(mapped),
        path=path,
        evidence=f"times since 1970 in {is_}, before in {was}",
        details={"before": was, "after": is_},
        sign=is_,
    )


def _of_digits(path: str, old: Field, new: Field, *, mapped: bool) -> Drift | None:
    """Numbers that lost their fraction."""
    fractions = old.kinds.get(DECIMAL, 0)
    lost = INT in new.kinds and DECIMAL not in new.kinds
    if not lost or lowest(fractions, old.filled) <= highest(0, new.filled) or not new.spread:
        return None
    matters = mapped and abs(new.spread[2]) < MATTERS_BELOW
    return Drift(
        category=Category.NARROWED,
        severity=Severity.ERR if matters else Severity.WARN,
        path=path,
        evidence=f"whole numbers only; before, {fractions / old.filled:.0%} had a fraction"
        f" of up to {old.digits} digits",
        details={"kinds": [INT], "digits_before": old.digits, "digits": 0},
        sign="whole",
    )


def epoch_unit(field: Field) -> str | None:
    """Whether all of its numbers can be times since 1970, and in which unit."""
    if field.family != NUMBER or field.spread is None or DECIMAL in field.kinds:
        return None
    for unit, (earliest, latest) in EPOCHS.items():
        if earliest <= field.spread[0] and field.spread[4] <= latest:
            return unit
    return None


def _drift(category: Category, path: str, old: Field, kinds: list[str], *, mapped: bool) -> Drift:
    was = " or ".join(sorted(old.kinds, key=lambda kind: -old.kinds[kind])[:3])
    return Drift(
        category=category,
        severity=serious(mapped),
        path=path,
        evidence=f"{' and '.join(kinds)} where {was} stood",
        details={"kinds": kinds, "kinds_before": sorted(old.kinds)},
        sign=",".join(kinds),
    )
