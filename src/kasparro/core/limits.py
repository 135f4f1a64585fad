"""How often a source may be asked: calls per calendar second, minute or month."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Window: TypeAlias = Literal["second", "minute", "month"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` requests in one calendar `window` (UTC)."""

    calls: int
    window: Window


def a_month(limits: Iterable[Limit]) -> int | None:
    """How many calls a month these limits allow; None: as many as one likes."""
    return min((limit.calls for limit in limits if limit.window == "month"), default=None)


def left_of(allowed: int | None, made: int) -> int | None:
    """What is left after so many calls: more may have been made by hand than were allowed."""
    return None if allowed is None else max(0, allowed - made)
