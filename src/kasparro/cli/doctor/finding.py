"""What one look at one thing found, and looking that never hangs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kasparro.core.errors import KasparroError

Verdict: TypeAlias = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; `advice` says what to do where something is to be done."""

    about: str
    verdict: Verdict
    says: str
    advice: str = ""


def ok(about: str, says: str) -> Finding:
    return Finding(about=about, verdict="ok", says=says)


def warning(about: str, says: str, advice: str) -> Finding:
    return Finding(about=about, verdict="warning", says=says, advice=advice)


def problem(about: str, says: str, advice: str = "") -> Finding:
    return Finding(about=about, verdict="problem", says=says, advice=advice)


def within(seconds: float, about: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What a look finds; that it takes too long, or cannot be done, is a finding too."""
    found: list[Finding] = []

    def run() -> None:
        try:
            found.extend(look())
        except (KasparroError, OSError) as error:
            found.append(problem(about, str(error)))

    thread = threading.Thread(target=run, name=f"doctor {about}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return [problem(about, f"gives no answer within {seconds:.0f} s", "Is it hung?")]
    return found
