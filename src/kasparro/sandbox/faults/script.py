"""A fault script: rules that say which call of which source meets which fault."""

import re
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from kasparro.sandbox.faults.every import AnyFault

SPAN = re.compile(r"([0-9]{1,9})(-([0-9]{1,9})?)?")
NO_END = 10**9


def _span(value: Any) -> Any:
    found = SPAN.fullmatch(str(value)) if not isinstance(value, tuple) else None
    if found is None:
        raise ValueError('calls are written as 3, "3-5" or "3-"')
    first = int(found[1])
    last = first if found[2] is None else int(found[3] or NO_END)
    if not 1 <= first <= last:
        raise ValueError("calls count from 1, and the last is not before the first")
    return first, last


def _written(span: tuple[int, int]) -> str:
    first, last = span
    return f"{first}-{'' if last == NO_END else last}"


Calls: TypeAlias = Annotated[
    tuple[int, int], BeforeValidator(_span), PlainSerializer(_written, return_type=str)
]
"""The first and the last of some calls, by number from 1."""


class Rule(BaseModel):
    """Every condition that is given must hold; a rule without any meets every call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: AnyFault
    source: Literal["coinpaprika", "coingecko"] | None = Field(
        None, description="Only calls to this source."
    )
    path: str = Field("*", description="Only paths like this; * stands for anything.")
    calls: Calls = Field(
        (1, NO_END), description='Only these of the calls it is about: 3, "3-5" or "3-".'
    )
    since_seconds: float = Field(0, ge=0, description="Not before, counted from the loading.")
    until_seconds: float | None = Field(None, gt=0, description="Not after, counted the same way.")
    chance: float = Field(1, ge=0, le=1, description="How likely it is, drawn with the seed.")
    times: int | None = Field(None, ge=1, description="At most so often.")

    def is_about(self, source: str, path: str) -> bool:
        return self.source in (None, source) and fnmatchcase(path, self.path)

    def holds(self, call: int, seconds: float) -> bool:
        """Whether this call, by number and by seconds since the loading, is one it names."""
        first, last = self.calls
        late = self.until_seconds is not None and seconds > self.until_seconds
        return first <= call <= last and seconds >= self.since_seconds and not late


class Script(BaseModel):
    """Rules in order; a call that meets several gets all their faults, one after the other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(1, description="Another seed, other draws.")
    rules: tuple[Rule, ...] = ()
