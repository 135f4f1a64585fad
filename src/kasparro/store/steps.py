"""What one payload moves, and what came of it: the words between a run and the store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kasparro.core.drift.event import Drift
from kasparro.core.drift.judge import Judgement
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
    """What a run has asked and waited for so far."""

    retries: int = 0
    waits: int = 0
    wait_seconds: float = 0.0
    calls: int = 0
    answers: Counter[str] = field(default_factory=Counter)  # by HTTP status, or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of a run as it went, to be held against other runs of its stream."""

    figures: Mapping[str, float] = field(default_factory=dict)
    newest_observed_at: datetime | None = None
    configuration: Mapping[str, str | int | None] = field(default_factory=dict)
    incomparable: str | None = None  # why the figures say nothing about other runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one payload moves: the rows it brings and where the sweep goes on."""

    checkpoint: Checkpoint
    at: datetime
    payload: Payload | None = None  # None: the source said that what was asked for is gone
    result: Interpretation | None = None
    judgement: Judgement | None = None  # None: the payload was judged when it was stored
    gone: Sequence[str] = ()  # listings the source no longer has
    complete: bool = False
    tally: Tally = field(default_factory=Tally)
    measured: Measured = field(default_factory=Measured)  # so far; kept when complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What one step did, in records; `status` is the run's when the step completed it."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    stored: bool = False
    status: str | None = None
    drifts: Sequence[Drift] = ()  # those nobody saw before

    @property
    def processed(self) -> int:
        return self.new + self.changed + self.unchanged
