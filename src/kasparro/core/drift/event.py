"""One way in which a source and what we know of it disagree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """What happened to a field; the names are those of the API."""

    ADDED = "added"
    REMOVED = "removed"
    WIDENED = "widened"
    NARROWED = "narrowed"
    NULLABILITY = "nullability"
    ENUM = "enum"
    UNIT = "unit"
    FORMAT = "format"
    RENAMED = "renamed"
    STRUCTURE = "structure"


class Severity(StrEnum):
    """INFO and WARN are reported and go on; ERR holds the records it touches."""

    INFO = "INFO"
    WARN = "WARN"
    ERR = "ERR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """`evidence` is for people; `details` holds the same for programs."""

    category: Category
    severity: Severity
    path: str  # of the field; empty: the payload as a whole
    evidence: str
    confidence: float | None = None  # from 0 to 1, where it is a guess
    details: Mapping[str, Any] = field(default_factory=dict)
    sign: str = ""  # equal for the same drift seen again: kinds, factor, new name

    @property
    def holds(self) -> bool:
        """Whether the records it touches must wait for a person."""
        return self.severity is Severity.ERR

    @property
    def reason(self) -> str:
        return reason(self.category, self.path)


def reason(category: str, path: str) -> str:
    """Why a record waits; the same in every run and in every replay."""
    return f"held: {category} drift of {path or 'the payload'}"


def serious(mapped: bool) -> Severity:  # noqa: FBT001  # the one question it asks
    """What is wrong with a field we use, and with one we only keep."""
    return Severity.ERR if mapped else Severity.WARN
