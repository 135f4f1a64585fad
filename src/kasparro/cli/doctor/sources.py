"""The sources: their settings, whether they answer and take our key, what is left of the month."""

from datetime import datetime

import httpx2

from kasparro.cli import wiring
from kasparro.cli.doctor.database import clock
from kasparro.cli.doctor.finding import Finding, ok, problem, warning
from kasparro.clock import SystemClock
from kasparro.core.errors import ConfigurationError, RefusedError
from kasparro.core.source import Source
from kasparro.ingestion.access import Access
from kasparro.ingestion.exchange import new_client
from kasparro.ingestion.probe import probe
from kasparro.ingestion.sources import BY_NAME
from kasparro.settings import Settings, load_source_settings
from kasparro.store import usage
from kasparro.store.budget import Budget
from kasparro.store.connect import connect

TIMEOUT = httpx2.Timeout(8, connect=5)
NEARLY_SPENT = 0.9  # of what we allow ourselves in a month


def source(settings: Settings, name: str, url: str | None) -> list[Finding]:
    """Look at one source; without a database its calls are not counted."""
    try:
        access = wiring.source_access(settings, name)
    except ConfigurationError as error:
        return [problem(f"{name} access", str(error))]
    now = SystemClock().now()
    found = [_plan(name, access)]
    if url is not None:
        found.append(_calls(name, access, url, now))
    if BY_NAME[name].probe is None:
        return found
    return found + _ask(BY_NAME[name], access, url, now)


def _plan(name: str, access: Access) -> Finding:
    host = httpx2.URL(access.endpoint.base_url).netloc.decode()
    keyed = "with a key" if access.endpoint.key is not None else "without a key"
    own = load_source_settings(name)
    if own.plan is not None and own.api_key is None:
        says = f"{name.upper()}_PLAN={own.plan} does nothing without a key"
        return warning(f"{name} access", says, f"Set {name.upper()}_API_KEY too, or unset it")
    return ok(f"{name} access", f"asked at {host} {keyed}, plan {access.plan}")


def _calls(name: str, access: Access, url: str, now: datetime) -> Finding:
    allowed = min((limit.calls for limit in access.limits if limit.window == "month"), default=0)
    with connect(url) as connection:
        made = usage.calls_this_month(connection, name, now)
    if not allowed:
        return ok(f"{name} calls", f"{made:,} calls this month")
    says = f"{made:,} calls this month, {max(0, allowed - made):,} left"
    advice = f"Ask less often: {name.upper()}_INTERVAL_MINUTES, {name.upper()}_TOP"
    if made >= allowed:
        return problem(f"{name} calls", says, advice)
    if made >= NEARLY_SPENT * allowed:
        return warning(f"{name} calls", says, advice)
    return ok(f"{name} calls", says)


def _ask(source: Source, access: Access, url: str | None, now: datetime) -> list[Finding]:
    about = f"{source.name} answer"
    if url is not None:
        budget = Budget(url, source=source.name, limits=access.limits, spacing=access.spacing)
        try:
            free_at = budget.take(now)
        finally:
            budget.close()
        if free_at is not None:
            says = f"not asked: its next call is allowed at {free_at:%Y-%m-%d %H:%M:%S}"
            return [ok(about, says)]
    if source.probe is None:
        return []
    with new_client() as client:
        client.timeout = TIMEOUT
        seen = probe(client, access.endpoint, source.probe, SystemClock())
    if isinstance(seen.error, RefusedError):
        found = [problem(about, f"refuses us: {seen.error}")]
    elif seen.error is not None:
        found = [problem(about, str(seen.error))]
    else:
        found = [ok(about, f"answers in {seen.took.total_seconds() * 1000:.0f} ms")]
    return [*found, clock(source.name, seen.ahead)] if seen.ahead is not None else found
