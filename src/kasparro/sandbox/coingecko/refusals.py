"""CoinGecko's answers that carry no document, in each of the shapes it has for them."""

from datetime import datetime, timedelta
from typing import Any

from kasparro.sandbox.wire import Answer, Instead, as_json

JSON = {"Content-Type": "application/json; charset=utf-8"}
PRICING = "https://www.coingecko.com/en/api/pricing"


def _answer(status: int, document: Any, **headers: str) -> Answer:
    dressed = {**JSON, "Cache-Control": "no-cache", **headers}
    return Answer(status=status, body=as_json(document), headers=dressed)


def error(status: int, text: str) -> Instead:
    return Instead(_answer(status, {"error": text}))


def missing(parameter: str) -> Instead:
    return error(422, f"Missing parameter {parameter}")


def invalid(parameter: str) -> Instead:
    return error(400, f"invalid {parameter}")


def coin_not_found() -> Instead:
    return error(404, "coin not found")


def broken() -> Instead:
    """How it takes a question for candles that lacks what it needs."""
    return Instead(_answer(500, {"status": 500, "error": "Internal Server Error"}))


UNKNOWN_PATH = _answer(
    404,
    {
        "status": {
            "error_code": 404,
            "error_message": "Incorrect path. Please check https://www.coingecko.com/api/",
        }
    },
)
URI_TOO_LONG = Answer(status=414, body=b"URI Too Long", headers={"Content-Type": "text/plain"})


def _over_the_limit() -> dict[str, Any]:
    text = (
        f"You've exceeded the Rate Limit. Please visit {PRICING} to subscribe to our API plans"
        " for higher rate limits."
    )
    return {"status": {"error_code": 429, "error_message": text}}


CREDITS_SPENT = _answer(429, _over_the_limit())


def rate_limited(wait: timedelta) -> Answer:
    whole_seconds = -(-wait // timedelta(seconds=1))
    return _answer(429, _over_the_limit(), **{"Retry-After": str(whole_seconds)})


def out_of_range(now: datetime) -> Instead:
    """History that only larger plans have. Code 10012, as for too many addresses."""
    text = (
        "Your request exceeds the allowed time range. Public API users are limited to querying"
        " historical data within the past 365 days. Upgrade to a paid plan to enjoy full"
        f" historical data access: {PRICING}. "
    )
    status = {"timestamp": _timestamp(now), "error_code": 10012, "error_message": text}
    return Instead(_answer(401, {"error": {"status": status}}))


def too_many_addresses(now: datetime, most: int) -> Instead:
    text = (
        f"Number of contract addresses in the request exceeds the allowed limit ({most} addresses)."
        f" To enjoy higher allowed limit, please subscribe to a plan at {PRICING}"
    )
    document = {
        "timestamp": _timestamp(now),
        "error_code": 10012,
        "status": {"error_message": text},
    }
    return Instead(_answer(400, document))


def key_missing(now: datetime) -> Instead:
    text = (
        "API Key Missing. Please make sure you're using the right authentication method. For Pro"
        " API, please visit: https://docs.coingecko.com/reference/authentication."
    )
    status = {"timestamp": _timestamp(now), "error_code": 10002, "error_message": text}
    return Instead(_answer(401, {"status": status}))


def key_of_the_other_host(now: datetime, code: int, text: str) -> Instead:
    """10010: a pro key on the public host; 10011: a demo key on the pro host."""
    document = {
        "timestamp": _timestamp(now),
        "error_code": code,
        "status": {"error_message": text},
    }
    return Instead(_answer(400, document))


def invalid_key(kind: str) -> Instead:
    status = {"error_code": 401, "error_message": f"invalid {kind} api key usage"}
    return Instead(_answer(401, {"status": status}))


def _timestamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds")
