"""`kasparro db compact`: makes what is past take less room, now."""

from datetime import timedelta
from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import size
from kasparro.clock import SystemClock
from kasparro.ingestion.upkeep import A_FEW, PLAIN_FOR, SETTLED
from kasparro.store import usage
from kasparro.store.compaction import compact_payloads
from kasparro.store.connect import connect
from kasparro.store.rewriting import out_of_order, rewrite

LARGEST = 1 << 62  # rows of a partition: any


def add_to(app: typer.Typer) -> None:
    app.command()(compact)


def compact(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also payloads of the last two days.")
    ] = False,
) -> None:
    """Pack old payloads and put closed months in key order, as a worker does bit by bit."""
    settings = wiring.start()
    clock = SystemClock()
    with wiring.migrated(settings) as address, connect(address) as connection:
        before = clock.now() - (timedelta() if everything else PLAIN_FOR)
        while compact_payloads(connection, before, limit=A_FEW):
            pass
        for partition in out_of_order(connection, clock.now() - SETTLED, largest=LARGEST):
            typer.echo(f"rewriting {partition.name}, about {partition.rows:,} prices")
            rewrite(
                address,
                partition,
                holder=wiring.who_we_are(),
                lease_duration=wiring.lease_duration(settings),
            )
        typer.echo(f"the database takes {size(usage.sizes(connection).database)}")
