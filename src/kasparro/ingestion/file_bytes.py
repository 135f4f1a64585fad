"""Reads a plain, gz or zst file forward in bounded memory, and never holds it open.

Positions are in the decompressed bytes. What was passed is hashed, so that whoever comes back can
tell whether the file still begins the same way.
"""

import hashlib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

from kasparro.core.errors import FatalError, RetryableError

PLAIN_STEP = 1 << 20
COMPRESSED_STEP = 1 << 10  # little, because a few bytes may stand for a hundred kilobytes each
MAGIC = {"gz": b"\x1f\x8b", "zst": b"\x28\xb5\x2f\xfd"}


def compression_of(path: Path) -> str | None:
    """By its first bytes, whatever the file is called."""
    with path.open("rb") as file:
        first = file.read(4)
    return next((name for name, magic in MAGIC.items() if first.startswith(magic)), None)


class FileBytes:
    """One reading of one file, from its beginning on."""

    def __init__(self, path: Path, compression: str | None) -> None:
        self._path = path
        self._compression = compression
        self._position = 0  # in the file as it lies on the disk
        self._ahead = b""  # decompressed, not yet passed
        self._inflater: Any = None
        self._ended = False
        self._hash = hashlib.sha256()
        self.offset = 0

    def window(self, size: int) -> bytes:
        """The next bytes without passing them: `size` of them, fewer only at the end.

        Raises RetryableError when the file is gone or its compressed data stop in the middle,
        FatalError when they are damaged.
        """
        parts, have = [self._ahead], len(self._ahead)
        while have < size and not self._ended:
            part = self._more()
            parts.append(part)
            have += len(part)
        self._ahead = b"".join(parts)
        return self._ahead[:size]

    def holds_more_than(self, size: int) -> bool:
        """Whether there are bytes after the next `size`."""
        return len(self.window(size + 1)) > size

    def skip(self, size: int) -> None:
        """Pass bytes that a window has shown."""
        self._hash.update(memoryview(self._ahead)[:size])
        self._ahead = self._ahead[size:]
        self.offset += size

    def pass_to(self, offset: int) -> None:
        """Skip up to this offset, or to the end of a file that is shorter now."""
        while self.offset < offset and (
            window := self.window(min(PLAIN_STEP, offset - self.offset))
        ):
            self.skip(len(window))

    def sha256(self, ahead: int = 0) -> str:
        """Of everything passed, and of so many bytes ahead of it."""
        digest = self._hash.copy()
        digest.update(memoryview(self._ahead)[:ahead])
        return digest.hexdigest()

    def _more(self) -> bytes:
        step = PLAIN_STEP if self._compression is None else COMPRESSED_STEP
        try:
            with self._path.open("rb") as file:
                file.seek(self._position)
                raw = file.read(step)
        except OSError as error:
            raise RetryableError(f"{self._path} cannot be read: {error.strerror}") from None
        self._position += len(raw)
        self._ended = not raw
        return raw if self._compression is None else self._inflate(raw)

    def _inflate(self, raw: bytes) -> bytes:
        if not raw:
            if self._inflater is not None:
                raise RetryableError(
                    f"{self._path} ends in the middle of its compressed data; it is read on when "
                    "the rest is there"
                )
            return b""
        parts = []
        try:
            while raw:
                if self._inflater is None:
                    self._inflater = self._new_inflater()
                parts.append(self._inflater.decompress(raw))
                raw = b""
                if self._inflater.eof:
                    raw, self._inflater = self._inflater.unused_data, None
        except (zlib.error, zstandard.ZstdError) as error:
            raise FatalError(
                f"{self._path} is damaged: {error}; unpack it by hand or fetch it again"
            ) from None
        return b"".join(parts)

    def _new_inflater(self) -> Any:
        if self._compression == "gz":
            return zlib.decompressobj(wbits=31)
        return zstandard.ZstdDecompressor().decompressobj()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file between two chunks: its content so far, and what it was on the disk then."""

    content: FileBytes
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Progress:
    """How far one run is with the files of its dataset."""

    begun: bool = False
    readings: dict[str, Reading] = field(default_factory=dict)
