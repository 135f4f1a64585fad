"""`GET /metrics`: the installation for Prometheus, and the requests of this process."""

from fastapi import APIRouter, Request, Response

from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.api.exposition import expose
from kasparro.services.metrics.scrape import scrape

OPEN_METRICS = "application/openmetrics-text"
TEXT = {"schema": {"type": "string"}}

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": TEXT, OPEN_METRICS: TEXT}}, **errors(401, 403)},
    summary="Metrics for Prometheus",
)
async def metrics(request: Request, context: InContext) -> Response:
    """200 without a database too: `kasparro_etl_database_up` says so, and requests are counted."""
    found = await scrape(context.database, context.sources, context.now(), context.settings.version)
    body, media_type = expose(found, context.times, request.headers.get("accept", ""))
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    return Response(body, headers=headers, media_type=media_type)
