"""Everything a scrape says of the database, made at the moment of asking.

So it is true wherever the workers run. Without a database there are no numbers, rather than old
ones or zeros.
"""

from collections.abc import Sequence
from datetime import datetime

from kasparro.core.errors import UnavailableError
from kasparro.services.facts import SourceFacts
from kasparro.services.metrics.family import Family
from kasparro.services.metrics.findings import of_findings
from kasparro.services.metrics.installation import of_installation
from kasparro.services.metrics.runs import of_runs
from kasparro.services.metrics.sources import of_sources
from kasparro.services.metrics.streams import of_streams
from kasparro.store.reading.database import Database
from kasparro.store.reading.metrics import Installation, Readings, read_metrics


async def scrape(
    database: Database, sources: Sequence[SourceFacts], now: datetime, version: str
) -> list[Family]:
    """Never raises for a database that is not there: that is the answer."""
    try:
        readings = await read_metrics(database, now)
    except UnavailableError:
        return of_us(version, reached=False)
    return [*of_us(version, reached=True), *of_database(readings, sources)]


def of_us(version: str, *, reached: bool) -> list[Family]:
    """What is known without a database."""
    return [
        Family("build_info", "The code that answers.", ("version",), {(version,): 1}),
        Family("database_up", "1: the database answered this scrape.", (), {(): int(reached)}),
    ]


def of_database(readings: Readings, sources: Sequence[SourceFacts]) -> list[Family]:
    """Every metric of these readings."""
    return [
        *of_installation(readings.installation),
        *of_sources(readings.sources, sources),
        *of_runs([(s.source, s.stream) for s in readings.streams], readings.totals),
        *of_streams(readings.streams),
        *of_findings([one.source for one in readings.sources], readings.drift, readings.anomalies),
    ]


def every_family() -> list[Family]:
    """All metrics there are, of an installation without sources: for whoever describes them."""
    nothing = Readings(
        installation=Installation("", "", 0, 0, 0, 0, 0),
        sources=[],
        totals=[],
        streams=[],
        anomalies=[],
        drift=[],
    )
    return [*of_us("", reached=True), *of_database(nothing, [])]
