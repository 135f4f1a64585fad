"""What CoinGecko's plans include, as data, and the keys that stand for them here."""

from dataclasses import dataclass
from datetime import timedelta

from kasparro.core.limits import Limit
from kasparro.sandbox.wire import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class GeckoPlan(Plan):
    """`history` reaches that far back; None: to the beginning."""

    history: timedelta | None
    most_addresses: int = 100  # in one question for token prices


KEYLESS = GeckoPlan(
    name="keyless",
    limits=(Limit(15, "minute"),),  # what an address is allowed varies: 5 to 15 are reported
    history=timedelta(days=365),
    most_addresses=10,
)
DEMO = GeckoPlan(
    name="demo",
    limits=(Limit(100, "minute"), Limit(10_000, "month")),
    history=timedelta(days=365),
)
BASIC = GeckoPlan(
    name="basic",
    limits=(Limit(300, "minute"), Limit(100_000, "month")),
    history=timedelta(days=730),
)
ANALYST = GeckoPlan(
    name="analyst",
    limits=(Limit(500, "minute"), Limit(500_000, "month")),
    history=None,
)

DEMO_KEYS = {"CG-sandbox-demo-1a2b3c": DEMO}
PRO_KEYS = {"CG-sandbox-basic-4d5e6f": BASIC, "CG-sandbox-analyst-7a8b9c": ANALYST}
