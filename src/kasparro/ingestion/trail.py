"""Notices when the cursors of a stream go round in a circle: such a sweep would never end."""

import hashlib
import json

from kasparro.core.source import Cursor


class Trail:
    """The cursors one run has been at."""

    def __init__(self) -> None:
        self._been_at: set[bytes] = set()

    def leads_back(self, at: Cursor, following: Cursor) -> bool:
        """Have we been there before? Remembers where we are."""
        self._been_at.add(_fingerprint(at))
        return _fingerprint(following) in self._been_at

    def forget(self) -> None:
        """After a lost session we go over known ground."""
        self._been_at.clear()


def _fingerprint(cursor: Cursor) -> bytes:
    return hashlib.sha256(json.dumps(dict(cursor), sort_keys=True).encode()).digest()
