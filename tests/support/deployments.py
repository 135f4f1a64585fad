"""Reads the files of `deploy/` as what they declare and what they refer to."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
REFERENCE = re.compile(r"\b(var|local|(?:data\.|ephemeral\.)?(?:aws|google|random)_\w+)\.(\w+)")
LOG_CALL = {"debug", "info", "warning", "error", "exception"}


class Terraform:
    """All files of one directory together, as Terraform reads them."""

    def __init__(self, cloud: str) -> None:
        self.folder = DEPLOY / cloud
        self.text = "\n".join(file.read_text() for file in sorted(self.folder.glob("*.tf")))
        self.blocks: dict[str, list[Any]] = _unquoted(hcl2.loads(self.text + "\n"))

    def variables(self) -> dict[str, Any]:
        return {name: body for block in self.blocks["variable"] for name, body in _named(block)}

    def resources(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every resource as (type, name, body); data and ephemeral ones with that word before."""
        for kind, prefix in (("resource", ""), ("data", "data."), ("ephemeral", "ephemeral.")):
            for block in self.blocks.get(kind, []):
                for type_, named in _named(block):
                    for name, body in _named(named):
                        yield prefix + type_, name, body

    def declared(self) -> set[tuple[str, str]]:
        locals_ = {name for block in self.blocks.get("locals", []) for name, _ in _named(block)}
        return (
            {("var", name) for name in self.variables()}
            | {("local", name) for name in locals_}
            | {(type_, name) for type_, name, _ in self.resources()}
        )

    def referred(self) -> set[tuple[str, str]]:
        return {reference for text in strings(self.blocks) for reference in REFERENCE.findall(text)}


def strings(value: Any) -> Iterator[str]:
    """Every piece of text in it that is no comment, keys excluded."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not key.startswith("__"):
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def logged_events() -> set[str]:
    """Every event our code writes into its log."""
    return {
        call.args[0].value
        for file in (ROOT / "src").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in LOG_CALL
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def _named(block: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, body) for name, body in block.items() if not name.startswith("__"))


def _unquoted(value: Any) -> Any:
    """The parser keeps the quotes of labels and texts; nobody here wants them."""
    if isinstance(value, dict):
        return {key.strip('"'): _unquoted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unquoted(inner) for inner in value]
    if isinstance(value, str) and value.startswith('"') and value.endswith('"'):
        return value[1:-1]
    return value
