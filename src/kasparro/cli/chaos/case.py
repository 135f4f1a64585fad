"""One fault, met by one run of each source it is about, and what is left when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kasparro.cli.chaos.labour import LEASE, PRICES, Place, sweep
from kasparro.cli.chaos.promises import broken, foreign, moved_back, untrue
from kasparro.cli.chaos.rig import Account, Rig, account
from kasparro.ingestion.replay import replay
from kasparro.ingestion.sources import BY_NAME
from kasparro.sandbox.faults.script import Rule, Script
from kasparro.store.runs import Report

A_DAY_LATER = timedelta(days=1, hours=1).total_seconds()  # no source's pause lasts longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a fault did, and which promises it broke."""

    reports: Sequence[Report]  # of the disturbed runs
    met: int  # calls
    untrue: int  # statements that stood after them and that no honest source makes
    broken: Sequence[str]

    @property
    def messages(self) -> list[str]:
        return [report.error_message for report in self.reports if report.error_message]


def play(rig: Rig, rule: Rule, seed: int) -> Outcome:
    """Sweep with the fault, then without it, and compare with what an undisturbed one left."""
    sources = [rule.source] if rule.source is not None else sorted(PRICES)
    undisturbed = rig.undisturbed(sources)
    with rig.database() as place:
        before = account(place.url)
        rig.sandbox.faults.load(Script(seed=seed, rules=(rule,)))
        reports = [sweep(place, source, rig.clock) for source in sources]
        met = sum(rig.sandbox.faults.act.met.values())
        rig.sandbox.faults.clear()
        disturbed = account(place.url)
        problems = moved_back(before.ledger, disturbed.ledger)
        problems += recovered(rig, place, sources)
        return Outcome(
            reports=reports,
            met=met,
            untrue=untrue(undisturbed.ledger, disturbed.ledger),
            broken=problems,
        )


def recovered(rig: Rig, place: Place, sources: Sequence[str]) -> list[str]:
    """Sweep the sources in peace at the same time of the market; the promises that are broken."""
    undisturbed = rig.undisturbed(sources)
    rig.clock.sleep(A_DAY_LATER)
    rig.wait_for_an_open_port()
    problems = []
    for source in sources:
        report = sweep(place, source, rig.clock)
        if report.status != "success":
            problems.append(f"in peace, {report.run_id} {report.status}: {report.error_message}")
    after = account(place.url)
    problems += broken(undisturbed.ledger, after.ledger)
    if not foreign(undisturbed.ledger, after.ledger):
        problems += _told_apart(undisturbed, after)
    return problems + _replayed(place)


def _told_apart(undisturbed: Account, after: Account) -> list[str]:
    """Where nothing but true payloads came, the digests are equal in every line."""
    different = set(undisturbed.digest) ^ set(after.digest)
    kinds = sorted({line.partition(":")[0] for line in different})
    return [f"the digest differs in {', '.join(kinds)}"] if kinds else []


def _replayed(place: Place) -> list[str]:
    result = replay(place.url, BY_NAME, holder="chaos", lease_duration=LEASE, verify=True)
    return [
        f"replay finds {number} differences in {table}"
        for table, number in result.differences.items()
        if number
    ]
