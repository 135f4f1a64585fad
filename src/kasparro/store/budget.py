"""Rate budgets shared by all processes and machines: who may call a source, and when."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import LiteralString

from kasparro.core.errors import UnavailableError
from kasparro.core.limits import Limit
from kasparro.store.connect import Connection, Cursor, connect, reaching_the_database
from kasparro.store.queries import queries


class Budget:
    """The calls of one source, counted in the database in calendar windows."""

    def __init__(
        self, url: str, *, source: str, limits: Sequence[Limit], spacing: timedelta
    ) -> None:
        self._url = url
        self._connection: Connection | None = None
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
        row = self._ask(queries("budget").take, arguments).fetchone()
        return row[0] if row is not None else None

    def pause(self, until: datetime, reason: str) -> None:
        """No process calls this source before then: it told one of us to slow down."""
        arguments = {"source": self._source, "until": until, "reason": reason}
        self._ask(queries("budget").pause, arguments)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _ask(self, query: LiteralString, arguments: Mapping[str, object]) -> Cursor:
        if self._connection is None:
            self._connection = connect(self._url)
        try:
            with reaching_the_database(self._url):
                return self._connection.execute(query, arguments)
        except UnavailableError:
            self.close()
            raise
