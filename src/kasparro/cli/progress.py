"""Shows progress: a line that moves on a terminal, nothing elsewhere (the log has it)."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from kasparro.store.steps import Committed


@contextmanager
def progress(title: str) -> Iterator[Callable[[Committed], None]]:
    """Yields what to call after each commit."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[payloads]} payloads, {task.completed:,} records"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, payloads=0)
        payloads = 0

        def show(committed: Committed) -> None:
            nonlocal payloads
            payloads += 1
            bar.update(task, advance=committed.processed, payloads=payloads)

        yield show


@contextmanager
def bytes_so_far(title: str) -> Iterator[Callable[[int], None]]:
    """Yields what to tell how many bytes there are by now; how many there will be, nobody knows."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda number: bar.update(task, completed=number)
