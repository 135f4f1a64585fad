"""Shows a run's progress: a bar that moves on a terminal, nothing elsewhere (the log has it)."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

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
