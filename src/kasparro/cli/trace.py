"""`kasparro trace`: from a number back to what its source sent."""

import sys
from typing import Annotated, Any

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, print_json
from kasparro.core.errors import NotFoundError
from kasparro.ingestion.interpret import split_page
from kasparro.ingestion.sources import BY_NAME
from kasparro.store.connect import connect
from kasparro.store.pedigree import Pedigree, pedigree


def add_to(app: typer.Typer) -> None:
    app.command()(trace)


def trace(
    number: Annotated[
        int, typer.Argument(metavar="ID", help="Of a row of /data or crypto_prices.")
    ],
    *,
    body: Annotated[
        bool, typer.Option("--body", help="Only the bytes of the whole answer, as they came.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Follow a number back: who said it, where and when it was asked for, and its record."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        found = pedigree(connection, number)
    if body:
        sys.stdout.buffer.write(found.payload.body)
        return
    told = _told(found)
    if as_json:
        print_json(told)
        return
    record = told.pop("record")
    width = max(map(len, told))
    for name, value in told.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {value}")
    typer.echo(f"record {found.position:,} of it:")
    print_json(record)


def _told(found: Pedigree) -> dict[str, Any]:
    payload = found.payload
    return {
        "source": found.source,
        "stream": found.stream,
        "asked_for": payload.request.path,
        "fetched_at": f"{payload.fetched_at:%Y-%m-%dT%H:%M:%SZ}",
        "run": found.run_id,
        "payload": found.payload_id,
        "bytes": found.size,
        "sha256": found.sha256,
        "record": _record(found),
    }


def _record(found: Pedigree) -> Any:
    """Raises NotFoundError when the payload has no record at this position."""
    stream = BY_NAME[found.source].stream(found.stream)
    records = split_page(stream, found.payload, (), plain=True).records
    if found.position >= len(records):
        raise NotFoundError(
            f"payload {found.payload_id} has {len(records):,} records, none at {found.position:,}"
        )
    return records[found.position]
