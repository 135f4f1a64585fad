"""What a foreign error body says, made fit to repeat: one shape, no markup, no keys."""

import html
import re
from dataclasses import dataclass
from typing import Any

QUOTED = 200  # characters of a foreign text that a message repeats
READ = 20_000  # of a foreign text that we look at to repeat some

_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_KEY_LIKE = re.compile(r"\bCG-\w+|(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}")
_CODE = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an error body says, whatever its shape; code None: it gives none."""

    code: int | None
    message: str


def complaint_in(document: Any) -> Complaint | None:
    """The complaint in a decoded body, or None when it is none of the known shapes.

    {"error": "…"}, {"status": {…}}, {"error": {"status": {…}}} or {"error_code": …, "status": {…}},
    where … holds error_code and error_message.
    """
    if not isinstance(document, dict):
        return None
    fields = dict(document)
    for name in ("error", "status"):
        if isinstance(inner := fields.get(name), dict):
            fields |= inner
    digits = str(fields.get("error_code"))
    code = int(digits) if _CODE.fullmatch(digits) else None
    message = fields.get("error_message") or fields.get("error")
    if code is None and not message:
        return None
    return Complaint(code, str(message or ""))


def legible(foreign: bytes | str, key: str | None = None) -> str:
    """What a person wants to read of a foreign text, at most QUOTED characters of it.

    `key` and what looks like a key are hidden before anything is cut off, so no half of one stays.
    """
    text = foreign[:READ].decode(errors="replace") if isinstance(foreign, bytes) else foreign[:READ]
    if "<" in text:
        text = html.unescape(_MARKUP.sub(" ", text))
    if key:
        text = text.replace(key, "(key)")
    text = _KEY_LIKE.sub("(hidden)", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"
