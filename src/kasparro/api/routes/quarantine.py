"""Quarantine: the records that broke their contract."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.schemas.quarantine import Quarantine
from kasparro.schemas.questions import RunQuery
from kasparro.services.facts import check_source
from kasparro.services.quarantine import waiting_records

router = APIRouter(tags=["quarantine"])


@router.get(
    "/quarantine",
    responses={200: {"model": Quarantine}, **errors(401, 403, 422, 503)},
    summary="Records that broke their contract, newest first",
)
async def quarantine(context: InContext, query: Annotated[RunQuery, Query()]) -> Response:
    """`kasparro quarantine retry` reads them again after a parser or the map was mended."""
    await check_source(context.database, context.sources, query.source)
    body = await waiting_records(context.database, limit=query.limit, source=query.source)
    return Response(body, media_type="application/json")
