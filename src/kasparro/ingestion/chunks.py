"""Reads the files of a dataset chunk by chunk, from where the last run left them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kasparro.core.csv import marks
from kasparro.core.csv.text import cut
from kasparro.core.errors import FatalError, KasparroError, RetryableError
from kasparro.core.source import Cursor, Payload, Request
from kasparro.ingestion.file_bytes import FileBytes, Reading
from kasparro.ingestion.files import Dataset, FoundFile

# A record has a byte and a line end at least, so a chunk holds fewer than 2^20 of them.
CHUNK_BYTES = (1 << 21) - 2
RESTED = timedelta(seconds=10)  # a file left alone so long is not being written to


def begin(dataset: Dataset, cursor: Cursor | None) -> Cursor | None:
    """Where to read on, given the last checkpoint; None when no file has changed since.

    Safe to call with the checkpoint of a run that was killed: what it read is not read again.
    """
    dataset.progress.begun = True
    marks: dict[str, Any] = dict(cursor["files"]) if cursor is not None else {}
    queue = [file.key for file in dataset.files if _changed(file, marks.get(file.key))]
    return {"queue": queue, "files": marks} if queue else None


def read_chunk(
    dataset: Dataset,
    request: Request,
    cursor: Cursor,
    now: datetime,
    *,
    chunk_bytes: int = CHUNK_BYTES,
) -> Payload:
    """The next chunk of the file that is asked for, and the request that reads it again.

    It is of another file where that one has left the dataset or cannot be read: first comes what
    can. A file that no longer begins as it did is read from its start. Raises RetryableError when
    all that is left is gone, being rewritten or cut off in its compressed data, and FatalError
    when it is damaged or no record ends within the largest chunk.
    """
    if not dataset.progress.begun:  # a run that was killed goes on with the files there are now
        cursor = begin(dataset, cursor) or {**cursor, "queue": []}
    present = {file.key: file for file in dataset.files}
    asked = [request.path] if request.path in cursor["queue"] else []
    keys = [*asked, *(key for key in cursor["queue"] if key != request.path)]
    queue = [key for key in keys if key in present] or [dataset.files[0].key]
    trouble: KasparroError | None = None
    for number, key in enumerate(queue):
        turned = {**cursor, "queue": [*queue[number:], *queue[:number]]}
        try:
            return _read(dataset, present[key], turned, now, chunk_bytes)
        except (FatalError, RetryableError) as error:
            trouble = trouble or error
    raise trouble or FatalError(f"the dataset {dataset.name} has no files")


def _read(
    dataset: Dataset, file: FoundFile, cursor: Cursor, now: datetime, chunk_bytes: int
) -> Payload:
    reading, cursor = _resumed(dataset, file, cursor)
    content = reading.content
    rested = abs(now - _time(reading.mtime_ns)) >= RESTED
    body, left, kept = _chunk(file, content, chunk_bytes, rested=rested)
    headers = marks.reading_headers(
        size=reading.size,
        mtime_ns=reading.mtime_ns,
        kept=content.offset + kept,
        sha256=content.sha256(kept),
        left=left,
    )
    params = {**file.layout.params, "offset": content.offset}
    if _status(file) != (reading.size, reading.mtime_ns):
        raise _being_changed(file)
    content.skip(len(body))
    if left == marks.MORE:
        dataset.progress.readings[file.key] = reading
    return Payload(
        request=Request(path=file.key, params=params),
        cursor=cursor,
        body=body,
        fetched_at=now,
        headers=headers,
    )


def _changed(file: FoundFile, mark: Any) -> bool:
    try:
        status = file.path.stat()
    except OSError:
        return False
    unchanged = {"size": status.st_size, "mtime_ns": status.st_mtime_ns}
    if mark is None or _read_otherwise(file, mark):
        return True
    return {name: mark[name] for name in unchanged} != unchanged


def _read_otherwise(file: FoundFile, mark: Mapping[str, Any]) -> bool:
    """Has somebody said since how the file is to be read, or does it prove it now?"""
    key = marks.layout_key(file.layout.params)
    return bool(mark.get("layout", key) != key)


def _resumed(dataset: Dataset, file: FoundFile, cursor: Cursor) -> tuple[Reading, Cursor]:
    """The file at the offset of its mark, or at its start when it no longer begins as it did.

    So too when it is now read another way: what was read before is then said anew.
    """
    mark = cursor["files"].get(file.key, marks.UNREAD)
    if _read_otherwise(file, mark):
        cursor, mark = _without(cursor, file), marks.UNREAD
    size, mtime_ns = _status(file)
    reading = dataset.progress.readings.pop(file.key, None)
    going_on = reading is not None and reading.content.offset == mark["offset"]
    if reading is not None and going_on and (reading.size, reading.mtime_ns) == (size, mtime_ns):
        return reading, cursor
    content = FileBytes(file.path, file.compression)
    content.pass_to(mark["offset"])
    if content.sha256() != mark["sha256"]:
        if going_on:
            raise _being_changed(file)
        content = FileBytes(file.path, file.compression)
        cursor = _without(cursor, file)
    if content.offset == 0 and content.window(len(file.top)) != file.top:
        raise _being_changed(file)
    return Reading(content, size, mtime_ns), cursor


def _without(cursor: Cursor, file: FoundFile) -> Cursor:
    """The cursor before anything of the file was read."""
    others = {key: mark for key, mark in cursor["files"].items() if key != file.key}
    return {**cursor, "files": others}


def _chunk(
    file: FoundFile, content: FileBytes, chunk_bytes: int, *, rested: bool
) -> tuple[bytes, str, int]:
    """The bytes of the next chunk, what is left after it, and how many of them end in a record."""
    delimiter = file.layout.params["delimiter"]
    size = chunk_bytes
    while True:
        window = content.window(size)
        whole = cut(window, delimiter)
        if not content.holds_more_than(size):
            if rested:
                return window, marks.END, whole
            left = marks.END if whole == len(window) else marks.TAIL
            return window[:whole], left, whole
        if whole:
            return window[:whole], marks.MORE, whole
        if size >= CHUNK_BYTES:
            raise FatalError(
                f"{file.path}: no record ends within {size:,} bytes after byte "
                f"{content.offset:,}; is a quote left open there, or is it no CSV file?"
            )
        size = min(2 * size, CHUNK_BYTES)


def _being_changed(file: FoundFile) -> RetryableError:
    return RetryableError(f"{file.path} is changed while it is read; it is read again later")


def _status(file: FoundFile) -> tuple[int, int]:
    try:
        status = file.path.stat()
    except OSError as error:
        raise RetryableError(f"{file.path} cannot be read: {error.strerror}") from None
    return status.st_size, status.st_mtime_ns


def _time(mtime_ns: int) -> datetime:
    return datetime.fromtimestamp(mtime_ns // 10**9, UTC)
