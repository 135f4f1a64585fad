"""Totals, offsets and cursors against the plainest reading: all rows, sorted and counted."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kasparro.store.connect import Connection
from support.api import serving
from support.filling import Filling

SYMBOLS = {"bitcoin": "BTC", "batcat": "btc", "ether": "ETH"}
SOURCES = ("coinpaprika", "coingecko", "csv")
BORDERS = [
    datetime(2012, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2013, 1, 1, tzinfo=UTC),
    datetime(2024, 2, 29, tzinfo=UTC),
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 10, tzinfo=UTC),
    datetime(2026, 3, 10, 0, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 3, 10, 12, tzinfo=UTC),
    datetime(2026, 3, 31, 23, 0, tzinfo=UTC),
]
instants = st.one_of(
    st.sampled_from(BORDERS),
    st.datetimes(datetime(2012, 12, 1), datetime(2026, 4, 2), timezones=st.just(UTC)),  # noqa: DTZ001
)
questions = st.fixed_dictionaries(
    {"limit": st.integers(1, 20)},
    optional={
        "symbol": st.sampled_from(["btc", "ETH", "none"]),
        "coin_id": st.sampled_from(["bitcoin", "batcat", "none"]),
        "source": st.sampled_from(SOURCES),
        "since": instants,
        "until": instants,
        "offset": st.integers(0, 400),
    },
)


@pytest.fixture
def rows(database: Connection) -> list[tuple[Any, ...]]:
    """Every row as (id, slug, symbol, source, observed_at), newest first, the plain way."""
    chance = random.Random(20260310)
    filling = Filling(database)
    for source in SOURCES:
        for slug, symbol in SYMBOLS.items():
            series = filling.series(source, slug, symbol)
            around = chance.sample(BORDERS, 5)
            years = [BORDERS[0] + timedelta(days=chance.randrange(5000)) for _ in range(12)]
            month = [BORDERS[4] + timedelta(minutes=chance.randrange(30_000)) for _ in range(40)]
            filling.observe(series, sorted({*around, *years, *month}))
    return database.execute(
        "select p.id, p.coin_id, p.symbol, p.source, p.timestamp"
        " from observations o"
        " join crypto_prices p on p.id = o.id"
        " order by o.observed_at desc, o.series_id desc"
    ).fetchall()


def wanted(question: dict[str, Any]) -> Callable[[tuple[Any, ...]], bool]:
    def of(row: tuple[Any, ...]) -> bool:
        _, slug, symbol, source, at = row
        return (
            question.get("symbol", symbol).upper() == symbol.upper()
            and question.get("coin_id", slug) == slug
            and question.get("source", source) == source
            and question.get("since", at) <= at
            and ("until" not in question or at < question["until"])
        )

    return of


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(question=questions)
async def test_every_page_and_total_is_what_plain_counting_finds(
    database_url: str, rows: list[tuple[Any, ...]], question: dict[str, Any]
):
    expected = [row[0] for row in filter(wanted(question), rows)]
    offset, limit = question.get("offset", 0), question["limit"]
    async with serving(database_url) as api:
        answer = await api.get("/data", **asked(question))
        body = answer.json()
        assert body["total_records"] == len(expected)
        assert [row["id"] for row in body["data"]] == expected[offset : offset + limit]
        assert ("next" in answer.links) == (len(expected) > offset + limit)
        if "next" in answer.links:
            following = (await api.client.get(answer.links["next"]["url"])).json()
            assert following["total_records"] == len(expected)
            assert following["page"] == body["page"] + 1
            start = offset + limit
            assert [row["id"] for row in following["data"]] == expected[start : start + limit]


def asked(question: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in question.items()
    }
