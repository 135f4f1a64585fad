"""Several questions put at once: all of them see one state of the data."""

from datetime import timedelta

from kasparro.store.connect import Connection
from kasparro.store.reading.database import Database
from kasparro.store.reading.sessions import Reader
from support.filling import NOON, Filling


async def test_what_is_committed_between_two_questions_is_seen_by_neither(
    database_url: str, database: Connection
):
    filling = Filling(database)
    series = filling.series("csv", "bitcoin", "BTC")
    filling.observe(series, NOON)

    async def count(reader: Reader) -> int:
        found = await (await reader.execute("select count(*) from observations")).fetchone()
        assert found is not None
        return int(found[0])

    async def twice(reader: Reader) -> tuple[int, int]:
        before = await count(reader)
        filling.observe(series, NOON + timedelta(hours=1))
        return before, await count(reader)

    reading = Database()
    await reading.open(database_url)
    try:
        assert await reading.snapshot(twice) == (1, 1)
        assert await reading.snapshot(count) == 2
    finally:
        await reading.close()
