"""Two runs beside each other, as JSON."""

from typing import Literal

from pydantic import Field

from kasparro.schemas.runs import Run
from kasparro.schemas.words import Number, Promise


class Differences(Promise):
    """The second run minus the first."""

    records_processed_diff: int
    records_failed_diff: int
    records_new_diff: int
    records_changed_diff: int
    duration_diff: Number | None = Field(description="Seconds; null until both are over.")
    status_changed: bool
    code_version_changed: bool


class Change(Promise):
    """Something about the circumstances that differs."""

    name: str = Field(description="code_version, schema_version, host, plan or top.")
    run_1: str | int | None
    run_2: str | int | None


class Assets(Promise):
    """Which coins the two sweeps showed."""

    added: list[str] = Field(description="coin_ids of the second run and not of the first.")
    gone: list[str] = Field(description="coin_ids of the first run and not of the second.")


class Figure(Promise):
    """One figure of both runs, and whether the second one's is usual."""

    name: str
    run_1: Number | None
    run_2: Number | None
    delta: Number | None
    expected: Number | None = Field(description="From the comparable runs before the second one.")
    z: Number | None = Field(description="How many usual deviations it is off.")
    verdict: Literal["ordinary", "anomalous", "insufficient_history", "not_judged", "not_measured"]
    held_against: int = Field(description="So many comparable runs.")


class Range(Promise):
    """Between which values a field lies, in the field's own unit."""

    low: Number = Field(description="5% of the values lie at or below.")
    mid: Number
    high: Number = Field(description="95% of the values lie at or below.")


class FieldChange(Promise):
    """One field of the records of both runs."""

    field: str
    null_rate_1: Number | None
    null_rate_2: Number | None
    range_1: Range | None
    range_2: Range | None
    factor: Number | None = Field(description="The second middle value over the first.")


class Mover(Promise):
    """A coin that moved otherwise than the market."""

    coin_id: str
    symbol: str
    price_1: Number
    price_2: Number
    log_return: Number
    against_market: Number = Field(description="The same less that of the market.")
    z: Number
    usual_move_of: Literal["the coin", "all coins"] = Field(
        description="What z is measured by: its own week, else what the coins differ by."
    )


class Market(Promise):
    """What prices did between the two runs."""

    coins: int = Field(description="With a price at the end of both.")
    log_return: Number = Field(description="The median of all coins.")
    deviation: Number
    top_movers: list[Mover]


class Drift(Promise):
    """A way in which the records of the stream changed between the two runs."""

    run_id: str
    drift: str = Field(alias="class")
    severity: Literal["INFO", "WARN", "ERR"]
    path: str
    evidence: str


class Comparison(Promise):
    """Two runs beside each other."""

    run_1: Run
    run_2: Run
    differences: Differences
    comparable: bool = Field(description="Two whole sweeps of one stream.")
    changes: list[Change]
    assets: Assets | None = Field(description="null: not known of two whole sweeps of one stream.")
    metrics: list[Figure]
    fields: list[FieldChange]
    market: Market | None
    drift: list[Drift]
    explain: list[str] = Field(description="What is unusual, in plain words.")
