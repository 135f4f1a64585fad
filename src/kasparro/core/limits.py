"""How often a source may be asked: calls per calendar second, minute or month."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Window: TypeAlias = Literal["second", "minute", "month"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` requests in one calendar `window` (UTC)."""

    calls: int
    window: Window
