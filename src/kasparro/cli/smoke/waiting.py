"""A source that says how long to wait is not asked before; each wait is on record."""

from decimal import Decimal

from kasparro.cli.smoke.site import Site
from kasparro.cli.smoke.verdict import must, must_equal
from kasparro.cli.smoke.witness import Call
from kasparro.sandbox.faults.script import Rule, Script
from kasparro.sandbox.faults.slow_down import RateLimitedSeconds
from kasparro.store.connect import connect
from kasparro.store.runs import newest

TOLD = {"coinpaprika": 2, "coingecko": 3}  # seconds
PATHS = {"coinpaprika": "/tickers", "coingecko": "/coins/markets"}
TOO_MANY = 429


def waits_as_told(site: Site) -> str:
    """Both sources answer 429 with Retry-After once."""
    rules = tuple(
        Rule.model_validate(
            {
                "fault": RateLimitedSeconds(seconds=seconds),
                "source": name,
                "path": PATHS[name],
                "calls": "1",
            }
        )
        for name, seconds in TOLD.items()
    )
    with site.database() as url, site.sources() as sources:
        sources.sandbox.faults.load(Script(rules=rules))
        site.run(url, "ingest", *TOLD, sources=sources, COINGECKO_TOP="250")
        with connect(url) as connection:
            recorded = {run.source: run for run in newest(connection)}
        seen = []
        for name, told in TOLD.items():
            calls = [one for one in sources.witness.calls() if one.path.endswith(PATHS[name])]
            waited = judge(name, calls, told)
            run = recorded[name]
            must_equal(f"status of {run.run_id}", run.status, "success")
            must(run.waits >= 1, f"{run.run_id} has no wait on record")
            must(
                Decimal(run.wait_seconds) >= told,
                f"{run.run_id} has {run.wait_seconds} s of waiting on record, was told {told}",
            )
            seen.append(f"{name} said {told} s, was asked again after {waited:.1f} s")
    return "; ".join(seen)


def judge(name: str, calls: list[Call], told: float) -> float:
    """How long after its refusal the source was asked again, in seconds."""
    must(len(calls) > 1, f"{name} was asked {len(calls)} times")
    refused, following = calls[0], calls[1]
    must_equal(f"first answer of {name}", refused.status, TOO_MANY)
    waited = following.came_at - (refused.answered_at or refused.came_at)
    must(waited >= told, f"{name} said {told} s and was asked again after {waited:.2f} s")
    return waited
