"""Anomalies: runs that were unlike those before them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.schemas.anomalies import Anomalies, AnomalyQuery
from kasparro.services.anomalies import unusual_runs
from kasparro.services.facts import check_source

router = APIRouter(tags=["runs"])


@router.get(
    "/anomalies",
    responses={200: {"model": Anomalies}, **errors(401, 403, 422, 503)},
    summary="Unusual runs and what is wrong with them, newest first",
)
async def anomalies(context: InContext, query: Annotated[AnomalyQuery, Query()]) -> Response:
    """One alert per run; `kasparro anomalies ack` settles what it found."""
    await check_source(context.database, context.sources, query.source)
    body = await unusual_runs(context.database, **query.model_dump())
    return Response(body, media_type="application/json")
