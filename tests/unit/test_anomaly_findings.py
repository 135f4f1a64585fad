"""Everything that can be wrong with a run, and how it is told."""

from datetime import timedelta

import pytest

from kasparro.core.anomalies.examine import examine
from kasparro.core.anomalies.facts import Missing, RunFacts
from kasparro.core.anomalies.finding import Finding, headline, worst
from kasparro.core.anomalies.wording import listed
from support.simulated import MONDAY, around, run


def found(tested: RunFacts, *before: RunFacts, **changes: object) -> dict[str, Finding]:
    return {one.name: one for one in examine(tested, around(*before, **changes))}


def test_an_ordinary_run_has_no_findings() -> None:
    assert found(run(20), *(run(n) for n in range(20))) == {}
    assert found(run(0)) == {}


def test_a_complete_sweep_without_a_record_is_critical_from_the_first_run_on() -> None:
    empty = found(run(0, records_fetched=0, newest_observed_at=None))["no_rows"]
    assert (empty.severity, empty.spoils) == ("critical", True)


def test_a_file_that_brings_nothing_new_is_no_finding() -> None:
    assert found(run(1, records_fetched=0, only_news=True, newest_observed_at=None), run(0)) == {}


def test_one_missing_coin_is_reported_by_name_among_a_thousand() -> None:
    before = [run(n) for n in range(20)]
    lost = found(run(20, records_fetched=999), *before, missing=Missing(ids=["lost-coin"]))
    assert set(lost) == {"missing_asset"}
    assert lost["missing_asset"].listings == ["lost-coin"]
    assert "lost-coin" in lost["missing_asset"].message


def test_a_large_coin_that_is_missing_is_critical() -> None:
    missing = Missing(ids=["bitcoin", "dust"], top=["bitcoin"], unlisted=["dust"])
    lost = found(run(1), run(0), missing=missing)
    assert lost["missing_top_asset"].severity == "critical"
    assert lost["missing_top_asset"].listings == ["bitcoin"]
    assert lost["missing_asset"].actual == 2
    assert "no longer listed at all: dust" in lost["missing_asset"].message


def test_prices_of_nothing_are_a_finding_of_their_own() -> None:
    assert found(run(0, not_positive=3))["non_positive_price"].actual == 3


def test_a_sweep_that_repeats_every_byte_of_the_last_is_a_resend() -> None:
    again = found(run(1, payloads_stored=0), run(0))["unchanged_resend"]
    assert "every byte" in again.message
    assert again.spoils


def test_a_sweep_whose_newest_time_is_that_of_the_last_is_a_resend() -> None:
    before = run(0)
    same = run(1, newest_observed_at=before.newest_observed_at)
    assert "newest time" in found(same, before)["unchanged_resend"].message


def test_a_run_by_hand_right_after_another_may_repeat_it() -> None:
    before = run(0)
    soon = {"at": before.at + timedelta(minutes=2), "since_last": timedelta(minutes=2)}
    again = run(1, payloads_stored=0, newest_observed_at=before.newest_observed_at, **soon)
    assert found(again, before) == {}


def test_a_catalogue_may_say_the_same_every_day() -> None:
    assert found(run(1, payloads_stored=0), run(0), carries_prices=False) == {}


@pytest.mark.parametrize(
    "interval, age, stale",
    [
        (timedelta(hours=1), timedelta(hours=1, minutes=59), False),
        (timedelta(hours=1), timedelta(hours=2, minutes=1), True),
        (timedelta(minutes=1), timedelta(minutes=14), False),
        (timedelta(minutes=1), timedelta(minutes=16), True),
    ],
)
def test_prices_are_stale_beyond_two_intervals_and_a_quarter_of_an_hour(
    interval: timedelta, age: timedelta, *, stale: bool
) -> None:
    old = run(0, newest_observed_at=MONDAY - age)
    assert ("stale" in found(old, interval=interval)) is stale


def test_a_checkpoint_that_moved_back_between_two_runs_is_noticed() -> None:
    restored = run(5, checkpoint_found_at=run(2).at)
    assert "backup" in found(restored, run(4))["checkpoint_moved_back"].message
    lost = run(5, checkpoint_found_at=None)
    assert "none" in found(lost, run(4))["checkpoint_moved_back"].message


def test_a_clock_that_goes_backwards_moves_the_checkpoint_back() -> None:
    later = run(5)
    back = run(3, checkpoint_found_at=later.at)
    assert "clock" in found(back, later)["checkpoint_moved_back"].message


def test_a_failed_run_is_a_finding_and_the_second_in_a_row_is_critical() -> None:
    failed = run(3, status="failed", error_kind="retryable", error_message="no answer.")
    first = found(failed)["failed"]
    assert (first.kind, first.severity, first.spoils) == ("failure", "warn", True)
    assert first.message == "the run failed: no answer."
    assert found(failed, failed_before=True)["failed"].severity == "critical"
    refused = run(3, status="failed", error_kind="refused", error_message="bad key")
    assert found(refused)["failed"].severity == "critical"


def test_a_run_that_was_cut_off_is_no_finding() -> None:
    """Whoever goes on from its checkpoint makes it whole."""
    assert found(run(3, status="abandoned", records_fetched=0)) == {}


def test_a_run_that_went_on_for_another_is_not_held_against_whole_ones() -> None:
    before = [run(n) for n in range(20)]
    half = {"records_fetched": 500, "payloads": 2, "payloads_stored": 2}
    assert "records_fetched" in found(run(20, **half), *before)
    assert found(run(20, **half, incomparable="it went on"), *before) == {}


def test_four_deviations_warn_and_eight_are_critical() -> None:
    before = [run(n) for n in range(20)]
    assert found(run(20, records_fetched=850), *before)["records_fetched"].severity == "warn"
    assert found(run(20, records_fetched=700), *before)["records_fetched"].severity == "critical"


def test_the_second_in_a_row_is_one_step_graver_where_it_points_the_same_way() -> None:
    before = [run(n) for n in range(20)]
    low = run(20, records_fetched=850)
    again = found(low, *before, flagged_before={"records_fetched": False})["records_fetched"]
    assert again.severity == "critical"
    assert "second time" in again.message
    other = found(low, *before, flagged_before={"records_fetched": True})["records_fetched"]
    assert other.severity == "warn"


def test_a_sentence_says_what_is_what_was_expected_and_how_unusual_that_is() -> None:
    before = [run(n) for n in range(20)]
    half = found(run(20, records_fetched=500), *before)["records_fetched"]
    assert half.message.startswith("records: 500, expected 1,000 (-")
    assert half.message.endswith("times what 20 runs deviate by)")
    assert (half.actual, half.expected) == (500, pytest.approx(1000))


def test_an_alert_names_each_cause_once() -> None:
    before = [run(n, assets_shown=1000) for n in range(20)]
    tested = run(20, records_fetched=400, assets_shown=400, quarantine_rate=0.5)
    findings = examine(tested, around(*before))
    assert headline(one.cause for one in findings) == "another amount of data than usual"
    assert worst(findings) == "critical"
    everything = headline(["speed", "run", "speed", "coverage"])
    assert everything == "the run failed; tracked coins are missing; slower than usual"


def test_a_long_list_is_cut_in_words_only() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(n) for n in range(1005)]) == "0, 1, 2, 3, 4 and 1,000 more"
