"""How far the files of a dataset were read: the part of a CSV cursor that outlives a run.

A file's mark is the offset in its decompressed bytes up to which everything counts, and the sha256
of the bytes before it, which tell a file that was appended to from one that was rewritten.
`size` is null until the file was read to its end, so that an unfinished file is never mistaken for
an unchanged one.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kasparro.core.source import Cursor, Payload

UNREAD = {"size": None, "mtime_ns": None, "offset": 0, "sha256": hashlib.sha256().hexdigest()}

NO_LAYOUT = ("offset", "default_time", "aliases")

MORE, TAIL, END = "more", "tail", "end"
"""What is left after a chunk: more of the file, a last line still being written, or nothing."""


def layout_key(params: Mapping[str, Any]) -> str:
    """Tells layouts apart: a file that is now read another way is read again from its start.

    Without the time of rows that have none: it may be the file's own, which moves as it grows. And
    without aliases: what an accepted one changes is read again when it is accepted.
    """
    layout = {name: params[name] for name in params if name not in NO_LAYOUT}
    return hashlib.sha256(json.dumps(layout, sort_keys=True).encode()).hexdigest()[:16]


def reading_headers(
    *, size: int, mtime_ns: int, kept: int, sha256: str, left: str
) -> dict[str, str]:
    """What `advance` will need, as headers of the payload; `kept` is where a mark may stand."""
    return {
        "file-size": str(size),
        "file-mtime-ns": str(mtime_ns),
        "file-kept": str(kept),
        "file-sha256": sha256,
        "file-left": left,
    }


def advance(payload: Payload, *, provisional: bool) -> Cursor:
    """The cursor after this chunk.

    Records that are not final, such as a candle that is not over, hold the file's mark at the
    start of their chunk: when the file grows it is read from there again.
    """
    key, headers, cursor = payload.request.path, payload.headers, payload.cursor
    before = cursor["files"].get(key, UNREAD)
    again = before.get("again")
    if provisional and again is None:
        again = {"offset": before["offset"], "sha256": before["sha256"]}
    mark: dict[str, Any] = {
        "size": None,
        "mtime_ns": int(headers["file-mtime-ns"]),
        "offset": int(headers["file-kept"]),
        "sha256": headers["file-sha256"],
        "layout": layout_key(payload.request.params),
    }
    left = headers["file-left"]
    if left == END:
        mark |= {"size": int(headers["file-size"])} | (again or {})
    elif again is not None:
        mark["again"] = again
    queue = list(cursor["queue"])
    if left != MORE:
        queue.remove(key)
    return {"queue": queue, "files": {**cursor["files"], key: mark}}
