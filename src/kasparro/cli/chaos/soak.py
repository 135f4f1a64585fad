"""Rounds of chaos: several faults at once, met by a worker process that may be killed meanwhile."""

import multiprocessing
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from random import Random

from kasparro.cli.chaos.case import recovered
from kasparro.cli.chaos.clock import SkippingClock
from kasparro.cli.chaos.labour import PRICES, Place, sweep
from kasparro.cli.chaos.promises import moved_back
from kasparro.cli.chaos.rig import DISTURBED, Rig, account
from kasparro.log import configure as configure_log
from kasparro.sandbox.faults.script import NO_END, Rule, Script

SOURCES = sorted(PRICES)
MOST_AT_ONCE = 3
KILLED = 0.7  # of the workers
WITHIN_SECONDS = 4.0  # of a worker's beginning: it needs about as long
STARTS_WITHIN_SECONDS = 120.0
ENDS_WITHIN_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What was played, how the worker ended, and which promises are broken."""

    rules: Sequence[Rule]
    ending: str
    broken: Sequence[str]


def play_round(rig: Rig, script: Script, seed: int, number: int) -> Round:
    """The same seed and number draw the same faults; when a kill strikes depends on the machine."""
    draws = Random(f"{seed} {number}")  # noqa: S311  # no secret
    rules = tuple(_now_and_then(rule, draws) for rule in _some(script.rules, draws))
    with rig.database() as place:
        before = account(place.url)
        rig.sandbox.faults.load(Script(seed=draws.randrange(10**6), rules=rules))
        ending = _worked(place, draws)
        rig.sandbox.faults.clear()
        rig.sandbox.forget_callers()
        problems = moved_back(before.ledger, account(place.url).ledger)
        problems += recovered(rig, place, SOURCES)
        return Round(rules=rules, ending=ending, broken=problems)


def _some(rules: Sequence[Rule], draws: Random) -> Sequence[Rule]:
    return draws.sample(rules, min(len(rules), draws.randint(1, MOST_AT_ONCE)))


def _now_and_then(rule: Rule, draws: Random) -> Rule:
    """The same fault at other calls than the script says."""
    loose = {"calls": (1, NO_END), "chance": draws.uniform(0.3, 1), "times": draws.randint(1, 4)}
    return rule.model_copy(update=loose)


def _worked(place: Place, draws: Random) -> str:
    """Let a process of its own sweep, and kill it or not."""
    context = multiprocessing.get_context("spawn")
    began = context.Event()
    worker = context.Process(target=work, args=(place, began), daemon=True)
    worker.start()
    try:
        if not began.wait(STARTS_WITHIN_SECONDS):
            raise TimeoutError("the worker process did not begin")
        if draws.random() < KILLED:
            seconds = draws.uniform(0, WITHIN_SECONDS)
            worker.join(seconds)
            if worker.is_alive():
                worker.kill()
                return f"killed at {seconds:.2f} s"
            return "done before it"
        worker.join(ENDS_WITHIN_SECONDS)
        return "done"
    finally:
        worker.kill()
        worker.join()


def work(place: Place, began: Event | threading.Event) -> None:
    """In the worker process: sweep every source, all at once, whatever the ends."""
    configure_log("CRITICAL")
    began.set()
    clock = SkippingClock(DISTURBED)
    lanes = [threading.Thread(target=sweep, args=(place, source, clock)) for source in SOURCES]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
