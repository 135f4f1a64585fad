"""Makes what is past take less room, a little at a time: payloads are packed, months rewritten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from kasparro.core.clock import Clock
from kasparro.core.errors import BusyError
from kasparro.store.compaction import compact_payloads
from kasparro.store.connect import Connection
from kasparro.store.rewriting import Closed, out_of_order, rewrite

PLAIN_FOR = timedelta(days=2)  # payloads anybody may want to look at stay plain
SETTLED = timedelta(days=2)  # after its end a month gets no late prices any more
A_FEW = 10  # payloads, some seconds of work
MOST_ROWS = 5_000_000  # that are rewritten unasked: runs wait meanwhile, less than a minute here
EVERY = timedelta(hours=1)
BUSY_FOR = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """What a worker does about the past when it has nothing else to do."""

    url: str
    clock: Clock
    holder: str
    lease_duration: timedelta
    _due: datetime | None = None  # None: at once

    def apply(self, connection: Connection) -> None:
        """One step of it, if it is time for that. Raises UnavailableError."""
        now = self.clock.now()
        if self._due is not None and now < self._due:
            return
        if compact_payloads(connection, now - PLAIN_FOR, limit=A_FEW) == A_FEW:
            return
        self._due = now + EVERY
        for partition in out_of_order(connection, now - SETTLED, largest=MOST_ROWS)[:1]:
            self._due = now + self._rewrite(partition)

    def _rewrite(self, partition: Closed) -> timedelta:
        """Returns how long to leave things alone afterwards."""
        try:
            rewrite(self.url, partition, holder=self.holder, lease_duration=self.lease_duration)
        except BusyError as reason:
            log.debug("rewriting put off", partition=partition.name, reason=str(reason))
            return BUSY_FOR
        log.info("partition rewritten", partition=partition.name, rows=partition.rows)
        return timedelta()
