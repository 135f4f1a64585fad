"""`kasparro assets …`: which coin is which, and who says so."""

from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import print_table
from kasparro.core.errors import BadRequestError
from kasparro.ingestion.link import near_misses
from kasparro.store import links
from kasparro.store.connect import connect

app = typer.Typer(help="Which coin is which, and who says so.", no_args_is_help=True)

ListingName = Annotated[str, typer.Argument(metavar="SOURCE:ID", help="As in coingecko:bitcoin.")]


@app.command()
def show(coin_id: Annotated[str, typer.Argument(help="As in bitcoin.")]) -> None:
    """Show a coin's listings and why they are one coin."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        found = links.decisions(connection, coin_id)
    rows = [
        (
            f"{one.source}:{one.source_asset_id}",
            one.symbol.upper(),
            one.name,
            one.method or "itself",
            ", ".join(f"{key}: {value}" for key, value in (one.evidence or {}).items()),
            str(one.confidence or ""),
            f"{one.undone_at:%Y-%m-%d}" if one.undone_at else "",
        )
        for one in found
    ]
    head = ("listing", "symbol", "name", "linked by", "evidence", "confidence", "undone")
    print_table(head, rows)


@app.command()
def link(
    listing: ListingName, coin_id: Annotated[str, typer.Argument(help="The coin it stands for.")]
) -> None:
    """Say that a listing is this coin; its whole past follows."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        slug = links.link(
            connection, _parse(listing), coin_id, method="manual", evidence={"by": "hand"}
        )
    typer.echo(f"{listing} is {slug}")


@app.command()
def unlink(listing: ListingName) -> None:
    """Say that a listing is a coin of its own."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        slug = links.unlink(connection, _parse(listing))
    typer.echo(f"{listing} is {slug}")


@app.command()
def candidates(*, limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50) -> None:
    """Show listings of one symbol that are not linked, and what is in the way."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        misses = near_misses(connection)
    rows = [
        (miss.symbol.upper(), miss.coinpaprika_id, miss.coingecko_id, miss.reason)
        for miss in misses[:limit]
    ]
    print_table(("symbol", "coinpaprika", "coingecko", "not linked because"), rows)
    typer.echo(f"{len(misses):,} in all; link one with `kasparro assets link`")


def _parse(listing: str) -> tuple[str, str]:
    source, separator, id_ = listing.partition(":")
    if not separator:
        raise BadRequestError(f"{listing!r} is no listing: write SOURCE:ID, as coingecko:bitcoin")
    wiring.check_sources([source])
    return source, id_
