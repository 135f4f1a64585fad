"""`GET /data`: prices, newest first."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from kasparro.api.answers import versioned
from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.schemas.prices import PricePage
from kasparro.schemas.questions import PriceQuery
from kasparro.services.facts import check_source
from kasparro.services.market import page_of_prices
from kasparro.store.reading.prices import PriceQuestion

router = APIRouter(tags=["prices"])


@router.get(
    "/data",
    responses={200: {"model": PricePage}, **errors(401, 403, 422, 503)},
    summary="Prices, newest first",
)
async def data(
    request: Request, context: InContext, query: Annotated[PriceQuery, Query()]
) -> Response:
    """The `Link` header leads to the next page, and stays right while new prices come in."""
    await check_source(context.database, context.sources, query.source)
    question = PriceQuestion(**query.model_dump(exclude={"cursor"}))
    answer = await page_of_prices(context.database, question, query.cursor)
    link = None
    if answer.next_cursor is not None:
        link = f'<{_next(request, answer.next_cursor)}>; rel="next"'
    return versioned(answer, link=link)


def _next(request: Request, cursor: str) -> str:
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in SKIPS]
    return f"{request.scope.get('root_path', '')}/data?{urlencode([*kept, ('cursor', cursor)])}"


SKIPS = ("offset", "cursor")
