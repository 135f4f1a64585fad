"""`kasparro track`: coins to be asked for by id, whatever their rank."""

from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, ago, dollars, minute, print_json, print_table
from kasparro.clock import SystemClock
from kasparro.core.errors import BadRequestError
from kasparro.ingestion.sources import BY_NAME
from kasparro.ingestion.tracking import track as pin
from kasparro.ingestion.tracking import untrack
from kasparro.store import pins
from kasparro.store.connect import connect
from kasparro.store.pins import Pinned


def add_to(app: typer.Typer) -> None:
    app.command()(track)


def track(
    coins: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COIN…", help="As in bitcoin, or SOURCE:ID as in coingecko:some-coin."
        ),
    ] = None,
    *,
    listing: Annotated[bool, typer.Option("--list", help="Show what is tracked so.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take it back; what was seen once stays tracked.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Track coins by id, even outside the top ranks; alone or with --list, show which."""
    settings = wiring.start()
    if remove and not coins:
        raise BadRequestError("name the coins: kasparro track --remove COIN…")
    with wiring.migrated(settings) as url, connect(url) as connection:
        if coins and remove:
            untrack(connection, coins)
        elif coins:
            pin(connection, BY_NAME, coins)
        standing = pins.pinned(connection)
    if as_json:
        print_json(standing)
    elif standing:
        _show(standing)
    elif listing or not coins:
        typer.echo("no coin is tracked by id; each source's top ranks are: kasparro track COIN…")


def _show(standing: list[Pinned]) -> None:
    now = SystemClock().now()
    rows = [
        (
            one.pin,
            f"{one.source}:{one.source_asset_id}" if one.source is not None else "",
            one.name or "",
            dollars(one.price_usd),
            ago(now - one.observed_at) if one.observed_at is not None else "",
            _state(one),
        )
        for one in standing
    ]
    print_table(("coin", "asked for as", "name", "price", "as of", "state"), rows)


def _state(one: Pinned) -> str:
    if one.source is None:
        return "no source has it any more"
    if one.unlisted_at is not None:
        return f"not listed there since {minute(one.unlisted_at)}"
    if one.last_seen_at is not None:
        return "tracked"
    if one.unknown_since is not None:
        return f"not known there on {minute(one.unknown_since)}; asked again after a day"
    return "asked for from the next sweep on"
