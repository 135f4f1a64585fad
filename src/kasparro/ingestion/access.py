"""Chooses the plan a source is asked under, from the key, plan and host its owner set."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kasparro.core.errors import ConfigurationError
from kasparro.core.limits import Limit
from kasparro.core.source import Options, Source
from kasparro.ingestion.exchange import Endpoint

HELD_BACK = 0.1  # of a month's calls, for a person who asks by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the owner of this installation set for one source."""

    key: str | None = field(default=None, repr=False)
    plan: str | None = None
    url: str | None = None
    simulated: bool = False
    options: Options = field(default_factory=Options)
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How one source is asked: where, as whom, how often."""

    endpoint: Endpoint
    plan: str
    limits: Sequence[Limit]
    spacing: timedelta

    @property
    def version(self) -> str:
        """Changes when a refusal may no longer hold: another host, plan or key."""
        parts = f"{self.endpoint.base_url} {self.plan} {self.endpoint.key or ''}"
        return hashlib.sha256(parts.encode()).hexdigest()[:8]


def access(source: Source, choice: Choice) -> Access:
    """Raises ConfigurationError when the plan and the key do not fit together."""
    name = _plan_name(source, choice)
    plan = source.plans[name]
    return Access(
        endpoint=Endpoint(
            source=source.name,
            base_url=choice.url or plan.base_url,
            simulated=choice.simulated,
            key=choice.key,
            key_header=plan.key_header,
        ),
        plan=name,
        limits=[_held_back(limit) for limit in plan.limits],
        spacing=plan.spacing if choice.url is None else timedelta(),
    )


def _plan_name(source: Source, choice: Choice) -> str:
    with_key = [name for name, plan in source.plans.items() if plan.key_header is not None]
    without_key = [name for name in source.plans if name not in with_key]
    variable = source.name.upper()
    if choice.key is None:
        return without_key[0]
    if choice.plan is None:
        return with_key[0]
    if choice.plan not in with_key:
        known = " or ".join(with_key)
        raise ConfigurationError(f"{variable}_PLAN: {choice.plan!r} is no plan, use {known}")
    return choice.plan


def _held_back(limit: Limit) -> Limit:
    if limit.window != "month":
        return limit
    return Limit(int(limit.calls * (1 - HELD_BACK)), limit.window)
