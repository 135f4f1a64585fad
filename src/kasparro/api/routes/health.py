"""`GET /health` and `GET /stats`: how we are, and what became of each source."""

from fastapi import APIRouter, Response

from kasparro.api.context import InContext
from kasparro.api.description import errors
from kasparro.schemas import health as promised
from kasparro.schemas.words import stamp
from kasparro.services.health import Health, SourceHealth, check_health, statistics

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    responses={
        200: {"model": promised.Health, "description": "Healthy, or degraded but answering."},
        503: {"model": promised.Health, "description": "No database can be reached."},
    },
    summary="How we are",
)
async def health(context: InContext) -> Response:
    """Degraded: a source is stale, or its newest finished run failed."""
    found = await check_health(context.database, context.sources, context.now())
    return Response(
        _promise(found).model_dump_json(),
        200 if found.reachable else 503,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


@router.get(
    "/stats",
    responses={200: {"model": list[promised.SourceStats]}, **errors(401, 403, 503)},
    summary="What became of each source so far",
)
async def stats(context: InContext) -> Response:
    body = await statistics(context.database, context.sources)
    return Response(body, media_type="application/json")


def _promise(found: Health) -> promised.Health:
    return promised.Health(
        status=found.status,
        database="connected" if found.reachable else "disconnected",
        etl_status={name: _source(one) for name, one in found.sources.items()},
        timestamp=str(stamp(found.at)),
    )


def _source(one: SourceHealth | None) -> promised.SourceHealth | None:
    if one is None:
        return None
    return promised.SourceHealth.model_validate(
        {
            "last_run_status": one.state.last_run_status,
            "last_run_time": stamp(one.state.last_run_time),
            "records_processed": one.state.records_processed,
            "newest_timestamp": stamp(one.state.observed_at),
            "stale": one.stale,
            "failing": one.failing,
            "last_error": one.state.finished_error,
        }
    )
