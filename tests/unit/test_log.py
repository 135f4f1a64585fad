"""Log lines: one JSON object each where a machine reads, with the run they belong to."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from kasparro.log import configure


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_every_line_is_one_json_object_with_the_run_and_source_it_belongs_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("INFO", human=False)
    with structlog.contextvars.bound_contextvars(run_id="csv_7", source="csv"):
        structlog.get_logger().info("waiting", seconds=7.0, reason="call budget")
    logging.getLogger("somebody.else").warning("of a library: %s", "too")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert ours["event"] == "waiting"
    assert (ours["run_id"], ours["source"], ours["level"]) == ("csv_7", "csv", "info")
    assert ours["timestamp"].endswith("Z")
    assert theirs["event"] == "of a library: too"


def test_a_level_that_was_not_asked_for_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    configure("WARNING", human=False)
    structlog.get_logger().info("not worth a line")
    assert capsys.readouterr().err == ""


def test_an_exception_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", human=False)
    structlog.get_logger().error("broken", exc_info=ValueError("two\nlines"))
    (line,) = capsys.readouterr().err.splitlines()
    assert "two\nlines" in json.loads(line)["exception"]


def test_a_person_gets_a_line_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", human=True)
    structlog.get_logger().info("run over", status="success")
    line = capsys.readouterr().err
    assert "run over" in line
    assert not line.startswith("{")
