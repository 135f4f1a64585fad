"""Prints how CSV files are understood, before anything is stored."""

import json

import typer

from kasparro.cli.printing import dollars, print_table
from kasparro.clock import SystemClock
from kasparro.core.observation import Observation
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.preview import Preview, preview
from kasparro.ingestion.sources import BY_NAME

COINS_SHOWN = 5


def print_previews(desk: Desk) -> list[str]:
    """Print every file; returns what a person must know of those that cannot be read."""
    datasets, refused = desk.look()
    now = SystemClock().now()
    for dataset in datasets.values():
        for one in preview(BY_NAME["csv"], dataset, now):
            _print(one)
    return [f"{file.path.name}: {file.reason}" for file in refused]


def _print(one: Preview) -> None:
    typer.echo(f"\n{one.file}")
    coins = [
        listing.coin_id or listing.symbol.upper() or id_ for id_, listing in one.listings.items()
    ]
    more = f" and {len(coins) - COINS_SHOWN} more" if len(coins) > COINS_SHOWN else ""
    evidence = {text for item in one.listings.values() for text in item.evidence.values()}
    lines = {
        "shape": one.params.get("shape", ""),
        "dataset": one.dataset,
        "coin": ", ".join(coins[:COINS_SHOWN]) + more,
        "quote": "; ".join(sorted(evidence)) or "US dollars",
        "time zone": one.params.get("timezone") or "as written, else UTC",
        "rows": f"{one.rows:,} read, {one.prices:,} prices, {one.rejected:,} for the quarantine",
    }
    for name, text in lines.items():
        typer.echo(f"  {name:<10} {text}")
    shown = {id(row): row for row in [*one.first, *one.last]}.values()
    rows = [_row(row) for row in shown]
    if rows:
        print_table(("time (UTC)", "coin", "price", "market cap", "volume 24 h"), rows)
    for rejection in one.rejections:
        raw = json.dumps(rejection.raw, default=str)
        typer.echo(f"  refused: {rejection.field}: {rejection.reason}: {raw}")


def _row(row: Observation) -> tuple[str, ...]:
    return (
        f"{row.observed_at:%Y-%m-%d %H:%M:%S}",
        row.source_asset_id,
        dollars(row.price_usd),
        dollars(row.market_cap_usd),
        dollars(row.volume_24h_usd),
    )
