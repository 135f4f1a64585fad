"""Puts the HTTP side together; the database may come later, or go and come back."""

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Route

from kasparro.api import problems
from kasparro.api.answers import AnswerLayer
from kasparro.api.auth import ReadGate
from kasparro.api.context import ApiSettings, Context, utc_now
from kasparro.api.description import describe_errors_as_problems
from kasparro.api.envelope import Envelope, HeadAsGet, SmallBodies
from kasparro.api.request_times import RequestTimer, RequestTimes
from kasparro.api.routes import (
    about,
    anomalies,
    assets,
    documents,
    drift,
    health,
    metrics,
    prices,
    quarantine,
    runs,
)
from kasparro.services.facts import SourceFacts
from kasparro.store.reading.database import Database

__all__ = ["ApiSettings", "SourceFacts", "create_app"]

ROOMS = (about, documents, prices, assets, health, runs, anomalies, quarantine, drift, metrics)


def create_app(
    *,
    sources: Sequence[SourceFacts],
    settings: ApiSettings,
    database: Database,
    now: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The app; it answers at once, and says 503 until `database` was opened."""
    times = RequestTimes(
        route for room in ROOMS for route in room.router.routes if isinstance(route, Route)
    )
    app = FastAPI(
        title="kasparro",
        summary=about.DESCRIPTION,
        version=settings.version,
        docs_url=None,  # ours are in the room `documents`
        redoc_url=None,
        middleware=[  # the outermost first
            Middleware(RequestTimer, times=times),
            Middleware(Envelope, simulated=settings.simulated),
            Middleware(HeadAsGet),
            Middleware(SmallBodies),
            Middleware(ReadGate, settings=settings),
            Middleware(AnswerLayer, generation=database.watch.generation),
        ],
    )
    app.state.context = Context(
        sources=sources, settings=settings, database=database, now=now, times=times
    )
    for room in ROOMS:
        app.include_router(room.router)
    problems.install(app)
    describe_errors_as_problems(app)
    return app
