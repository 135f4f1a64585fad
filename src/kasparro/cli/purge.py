"""`kasparro purge`: remove all that a source brought."""

import sys
from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, print_json, print_table, size
from kasparro.core.errors import BadRequestError
from kasparro.store import streams
from kasparro.store.connect import connect
from kasparro.store.purge import Holdings, holdings
from kasparro.store.purge import purge as remove

MEANINGS = {
    "observations": "prices",
    "observation_revisions": "prices it had restated",
    "payloads": "payloads",
    "quarantine": "quarantined records",
    "listings": "listings",
    "assets": "coins that only it listed",
    "runs": "runs",
}


def add_to(app: typer.Typer) -> None:
    app.command()(purge)


def purge(
    source: Annotated[str, typer.Argument(help="As in coingecko.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove all payloads and prices of a source; other sources keep theirs."""
    settings = wiring.start()
    wiring.check_sources([source])
    with wiring.migrated(settings) as url:
        with connect(url) as connection:
            streams.register(connection, [source], [])
            if not yes:
                _ask(source, holdings(connection, source))
        gone = remove(
            url,
            source,
            holder=wiring.who_we_are(),
            lease_duration=wiring.lease_duration(settings),
        )
    if as_json:
        print_json(gone)
        return
    rows = [(f"{gone[table]:,}", words) for table, words in MEANINGS.items() if gone[table]]
    if rows:
        print_table(("removed", f"of {source}"), rows)
    else:
        typer.echo(f"nothing of {source} was left to remove")
    typer.echo(_what_now(source))


def _ask(source: str, there: Holdings) -> None:
    """Raises BadRequestError where nobody can answer, typer.Exit when the answer is no."""
    if not sys.stdin.isatty():
        raise BadRequestError("a purge cannot be undone: say --yes where nobody can be asked")
    typer.echo(
        f"{source}: {there.observations:,} prices, {there.payloads:,} payloads"
        f" ({size(there.payload_bytes)}), {there.listings:,} listings,"
        f" {there.links_by_hand:,} links made by hand"
    )
    if not typer.confirm("Remove all of it, for good?"):
        typer.echo("nothing was removed", err=True)
        raise typer.Exit(1)


def _what_now(source: str) -> str:
    if source in wiring.API_SOURCES:
        return f"a worker asks {source} again at once, unless {source.upper()}_SCHEDULER=off"
    return f"what lies in CSV_PATH is read again by the next run of {source}"
