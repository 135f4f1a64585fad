"""Two processes that ask one source keep its limits together, not each for itself."""

import subprocess
import sys
from contextlib import ExitStack

from kasparro.cli.smoke.caller import SOURCE
from kasparro.cli.smoke.site import PATIENCE_SECONDS, Site
from kasparro.cli.smoke.verdict import must, must_equal
from kasparro.ingestion.sources import BY_NAME
from kasparro.store.connect import connect
from kasparro.store.migrate import migrate
from kasparro.store.usage import busiest_second, calls_this_month

PROCESSES = 2
CALLS = 15  # of each; together more than one second allows
CALLER = "kasparro.cli.smoke.caller"


def one_budget(site: Site) -> str:
    """Every call is counted once, and no second has more than the plan allows."""
    plan = next(iter(BY_NAME[SOURCE].plans.values()))
    allowed = min(limit.calls for limit in plan.limits if limit.window == "second")
    with site.database() as url, site.sources() as sources:
        migrate(url, mode="sandbox")
        with ExitStack() as stack:
            callers = [
                stack.enter_context(
                    subprocess.Popen(
                        [sys.executable, "-m", CALLER, str(CALLS)],
                        cwd=site.home,
                        env=site.environment(url, sources),
                        stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE,
                        text=True,
                    )
                )
                for _ in range(PROCESSES)
            ]
            said = [caller.communicate(timeout=PATIENCE_SECONDS) for caller in callers]
        for caller, (_, complaint) in zip(callers, said, strict=True):
            must(caller.returncode == 0, complaint.strip().rpartition("\n")[2])
        with connect(url) as connection:
            busiest = busiest_second(connection, SOURCE)
            counted = calls_this_month(connection, SOURCE, site.moment)
        judge(
            [int(out) for out, _ in said], len(sources.witness.calls()), counted, busiest, allowed
        )
    return f"{counted} calls of {PROCESSES} processes, {busiest} in the busiest second of {allowed}"


def judge(made: list[int], arrived: int, counted: int, busiest: int, allowed: int) -> None:
    """Raises BrokenError when calls went uncounted, or too many into one second."""
    must(all(calls >= CALLS for calls in made), f"calls by process: {made}")
    must_equal("calls that arrived", arrived, sum(made))
    must_equal("calls that were counted", counted, arrived)
    must(busiest <= allowed, f"{busiest} calls in one second, {allowed} are allowed")
