"""The command line in this process: what a command prints, and how it ends."""

import json
import logging
import signal
import sys
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from kasparro.cli.app import main


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        """Of what it says to a person, where the reason of a failure stands."""
        return (self.err if self.code else self.out).rstrip("\n").rpartition("\n")[2]

    def json(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """Calls `kasparro …` as its console script does, with stdin at its end."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *arguments: str, **environment: str) -> Said:
        for name, value in environment.items():
            self._patch.setenv(name, value)
        self._patch.setattr(sys, "argv", ["kasparro", *arguments])
        self._capsys.readouterr()
        kept = structlog.get_config(), logging.root.handlers[:], logging.root.level
        on_term = signal.getsignal(signal.SIGTERM)
        try:
            main()
            code: Any = 0
        except SystemExit as end:
            code = end.code or 0
        finally:
            signal.signal(signal.SIGTERM, on_term)
            structlog.configure(**kept[0])
            logging.root.handlers[:], level = kept[1], kept[2]
            logging.root.setLevel(level)
        printed = self._capsys.readouterr()
        return Said(code=int(code), out=printed.out, err=printed.err)
