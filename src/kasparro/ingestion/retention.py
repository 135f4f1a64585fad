"""Once a day, removes what is older than its source's terms or its owner allow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from kasparro.core.clock import Clock
from kasparro.core.errors import BusyError, NotFoundError
from kasparro.store.purge import forget_older

EVERY = timedelta(days=1)
BUSY_FOR = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Retention:
    """`kept` is how long what each source said may be kept; the others keep for ever."""

    kept: Mapping[str, timedelta] = field(default_factory=dict)
    _due: dict[str, datetime] = field(default_factory=dict)

    def apply(
        self, url: str, source: str, *, clock: Clock, holder: str, lease_duration: timedelta
    ) -> None:
        """Remove what is too old, if it is time for that. Raises UnavailableError."""
        now = clock.now()
        if source not in self.kept or now < self._due.get(source, now):
            return
        before = now - self.kept[source]
        try:
            gone = forget_older(url, source, before, holder=holder, lease_duration=lease_duration)
        except (BusyError, NotFoundError) as reason:  # another process is at it, or nothing is here
            log.debug("retention put off", source=source, reason=str(reason))
            self._due[source] = now + BUSY_FOR
            return
        self._due[source] = now + EVERY
        if any(gone.values()):
            log.info("retention applied", source=source, before=before.isoformat(), **gone)
