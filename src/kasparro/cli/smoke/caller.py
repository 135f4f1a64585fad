"""A process that asks one source so many times, as fast as the shared budget lets it."""

import sys
from datetime import timedelta

from kasparro.cli import wiring
from kasparro.clock import SystemClock
from kasparro.ingestion.exchange import new_client
from kasparro.ingestion.fetch import HttpFetch
from kasparro.ingestion.sources import BY_NAME
from kasparro.store.budget import Budget
from kasparro.store.steps import Tally

SOURCE = "coinpaprika"
PATIENCE = timedelta(minutes=2)


def main() -> None:
    """Ask so often, and print how often that was."""
    settings = wiring.start()
    access = wiring.source_access(settings, SOURCE)
    question = BY_NAME[SOURCE].probe
    if settings.database_url is None or question is None:
        sys.exit("needs DATABASE_URL, and a source that can be probed")
    budget = Budget(
        settings.database_url, source=SOURCE, limits=access.limits, spacing=access.spacing
    )
    tally = Tally()
    with new_client() as client:
        fetch = HttpFetch(
            client,
            access.endpoint,
            budget=budget,
            clock=SystemClock(),
            tally=tally,
            patience=PATIENCE,
        )
        for _ in range(int(sys.argv[1])):
            fetch(question, {}, {})
    budget.close()
    print(tally.calls)


if __name__ == "__main__":
    main()
