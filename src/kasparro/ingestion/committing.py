"""Commits one step of a run and says so where every step is to be seen."""

import structlog

from kasparro.store.steps import Committed, Step
from kasparro.store.writer import StreamWriter

log = structlog.get_logger()


def commit(writer: StreamWriter, step: Step) -> Committed:
    """Raises what the writer raises; then nothing was committed, and nothing is said."""
    committed = writer.commit(step)
    log.debug(
        "committed",
        new=committed.new,
        changed=committed.changed,
        unchanged=committed.unchanged,
        quarantined=committed.quarantined,
        payload_stored=committed.stored,
        cursor=dict(step.checkpoint.cursor),
        sweep_complete=step.complete,
    )
    return committed
