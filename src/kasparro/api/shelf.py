"""Keeps answers in memory for as long as no writer committed, within a bound."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

Question: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
"""A path and its query, sorted: equal for everyone who asks the same."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The headers of an answer and its body, without what differs each time it is sent."""

    headers: dict[str, str]
    body: bytes


class Shelf:
    """Answers of one generation. A newer one clears it; the least asked for go first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._generation = -1
        self._kept: OrderedDict[Question, Kept] = OrderedDict()

    def find(self, question: Question, generation: int | None) -> Kept | None:
        if generation != self._generation:
            return None
        kept = self._kept.get(question)
        if kept is not None:
            self._kept.move_to_end(question)
        return kept

    def keep(self, question: Question, generation: int | None, kept: Kept) -> None:
        """Keep an answer that was begun in this generation; None: nobody knew, so keep nothing."""
        if generation is None or generation < self._generation:
            return
        if generation > self._generation:
            self._kept.clear()
            self._bytes = 0
            self._generation = generation
        replaced = self._kept.pop(question, None)
        self._bytes += len(kept.body) - (0 if replaced is None else len(replaced.body))
        self._kept[question] = kept
        while self._bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)
