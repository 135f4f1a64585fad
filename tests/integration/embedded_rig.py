"""Processes that use an embedded server, for the tests of its life and its troubles."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from kasparro.core.errors import KasparroError
from kasparro.store import embedded
from kasparro.store.embedded.programs import program

FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB"}
HOLD = f"""
import sys
from pathlib import Path
from kasparro.store import embedded

with embedded.hold(Path(sys.argv[1]), settings={FAST!r}) as url:
    print(url, flush=True)
    sys.stdin.readline()
"""
IMPATIENT = "from kasparro.store.embedded import server; server.START_SECONDS = 1"
ATTEMPT = """
import sys
from pathlib import Path
from kasparro.core.errors import KasparroError
from kasparro.store import embedded

{before}
try:
    with embedded.hold(Path(sys.argv[1]), settings={settings!r}) as url:
        print(url)
except KasparroError as error:
    print(type(error).__name__, error)
"""


class Holder:
    """Another process that holds the server until it is told to leave, or killed."""

    def __init__(self, data_dir: Path, *, script: str = HOLD, prefix: Sequence[str] = ()) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", script, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # its own process group, as a terminal gives it
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        self.process.communicate("\n")
        return self.process.returncode

    def interrupt(self) -> int:
        """Ctrl-C: SIGINT to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def attempt(
    data_dir: Path, *, before: str = "", prefix: Sequence[str] = (), **settings: str
) -> str:
    """What a process of its own gets from `hold`: the URL, or the error's name and text."""
    script = ATTEMPT.format(before=before, settings=FAST | settings)
    done = subprocess.run(
        [*prefix, sys.executable, "-c", script, str(data_dir)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def answer(url: str, query: str = "select 1") -> object:
    """One value from the server."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def wait_until(claim: Callable[[], bool], *, seconds: float = 30) -> None:
    """Watch until the claim is true; every pause is a millisecond."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.001)


def all_gone(data_dir: Path) -> bool:
    """Whether no process of PostgreSQL is left at work in this directory."""
    return not list(_at_work_in(data_dir))


def kill_all(data_dir: Path) -> None:
    """SIGKILL for everything of PostgreSQL in this directory."""
    for pid in _at_work_in(data_dir):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def cleaned_up(data_dir: Path) -> Iterator[Path]:
    """Whatever the test did, no server outlives it."""
    try:
        yield data_dir
    finally:
        for pid in _at_work_in(data_dir):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        with suppress(KasparroError):
            embedded.stop(data_dir)
        kill_all(data_dir)
        wait_until(lambda: all_gone(data_dir))


def _at_work_in(data_dir: Path) -> Iterator[int]:
    """Processes that serve or make a cluster in this directory, as Linux shows them."""
    programs = str(program("postgres").parent)
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            named = words[0].startswith(programs) and any(str(data_dir) in word for word in words)
            if named or (entry / "cwd").readlink().is_relative_to(data_dir / "postgres"):
                yield int(entry.name)


@contextmanager
def ready_made(factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Path]:
    """A data directory with a cluster in it: a copy, for initdb takes most of a second."""
    made = factory.getbasetemp() / "embedded"
    if not made.exists():
        with embedded.hold(made, settings=FAST):
            pass
    shutil.copytree(made, data_dir)
    with cleaned_up(data_dir):
        yield data_dir
