"""An answer ready to be sent: JSON, and the version of the data it was made from."""

import hashlib
from dataclasses import dataclass

from kasparro import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON object with the version vector it is true for."""

    body: bytes
    version: str
    next_cursor: str | None = None

    @property
    def tag(self) -> str:
        """Equal for equal answers to one question; code that answers differently has another."""
        return hashlib.sha256(f"{__version__} {self.version}".encode()).hexdigest()[:20]
