"""Cuts CSV text into records, and the bytes of a file into chunks that end where a record ends.

Quotes may hold line ends, so a record is not a line. A quote that finds no end within
LONGEST_QUOTE lines costs its own line and nothing else; so where one record ends never depends on
what stands further away than that, nor on where a chunk was cut.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LONGEST_QUOTE = 100


class TextRecord(NamedTuple):
    """One record as it stands in a file; `cells` is None where its quotes cannot be followed."""

    cells: list[str] | None
    text: str  # with its line end


class _Scanned(NamedTuple):
    cells: list[str] | None
    lines: int
    open_ended: bool  # the text ends before we know whether its quote does


def records(text: str, delimiter: str) -> Iterator[TextRecord]:
    """Every record of the text, blank lines too; line ends are LF or CRLF."""
    lines = _lines(text)
    at = 0
    for cells, count, _ in _scan(lines, delimiter):
        yield TextRecord(cells, lines[at] if count == 1 else "".join(lines[at : at + count]))
        at += count


def cut(window: bytes, delimiter: str) -> int:
    """How many bytes of the window are whole records, when more of the file may follow it."""
    end = window.rfind(b"\n") + 1
    if b'"' not in window[:end]:
        return end
    # Quotes, delimiters and line ends are ASCII: read so, one character is one byte.
    lines = _lines(window[:end].decode("latin-1"))
    at = certain = 0
    for _, count, open_ended in _scan(lines, delimiter):
        if open_ended:
            return certain
        certain += sum(len(line) for line in lines[at : at + count])
        at += count
    return certain


def _lines(text: str) -> list[str]:
    """Lines with their ends. Unlike str.splitlines, only LF ends a line."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _scan(lines: Sequence[str], delimiter: str) -> Iterator[_Scanned]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if '"' in line:
            scanned = _quoted(lines, at, delimiter)
        else:
            scanned = _Scanned(line.rstrip("\r\n").split(delimiter), 1, open_ended=False)
        yield scanned
        at += scanned.lines


def _quoted(lines: Sequence[str], at: int, delimiter: str) -> _Scanned:
    stop = min(at + LONGEST_QUOTE, len(lines))
    reader = csv.reader(
        (lines[number] for number in range(at, stop)),
        delimiter=delimiter,
        strict=True,
        skipinitialspace=True,
    )
    try:
        return _Scanned(next(reader), reader.line_num, open_ended=False)
    except csv.Error:
        ran_out = reader.line_num == stop - at and stop < at + LONGEST_QUOTE
        return _Scanned(None, 1, open_ended=ran_out)
