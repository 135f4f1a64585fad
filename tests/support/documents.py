"""What documents name: commands, Make targets, tests; and whether it is there."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from kasparro.cli.app import app

ROOT = Path(__file__).parent.parent.parent
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
COMMAND = re.compile(r"(?:`|^)kasparro ([a-z][a-z-]*(?: [a-z][a-z-]*)*)", re.MULTILINE)
TARGET = re.compile(r"(?:`|^)make ([a-z][a-z-]*)", re.MULTILINE)


def commands_named(text: str) -> list[str]:
    """The words after `kasparro`, as far as they are not written in capitals."""
    return COMMAND.findall(text)


def targets_named(text: str) -> list[str]:
    return TARGET.findall(text)


def proofs_named(text: str) -> list[tuple[str, str]]:
    """Pairs of a file and a test in it; the second is empty where all of the file is meant."""
    return TEST.findall(text)


def is_command(words: str) -> bool:
    """Whether these words begin with a command, or name a group of them alone."""
    return words in _commands() or any(words.startswith(f"{one} ") for one in _leaves())


def is_target(name: str) -> bool:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE) is not None


def is_test(file: str, test: str) -> bool:
    path = ROOT / file
    return path.exists() and (not test or f"def {test}(" in path.read_text(encoding="utf-8"))


@cache
def _commands() -> set[str]:
    """Every command and every group of commands."""
    return set(_below(typer.main.get_command(app), "")) - {""}


def _leaves() -> set[str]:
    """Those that are no groups: only they take arguments of any kind."""
    known = _commands()
    return {one for one in known if not any(other.startswith(f"{one} ") for other in known)}


def _below(command: Any, path: str) -> Iterator[str]:
    yield path
    for name, one in (getattr(command, "commands", None) or {}).items():
        yield from _below(one, f"{path} {name}".strip())
