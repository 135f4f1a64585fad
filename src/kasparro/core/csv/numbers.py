"""Reads the ways people write numbers: which mark is the decimal one, and the same in plain digits.

`1,234` is a thousand or a little more than one; what a whole file writes decides, and where it
does not, nobody here guesses.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

EMPTY = frozenset(
    {"", "null", "none", "nan", "nat", "n/a", "na", "-", "--", "\u2212", "\u2013", "\u2014", "#n/a"}
)
LONGEST_EMPTY = max(map(len, EMPTY))
MAGNITUDES = {"K": 3, "M": 6, "B": 9, "T": 12}
OTHER = {".": ",", ",": "."}
OUTWEIGHS = 10  # times as many cells must write one mark for the other to be a slip
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NUMBER = re.compile(r"([+-]?)([\d.,]+)(?:[eE]([+-]?\d+)|([KMBTkmbt]))?")
_GROUPED = {".": re.compile(r"\d*|\d{1,3}(,\d{3})+"), ",": re.compile(r"\d*|\d{1,3}(\.\d{3})+")}
_SPACES = re.compile(r"(?<=\d)[ '\u2019\u00a0\u202f](?=\d{3}(?!\d))")


def is_empty(text: str) -> bool:
    """Whether the cell is one of the ways to say nothing."""
    return len(text) <= LONGEST_EMPTY and text.casefold() in EMPTY


class Marks(NamedTuple):
    """How a file writes numbers."""

    decimal: str  # "." or ","
    trusted: str  # the marks that are believed where they could be either, as in `1,234`


PROVED = ".,"
_USUAL = Marks(".", PROVED)


def plain(text: str, marks: Marks) -> str | None:
    """The number in digits, a point and an exponent, exactly as large; "" where nothing is said.

    None where no number is written with these marks.
    """
    if marks == _USUAL and _PLAIN.fullmatch(text):
        return text
    if is_empty(text):
        return ""
    match = _NUMBER.fullmatch(_bare(text))
    if match is None:
        return None
    sign, digits, exponent, magnitude = match.groups()
    if _proof(digits) is None and not set(digits) & set(marks.trusted):
        return None
    whole, mark, fraction = digits.partition(marks.decimal)
    if not _GROUPED[marks.decimal].fullmatch(whole) or (mark and not fraction.isdigit()):
        return None
    power = MAGNITUDES[magnitude.upper()] if magnitude else exponent
    point = f".{fraction}" if mark else ""
    return f"{sign}{whole.replace(OTHER[marks.decimal], '')}{point}" + (
        f"E{power}" if power else ""
    )


def marks_of(cells: Iterable[str], customary: str) -> Marks | None:
    """What these cells prove; None: some could be read either way, and nothing says which.

    `customary` is the decimal mark that is believed without proof, or nothing.
    """
    proofs: Counter[str] = Counter()
    unclear: set[str] = set()
    for cell in cells:
        match = _NUMBER.fullmatch(_bare(cell))
        proof = _proof(match[2]) if match is not None else ""
        if match is not None and proof is None:
            unclear |= set(match[2]) & set(OTHER)
        elif proof:
            proofs[proof] += 1
    (mark, most), *rest = proofs.most_common() or [(customary or ".", 0)]
    if most and (not rest or rest[0][1] * OUTWEIGHS <= most):
        return Marks(mark, PROVED)
    trusted = customary if mark == customary else ""
    return None if unclear - set(trusted) else Marks(mark, trusted)


def _proof(digits: str) -> str | None:
    """The decimal mark these digits prove; "": no mark at all; None: it could be either."""
    marks = [character for character in digits if character in OTHER]
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) > 1:
        return last
    if len(marks) > 1:
        return OTHER[last]
    whole, _, fraction = digits.partition(last)
    could_group = len(fraction) == 3 and whole.strip("0") and len(whole) <= 3  # noqa: PLR2004
    return None if could_group and not whole.startswith("0") else last


def _bare(text: str) -> str:
    """Without currency sign, percent sign and the blanks that group thousands."""
    text = text.replace("\u2212", "-").replace("$", "").removesuffix("%").strip()
    return _SPACES.sub("", text)
