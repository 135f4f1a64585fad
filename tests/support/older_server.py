"""A PostgreSQL 15, the oldest we accept, where one is installed."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kasparro.store.embedded.programs import account_for

PLACES = ("/usr/lib/postgresql/15/bin", "/usr/pgsql-15/bin", "/opt/homebrew/opt/postgresql@15/bin")
QUICK = "-c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"


def programs() -> Path | None:
    """Where its programs are; None where it is not installed."""
    return next((Path(place) for place in PLACES if (Path(place) / "initdb").exists()), None)


@contextmanager
def older_server(home: Path, binaries: Path) -> Iterator[str]:
    """The URL of one that runs here for as long as it is needed."""
    cluster, port = home / "postgres15", _free_port()
    account = account_for(home, cluster)
    made = account.run([binaries / "initdb", "-D", cluster, "-U", "kasparro", "-A", "trust",
                        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
    assert made.returncode == 0, made.stdout
    control = [binaries / "pg_ctl", "-D", cluster, "-l", home / "postgres15.log", "-w"]
    started = account.run([*control, "start", "-o", f"{QUICK} -c port={port}"])
    assert started.returncode == 0, started.stdout
    try:
        yield f"postgresql://kasparro@127.0.0.1:{port}/postgres"
    finally:
        account.run([*control, "stop", "-m", "immediate"])
        shutil.rmtree(cluster)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
