"""What the contract of the API says its answers look like, written down a second time.

On purpose: the schemas the code is built with would agree with whatever the code does.
"""

from types import NoneType
from typing import Any, TypeAlias

from kasparro.cli.smoke.verdict import must, must_equal

Shape: TypeAlias = Any
"""A type or a tuple of types; a dict of shapes by key; a list of one shape, for each item."""

NUMBER = (int, float)
MAYBE_NUMBER = (int, float, NoneType)
MAYBE_TEXT = (str, NoneType)

PRICE = {
    "id": int,
    "coin_id": str,
    "symbol": str,
    "name": str,
    "price_usd": NUMBER,
    "market_cap": MAYBE_NUMBER,
    "volume_24h": MAYBE_NUMBER,
    "price_change_24h": MAYBE_NUMBER,
    "timestamp": str,
    "source": str,
}
RUN = {
    "run_id": str,
    "source": str,
    "start_time": str,
    "end_time": str,
    "status": str,
    "records_processed": int,
    "records_failed": int,
    "duration_seconds": NUMBER,
    "error_message": MAYBE_TEXT,
}
SOURCE_HEALTH = {"last_run_status": str, "last_run_time": str, "records_processed": int}
SHAPES: dict[str, Shape] = {
    "/data": {
        "request_id": str,
        "api_latency_ms": NUMBER,
        "total_records": int,
        "page": int,
        "limit": int,
        "data": [PRICE],
    },
    "/health": {
        "status": str,
        "database": str,
        "etl_status": dict.fromkeys(("coinpaprika", "coingecko", "csv"), SOURCE_HEALTH),
        "timestamp": str,
    },
    "/stats": [
        {
            "source": str,
            "total_records": int,
            "records_processed": int,
            "last_run_start": str,
            "last_run_end": str,
            "last_run_status": str,
            "last_run_duration_seconds": NUMBER,
            "last_success_at": str,
            "last_failure_at": MAYBE_TEXT,
            "last_error": MAYBE_TEXT,
            "last_run_id": str,
        }
    ],
    "/runs": [RUN],
    "/compare-runs": {
        "run_1": RUN,
        "run_2": RUN,
        "differences": {
            "records_processed_diff": int,
            "duration_diff": NUMBER,
            "status_changed": bool,
        },
    },
}


def must_fit(found: Any, shape: Shape, where: str) -> None:
    """Raises BrokenError naming the place where something is missing or of another type."""
    if isinstance(shape, dict):
        must(isinstance(found, dict), f"{where} is no object")
        for key, inner in shape.items():
            must(key in found, f"{where} has no {key}")
            must_fit(found[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        must(isinstance(found, list) and bool(found), f"{where} is no list with something in it")
        for item in found:
            must_fit(item, shape[0], f"{where}[]")
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        must(type(found) in kinds, f"{where} is {found!r}")
        if isinstance(found, str):
            must_equal(f"spaces around {where}", found.strip(), found)
