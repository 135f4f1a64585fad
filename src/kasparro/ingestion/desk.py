"""Where the CSV source looks, and what its owner said about what lies there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from kasparro.core.clock import Clock
from kasparro.core.csv.layout import Choices
from kasparro.core.errors import FatalError
from kasparro.core.source import Cursor, Payload, Request
from kasparro.ingestion.chunks import begin, read_chunk
from kasparro.ingestion.fetch import Fetch
from kasparro.ingestion.files import Dataset, RefusedFile, find_datasets
from kasparro.ingestion.remembered import Remembered
from kasparro.ingestion.run import Begin

SECOND = (
    "a second file {!r} of the dataset {}: load them one after the other, or tell them apart"
    " with --dataset"
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Files and directories of files, looked at anew each time."""

    paths: tuple[Path, ...] = ()
    choices: Choices = field(default_factory=Choices)
    recall: Callable[[], Remembered] = Remembered  # what was said before

    def look(self) -> tuple[dict[str, Dataset], list[RefusedFile]]:
        """The datasets there are now, by name, and the files that cannot be read."""
        datasets: dict[str, Dataset] = {}
        refused: list[RefusedFile] = []
        remembered = self.recall()
        for path in self.paths:
            found, unread = find_datasets(path, self.choices, remembered)
            refused += unread
            for dataset in found:
                known = datasets.get(dataset.name, Dataset(name=dataset.name, files=()))
                taken = {file.key for file in known.files}
                fresh = tuple(file for file in dataset.files if file.key not in taken)
                datasets[dataset.name] = Dataset(name=dataset.name, files=(*known.files, *fresh))
                refused += [
                    RefusedFile(path=file.path, reason=SECOND.format(file.key, dataset.name))
                    for file in dataset.files
                    if file.key in taken
                ]
        return datasets, refused

    def open(self, name: str, clock: Clock) -> tuple[Fetch, Begin]:
        """How a run reads one dataset. Raises FatalError when no file of it is there any more."""
        datasets, _ = self.look()
        if name not in datasets:
            places = ", ".join(map(str, self.paths)) or "nowhere: CSV_PATH is unset"
            raise FatalError(f"no file of the dataset {name} is left in {places}")
        dataset = datasets[name]

        def fetch(request: Request, cursor: Cursor, validators: Mapping[str, str]) -> Payload:
            del validators
            return read_chunk(dataset, request, cursor, clock.now())

        return fetch, lambda mark: begin(dataset, mark)
