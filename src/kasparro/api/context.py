"""What every route may use: the database, the sources and the settings of this server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kasparro.api.request_times import RequestTimes
from kasparro.services.facts import SourceFacts
from kasparro.store.reading.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """What the owner of this server decided about its API."""

    public_read: bool
    admin_key: str | None = field(repr=False)
    version: str
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything an answer is made from."""

    sources: Sequence[SourceFacts]
    settings: ApiSettings
    database: Database
    now: Callable[[], datetime]
    times: RequestTimes


def utc_now() -> datetime:
    return datetime.now(UTC)


def _of(request: Request) -> Context:
    context = request.app.state.context
    assert isinstance(context, Context)  # noqa: S101  # create_app put it there
    return context


InContext: TypeAlias = Annotated[Context, Depends(_of)]
