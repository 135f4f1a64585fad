"""What drift looks at: records of one payload as the source wrote them, and what they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kasparro.core.drift.expected import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Records of one payload in the source's words, to see their shape by.

    `keys` say what each record is about, the same in every payload; `times` when it was true.
    """

    part: str  # payloads of one part are alike: one page of a market, one file
    records: Sequence[Mapping[str, Any]]
    expected: Expected
    keys: Sequence[str] | None = None  # None: their field `id`
    times: Sequence[float] = field(default_factory=tuple)  # seconds since 1970; empty: `fetched_at`
    fetched_at: float = 0.0
    size: int | None = None  # records in the payload; None: they differ for reasons of no interest
    whole: bool = False  # its records show other names than `records`: all of them are touched
