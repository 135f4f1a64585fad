"""What is known of a run when it is held against others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """One run that is over. `values` are its figures by the names of `metrics`."""

    run_id: str
    status: str
    at: datetime  # when its checkpoint was left, by our clock; when it ended, if it left none
    values: Mapping[str, float] = field(default_factory=dict)
    since_last: timedelta | None = None  # since the success before it
    newest_observed_at: datetime | None = None
    checkpoint_found_at: datetime | None = None  # the last success, as it was found
    incomparable: str | None = None  # why its figures say nothing about other runs
    error_kind: str | None = None
    error_message: str | None = None

    @property
    def complete(self) -> bool:
        return self.status in ("success", "partial")

    @property
    def only_news(self) -> bool:
        """It reads only what is new: a file that did not change is not shown again."""
        return bool(self.values.get("only_news"))

    @property
    def records(self) -> float:
        return self.values.get("records_fetched", 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Tracked listings, by their source's ids, that a complete sweep did not show."""

    ids: Sequence[str] = ()
    top: Sequence[str] = ()  # of these, the ones among the hundred largest
    unlisted: Sequence[str] = ()  # of these, the ones its source no longer has at all


def figures(counts: Mapping[str, float]) -> dict[str, float]:
    """All figures of a run: those that were kept, and those that follow from them."""
    values = dict(counts)
    fetched = values.get("records_fetched", 0.0)
    if fetched and "records_quarantined" in values:
        values["quarantine_rate"] = values["records_quarantined"] / fetched
    if "duration_seconds" in values and "fetch_seconds" in values:
        known = values["fetch_seconds"] + values.get("read_seconds", 0.0)
        values["store_seconds"] = max(values["duration_seconds"] - known, 0.0)
    return values
