"""`kasparro doctor` on a house in good health, and what it says of it."""

from datetime import UTC, datetime
from email.utils import format_datetime

from support.commands import Said
from support.house import House
from support.provider import Asked, Reply, as_json
from support.records import coin, coins, ticker

WORKER = "insert into workers (id, name) values (gen_random_uuid(), 'w')"


def answers(asked: Asked) -> Reply:
    """A source in good health, and fresh prices."""
    now = datetime.now(UTC)
    seen = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    if asked.path == "/coins/markets":
        return as_json([coin(last_updated=seen), *coins(1, 9, last_updated=seen)])
    if asked.path == "/tickers":
        return as_json([ticker(last_updated=seen)])
    return as_json({}, Date=format_datetime(now, usegmt=True))


def findings(said: Said) -> dict[str, list[tuple[str, str]]]:
    """What it says, as (verdict, words) by what it is about."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in said.out.splitlines():
        verdict, about, says = line[:8].strip(), line[9:29].strip(), line[30:]
        found.setdefault(about, []).append((verdict, says))
    return found


def sweep_all(home: House) -> None:
    home.clock.time = datetime.now(UTC)
    home.sweep("coingecko")
    home.sweep("coinpaprika")
    home.connection.execute(WORKER)
    home.connection.execute("delete from sources where name = 'csv'")
