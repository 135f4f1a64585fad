"""Two runs beside each other: every figure, every coin, and what it means in plain words."""

from dataclasses import asdict
from typing import Any

from kasparro.core.anomalies.comparison import Compared, FieldChange, explain, field_changes
from kasparro.core.anomalies.examine import verdicts
from kasparro.core.anomalies.facts import RunFacts
from kasparro.core.anomalies.movers import market, movers
from kasparro.core.anomalies.rule import Verdict
from kasparro.core.errors import NotFoundError
from kasparro.services.runs import differences, these_runs, to_json
from kasparro.store.reading.comparison import ComparisonReader, Place
from kasparro.store.reading.database import Database


async def compare(database: Database, run_id_1: str, run_id_2: str) -> bytes:
    """The second run against the first, as JSON. Raises NotFoundError, UnavailableError."""
    found = {run["run_id"]: run for run in await these_runs(database, [run_id_1, run_id_2])}
    reader = ComparisonReader(database)
    first, second = await reader.place(run_id_1), await reader.place(run_id_2)
    if first is None or second is None or len(found) < len({run_id_1, run_id_2}):
        raise NotFoundError("there is no such run; /runs lists those there are")
    one, two = found[run_id_1], found[run_id_2]
    body = {"run_1": one, "run_2": two, "differences": differences(one, two)}
    if first.stream_id != second.stream_id:
        return to_json(body | _of_two_streams(first, second))
    return to_json(body | await _of_one_stream(reader, first, second))


def _of_two_streams(first: Place, second: Place) -> dict[str, Any]:
    words = (
        f"{first.stream} and {second.stream} are two streams: how long their runs took and how they"
        " ended can be compared, their coins, figures and prices cannot."
    )
    return {
        "comparable": False,
        "changes": _settings(first, second, of_stream=False),
        "assets": None,
        "metrics": [],
        "fields": [],
        "market": None,
        "drift": [],
        "explain": [words],
    }


async def _of_one_stream(reader: ComparisonReader, first: Place, second: Place) -> dict[str, Any]:
    one, two = [(await reader.facts([place.number]))[0] for place in (first, second)]
    whole = one.complete and two.complete
    covered = whole and first.configuration is not None and second.configuration is not None
    added, gone = await reader.coverage(first, second) if covered else ([], [])
    judged = verdicts(two, await reader.comparable(second))
    changes = _settings(first, second, of_stream=True)
    drift = await reader.drift(first, second)
    moved = None
    if whole and first.carries_prices:
        moved = await _market(reader, (first, one), (second, two))
    compared = Compared(
        first=one,
        second=two,
        verdicts=judged,
        added=added,
        gone=gone,
        fields=field_changes(one, two),
        settings={each["name"]: (each["run_1"], each["run_2"]) for each in changes},
        movers=[] if moved is None else _named(moved),
        market=None if moved is None else moved["log_return"],
        drift=[f"{event['path'] or 'as a whole'}: {event['evidence']}" for event in drift],
    )
    return {
        "comparable": whole and one.incomparable is None and two.incomparable is None,
        "changes": changes,
        "assets": {"added": added, "gone": gone} if covered else None,
        "metrics": [_metric(verdict, one) for verdict in judged],
        "fields": [_field(change) for change in compared.fields],
        "market": moved,
        "drift": drift,
        "explain": explain(compared),
    }


async def _market(
    reader: ComparisonReader, first: tuple[Place, RunFacts], second: tuple[Place, RunFacts]
) -> dict[str, Any] | None:
    one, two = first[1], second[1]
    before = await reader.prices_at(first[0], one.at)
    after = await reader.prices_at(second[0], two.at)
    there = market(before, after)
    if there is None:
        return None
    past = await reader.past(there.candidates(), min(one.at, two.at))
    found = movers(there, past, abs(two.at - one.at))
    coins = await reader.coins([mover.series_id for mover in found])
    return {
        "coins": len(there.returns),
        "log_return": there.median,
        "deviation": there.deviation,
        "top_movers": [
            {
                "coin_id": coins[mover.series_id][0],
                "symbol": coins[mover.series_id][1],
                "price_1": before[mover.series_id][1],
                "price_2": after[mover.series_id][1],
                "log_return": mover.log_return,
                "against_market": mover.excess,
                "z": mover.z,
                "usual_move_of": "the coin" if mover.own else "all coins",
            }
            for mover in found
        ],
    }


def _named(moved: dict[str, Any]) -> list[tuple[str, float, float]]:
    return [(one["coin_id"], one["log_return"], one["z"]) for one in moved["top_movers"]]


def _settings(first: Place, second: Place, *, of_stream: bool) -> list[dict[str, Any]]:
    """What else differs: code, schema, and the settings that decide what a sweep shows."""
    pairs: dict[str, tuple[Any, Any]] = {
        "code_version": (first.code_version, second.code_version),
        "schema_version": (first.schema_version, second.schema_version),
    }
    if of_stream and first.configuration is not None and second.configuration is not None:
        one, two = first.configuration, second.configuration
        pairs |= {name: (one.get(name), two.get(name)) for name in sorted({*one, *two})}
    return [
        {"name": name, "run_1": before, "run_2": after}
        for name, (before, after) in pairs.items()
        if before != after
    ]


def _metric(verdict: Verdict, first: RunFacts) -> dict[str, Any]:
    name = verdict.metric.name
    before, after = first.values.get(name), verdict.actual
    return {
        "name": name,
        "run_1": before,
        "run_2": after,
        "delta": None if before is None or after is None else after - before,
        "expected": verdict.expected,
        "z": verdict.z,
        "verdict": verdict.judgement,
        "held_against": verdict.runs,
    }


def _field(change: FieldChange) -> dict[str, Any]:
    known = asdict(change)
    return {
        "field": change.field,
        "null_rate_1": known["null_rates"][0],
        "null_rate_2": known["null_rates"][1],
        "range_1": known["ranges"][0],
        "range_2": known["ranges"][1],
        "factor": change.factor,
    }
