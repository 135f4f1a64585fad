"""The command: plays one rule after the other and prints what became of each."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from kasparro.cli.chaos.case import Outcome, play
from kasparro.cli.chaos.rig import rig
from kasparro.cli.chaos.soak import play_round
from kasparro.cli.sandbox import Faults, read_faults
from kasparro.core.errors import BadRequestError, FatalError
from kasparro.log import configure as configure_log
from kasparro.sandbox.faults.reading import read_script
from kasparro.sandbox.faults.script import Rule, Script

BUILT_IN = Path(__file__).with_name("every.toml")
COLUMNS = "{:<48} {:<12} {:<8} {:>7} {:>7} {:>7} {:>8} {:>7}  {}"
HEAD = ("fault", "source", "run", "stored", "quar.", "retries", "waited", "untrue", "afterwards")


def add_to(app: typer.Typer) -> None:
    app.command()(chaos)


def chaos(
    *,
    faults: Faults = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed, another market, other draws.")
    ] = None,
    soak: Annotated[
        int | None,
        typer.Option(min=1, metavar="ROUNDS", help="Random faults, and workers killed, so often."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show every step.")] = False,
) -> None:
    """Break simulated sources in every known way, and prove that nothing is lost or doubled."""
    configure_log("DEBUG" if debug else "CRITICAL")
    script = read_faults(faults) or read_script(BUILT_IN.read_text(encoding="utf-8"))
    if not script.rules:
        raise BadRequestError("the fault script has no rules, so there is nothing to play")
    began = time.monotonic()
    if soak is None:
        played = _play_all(script, 1 if seed is None else seed)
    else:
        played = _soak(script, soak, secrets.randbelow(10**6) if seed is None else seed)
    broken = [problem for problem in played if problem is not None]
    if broken:
        raise FatalError(f"{len(broken)} of {len(played)} broke a promise: {broken[0]}")
    took = time.monotonic() - began
    typer.echo(f"{len(played)} played, nothing lost, nothing doubled, in {took:.0f} s")


def _play_all(script: Script, seed: int) -> list[str | None]:
    """The first promise each fault broke, if any."""
    typer.echo(f"seed {seed}: {len(script.rules)} faults, each in a database of its own")
    typer.echo(COLUMNS.format(*HEAD))
    played: list[str | None] = []
    with rig(seed) as own:
        for rule in script.rules:
            outcome = play(own, rule, seed)
            _print(rule, outcome)
            played.append(f"{label(rule)}: {outcome.broken[0]}" if outcome.broken else None)
    return played


def _soak(script: Script, rounds: int, seed: int) -> list[str | None]:
    """The same for rounds of several faults at once."""
    typer.echo(f"seed {seed}: {rounds} rounds")
    played: list[str | None] = []
    with rig(seed) as own:
        for number in range(1, rounds + 1):
            done = play_round(own, script, seed, number)
            verdict = "; ".join(done.broken) or "as undisturbed"
            faults = ", ".join(label(rule) for rule in done.rules)
            typer.echo(f"{number:>4} {done.ending:<18} {faults}: {verdict}")
            played.append(f"round {number}: {done.broken[0]}" if done.broken else None)
    return played


def label(rule: Rule) -> str:
    """The fault and what it was told, short."""
    own = rule.fault.model_dump(exclude={"name"}, exclude_defaults=True)
    return " ".join([rule.fault.name, *map(str, own.values())])


def _print(rule: Rule, outcome: Outcome) -> None:
    for report in outcome.reports:
        verdict = "; ".join(outcome.broken) or "as undisturbed"
        line = COLUMNS.format(
            label(rule),
            report.source,
            report.status,
            report.new + report.changed,
            report.quarantined,
            report.retries,
            f"{report.wait_seconds:.0f} s",
            outcome.untrue,
            verdict,
        )
        typer.echo(line)
    for message in outcome.messages:
        typer.echo(f"    {message}")
