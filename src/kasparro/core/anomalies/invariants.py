"""Facts that are wrong whatever the runs before were like."""

from collections.abc import Iterator
from datetime import timedelta

from kasparro.core.anomalies.facts import Missing, RunFacts
from kasparro.core.anomalies.finding import Finding
from kasparro.core.anomalies.wording import listed, span

YOUNGEST_STALE = timedelta(minutes=15)
RESEND = timedelta(minutes=15)  # within it, an answer may well be the same as before


def broken(
    run: RunFacts,
    before: RunFacts | None,
    *,
    missing: Missing,
    interval: timedelta,
    carries_prices: bool,
) -> Iterator[Finding]:
    """What is wrong with a complete run; `before` is the complete one before it."""
    yield from _coverage(missing)
    if run.values.get("not_positive"):
        number = run.values["not_positive"]
        yield Finding(
            name="non_positive_price",
            kind="invariant",
            cause="content",
            severity="warn",
            message=f"{number:,.0f} prices of nothing or less, now in quarantine",
            expected=0,
            actual=number,
        )
    if before is not None:
        yield from _checkpoint(run, before)
    if run.only_news:
        return
    if not run.records:
        yield Finding(
            name="no_rows",
            kind="invariant",
            cause="volume",
            severity="critical",
            message="the sweep is complete and had no record in it",
            actual=0,
            spoils=True,
        )
    elif carries_prices:
        yield from _age(run, before, interval)


def failed(run: RunFacts, *, again: bool) -> Finding:
    """A run that failed; `again`: the one before it had failed too."""
    advice = " It is not asked again before its settings change." * (run.error_kind == "refused")
    return Finding(
        name="failed",
        kind="failure",
        cause="run",
        severity="critical" if again or run.error_kind in ("refused", "defect") else "warn",
        message=f"the run failed: {(run.error_message or 'no reason given').rstrip('.')}.{advice}",
        spoils=True,
    )


def _coverage(missing: Missing) -> Iterator[Finding]:
    if missing.ids:
        words = f"{len(missing.ids):,} tracked coins are not in this sweep: {listed(missing.ids)}"
        if missing.unlisted:
            words += f"; no longer listed at all: {listed(missing.unlisted)}"
        yield Finding(
            name="missing_asset",
            kind="invariant",
            cause="coverage",
            severity="warn",
            message=words,
            expected=0,
            actual=len(missing.ids),
            listings=missing.ids,
        )
    if missing.top:
        yield Finding(
            name="missing_top_asset",
            kind="invariant",
            cause="coverage",
            severity="critical",
            message=f"of the hundred largest coins these are missing: {listed(missing.top)}",
            expected=0,
            actual=len(missing.top),
            listings=missing.top,
        )


def _checkpoint(run: RunFacts, before: RunFacts) -> Iterator[Finding]:
    found_at = run.checkpoint_found_at
    if run.at >= before.at and found_at is not None and found_at >= before.at:
        return
    if run.at < before.at:
        words = f"the clock of this machine is {span(before.at - run.at)} behind that of the run"
        words += f" before, {before.run_id}"
    else:
        found = "none" if found_at is None else f"{found_at:%Y-%m-%d %H:%M:%S} UTC"
        words = f"the checkpoint says {found} was the last success, and {before.run_id} was later:"
        words += " was an older backup restored?"
    yield Finding(
        name="checkpoint_moved_back",
        kind="invariant",
        cause="run",
        severity="critical",
        message=words,
    )


def _age(run: RunFacts, before: RunFacts | None, interval: timedelta) -> Iterator[Finding]:
    newest = run.newest_observed_at
    if newest is None:
        return
    oldest_allowed = max(YOUNGEST_STALE, 2 * interval)
    if run.at - newest > oldest_allowed:
        age = run.at - newest
        yield Finding(
            name="stale",
            kind="invariant",
            cause="freshness",
            severity="critical",
            message=f"the newest price is {span(age)} old, not {span(oldest_allowed)} at most",
            expected=oldest_allowed.total_seconds(),
            actual=age.total_seconds(),
            spoils=True,
        )
    if before is None or run.since_last is None or run.since_last < RESEND:
        return
    same_bytes = run.values.get("payloads_stored") == 0 and run.values.get("payloads", 0) > 0
    known = before.newest_observed_at
    if same_bytes or (known is not None and newest <= known):
        what = "every byte" if same_bytes else "the newest time"
        yield Finding(
            name="unchanged_resend",
            kind="invariant",
            cause="freshness",
            severity="warn",
            message=f"{what} is as it was {span(run.since_last)} ago: the source sends old data",
            spoils=True,
        )
