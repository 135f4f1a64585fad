"""What a person wants to see first: the largest coins, and how each source is doing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kasparro.core.errors import UnavailableError
from kasparro.services.facts import SourceFacts
from kasparro.services.health import Health, Outlook, check_health, outlooks
from kasparro.store.reading.assets import Quote, read_largest
from kasparro.store.reading.database import Database

COINS_SHOWN = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What stands on the page; without a database only the health."""

    health: Health
    quotes: Sequence[Quote] = ()
    outlooks: dict[str, Outlook] = field(default_factory=dict)


async def overview(database: Database, sources: Sequence[SourceFacts], now: datetime) -> Overview:
    """Never raises for a database that is not there, or leaves in the middle."""
    health = await check_health(database, sources, now)
    if not health.reachable:
        return Overview(health=health)
    try:
        return Overview(
            health=health,
            quotes=await read_largest(database, COINS_SHOWN),
            outlooks=await outlooks(database, sources, health),
        )
    except UnavailableError:
        return Overview(health=await check_health(database, sources, now))
