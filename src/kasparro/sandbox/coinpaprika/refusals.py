"""CoinPaprika's answers that carry no document: one JSON shape, plain text for unknown paths."""

from datetime import datetime
from html import escape

from kasparro.sandbox.wire import Answer, Instead, as_json

JSON = {"Content-Type": "application/json; charset=UTF-8"}


def error(status: int, text: str) -> Answer:
    return Answer(status=status, body=as_json({"error": text}), headers=JSON)


INVALID_PARAMETERS = error(400, "invalid parameters")
TOO_MANY_QUOTES = error(400, "Max number of quotes is 3")
INVALID_KEY = error(403, "invalid api key")
ID_NOT_FOUND = error(404, "id not found")
RATE_LIMITED = error(429, "you have reached maximum request limit")
QUOTA_SPENT = error(
    402, "you have reached the monthly request limit. Check plans on coinpaprika.com/api"
)
NOT_IN_THE_PLAN = error(
    402, "This endpoint is not allowed in this plan. Check plans on coinpaprika.com/api"
)
UNKNOWN_PATH = Answer(
    status=404,
    body=b"404 page not found",
    headers={"Content-Type": "text/plain; charset=utf-8"},
)


def before_the_plan(what: str, earliest: datetime) -> Instead:
    """The plan's history does not go back that far."""
    since = earliest.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".")
    text = f"Getting {what} before {since} +0000 UTC is not allowed in this plan."
    return Instead(error(402, f"{text} Check plans on coinpaprika.com/api"))


def moved(location: str) -> Instead:
    body = f'<a href="{escape(location)}">Moved Permanently</a>.\n\n'
    headers = {"Content-Type": "text/html; charset=utf-8", "Location": location}
    return Instead(Answer(status=301, body=body.encode(), headers=headers))
