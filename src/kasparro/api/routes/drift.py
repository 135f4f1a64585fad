"""Drift: how sources changed their answers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.schemas.drift import DriftEvents, DriftQuery
from kasparro.services.drift import drift_events
from kasparro.services.facts import check_source

router = APIRouter(tags=["drift"])


@router.get(
    "/drift",
    responses={200: {"model": DriftEvents}, **errors(401, 403, 422, 503)},
    summary="How sources changed their answers, what waits for a decision first",
)
async def drift(context: InContext, query: Annotated[DriftQuery, Query()]) -> Response:
    """`kasparro drift accept` and `kasparro drift reject` decide about what is held."""
    await check_source(context.database, context.sources, query.source)
    body = await drift_events(
        context.database, limit=query.limit, source=query.source, status=query.status
    )
    return Response(body, media_type="application/json")
