"""Prices: one page of observations, whole and with exact totals."""

from dataclasses import replace

from kasparro.services.answer import Answer
from kasparro.services.cursor import read_cursor, write_cursor
from kasparro.store.reading.database import Database
from kasparro.store.reading.prices import PriceQuestion, read_prices


async def page_of_prices(
    database: Database, question: PriceQuestion, cursor: str | None = None
) -> Answer:
    """One page, newest first; a cursor instead of an offset goes on where its page ended.

    Raises UnavailableError; ValueError for a cursor we did not write.
    """
    number = question.offset // question.limit + 1
    if cursor is not None:
        position, number = read_cursor(cursor)
        question = replace(question, after=position)
    page = await read_prices(database, question)
    body = (
        f'{{"total_records":{page.total},"page":{number},"limit":{question.limit},'
        f'"data":{page.rows}}}'
    )
    return Answer(
        body=body.encode(),
        version=page.version,
        next_cursor=None if page.next is None else write_cursor(page.next, number + 1),
    )
