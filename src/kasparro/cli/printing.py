"""How commands print: tables for eyes on a terminal, plain columns elsewhere, JSON for scripts."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")]

ENCODER = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
SPANS = {"days": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}
THOUSAND = 1_000


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns that start under their heads; off a terminal nothing is cut, wrapped or drawn."""
    if sys.stdout.isatty():
        table = Table(*head, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    lines = [head, *rows]
    widths = [max(len(line[number]) for line in lines) for number in range(len(head))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def print_json(document: Any) -> None:
    """Dataclasses, times in RFC 3339, and every digit of a number."""
    typer.echo(msgspec.json.format(ENCODER.encode(document), indent=2).decode())


def minute(instant: datetime | None, *, never: str = "never") -> str:
    """A time as people read it, in UTC."""
    return f"{instant:%Y-%m-%d %H:%M}" if instant is not None else never


def ago(age: timedelta) -> str:
    """How long ago, or how soon where it is less than nothing."""
    return f"{span(age)} ago" if age >= timedelta() else f"in {span(age)}"


def span(length: timedelta) -> str:
    """A length of time in its largest unit of which there are two or more."""
    for unit, one in SPANS.items():
        if abs(length) >= 2 * one:
            return f"{abs(length) / one:.0f} {unit}"
    return f"{abs(length).total_seconds():.0f} s"


def size(number: float) -> str:
    """A number of bytes as people say it."""
    if number < THOUSAND:
        return f"{number:.0f} bytes"
    for unit in ("kB", "MB"):
        number /= THOUSAND
        if number < THOUSAND:
            return f"{number:.0f} {unit}"
    return f"{number / THOUSAND:.1f} GB"


def dollars(price: Decimal | None) -> str:
    """A price with every digit that matters."""
    return f"${price.normalize():,f}" if price is not None else ""
