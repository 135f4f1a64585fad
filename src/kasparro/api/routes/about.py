"""`GET /`: what this is, for programs as JSON and for people as a page; and the icon."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from kasparro.api import wording
from kasparro.api.context import Context, InContext
from kasparro.api.description import errors
from kasparro.schemas.about import About, Credit
from kasparro.services.overview import overview

DESCRIPTION = "Prices of cryptocurrencies, and where each number came from."
LINKS = {
    "prices": "/data",
    "coins": "/assets",
    "health": "/health",
    "statistics": "/stats",
    "runs": "/runs",
    "metrics": "/metrics",
    "documentation": "/docs",
    "openapi": "/openapi.json",
}
ICON = Path(__file__).parent.parent / "templates" / "favicon.svg"
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "Accept",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'",
    "Referrer-Policy": "no-referrer",
}

router = APIRouter(tags=["about"])
templates = Environment(
    loader=PackageLoader("kasparro.api"), autoescape=select_autoescape(), trim_blocks=True
)
WORDS = (
    wording.price,
    wording.large,
    wording.percent,
    wording.count,
    wording.duration,
    wording.brief,
    wording.clock,
)
for word in WORDS:
    templates.filters[word.__name__] = word


@router.get("/", responses={200: {"model": About}, **errors(401, 403)}, summary="What this is")
async def about(request: Request, context: InContext) -> Response:
    """A browser gets a page for people instead."""
    if "text/html" in request.headers.get("accept", ""):
        return await _page(context)
    promise = About(
        name="kasparro",
        description=DESCRIPTION,
        version=context.settings.version,
        simulated=context.settings.simulated,
        links=LINKS,
        sources=_credits(context),
    )
    return Response(
        promise.model_dump_json(), headers={"Vary": "Accept"}, media_type="application/json"
    )


@router.get("/favicon.ico", include_in_schema=False)
async def icon() -> Response:
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(ICON.read_bytes(), headers=headers, media_type="image/svg+xml")


async def _page(context: Context) -> Response:
    now = context.now()
    seen = await overview(context.database, context.sources, now)
    html = templates.get_template("page.html").render(
        description=DESCRIPTION,
        settings=context.settings,
        overview=seen,
        credits=_credits(context),
        links=LINKS,
        now=now,
    )
    status = 200 if seen.health.reachable else 503
    return Response(html, status, headers=PAGE_HEADERS, media_type="text/html")


def _credits(context: Context) -> list[Credit]:
    return [
        Credit(
            source=source.name,
            homepage=source.homepage,
            attribution=source.terms.attribution,
            licence=source.terms.licence,
            terms_url=source.terms.url,
            redistribution=source.terms.redistribution,
        )
        for source in context.sources
    ]
