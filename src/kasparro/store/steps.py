"""What one payload moves, and what came of it: the words between a run and the store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Cursor, Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a stream's last commit left it."""

    cursor: Cursor
    recalling: Sequence[str] = ()  # the ids the cursor asks for by name
    sweep_started_at: datetime | None = None  # None between sweeps


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a run has waited for so far."""

    retries: int = 0
    waits: int = 0
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one payload moves: the rows it brings and where the sweep goes on."""

    checkpoint: Checkpoint
    at: datetime
    payload: Payload | None = None  # None: the source said that what was asked for is gone
    result: Interpretation | None = None
    gone: Sequence[str] = ()  # listings the source no longer has
    complete: bool = False
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What one step did, in records; `status` is the run's when the step completed it."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    stored: bool = False
    status: str | None = None

    @property
    def processed(self) -> int:
        return self.new + self.changed + self.unchanged
