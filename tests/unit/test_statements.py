"""However a source's statements are cut into payloads, the same ones stand at the end."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.observation import Observation
from kasparro.store.statements import (
    Key,
    Merge,
    Statement,
    count_by_day,
    count_by_month,
    merge,
    newest_per_series,
    statements,
)

NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)


def said(
    price: str | int | Decimal,
    *,
    series: int = 1,
    minute: int = 0,
    at: int = 1,
    cap: int | None = None,
) -> Statement:
    """One statement; `at` tells the order in which statements came."""
    return Statement(
        series_id=series,
        observed_at=NOON + timedelta(minutes=minute),
        price_usd=Decimal(price),
        market_cap_usd=None if cap is None else Decimal(cap),
        volume_24h_usd=None,
        change_24h_percent=None,
        open_usd=None,
        high_usd=None,
        low_usd=None,
        id=at << 20,
    )


@dataclass
class Tables:
    """What the database holds after some merges, and what the merges counted."""

    current: dict[Key, Statement] = field(default_factory=dict)
    revisions: list[Statement] = field(default_factory=list)
    processed: int = 0

    def take(self, payload: Iterable[Statement]) -> Merge:
        result = merge(payload, self.current)
        assert not {row.key for row in result.added} & self.current.keys()
        assert {row.key for row in result.restated} <= self.current.keys()
        self.current |= {row.key: row for row in [*result.added, *result.restated]}
        self.revisions += result.revisions
        self.processed += len(result.added) + result.changed + result.unchanged
        return result


STATEMENTS = st.lists(
    st.builds(
        said,
        st.sampled_from(["1", "1.0", "2", "3"]),
        series=st.integers(1, 2),
        minute=st.integers(0, 2),
        cap=st.sampled_from([None, 0, 1]),
    ),
    max_size=25,
).map(lambda rows: [row._replace(id=at << 20) for at, row in enumerate(rows, 1)])


@given(rows=STATEMENTS, cuts=st.sets(st.integers(0, 25)))
def test_cut_anywhere_into_payloads_the_same_statements_stand_at_the_end(
    rows: list[Statement], cuts: set[int]
) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    in_payloads, one_by_one = Tables(), Tables()
    for start, end in itertools.pairwise(edges):
        in_payloads.take(rows[start:end])
    for row in rows:
        one_by_one.take([row])
    assert in_payloads.current == one_by_one.current
    assert set(in_payloads.revisions) == set(one_by_one.revisions)
    assert len(in_payloads.revisions) == len(one_by_one.revisions)
    assert in_payloads.processed == one_by_one.processed == len(rows)


@given(rows=STATEMENTS)
def test_what_stands_is_the_last_thing_said_and_every_other_saying_is_kept(
    rows: list[Statement],
) -> None:
    tables = Tables()
    tables.take(rows)
    for key, standing in tables.current.items():
        about = [row for row in rows if row.key == key]
        assert standing.values == about[-1].values
        kept = [row for row in tables.revisions if row.key == key] + [standing]
        changes = [
            row for before, row in zip([None, *about], about, strict=False)
            if before is None or before.values != row.values
        ]  # fmt: skip
        assert kept == changes


@given(rows=STATEMENTS)
def test_saying_the_last_things_again_changes_nothing(rows: list[Statement]) -> None:
    tables = Tables()
    tables.take(rows)
    again = [row._replace(id=99 << 20) for row in tables.current.values()]
    result = tables.take(again)
    assert (result.added, result.restated, result.revisions) == ([], [], [])
    assert result.unchanged == len(again)


def test_a_price_that_alternates_leaves_a_revision_at_every_turn() -> None:
    tables = Tables()
    for at, price in enumerate((1, 2, 1, 2), 1):
        tables.take([said(price, at=at)])
    assert [(row.price_usd, row.id >> 20) for row in tables.revisions] == [(1, 1), (2, 2), (1, 3)]
    assert [row.id >> 20 for row in tables.current.values()] == [4]


def test_more_zeros_are_no_other_number_and_unknown_is_not_zero() -> None:
    tables = Tables()
    tables.take([said("1.50", cap=None)])
    assert tables.take([said("1.5", at=2)]).changed == 0
    assert tables.take([said("1.5", at=3, cap=0)]).changed == 1


def test_a_statement_keeps_its_own_pedigree_when_it_becomes_a_revision() -> None:
    first = said(1, at=7)
    (revision,) = merge([said(2, at=8)], {first.key: first}).revisions
    assert revision == first


def test_statements_stand_in_the_order_of_the_payload_with_its_number() -> None:
    observations = [
        Observation(source_asset_id=id_, observed_at=NOON, price_usd=Decimal(1), position=position)
        for position, id_ in enumerate(["b", "a"])
    ]
    rows = statements(observations, {"a": 1, "b": 2}, payload_id=5)
    assert [(row.series_id, row.id) for row in rows] == [(2, 5 << 20), (1, (5 << 20) + 1)]


def test_a_record_whose_id_would_be_one_of_the_next_payload_is_refused() -> None:
    far = Observation(source_asset_id="a", observed_at=NOON, price_usd=Decimal(1), position=1 << 20)
    with pytest.raises(ValueError, match="1,048,576 records"):
        statements([far], {"a": 1}, payload_id=5)


def test_the_newest_of_a_series_is_the_latest_in_time_and_of_equals_the_last() -> None:
    rows = [said(1, minute=5), said(2), said(3, series=2, at=1), said(4, series=2, at=2)]
    assert [row.price_usd for row in newest_per_series(rows)] == [1, 4]


def test_rows_are_counted_under_the_utc_day_and_month_they_were_observed_in() -> None:
    last_minute = said(1)._replace(observed_at=datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    first_minute = said(1)._replace(observed_at=datetime(2026, 6, 1, tzinfo=UTC))
    rows = [first_minute, last_minute, last_minute]
    assert count_by_day(rows) == {date(2026, 5, 31): 2, date(2026, 6, 1): 1}
    assert count_by_month(rows) == {(1, date(2026, 5, 1)): 2, (1, date(2026, 6, 1)): 1}
    assert list(count_by_day(rows)) == sorted(count_by_day(rows))  # a lock order, too
