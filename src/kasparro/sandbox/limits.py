"""Counts calls as the two sources do: calendar windows per caller, and credits per month."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from kasparro.core.limits import Limit, Window
from kasparro.sandbox.wire import Caller

LENGTHS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1)}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A call made at the end of a window may arrive at the start of the next one.
ON_THE_WAY = timedelta(milliseconds=250)
WINDOWS_KEPT = 10_000

_Key: TypeAlias = tuple[str, Window, int]


class Traffic:
    """What every caller has asked so far; `clock` goes on where the market stands still.

    Any call takes a place in its second or minute, one that succeeds also a credit of the month.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._calls: Counter[_Key] = Counter()
        self._credits: Counter[tuple[str, int, int]] = Counter()

    def wait(self, caller: Caller[Any]) -> timedelta:
        """Take a place, or say how long until there is one; nothing when it was taken."""
        now = self._clock()
        if len(self._calls) > WINDOWS_KEPT:
            self._calls.clear()
        keys: list[_Key] = []
        for limit in caller.plan.limits:
            if limit.window not in LENGTHS:
                continue
            key = self._key(caller.name, limit, now)
            if self._calls[key] >= limit.calls:
                length = LENGTHS[limit.window]
                return length - (now - EPOCH) % length
            keys.append(key)
        self._calls.update(keys)
        return timedelta()

    def spend(self, caller: Caller[Any]) -> None:
        self._credits[self._month(caller.name)] += 1

    def spent(self, caller: Caller[Any]) -> int:
        """Credits of this month that are used up."""
        return self._credits[self._month(caller.name)]

    def has_credit(self, caller: Caller[Any]) -> bool:
        spent = self.spent(caller)
        return all(spent < limit.calls for limit in caller.plan.limits if limit.window == "month")

    def forget(self) -> None:
        self._calls.clear()
        self._credits.clear()

    def _key(self, name: str, limit: Limit, now: datetime) -> _Key:
        number, into = divmod(now - EPOCH, LENGTHS[limit.window])
        before = (name, limit.window, number - 1)
        if into < ON_THE_WAY and 0 < self._calls[before] < limit.calls:
            return before
        return (name, limit.window, number)

    def _month(self, name: str) -> tuple[str, int, int]:
        now = self._clock()
        return name, now.year, now.month
