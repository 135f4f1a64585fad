"""`kasparro anomalies`: a person reads what was found, and says what it was."""

from collections.abc import Iterator

import pytest

from support.commands import CommandLine
from support.house import House, house
from support.provider import Reply, as_json
from support.records import coin


@pytest.fixture
def home(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """One run of CoinGecko with broken rules, one of CoinPaprika that was refused."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with house(database_url) as own:
        own.providers["coingecko"].answer = lambda _: as_json([
            coin(current_price=0), coin("old", last_updated="2026-05-18T01:00:00Z")
        ])  # fmt: skip
        own.sweep("coingecko")
        own.providers["coinpaprika"].answer = lambda _: Reply(b"no", 403)
        own.sweep("coinpaprika")
        yield own


def test_a_person_lists_what_was_found_and_says_what_it_was(
    home: House, kasparro: CommandLine
) -> None:
    said = kasparro("anomalies", "list", "--source", "coingecko")
    assert said.code == 0
    head, *lines = said.out.splitlines()
    assert head.split()[:3] == ["finding", "run", "stream"]
    assert len(lines) == 2
    assert "prices of nothing or less" in said.out
    run_id = lines[0].split()[1]
    settled = kasparro("anomalies", "ack", run_id, "--note", "their rounding", "--false-alarm")
    assert (settled.code, settled.last_line) == (0, "2 findings settled")
    found = kasparro("anomalies", "list", "--run", run_id, "--json").json()
    assert {(one["status"], one["confirmed"], one["note"]) for one in found} == {
        ("acknowledged", False, "their rounding")
    }
    assert "false alarm" in kasparro("anomalies", "list", "--run", run_id).out
    left = kasparro("anomalies", "list", "--status", "open", "--json").json()
    assert [one["source"] for one in left] == ["coinpaprika"]


def test_one_finding_is_confirmed_by_its_number(home: House, kasparro: CommandLine) -> None:
    (first, *_) = kasparro("anomalies", "list", "--severity", "critical", "--json").json()
    assert kasparro("anomalies", "ack", str(first["id"])).last_line == "1 findings settled"
    assert home.value("select confirmed from anomalies where id = %s", first["id"]) is True
    assert home.value("select count(*) from anomalies where status = 'acknowledged'") == 1


def test_what_is_not_there_cannot_be_settled(home: House, kasparro: CommandLine) -> None:
    refused = kasparro("anomalies", "ack", "nope")
    assert refused.code == 1
    assert "no finding nope" in refused.last_line


def test_nothing_unusual_is_said_in_words(database_url: str, kasparro: CommandLine) -> None:
    assert kasparro("anomalies", "list", DATABASE_URL=database_url).last_line == "no anomaly"
