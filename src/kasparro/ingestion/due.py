"""When a stream is due, by what the database remembers of its runs."""

from datetime import datetime, timedelta

from kasparro.core.schedule import LastRun, next_start
from kasparro.ingestion.access import Access
from kasparro.store.streams import StreamState


def due(
    state: StreamState, access: Access | None, *, interval: timedelta, offset: timedelta
) -> datetime | None:
    """When the stream starts next; None: at once."""
    return next_start(_last_run(state, access), interval=interval, offset=offset)


def _last_run(state: StreamState, access: Access | None) -> LastRun | None:
    if state.started_at is None or state.ending is None:
        return None
    return LastRun(
        started_at=state.started_at,
        ending=state.ending,
        refused=state.error_kind == "refused",
        same_configuration=access is None or access.version == state.config_version,
        failures_in_a_row=state.failures_in_a_row,
    )
