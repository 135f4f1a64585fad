"""What commands need: the command line, and an installation of its own."""

import pytest

from support.commands import CommandLine


@pytest.fixture
def kasparro(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, with a terminal wide enough for every table."""
    monkeypatch.setenv("COLUMNS", "200")
    return CommandLine(capsys, monkeypatch)
