"""Every error as problem details of RFC 9457: what happened, never what was sent."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from kasparro.core.errors import (
    BadRequestError,
    BusyError,
    ConfigurationError,
    KasparroError,
    NotFoundError,
    UnavailableError,
)
from kasparro.schemas.problem import Complaint, Problem

MEDIA_TYPE = "application/problem+json"
STATUSES: Mapping[type[KasparroError], int] = {
    BadRequestError: 422,
    NotFoundError: 404,
    BusyError: 409,
    UnavailableError: 503,
    ConfigurationError: 503,
}
RETRY_AFTER_SECONDS = "2"

log = structlog.get_logger()


def install(app: FastAPI) -> None:
    """Answer every error of this app in our way."""
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(KasparroError, _ours)
    app.add_exception_handler(Exception, _defect)


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Complaint] | None = None,
) -> Response:
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request.state.request_id,
        errors=None if errors is None else list(errors),
    )
    return Response(
        body.model_dump_json(exclude_none=True),
        status,
        headers={"Cache-Control": "no-store"} | dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def refusal(request: Request, error: HTTPException) -> Response:
    detail = error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = "there is nothing here; /docs lists what there is"
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "this cannot be done here; the Allow header says what can"
    return problem(request, error.status_code, detail, headers=error.headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as installed
    return refusal(request, error)


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as installed
    complaints = [_complaint(one) for one in error.errors()]
    named = "; ".join(f"{one.field}: {one.message}" for one in complaints)
    return problem(request, 422, named, errors=complaints)


def _complaint(error: Mapping[str, Any]) -> Complaint:
    location = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden":
        # The name of a field we do not know is something that was sent.
        return Complaint(field=location[0], message="has a field that is not known here")
    message = str(error["msg"]).removeprefix("Value error, ")
    return Complaint(field=".".join(location[1:]) or location[0], message=message)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, KasparroError)  # noqa: S101  # as installed
    status = next((STATUSES[kind] for kind in type(error).mro() if kind in STATUSES), 500)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return await _defect(request, error)
    detail, headers = str(error), {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        if error.__cause__ is not None:
            # The driver's words name hosts and users.
            log.warning("unavailable", reason=detail)
            detail = "the database cannot be reached; ask again in a moment"
        if isinstance(error, ConfigurationError):
            detail = "this server may not do that with its database; its log says why"
    return problem(request, status, detail, headers=headers)


async def _defect(request: Request, error: Exception) -> Response:
    request_id = request.state.request_id
    log.error("request failed", path=request.url.path, request_id=request_id, exc_info=error)
    detail = f"this is a defect of ours; the log has it under request id {request_id}"
    # Outside of every layer of ours, so the header that they add is added here.
    return problem(request, 500, detail, headers={"X-Request-ID": request_id})
