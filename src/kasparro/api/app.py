"""Puts the HTTP side together; the database may come later, or go and come back."""

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import FastAPI
from starlette.middleware import Middleware

from kasparro.api import problems
from kasparro.api.answers import AnswerLayer
from kasparro.api.auth import ReadGate
from kasparro.api.context import ApiSettings, Context, utc_now
from kasparro.api.description import describe_errors_as_problems
from kasparro.api.envelope import Envelope, HeadAsGet, SmallBodies
from kasparro.api.routes import about, assets, health, prices, quarantine, runs
from kasparro.services.facts import SourceFacts
from kasparro.store.read import Database

__all__ = ["ApiSettings", "SourceFacts", "create_app"]


def create_app(
    *,
    sources: Sequence[SourceFacts],
    settings: ApiSettings,
    database: Database,
    now: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The app; it answers at once, and says 503 until `database` was opened."""
    app = FastAPI(
        title="kasparro",
        summary=about.DESCRIPTION,
        version=settings.version,
        middleware=[  # the outermost first
            Middleware(Envelope, simulated=settings.simulated),
            Middleware(HeadAsGet),
            Middleware(SmallBodies),
            Middleware(ReadGate, settings=settings),
            Middleware(AnswerLayer, generation=database.watch.generation),
        ],
    )
    app.state.context = Context(sources=sources, settings=settings, database=database, now=now)
    for room in (about, prices, assets, health, runs, quarantine):
        app.include_router(room.router)
    problems.install(app)
    describe_errors_as_problems(app)
    return app
