"""Three sources are ingested, and the same input twice changes nothing."""

from kasparro.cli.smoke.site import Site
from kasparro.cli.smoke.verdict import must, must_equal
from kasparro.store.connect import connect
from kasparro.store.digest import digest, holdings
from kasparro.store.links import decisions
from kasparro.store.runs import newest
from kasparro.store.usage import accounts

SOURCES = ["coingecko", "coinpaprika", "csv"]
MANY = 100  # runs; more than there are


def three_sources(site: Site) -> str:
    """All of them by one command, and what they call Bitcoin is one coin."""
    with site.sources() as sources:
        site.run(site.first, "ingest", sources=sources)
    with connect(site.first) as connection:
        runs = newest(connection, limit=MANY)
        prices = {one.source: one.prices for one in accounts(connection, site.moment)}
        named = sorted({one.source for one in decisions(connection, "bitcoin")})
    must_equal("sources that ran", sorted({run.source for run in runs}), SOURCES)
    must_equal("statuses of the runs", {run.status for run in runs}, {"success"})
    must(all(prices.get(name, 0) > 0 for name in SOURCES), f"prices by source: {prices}")
    must_equal("sources of the coin bitcoin", named, SOURCES)
    told = ", ".join(f"{prices[name]:,} of {name}" for name in SOURCES)
    return f"{told}; bitcoin is one coin at all three"


def the_same_twice(site: Site) -> str:
    """Asked again at the same moment of the market, all sources say the same, and nothing moves."""
    with connect(site.first) as connection:
        before, held = digest(connection), holdings(connection)
        known = {run.run_id for run in newest(connection, limit=MANY)}
    with site.sources() as sources:
        site.run(site.first, "ingest", sources=sources)
        must(len(sources.witness.calls()) > 0, "the sources were not asked again")
    with connect(site.first) as connection:
        must_equal("digest after the second time", digest(connection), before)
        must_equal("payloads and prices after it", holdings(connection), held)
        again = [run for run in newest(connection, limit=MANY) if run.run_id not in known]
    must_equal("new or changed prices", sum(run.new + run.changed for run in again), 0)
    unchanged = sum(run.unchanged for run in again)
    must(unchanged > 0, "the second time read nothing")
    return f"{unchanged:,} prices read again, none new, none changed, digest {before[:12]}"
