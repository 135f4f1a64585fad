"""What the reading side is told about each source: enough to judge its age and to credit it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from kasparro.core.errors import BadRequestError
from kasparro.core.source import Terms
from kasparro.store.reading.database import Database
from kasparro.store.reading.sources import source_exists


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """A source as its declaration and the settings describe it."""

    name: str
    homepage: str
    interval: timedelta | None  # None: it may grow old, as files do, so it never gets stale
    swept_every: timedelta | None  # None: only when somebody asks for it
    terms: Terms


async def check_source(
    database: Database, sources: Iterable[SourceFacts], name: str | None
) -> None:
    """Accept a declared source, and one whose declaration is gone but whose data stayed.

    Raises BadRequestError naming the sources there are.
    """
    declared = [source.name for source in sources]
    if name is None or name in declared or await source_exists(database, name):
        return
    raise BadRequestError(f"there is no such source; there are {', '.join(declared)}")
