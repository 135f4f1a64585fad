"""Claims a run for a command: a new one, or the one that waits for a worker."""

from kasparro.cli import wiring
from kasparro.core.errors import BusyError
from kasparro.ingestion.engine import Engine
from kasparro.store import claims, queue, usage
from kasparro.store.claims import Run
from kasparro.store.connect import Connection

ASK_AGAIN_SECONDS = 0.5


def start(
    engine: Engine, connection: Connection, source: str, stream: str, *, own_files: bool
) -> Run:
    """Claim a run; wait at most one lease for whoever is at the stream.

    A run that waits is the same work, unless it means other files than these. Raises BusyError
    naming whoever is at it, or saying that nobody will be.
    """
    deadline = engine.clock.now() + engine.lease_duration
    ways = [claims.start_now] if own_files else [claims.claim_waiting, claims.start_now]
    while True:
        for claim in ways:
            run = claim(
                connection,
                source,
                stream,
                holder=wiring.who_we_are(),
                lease_duration=engine.lease_duration,
                config_version=engine.versions.get(source, ""),
            )
            if run is not None:
                return run
        waiting = queue.waiting(connection, source, stream) if own_files else None
        if waiting is not None and not usage.workers_alive(connection):
            raise BusyError(
                f"{source} {stream} waits as run {waiting}, and no worker is at work: start one"
                f" with `kasparro worker`, or carry it out with `kasparro ingest {source}`"
            )
        if engine.clock.now() >= deadline:
            holder = queue.busy_with(connection, source, stream)
            raise BusyError(f"{source} {stream} is being ingested by {holder}; try again later")
        engine.clock.sleep(ASK_AGAIN_SECONDS)
        claims.abandon_orphans(connection)
