"""`kasparro drift …`: how sources have changed their answers, and what is to be believed."""

from typing import Annotated, Literal, TypeAlias

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, minute, print_json, print_table
from kasparro.ingestion.deciding import Decider
from kasparro.store import drift_decisions
from kasparro.store.connect import connect
from kasparro.store.drift_decisions import Case

app = typer.Typer(help="How sources changed their answers.", no_args_is_help=True)

Status: TypeAlias = Literal["open", "accepted", "rejected"]
Number = Annotated[int, typer.Argument(help="The event's number in the list.")]
Note = Annotated[str | None, typer.Option("--note", help="Why, for those who come after you.")]


@app.command("list")
def list_(
    *,
    source: Annotated[str | None, typer.Option("--source", help="Only of this source.")] = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what changed: what waits for your decision first, then the newest."""
    settings = wiring.start()
    if source is not None:
        wiring.check_sources([source])
    with wiring.migrated(settings) as url, connect(url) as connection:
        events = drift_decisions.events(connection, source=source, status=status, limit=limit)
    if as_json:
        print_json(events)
        return
    if not events:
        typer.echo("nothing has drifted")
        return
    print_table(
        ("event", "source", "stream", "class", "severity", "status", "field", "held", "seen",
         "last", "evidence"),
        [
            (str(one.id), one.source, one.stream, one.drift, one.severity, one.status, one.path,
             f"{one.held:,}", f"{one.occurrences:,}", minute(one.last_seen), one.evidence)
            for one in events
        ],
    )  # fmt: skip
    if any(one.status == "open" for one in events):
        typer.echo("\ndecide with `kasparro drift accept NUMBER` or `kasparro drift reject NUMBER`")


@app.command()
def accept(event: Number, *, note: Note = None) -> None:
    """The source is right: believe it from now on, and store what was held for this."""
    with wiring.migrated(wiring.start()) as url:
        done = _decider(url).accept(event, note)
    typer.echo(_meaning(done.case))
    typer.echo(
        f"{done.retried.resolved:,} records that waited are stored,"
        f" {done.retried.still_refused:,} are still refused"
    )


@app.command()
def reject(event: Number, *, note: Note = None) -> None:
    """The source is wrong: what is held stays out, and so does what comes like it."""
    with wiring.migrated(wiring.start()) as url:
        done = _decider(url).reject(event, note)
    typer.echo(f"event {done.case.id} is rejected: {_name(done.case)} stays held until it changes")


def _decider(url: str) -> Decider:
    engine = wiring.engine(wiring.start(), url)
    return Decider(
        url=url,
        sources=engine.sources,
        holder=wiring.who_we_are(),
        lease_duration=engine.lease_duration,
        clock=engine.clock,
    )


def _name(one: Case) -> str:
    what = one.path or "the answer as a whole"
    return f"{what} of {one.stream.source} {one.stream.stream}"


def _meaning(one: Case) -> str:
    """What accepting this event means for numbers."""
    if one.alias is not None:
        return f"{_name(one)} is read from {one.alias} too; its old name still counts first"
    if one.category == "unit":
        return (
            f"{_name(one)}: its numbers are right as they are now, and are stored unchanged;"
            " nothing is converted, and what was stored before stays as it was"
        )
    if one.category == "removed":
        return f"{_name(one)} is stored without a value from now on"
    if one.category == "structure" and not one.path:
        return (
            f"{_name(one)}: its bytes are kept, and are read by `kasparro replay` with a version"
            " of kasparro that understands them"
        )
    return f"{_name(one)} is believed as it comes now"
