"""Makes the embedded server's cluster, whole or not at all, and refuses one it cannot serve.

initdb works in a directory of its own, which becomes the cluster by one rename: what it leaves when
it is killed has a name of its own, and never held data.
"""

import os
import secrets
import shutil
from pathlib import Path

from kasparro.core.errors import ConfigurationError
from kasparro.store.durable import sync_directory
from kasparro.store.embedded.file_lock import open_private
from kasparro.store.embedded.programs import MAJOR, Account, program

USER = "kasparro"
PASSWORD_FILE = "kasparro.password"  # noqa: S105  a file's name; inside, so that they move together
# PostgreSQL cuts paths at 1,023 bytes and goes on with what is left, even when it deletes.
LONGEST_PATH_BYTES = 900
# The built-in provider orders and folds text alike on every system, unlike libc's locales.
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def password(cluster: Path) -> str:
    """The random password this cluster was made with."""
    try:
        return (cluster / PASSWORD_FILE).read_text()
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the password of the embedded PostgreSQL, {cluster / PASSWORD_FILE}"
            f" ({error.strerror}): bring it back from a backup, or set KASPARRO_DATA_DIR to"
            " another directory"
        ) from error


def make(cluster: Path, account: Account, *, sync: bool, keep_open: int) -> None:
    """Make the cluster unless it is there; initdb inherits the descriptor `keep_open`.

    Raises ConfigurationError with initdb's words when it cannot be made, or when what is there was
    not made by this version of PostgreSQL.
    """
    _check_length(cluster)
    if (cluster / "PG_VERSION").exists():
        _check_version(cluster)
        return
    if cluster.exists() and any(cluster.iterdir()):
        raise ConfigurationError(
            f"{cluster} is not empty and holds no PostgreSQL cluster: move it away, or set"
            " KASPARRO_DATA_DIR to another directory"
        )
    workshop = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(workshop, ignore_errors=True)  # of an initdb that was killed
    try:
        _initdb(workshop, account, sync=sync, keep_open=keep_open)
        (workshop / "cluster").rename(cluster)
        sync_directory(cluster.parent)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _initdb(workshop: Path, account: Account, *, sync: bool, keep_open: int) -> None:
    workshop.mkdir(mode=0o700)
    pwfile = workshop / "password"
    with os.fdopen(open_private(pwfile), "w") as file:
        file.write(secrets.token_urlsafe(24))
        file.flush()
        os.fsync(file.fileno())
    account.adopt(workshop)
    account.adopt(pwfile)
    command: list[str | Path] = [program("initdb"), "-D", workshop / "cluster", "-U", USER]
    command += [
        f"--pwfile={pwfile}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *LOCALE,
        *([] if sync else ["--no-sync"]),
    ]
    done = account.run(command, pass_fds=(keep_open,))
    if done.returncode != 0:
        raise ConfigurationError(
            f"{done.stdout.strip()}\ninitdb could not make the embedded PostgreSQL in"
            f" {workshop.parent} and said why above: mend that, or set KASPARRO_DATA_DIR to another"
            " directory"
        )
    pwfile.rename(workshop / "cluster" / PASSWORD_FILE)
    sync_directory(workshop / "cluster")


def _check_length(cluster: Path) -> None:
    if len(os.fsencode(cluster)) > LONGEST_PATH_BYTES:
        raise ConfigurationError(
            f"the path of {cluster} is longer than the {LONGEST_PATH_BYTES} bytes the embedded"
            " PostgreSQL can work with: set KASPARRO_DATA_DIR to a shorter one"
        )


def _check_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != str(MAJOR):
        raise ConfigurationError(
            f"{cluster} was made by PostgreSQL {found}, this version of kasparro carries {MAJOR}:"
            " back it up with the version that made it and restore it into an empty"
            " KASPARRO_DATA_DIR, or set DATABASE_URL to a PostgreSQL server"
        )
