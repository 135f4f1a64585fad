"""Errors as JSON: problem details of RFC 9457."""

from kasparro.schemas.words import Promise


class Complaint(Promise):
    """What is wrong with one part of a request; what was sent is not repeated, it may be a key."""

    field: str
    message: str


class Problem(Promise):
    """Why there is no answer; `errors` is only there where the request was wrong."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[Complaint] | None = None
