"""Two runs of one stream beside each other: what differs, and in plain words what it means."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, log10

from kasparro.core.anomalies.baseline import ENOUGH
from kasparro.core.anomalies.facts import RunFacts
from kasparro.core.anomalies.metrics import FIELDS
from kasparro.core.anomalies.rule import Verdict
from kasparro.core.anomalies.wording import listed, sentence

NULLS = 0.02  # of a field's records, from which on a change is worth a word
RANGE = 1.5  # times the middle value of a field
POWER_OF_TEN = 0.05  # how near, in decimal logarithms, a factor must be to one to look like a unit
BOUNDS = ("low", "mid", "high")  # of a field: 5% of its values lie below, half, 95%
STRANGE = 4.0
NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field in two runs; None where it was not measured."""

    field: str
    null_rates: tuple[float | None, float | None]
    ranges: tuple[dict[str, float] | None, dict[str, float] | None]

    @property
    def factor(self) -> float | None:
        """How many times the middle value is what it was."""
        first, second = self.ranges
        if first is None or second is None or first["mid"] <= 0 or second["mid"] <= 0:
            return None
        return second["mid"] / first["mid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What there is to say of two runs of one stream, the second against the first."""

    first: RunFacts
    second: RunFacts
    verdicts: Sequence[Verdict]  # on the second
    added: Sequence[str] = ()
    gone: Sequence[str] = ()
    fields: Sequence[FieldChange] = ()
    settings: Mapping[str, tuple[object, object]] = field(default_factory=dict)  # that differ
    movers: Sequence[tuple[str, float, float]] = ()  # coin, log return, z
    market: float | None = None  # log return
    drift: Sequence[str] = ()  # what was seen of it, in words


def field_changes(first: RunFacts, second: RunFacts) -> list[FieldChange]:
    """Every field that either run has measured."""
    changes = [
        FieldChange(
            field=name,
            null_rates=(first.values.get(f"null_{name}"), second.values.get(f"null_{name}")),
            ranges=(_range(first, name), _range(second, name)),
        )
        for name in FIELDS
    ]
    return [one for one in changes if one.null_rates != (None, None)]


def explain(both: Compared) -> list[str]:
    """Sentences for a person, what matters most first; never none."""
    said = [*_endings(both), *_circumstances(both), *_contents(both), *_figures(both)]
    return said or ["Nothing about the second run is unusual."]


def _range(run: RunFacts, name: str) -> dict[str, float] | None:
    found = {bound: run.values.get(f"{name}_{bound}") for bound in BOUNDS}
    known = {bound: value for bound, value in found.items() if value is not None}
    return known if len(known) == len(BOUNDS) else None


def _endings(both: Compared) -> Iterator[str]:
    for run in (both.first, both.second):
        if run.status in ("failed", "abandoned"):
            reason = (run.error_message or "no reason given").rstrip(".")
            yield f"{run.run_id} is {run.status}: {reason}."
        elif not run.complete:
            yield f"{run.run_id} is not over yet: its figures are those so far."
        elif run.incomparable is not None:
            yield f"{run.run_id} does not compare as a whole: {run.incomparable}."


def _circumstances(both: Compared) -> Iterator[str]:
    for name, (before, after) in both.settings.items():
        words = name.replace("_", " ")
        yield f"The {words} was {before or 'none'} and is {after or 'none'}: that may be why."
    yield from (f"The source's records drifted: {evidence.rstrip('.')}." for evidence in both.drift)


def _contents(both: Compared) -> Iterator[str]:
    if both.gone:
        yield f"{len(both.gone):,} coins are gone: {listed(both.gone)}."
    if both.added:
        yield f"{len(both.added):,} coins are new: {listed(both.added)}."
    for change in both.fields:
        words = FIELDS[change.field]
        before, after = change.null_rates
        if before is not None and after is not None and abs(after - before) >= NULLS:
            yield f"{after:.1%} of the records have no {words}, before it was {before:.1%}."
        factor = change.factor
        if factor is not None and abs(log(factor)) > log(RANGE):
            unit = " Has its unit changed?" if _like_a_unit(factor) else ""
            yield f"The middle {words} is {factor:,.3g} times what it was.{unit}"


def _figures(both: Compared) -> Iterator[str]:
    for verdict in both.verdicts:
        if verdict.judgement == "anomalous":
            words = sentence(verdict)
            yield f"{words[0].upper()}{words[1:]}."
    few = [one for one in both.verdicts if one.judgement == "insufficient_history"]
    if few and both.second.complete and both.second.incomparable is None:
        most = max(one.runs for one in few)
        if most < ENOUGH:
            yield (
                f"Only {most} runs before {both.second.run_id} compare with it: from {ENOUGH} on"
                " it can be said what is usual."
            )
    for coin, move, z in both.movers[:NAMED]:
        if abs(z) > STRANGE and both.market is not None:
            yield (
                f"{coin} moved {exp(move) - 1:+.1%} while the market moved"
                f" {exp(both.market) - 1:+.1%}: {abs(z):.0f} times what it usually does."
            )


def _like_a_unit(factor: float) -> bool:
    """A hundred, a thousand or a hundred millionth, rather than what a market does."""
    powers = log10(factor)
    return abs(round(powers)) > 1 and abs(powers - round(powers)) < POWER_OF_TEN
