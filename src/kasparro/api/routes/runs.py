"""Runs: what became of them, how two compare, and asking for one."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from kasparro.api.auth import AdminOnly
from kasparro.api.context import Context, InContext
from kasparro.api.description import errors
from kasparro.api.envelope import LARGEST_BODY
from kasparro.core.errors import BadRequestError
from kasparro.schemas.comparison import Comparison
from kasparro.schemas.questions import RunQuery, Word
from kasparro.schemas.runs import Run, RunRequest, RunsRequested
from kasparro.services.comparison import compare
from kasparro.services.facts import check_source
from kasparro.services.runs import (
    newest_runs,
    request_runs,
    these_runs,
    to_json,
    wait_until_over,
)

LONGEST_WAIT = timedelta(minutes=55)  # serverless platforms end a request after an hour
WAKING = timedelta(seconds=20)  # they start or thaw the worker by the very request that needs it

router = APIRouter(tags=["runs"])


@router.get(
    "/runs",
    responses={200: {"model": list[Run]}, **errors(401, 403, 422, 503)},
    summary="Runs, newest first",
)
async def runs(context: InContext, query: Annotated[RunQuery, Query()]) -> Response:
    await check_source(context.database, context.sources, query.source)
    body = await newest_runs(context.database, limit=query.limit, source=query.source)
    return Response(body, media_type="application/json")


@router.get(
    "/compare-runs",
    responses={200: {"model": Comparison}, **errors(401, 403, 404, 422, 503)},
    summary="Two runs beside each other",
)
async def compare_runs(context: InContext, run_id_1: Word, run_id_2: Word) -> Response:
    """The second against the first; `explain` says in plain words what is unusual about it."""
    body = await compare(context.database, run_id_1, run_id_2)
    return Response(body, media_type="application/json")


@router.post(
    "/run-etl",
    status_code=202,
    max_body_size=LARGEST_BODY,
    dependencies=[AdminOnly],
    responses={
        202: {"model": RunsRequested, "description": "The runs are waiting for a worker."},
        200: {"model": RunsRequested, "description": "With `wait`: the runs are over."},
        **errors(400, 401, 403, 404, 409, 413, 422, 503),
    },
    summary="Start a run",
)
async def run_etl(
    *,
    context: InContext,
    body: RunRequest | None = None,
    source: Annotated[Word | None, Query(description="Only this source.")] = None,
    wait: Annotated[bool, Query(description="Answer when it is over.")] = False,
    catalogues: Annotated[
        bool, Query(description="Which coins there are, in place of prices.")
    ] = False,
) -> Response:
    """Without a source, every source that is not at it already is started.

    Who waits also waits some seconds for a worker to wake up.
    """
    asked = body or RunRequest()
    wait = wait or asked.wait
    run_ids = await request_runs(
        context.database,
        _chosen(context, source if asked.source is None else asked.source),
        catalogues=catalogues or asked.catalogues,
        patience=WAKING if wait else timedelta(0),
    )
    over = False
    if wait:
        over = await wait_until_over(context.database, run_ids, LONGEST_WAIT)
    found = await these_runs(context.database, run_ids)
    return Response(
        to_json({"run_ids": run_ids, "runs": found}),
        200 if over else 202,
        media_type="application/json",
    )


def _chosen(context: Context, source: str | None) -> list[str]:
    declared = [one.name for one in context.sources]
    if source is None:
        return declared
    if source not in declared:
        raise BadRequestError(f"there is no such source; there are {', '.join(declared)}")
    return [source]
