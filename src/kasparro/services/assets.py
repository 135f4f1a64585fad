"""Assets: which coins there are, and what is known of one."""

from dataclasses import dataclass

from kasparro.core.errors import NotFoundError
from kasparro.services.answer import Answer
from kasparro.store.reading.assets import read_asset, read_assets, read_survivor
from kasparro.store.reading.database import Database


@dataclass(frozen=True, slots=True)
class Moved:
    """The asset was merged into another, which answers for it."""

    coin_id: str


async def page_of_assets(
    database: Database, *, limit: int, offset: int, symbol: str | None, q: str | None
) -> Answer:
    """Assets that some source lists, by slug. Raises UnavailableError."""
    page = await read_assets(database, limit=limit, offset=offset, symbol=symbol, q=q)
    number = offset // limit + 1
    body = f'{{"total_records":{page.total},"page":{number},"limit":{limit},"data":{page.rows}}}'
    return Answer(body=body.encode(), version=page.version)


async def one_asset(database: Database, coin_id: str) -> Answer | Moved:
    """Everything known of one coin. Raises NotFoundError, UnavailableError."""
    survivor = await read_survivor(database, coin_id)
    if survivor is not None and survivor != coin_id:
        return Moved(survivor)
    asset = await read_asset(database, coin_id)
    if asset is None:
        raise NotFoundError("there is no such coin; /assets lists those there are")
    return Answer(body=asset.body.encode(), version=asset.version)
