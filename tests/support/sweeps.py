"""Sweeps of one market that are disturbed, and what they must have left on record."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from kasparro.store import claims
from support.house import House
from support.provider import Asked, Provider, Reply, as_json
from support.records import coins

PAGES = ["1", "2", "3", "4"]
BROKEN = Reply(b"<html>Bad gateway</html>", 502)


def market(asked: Asked) -> Reply:
    """Four full pages, the same whoever asks and whenever."""
    return as_json(coins(250 * int(asked.params["page"]), 250))


def when_asked(page: str, act: Callable[[], Any]) -> Callable[[Asked], Reply]:
    """The market; the first request for this page sets something off, and is answered."""
    waiting = [page]

    def answer(asked: Asked) -> Reply:
        if asked.params["page"] in waiting:
            waiting.clear()
            act()
        return market(asked)

    return answer


def asked_pages(provider: Provider) -> Counter[str]:
    return Counter(asked.params["page"] for asked in provider.asked)


def close_orphans(home: House) -> list[str]:
    """What the next process does first; waits until the server has noticed the death."""
    deadline = time.monotonic() + 10
    while not (abandoned := claims.abandon_orphans(home.connection)):
        assert time.monotonic() < deadline, "the server never noticed"
        time.sleep(0.01)
    return abandoned


def assert_every_end_is_on_record(home: House) -> None:
    unended = "select count(*) from etl_runs where status in ('queued', 'running')"
    assert home.value(unended) == 0
    assert home.value(
        "select bool_and(end_time is not null and coalesce(error_message, '') <> ''"
        " and error_kind is not null)"
        " from etl_runs where status in ('failed', 'abandoned')"
    ) in (True, None)


def backends(home: House, *conditions: str) -> list[int]:
    """The sessions of this database besides the test's own."""
    where = " and ".join(["datname = current_database()", "pid <> pg_backend_pid()", *conditions])
    return [pid for (pid,) in home.rows(f"select pid from pg_stat_activity where {where}")]


def cut_all(home: House) -> None:
    for pid in backends(home):
        home.rows("select pg_terminate_backend(%s)", pid)


def pages(asked: Asked, *, step: int = 0, of: int = 4) -> Reply:
    """A market of `of` full pages, each coin worth its number and a half, plus `step`."""
    page = int(asked.params["page"])
    if page > of:
        return as_json([])
    stamp = f"2026-05-18T11:{step:02}:00.000Z"
    return as_json([
        one | {"current_price": one["current_price"] + step}
        for one in coins(250 * (page - 1), 250, last_updated=stamp)
    ])  # fmt: skip


def broken_at(page: str) -> Any:
    """The market, but this page answers 502."""
    return lambda asked: BROKEN if asked.params["page"] == page else pages(asked)
