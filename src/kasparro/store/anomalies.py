"""Runs to be held against the runs before them, and what was found when they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kasparro.core.anomalies.facts import Missing, RunFacts
from kasparro.core.anomalies.finding import Finding
from kasparro.core.errors import NotFoundError
from kasparro.store import run_history
from kasparro.store.connect import Connection
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A run that is over, and everything it is held against."""

    number: int
    source: str
    stream: str
    carries_prices: bool
    run: RunFacts
    comparable: Sequence[RunFacts]
    before: RunFacts | None
    missing: Missing
    failed_before: bool
    flagged_before: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as a person reads it, in the column order of `sql/anomalies.sql`."""

    id: int
    run_id: str
    source: str
    stream: str
    severity: str
    name: str
    message: str
    status: str
    confirmed: bool | None
    note: str | None
    found_at: datetime


def next_case(connection: Connection) -> Case | None:
    """The oldest run nobody has examined; it is ours until the caller's transaction is over."""
    row = connection.execute(queries("anomalies").next_to_examine).fetchone()
    if row is None:
        return None
    number, source, stream, carries_prices = row
    before, failed_before = _rows(connection, "before", run_number=number)[0]
    comparable = _rows(connection, "comparable", run_number=number, most=run_history.MOST)
    absent = _rows(connection, "missing", run_number=number, largest=run_history.LARGEST)
    return Case(
        number=number,
        source=source,
        stream=stream,
        carries_prices=carries_prices,
        run=_facts(connection, [number])[0],
        comparable=_facts(connection, [row[0] for row in comparable]),
        before=_facts(connection, [before])[0] if before is not None else None,
        missing=run_history.missing(absent),
        failed_before=failed_before,
        flagged_before=dict(_rows(connection, "flagged", run_number=before)),
    )


def settle(connection: Connection, case: Case, findings: Sequence[Finding]) -> None:
    """Keep what was found, and that the run was examined; in the transaction that took the case."""
    for one in findings:
        arguments = {
            "run_number": case.number,
            "name": one.name,
            "kind": one.kind,
            "cause": one.cause,
            "severity": one.severity,
            "expected": _short(one.expected),
            "actual": _short(one.actual),
            "z": _short(one.z),
            "message": one.message,
            "listings": list(one.listings),
            "spoils": one.spoils,
        }
        connection.execute(queries("anomalies").keep, arguments)
    connection.execute(queries("anomalies").examined, {"run_number": case.number})
    connection.execute("notify kasparro_data")


def newest(
    connection: Connection,
    *,
    source: str | None = None,
    run_id: str | None = None,
    severity: str | None = None,
    status: str | None = None,
    limit: int = 20,
) -> list[Found]:
    wanted = {
        "source": source,
        "run_id": run_id,
        "severity": severity,
        "status": status,
        "limit": limit,
    }
    return [Found(*row) for row in connection.execute(queries("anomalies").newest, wanted)]


def acknowledge(
    connection: Connection, names: Sequence[str], *, confirmed: bool, note: str | None
) -> int:
    """Settle findings by number, or all of a run by its id; how many they are.

    Confirmed ones leave their run out of what later runs are held against. Raises NotFoundError,
    and then nothing is settled.
    """
    with connection.transaction():
        known = {row[0] for row in _rows(connection, "known", names=list(names))}
        for name in names:
            if name not in known:
                raise NotFoundError(f"there is no finding {name}, and no run of that id has any")
        arguments = {"names": list(names), "confirmed": confirmed, "note": note}
        return connection.execute(queries("anomalies").acknowledge, arguments).rowcount


def _facts(connection: Connection, numbers: Sequence[int]) -> list[RunFacts]:
    rows = _rows(connection, "facts", run_numbers=list(numbers))
    return [run_history.facts(row) for row in rows]


def _rows(connection: Connection, query: str, /, **arguments: Any) -> list[Any]:
    return connection.execute(getattr(queries("anomalies"), query), arguments).fetchall()


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
