"""Is the worker of this host at work? For supervisors, who ask often.

`python -m kasparro.cli.alive` asks what `kasparro worker --alive` asks, of the database in
DATABASE_URL, and loads a quarter of the code.
"""

import socket
import sys

from kasparro.core.errors import ConfigurationError, KasparroError, UnavailableError
from kasparro.settings import load_settings
from kasparro.store import workers
from kasparro.store.connect import connect, reaching_the_database


def require_worker(url: str) -> str:
    """Says where it is. Raises UnavailableError when none of this host was seen lately."""
    host = socket.gethostname()
    with connect(url) as connection, reaching_the_database(url):
        if not workers.worker_alive(connection, host):
            raise UnavailableError(f"no worker is at work on {host}")
    return f"a worker is at work on {host}"


def main() -> None:
    """Print the answer; exit 1 with the reason where there is none."""
    try:
        url = load_settings().database_url
        if url is None:
            raise ConfigurationError("DATABASE_URL is not set: ask with kasparro worker --alive")
        print(require_worker(url))
    except KasparroError as error:
        sys.exit(f"kasparro: {error}")


if __name__ == "__main__":
    main()
