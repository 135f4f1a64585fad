"""Locks on files, which the kernel lets go when their owner dies, however it dies."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kasparro.core.errors import BusyError, ConfigurationError

try:
    import fcntl
except ImportError:  # Windows has no shared locks that outlive nobody
    fcntl = None  # type: ignore[assignment]

POLL_SECONDS = 0.01


def open_private(path: Path, flags: int = os.O_RDWR) -> int:
    """Open a file only its owner may read, creating it if need be.

    What root creates belongs to whom the directory belongs, or its owner is locked out later.
    """
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock if nobody is in the way; children that inherit the descriptor share it."""
    if fcntl is None:
        raise ConfigurationError(
            "the embedded PostgreSQL needs Linux or macOS; set DATABASE_URL to a PostgreSQL server"
        )
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: Path, *, shared: bool = False, timeout_seconds: float) -> Iterator[int]:
    """Hold the lock of this file; yields its descriptor.

    Raises BusyError when others keep it longer than `timeout_seconds`.
    """
    descriptor = open_private(path)
    try:
        deadline = time.monotonic() + timeout_seconds
        while not try_lock(descriptor, shared=shared):
            if time.monotonic() > deadline:
                raise BusyError(
                    f"another process has kept {path} locked for {timeout_seconds:.0f} s;"
                    " see what it is doing, or end it"
                )
            time.sleep(POLL_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)
