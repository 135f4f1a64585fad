"""What an embedded server writes about itself: its pid file and its log."""

import os
from pathlib import Path

from kasparro.store.embedded.file_lock import open_private

PORT_LINE, STATUS_LINE = 3, 7  # of postmaster.pid, counted from 0; as PostgreSQL 10 to 18 write it
NOBODYS_PID = 2**31 - 1  # larger than any system gives out
LOG_BYTES = 8 * 2**20
TAIL_BYTES = 2000


class PidFile:
    """The postmaster.pid of a cluster; it may be missing, half written or a dead server's."""

    def __init__(self, cluster: Path) -> None:
        self._path = cluster / "postmaster.pid"

    def pid(self) -> int | None:
        """The number of a process that may be the server; never one that means a group."""
        pid = _number(self._lines(), 0)
        return pid if pid is not None and 0 < pid < NOBODYS_PID else None

    def ready_port(self) -> int | None:
        """The port, if the server says that it takes connections."""
        lines = self._lines()
        ready = len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"
        return _number(lines, PORT_LINE) if ready else None

    def retire(self) -> None:
        """Let PostgreSQL see that its writer is dead, whoever has that number by now.

        The rest stays: PostgreSQL still checks that nobody uses the shared memory it names.
        """
        if self._path.exists():
            self._path.write_text("\n".join([str(NOBODYS_PID), *self._lines()[1:], ""]))

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []


class ServerLog:
    """The log of the newest launches, of bounded size when a server starts."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> int:
        """A descriptor to append to; a log that has grown makes room first."""
        if self.size() > LOG_BYTES:
            self.path.replace(self.path.with_suffix(".log.1"))
        return open_private(self.path, os.O_WRONLY | os.O_APPEND)

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def tail(self) -> str:
        if not self.path.exists():
            return ""
        with self.path.open("rb") as log:
            log.seek(max(0, self.size() - TAIL_BYTES))
            return log.read().decode(errors="replace").strip()


def _number(lines: list[str], index: int) -> int | None:
    text = lines[index].strip() if len(lines) > index else ""
    return int(text) if text.isdecimal() else None
