"""What passes between the edge and a simulated API: a call in, a document or an answer out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from kasparro.core.limits import Limit
from kasparro.sandbox.market import Market


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one subscription may do. Each API adds what it sells."""

    name: str
    limits: tuple[Limit, ...]


P = TypeVar("P", bound=Plan)


@dataclass(frozen=True, slots=True)
class Caller(Generic[P]):
    """Who asks: a key, or an address without one."""

    name: str
    plan: P


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[P]):
    """One request, as an endpoint sees it. `at_ms` is the instant its answer speaks of."""

    path: Mapping[str, str]
    params: Mapping[str, str]
    at_ms: int
    plan: P
    root: str = ""  # the path this API is mounted under
    used: int = 0  # calls of this caller this month


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Instead(Exception):  # noqa: N818  # a redirect is no error
    """Raised by an endpoint that has another answer than the document asked for."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Endpoint: TypeAlias = Callable[[Market, Call[P]], Any]
"""Makes the JSON document of a call, or raises Instead."""


@dataclass(frozen=True, slots=True)
class Route(Generic[P]):
    """Which paths an endpoint answers, and how many seconds an answer to them stays in a cache."""

    template: str
    endpoint: Endpoint[P]
    fresh_seconds: Callable[[Mapping[str, str]], int]  # by the parameters of the call

    def match(self, path: str) -> Mapping[str, str] | None:
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template), path)
        return None if found is None else found.groupdict()


def seconds(count: int) -> Callable[[Mapping[str, str]], int]:
    """Freshness that does not depend on what is asked."""
    return lambda _: count


def as_json(document: Any) -> bytes:
    """Compact UTF-8; very small numbers as 9.88e-6."""
    return msgspec.json.encode(document)
