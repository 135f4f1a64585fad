"""The OpenAPI description, with errors under the media type they are really sent in."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from kasparro.api.problems import MEDIA_TYPE
from kasparro.schemas.problem import Problem

PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
MEANINGS = {
    400: "The body is not JSON in UTF-8.",
    401: "The admin key is missing.",
    403: "The key is not the admin key, or none is set.",
    404: "There is no such thing.",
    409: "It is being done already.",
    413: "The body is larger than any that is read.",
    422: "The question itself is wrong.",
    503: "The database, or a worker, is not there.",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer these errors."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in statuses}


def describe_errors_as_problems(app: FastAPI) -> None:
    """FastAPI describes every answer as the route's own media type; errors have another."""
    describe: Callable[[], dict[str, Any]] = app.openapi

    def described() -> dict[str, Any]:
        description = describe()
        for path in description["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    content = response.get("content", {})
                    if content.get("application/json") == PROBLEM:
                        content[MEDIA_TYPE] = content.pop("application/json")
        return description

    app.openapi = described  # type: ignore[method-assign]  # the way FastAPI documents
