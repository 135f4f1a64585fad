"""Files that appear whole or not at all, and stay after the power went."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Yields an empty file only its owner may read, which gets its name on leaving.

    What an error or a kill leaves behind never has that name. Raises FileExistsError when there is
    a file of that name, before or after: it is never written over.
    """
    refuse_to_overwrite(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        try:
            yield draft
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        refuse_to_overwrite(path)
        draft.rename(path)
        sync_directory(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def refuse_to_overwrite(path: Path) -> None:
    """Raises FileExistsError, also for a link that leads nowhere."""
    if os.path.lexists(path):
        raise FileExistsError(f"{path} exists")


def sync_directory(path: Path) -> None:
    """Let a name that was given or changed in this directory outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
