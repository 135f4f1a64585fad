"""`kasparro doctor` looks at all that may be in the way, and hangs on nothing."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kasparro.cli.doctor import machine
from kasparro.cli.doctor.finding import Finding, within
from kasparro.settings import load_settings
from support.checkups import findings, sweep_all
from support.commands import Said
from support.csv_files import put
from support.house import House
from support.provider import as_json, provider


def test_where_all_is_well_every_line_says_so_and_each_source_is_asked_once(
    healthy: House, doctor: Callable[..., Said]
):
    sweep_all(healthy)
    for own in healthy.providers.values():
        own.asked.clear()
    said = doctor()
    assert (said.code, said.err) == (0, "")
    assert {verdict for lines in findings(said).values() for verdict, _ in lines} == {"ok"}
    assert set(findings(said)) == {
        "port", "database", "schema", "connections", "clock", "coingecko prices",
        "coinpaprika prices", "worker", "quarantine", "unlinked listings", "csv files",
        "coingecko access", "coingecko calls", "coingecko answer", "coinpaprika access",
        "coinpaprika calls", "coinpaprika answer",
    }  # fmt: skip
    paths = {name: [a.path for a in own.asked] for name, own in healthy.providers.items()}
    assert paths == {"coingecko": ["/ping"], "coinpaprika": ["/global"]}
    calls = healthy.rows("select source, calls from call_windows where period = 'month'")
    assert dict(calls) == {"coingecko": 2, "coinpaprika": 2}


def test_looking_ends_whatever_it_looks_at():
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def look() -> list[Finding]:
            with socket.create_connection(silent.getsockname()) as line:
                line.settimeout(1)
                line.recv(1)
            return []

        (found,) = within(0.05, "it", look)
    assert (found.verdict, found.about) == ("problem", "it")


def test_a_port_taken_by_another_program_is_a_problem_and_by_ourselves_none(
    doctor: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
):
    with provider() as other:
        port = other.url.rpartition(":")[2]
        said = doctor(API_PORT=port)
        assert said.code == 1
        assert "another program listens on 127.0.0.1" in findings(said)["port"][0][1]
        other.answer = lambda _: as_json({"status": "degraded", "etl_status": {}})
        assert "kasparro answers on" in findings(doctor(API_PORT=port))["port"][0][1]
    monkeypatch.setattr(machine, "ASK_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = doctor(API_PORT=str(silent.getsockname()[1]))
    assert findings(said)["port"][0][0] == "problem"
    elsewhere = doctor(API_HOST="203.0.113.7", API_PORT="8000")
    assert "Set API_HOST or API_PORT" in findings(elsewhere)["port"][0][1]


def test_files_that_cannot_be_read_are_named_with_the_reason(
    doctor: Callable[..., Said], tmp_path: Path
):
    for number in range(7):
        put(tmp_path / f"files/odd{number}.csv", "When;Last\n2026-01-01;1\n")
    said = doctor()
    assert said.code == 0
    told = findings(said)["csv files"]
    assert told[0] == ("ok", f"{tmp_path}/files: 1 files of 1 datasets can be read")
    assert f"{tmp_path}/files/odd0.csv: has no columns we know" in told[1][1]
    assert "--map" in told[1][1]
    assert len(told) == 1 + 5 + 1
    assert "2 more files are refused" in told[-1][1]
    missing = doctor(CSV_PATH=str(tmp_path / "nowhere"))
    assert missing.code == 1
    assert "there is no" in findings(missing)["csv files"][0][1]


@contextmanager
def room(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(machine, name, number)
        yield


def test_a_disk_that_fills_and_a_directory_that_is_closed_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def verdict(directory: Path) -> Any:
        monkeypatch.setenv("KASPARRO_DATA_DIR", str(directory))
        (found,) = machine.data_directory(load_settings())
        return found.verdict

    assert verdict(tmp_path / "not/yet/there") == "ok"
    with room(monkeypatch, "LITTLE", 1 << 60):
        assert verdict(tmp_path) == "warning"
    with room(monkeypatch, "TOO_LITTLE", 1 << 60):
        assert verdict(tmp_path) == "problem"
    (tmp_path / "file").write_text("")
    assert verdict(tmp_path / "file/data") == "problem"


def test_as_json_it_is_one_document_and_still_exits_1(doctor: Callable[..., Said]):
    said = doctor("--json", DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert said.code == 1
    documents = said.json()
    assert {"about", "verdict", "says", "advice"} == set(documents[0])
    assert [one["about"] for one in documents if one["verdict"] == "problem"] == ["database"]
