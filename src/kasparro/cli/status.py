"""`kasparro status`: how each source stands, when it runs next, what it uses up."""

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, ago, minute, print_json, print_table, size
from kasparro.cli.standing import Overview, SourceStanding, Storage, gather
from kasparro.clock import SystemClock
from kasparro.store.connect import connect


def add_to(app: typer.Typer) -> None:
    app.command()(status)


def status(*, as_json: AsJson = False) -> None:
    """Show how each source stands: last success, next run, calls, disk, what waits for you."""
    settings = wiring.start()
    with wiring.migrated(settings) as url, connect(url) as connection:
        overview = gather(settings, wiring.engine(settings, url), connection)
    if as_json:
        print_json(overview)
        return
    _print_sources(overview)
    typer.echo()
    _print_streams(overview)
    typer.echo()
    typer.echo(_room(overview.storage))
    for line in _attention(overview):
        typer.echo(line)


def _print_sources(overview: Overview) -> None:
    head = ("source", "prices", "last success", "next run", "calls this month", "quarantined",
            "unlinked")  # fmt: skip
    rows = [
        (
            one.source,
            f"{one.prices:,}",
            minute(one.last_success_at),
            _next_run(one),
            _calls(one),
            f"{one.quarantined:,}",
            f"{one.unlinked:,} of {one.listings:,}",
        )
        for one in overview.sources
    ]
    print_table(head, rows)


def _print_streams(overview: Overview) -> None:
    rows = [
        (
            f"{one.source} {one.stream}",
            one.status or "never ran",
            minute(one.last_success_at),
            one.error_message or "",
        )
        for one in overview.streams
    ]
    print_table(("stream", "last run", "last success", "reason"), rows)


def _next_run(one: SourceStanding) -> str:
    if one.next_run_at is None:
        return one.next_run
    return f"{minute(one.next_run_at)}, {ago(SystemClock().now() - one.next_run_at)}"


def _calls(one: SourceStanding) -> str:
    if one.calls_this_month is None:
        return ""
    if one.calls_allowed is None or one.calls_left is None:
        return f"{one.calls_this_month:,} ({one.plan})"
    return (
        f"{one.calls_this_month:,} of {one.calls_allowed:,}, {one.calls_left:,} left ({one.plan})"
    )


def _room(storage: Storage) -> str:
    taken = f"disk: {size(storage.database)}"
    if storage.basis == "nothing yet":
        return f"{taken}; no forecast before the first sweep"
    return f"{taken}; about {size(storage.forecast_per_year)} a year, by {storage.basis}"


def _attention(overview: Overview) -> list[str]:
    """What waits for a person, and the command that shows it."""
    lines = []
    quarantined = sum(one.quarantined for one in overview.sources)
    if quarantined:
        lines.append(f"records in quarantine: {quarantined:,} (kasparro quarantine list)")
    if any(one.unlinked for one in overview.sources):
        lines.append("listings of one symbol that are not linked: kasparro assets candidates")
    return lines
