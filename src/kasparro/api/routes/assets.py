"""`GET /assets`: which coins there are, and what is known of one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import RedirectResponse

from kasparro.api.answers import versioned
from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.schemas.assets import AssetDetail, AssetPage
from kasparro.schemas.questions import AssetQuery, Word
from kasparro.services.assets import Moved, one_asset, page_of_assets

router = APIRouter(tags=["assets"])


@router.get(
    "/assets",
    responses={200: {"model": AssetPage}, **errors(401, 403, 422, 503)},
    summary="Coins that some source lists",
)
async def assets(context: InContext, query: Annotated[AssetQuery, Query()]) -> Response:
    answer = await page_of_assets(
        context.database, limit=query.limit, offset=query.offset, symbol=query.symbol, q=query.q
    )
    return versioned(answer)


@router.get(
    "/assets/{coin_id}",
    responses={
        200: {"model": AssetDetail},
        308: {"description": "The coin is another one by now; Location says which."},
        **errors(401, 403, 404, 422, 503),
    },
    summary="One coin",
)
async def asset(context: InContext, coin_id: Annotated[Word, Path()]) -> Response:
    answer = await one_asset(context.database, coin_id)
    if isinstance(answer, Moved):
        return RedirectResponse(answer.coin_id, status_code=308)
    return versioned(answer)
