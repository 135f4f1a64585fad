"""Finds CSV files and tells which dataset each of them belongs to."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from kasparro.core.csv.coins import KnownCoins, known_coins
from kasparro.core.csv.layout import Choices, Layout, recognise
from kasparro.core.errors import BadRequestError, KasparroError
from kasparro.ingestion.file_bytes import FileBytes, Progress, compression_of
from kasparro.ingestion.remembered import Remembered
from kasparro.store.seed import shipped_coins

ENDINGS = (".csv", ".tsv", ".txt")  # of the files looked at in a directory; then .gz or .zst
PACKED = (".gz", ".zst")
HEAD_BYTES = 1 << 16
NOTHING = Remembered()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file we can read. `key` is its name below the path that was given."""

    key: str
    path: Path
    compression: str | None
    layout: Layout
    top: bytes  # what stood above its records when it was recognised


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """A file we cannot read, and the reason, which names the option that would settle it."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Files that make one stream."""

    name: str
    files: tuple[FoundFile, ...]
    progress: Progress = field(default_factory=Progress, repr=False, compare=False)


def find_datasets(
    path: Path, choices: Choices, remembered: Remembered = NOTHING
) -> tuple[list[Dataset], list[RefusedFile]]:
    """Look at a file, or at every CSV file of a directory, and sort them into datasets.

    What was said before counts where `choices` say nothing. Hidden files are left alone. What
    cannot be read is returned with the reason, never raised.
    """
    known = known_coins(shipped_coins())
    found: dict[str, list[FoundFile]] = {}
    refused = []
    for key, file in _candidates(path):
        try:
            seen = _look_at(key, file, choices, remembered, known)
        except OSError as error:
            refused.append(RefusedFile(path=file, reason=f"cannot be read: {error.strerror}"))
        except KasparroError as error:
            refused.append(RefusedFile(path=file, reason=str(error)))
        else:
            found.setdefault(seen.layout.dataset, []).append(seen)
    if not found and not refused:
        refused.append(RefusedFile(path=path, reason=f"holds no {', '.join(ENDINGS)} file"))
    return [
        Dataset(name=name, files=tuple(files)) for name, files in sorted(found.items())
    ], refused


def _candidates(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    for directory, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and _stem(name) is not None:
                file = Path(directory, name)
                yield file.relative_to(path).as_posix(), file


def _stem(name: str) -> str | None:
    """A file's name without its endings; None when they are not those of a CSV file."""
    lower = name.lower()
    for packed in ("", *PACKED):
        for ending in ENDINGS:
            if lower.endswith(ending + packed):
                return name[: len(name) - len(ending + packed)]
    return None


def _look_at(
    key: str, path: Path, choices: Choices, remembered: Remembered, known: KnownCoins
) -> FoundFile:
    status = path.stat()
    if S_ISDIR(status.st_mode) or not S_ISREG(status.st_mode):
        raise BadRequestError("is no regular file")
    compression = compression_of(path)
    content = FileBytes(path, compression)
    head = content.window(HEAD_BYTES)
    if content.holds_more_than(HEAD_BYTES):
        head = head[: head.rfind(b"\n") + 1]
        if not head:
            raise BadRequestError(f"has no line end in its first {HEAD_BYTES:,} bytes")
    recognised = partial(
        recognise,
        head,
        name=_stem(path.name) or path.name,
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
        known=known,
    )
    layout = _layout(recognised, choices.over(remembered.of_file(path)), remembered)
    return FoundFile(
        key=key, path=path, compression=compression, layout=layout, top=head[: layout.size]
    )


def _layout(recognised: Callable[..., Layout], own: Choices, remembered: Remembered) -> Layout:
    """As its own choices say, and where they are silent those of its dataset.

    Raises BadRequestError when the dataset's would make it a file of another one.
    """
    if own.dataset is not None:
        return recognised(choices=own.over(remembered.of_dataset(own.dataset)))
    layout = recognised(choices=own)
    of_dataset = remembered.of_dataset(layout.dataset)
    if own.over(of_dataset) == own:
        return layout
    again = recognised(choices=own.over(of_dataset))
    if again.dataset != layout.dataset:
        raise BadRequestError(
            f"is of the dataset {layout.dataset}, and of {again.dataset} as was said of the former;"
            f" say --dataset {layout.dataset} or --dataset {again.dataset}"
        )
    return again
