"""Rate budgets shared by all processes and machines: who may call a source, and when."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from kasparro.core.limits import Limit
from kasparro.store.connect import connect, reaching_the_database
from kasparro.store.queries import queries


class Budget:
    """The calls of one source, counted in the database in calendar windows."""

    def __init__(
        self, url: str, *, source: str, limits: Sequence[Limit], spacing: timedelta
    ) -> None:
        self._url = url
        self._source = source
        self._spacing = spacing
        self._limits = json.dumps(
            [{"calls": limit.calls, "period": limit.window} for limit in limits]
        )

    def take(self, now: datetime) -> datetime | None:
        """Take one call; None when taken, else when to ask again. Raises UnavailableError."""
        arguments = {
            "source": self._source,
            "limits": self._limits,
            "spacing": self._spacing,
            "clock": now,
        }
        with connect(self._url) as connection, reaching_the_database():
            row = connection.execute(queries("budget").take, arguments).fetchone()
        return row[0] if row is not None else None

    def pause(self, until: datetime, reason: str) -> None:
        """No process calls this source before then: it told one of us to slow down."""
        arguments = {"source": self._source, "until": until, "reason": reason}
        with connect(self._url) as connection, reaching_the_database():
            connection.execute(queries("budget").pause, arguments)
