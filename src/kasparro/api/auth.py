"""Who may ask: the admin key for what changes state, and for reading where reading is closed."""

import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from kasparro.api.context import ApiSettings, InContext
from kasparro.api.problems import refusal
from kasparro.api.routes import documents

ALWAYS_OPEN = frozenset(
    {"/health", "/docs", "/redoc", "/openapi.json", "/favicon.ico", *documents.PATHS}
)
NO_KEY_SET = "no admin key is set on this server; its owner sets KASPARRO_ADMIN_KEY"


def check_key(headers: Headers, admin_key: str | None) -> None:
    """Raises HTTPException: 401 without a key, 403 with another than ours."""
    given = _given(headers)
    if admin_key is None:
        raise HTTPException(403, NO_KEY_SET)
    if given is None:
        raise HTTPException(
            401,
            "send the admin key as X-API-Key or Authorization: Bearer",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not secrets.compare_digest(given.encode(), admin_key.encode()):
        raise HTTPException(403, "this is not the admin key")


def _given(headers: Headers) -> str | None:
    key = headers.get("x-api-key")
    if key is not None:
        return key
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _admin(
    request: Request,
    context: InContext,
    # Only for the API's description: both are optional there, one of them is needed here.
    _key: Annotated[str | None, Depends(APIKeyHeader(name="X-API-Key", auto_error=False))],
    _bearer: Annotated[object, Depends(HTTPBearer(auto_error=False))],
) -> None:
    check_key(request.headers, context.settings.admin_key)


AdminOnly = Depends(_admin)


class ReadGate:
    """Where reading is closed, lets only the admin key through; health and the docs stay open."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        closed = not self._settings.public_read
        if scope["type"] == "http" and closed and scope["path"] not in ALWAYS_OPEN:
            try:
                check_key(Headers(scope=scope), self._settings.admin_key)
            except HTTPException as error:
                await refusal(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
