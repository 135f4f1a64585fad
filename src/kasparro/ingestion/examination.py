"""Holds every run that is over against the runs before it, once, whoever carried it out.

A process that dies between the end of its run and this leaves the run unexamined; the process that
ends a run next examines both.
"""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from kasparro.core.anomalies.examine import Surroundings, examine
from kasparro.core.anomalies.finding import Finding, headline, worst
from kasparro.core.source import Source
from kasparro.store import anomalies
from kasparro.store.anomalies import Case
from kasparro.store.connect import Connection

log = structlog.get_logger()


def examine_runs(connection: Connection, sources: Mapping[str, Source]) -> None:
    """Examine all runs that wait for it, the oldest first; one warning for each that is unusual."""
    while (settled := _examine_next(connection, sources)) is not None:
        case, findings = settled
        if findings:
            _warn(case, findings)


def _examine_next(
    connection: Connection, sources: Mapping[str, Source]
) -> tuple[Case, list[Finding]] | None:
    with connection.transaction():
        case = anomalies.next_case(connection)
        if case is None:
            return None
        around = Surroundings(
            interval=_interval(case, sources),
            carries_prices=case.carries_prices,
            comparable=case.comparable,
            before=case.before,
            missing=case.missing,
            failed_before=case.failed_before,
            flagged_before=case.flagged_before,
        )
        findings = examine(case.run, around)
        anomalies.settle(connection, case, findings)
    return case, findings


def _interval(case: Case, sources: Mapping[str, Source]) -> timedelta:
    """How often the stream is meant to be swept; a day for one that this code does not know."""
    try:
        return sources[case.source].stream(case.stream).interval
    except KeyError:
        return timedelta(days=1)


def _warn(case: Case, findings: list[Finding]) -> None:
    log.warning(
        "unusual run",
        run_id=case.run.run_id,
        source=case.source,
        stream=case.stream,
        severity=worst(findings),
        summary=headline(one.cause for one in findings),
        findings=[one.message for one in findings],
    )
