"""Reads a fault script in TOML or JSON; an error names the line and the words that are allowed."""

import json
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from kasparro.core.errors import BadRequestError
from kasparro.sandbox.faults.every import BY_NAME
from kasparro.sandbox.faults.script import Rule, Script

RULE = re.compile(r"^\s*\[\[\s*rules\s*\]\]", re.MULTILINE)


def read_script(text: str) -> Script:
    """Raises BadRequestError naming each line that is wrong, and what may stand there."""
    is_json = text.lstrip()[:1] == "{"
    try:
        document = (
            json.loads(text, parse_float=Decimal)
            if is_json
            else tomllib.loads(text, parse_float=Decimal)
        )
    except ValueError as error:
        raise BadRequestError(f"the fault script is no {_language(text)}: {error}") from None
    try:
        return Script.model_validate(document)
    except ValidationError as error:
        starts = list(_starts(text, is_json=is_json))
        problems = [_problem(text, starts, one) for one in error.errors(include_url=False)]
        raise BadRequestError("the fault script: " + "; ".join(problems)) from None


def _language(text: str) -> str:
    return "JSON" if text.lstrip()[:1] == "{" else "TOML"


def _starts(text: str, *, is_json: bool) -> Iterator[int]:
    """Where each rule begins in the text."""
    if not is_json:
        yield from (found.start() for found in RULE.finditer(text))
        return
    opened = re.search(r'"rules"\s*:\s*\[', text)
    place = opened.end() if opened is not None else len(text)
    while (found := re.compile(r"[\s,]*(?=\{)").match(text, place)) is not None:
        yield found.end()
        _, place = json.JSONDecoder().raw_decode(text, found.end())


def _problem(text: str, starts: list[int], error: Any) -> str:
    """One complaint, with its line."""
    where = [part for part in error["loc"] if part not in BY_NAME]
    line, words = 1, list(map(str, where))
    if len(where) > 1 and where[0] == "rules" and isinstance(where[1], int):
        place = starts[where[1]] if where[1] < len(starts) else 0
        end = starts[where[1] + 1] if where[1] + 1 < len(starts) else len(text)
        named = _named(text, str(where[-1]), place, end)
        line, words = text.count("\n", 0, named) + 1, list(map(str, where[2:]))
    said = error["msg"].removeprefix("Value error, ")
    return f"line {line}: {'.'.join(words) or 'rule'}: {said}{_allowed(error)}"


def _named(text: str, key: str, start: int, end: int) -> int:
    """Where the key stands in this stretch; its start, when it does not."""
    found = re.compile(rf'(?<![\w"]){re.escape(key)}\s*=|"{re.escape(key)}"\s*:').search(
        text, start, end
    )
    return found.start() if found is not None else start


def _allowed(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return ""
    fault = next((part for part in reversed(error["loc"]) if part in BY_NAME), None)
    if fault is not None:
        words = BY_NAME[str(fault)].model_fields
    else:
        words = Rule.model_fields if len(error["loc"]) > 1 else Script.model_fields
    return f"; allowed are {', '.join(words)}"
