"""Names a new asset: the slug it keeps, made from what the source that showed it calls it."""

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterator
from itertools import count

LONGEST = 80
NOT_IN_A_SLUG = re.compile(r"[^a-z0-9._-]+")
ALREADY_A_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")


def slug_for(source: str, source_asset_id: str, taken: Container[str]) -> str:
    """The slug of an asset nobody has linked yet; matches ^[a-z0-9][a-z0-9._-]*$ for any input.

    The id as it is, where that is a slug. An id that loses something on the way gets a digest of
    all of it, so that two ids which clean to the same text do not trade names with the order in
    which they arrive. Names out of files stand under `csv-`: they are no one's register of coins.
    """
    return next(slug for slug in _choices(source, source_asset_id) if slug not in taken)


def _choices(source: str, source_asset_id: str) -> Iterator[str]:
    own = _clean(source) or "source"
    first = _slug(own, source_asset_id)
    yield first
    yield f"{first}-{own}"
    for number in count(2):
        yield f"{first}-{own}-{number}"


def _slug(own: str, source_asset_id: str) -> str:
    cleaned = _clean(source_asset_id)
    kept = source_asset_id.lower() if own == "csv" else source_asset_id
    if cleaned != kept or len(cleaned) > LONGEST or not cleaned:
        digest = hashlib.sha256(source_asset_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        cleaned = f"{cleaned[:LONGEST]}-{digest}" if cleaned else f"{own}-{digest}"
    return f"csv-{cleaned}" if own == "csv" else cleaned


def _clean(text: str) -> str:
    if ALREADY_A_SLUG.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return NOT_IN_A_SLUG.sub("-", plain).strip("._-")
