"""`kasparro terms`: whose the numbers are, and what may be done with them."""

from datetime import timedelta
from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, print_json
from kasparro.core.source import Source
from kasparro.ingestion.sources import BY_NAME

WIDEST = len("redistribution")


def add_to(app: typer.Typer) -> None:
    app.command()(terms)


def terms(
    source: Annotated[str | None, typer.Argument(help="Only of this source.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show each source's licence, attribution, retention and whether it may be passed on."""
    wiring.start()
    names = wiring.check_sources([source] if source is not None else [])
    if as_json:
        print_json([_document(BY_NAME[name]) for name in names])
        return
    for number, name in enumerate(names):
        if number:
            typer.echo()
        _print(BY_NAME[name])


def _print(source: Source) -> None:
    typer.echo(f"{source.name}  {source.homepage}".rstrip())
    lines = {
        "licence": source.terms.licence,
        "attribution": source.terms.attribution,
        "redistribution": "allowed" if source.terms.redistribution else "not allowed",
        "retention": _retention(source),
        "terms": source.terms.url,
    }
    for name, text in lines.items():
        if text:
            typer.echo(f"  {name:<{WIDEST}}  {text}")


def _retention(source: Source) -> str:
    bound, kept = source.terms.retention, wiring.retention(source.name)
    theirs = "its terms set no bound" if bound is None else f"its terms allow {_days(bound)}"
    ours = "kept here for ever" if kept is None else f"kept here for {_days(kept)}"
    setting = f" ({source.name.upper()}_RETENTION_DAYS)" if source.plans else ""
    return f"{theirs}; {ours}{setting}"


def _document(source: Source) -> dict[str, object]:
    kept = wiring.retention(source.name)
    return {
        "source": source.name,
        "homepage": source.homepage,
        "licence": source.terms.licence,
        "attribution": source.terms.attribution,
        "redistribution": source.terms.redistribution,
        "retention_days": kept.days if kept is not None else None,
        "terms": source.terms.url,
    }


def _days(length: timedelta) -> str:
    return f"{length.days:,} days" if length.days != 1 else "1 day"
