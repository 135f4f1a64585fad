"""Writes the parts of the documentation that the code knows better: run `make docs`.

`--check` writes nothing and exits 1 when a part is out of date.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic_core import PydanticUndefined

from kasparro import __version__
from kasparro.api.app import ApiSettings, create_app
from kasparro.api.exposition import catalogue
from kasparro.cli.app import app as commands
from kasparro.core.csv.shapes import SHAPES
from kasparro.ingestion.sources import BY_NAME
from kasparro.sandbox.faults.every import BY_NAME as FAULTS_BY_NAME
from kasparro.sandbox.faults.fault import Fault
from kasparro.sandbox.faults.script import Rule
from kasparro.settings import Settings, SourceSettings, environment_name
from kasparro.store.reading.database import Database

ROOT = Path(__file__).parent.parent
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def settings_table() -> str:
    """Every setting: its name in the environment, its default, what it does."""
    rows = [
        (environment_name(name), _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    for source in _api_sources():
        rows += [
            (f"{source.upper()}_{name.upper()}", _default(field.default), field.description or "")
            for name, field in SourceSettings.model_fields.items()
        ]
    return _table(("setting", "default", "what it does"), rows)


def endpoints_table() -> str:
    """Every endpoint of the API."""
    api = create_app(
        sources=[],
        settings=ApiSettings(public_read=True, admin_key=None, version=__version__),
        database=Database(),
    )
    rows = [
        (f"`{method.upper()} {path}`", operation.get("summary", ""))
        for path, operations in api.openapi()["paths"].items()
        for method, operation in operations.items()
    ]
    return _table(("endpoint", "answers"), rows)


def commands_table() -> str:
    """Every command of the command line."""
    rows = [
        (f"`kasparro {name}`", text) for name, text in _commands(typer.main.get_command(commands))
    ]
    return _table(("command", "what it does"), rows)


def shapes_table() -> str:
    """Every CSV shape: its name, what identifies it, what its times mean."""
    meanings = {"instant": "the row's own", "start": "start of the candle", "close": "its close"}
    rows = [
        (
            f"`{shape.name}`",
            " or ".join(f"`{', '.join(sorted(need))}`" for need in shape.needs) or "no header",
            meanings[shape.time],
        )
        for shape in SHAPES
    ]
    return _table(("shape", "identified by the columns", "time"), rows)


def rules_table() -> str:
    """What a rule of a fault script may say."""
    rows = [
        (f"`{name}`", field.description or "")
        for name, field in Rule.model_fields.items()
        if name != "fault"
    ]
    return _table(("word", "meaning"), rows)


def faults_table() -> str:
    """Every fault by name, with its parameters and their defaults."""
    rows = [
        (f"`{name}`", " ".join((fault.__doc__ or "").split()), _parameters(fault))
        for name, fault in FAULTS_BY_NAME.items()
    ]
    return _table(("fault", "what it does", "parameters"), rows)


def _parameters(fault: type[Fault]) -> str:
    return ", ".join(
        f"`{name}`" if field.is_required() else f"`{name}={field.default}`"
        for name, field in fault.model_fields.items()
        if name != "name"
    )


def metrics_table() -> str:
    """Every metric: its name, its kind, what tells its series apart, what it says."""
    rows = [
        (f"`{name}`", kind, ", ".join(labels) or "none", says)
        for name, kind, labels, says in catalogue()
    ]
    return _table(("metric", "kind", "labels", "what it says"), rows)


def env_example() -> str:
    """`.env.example`: every setting, commented out."""
    lines = ["# Copy to .env and uncomment what you need. Everything has a default.", ""]
    for name, field in Settings.model_fields.items():
        lines += [
            f"# {field.description}",
            f"# {environment_name(name)}={_plain(field.default)}",
            "",
        ]
    for source in _api_sources():
        for name, field in SourceSettings.model_fields.items():
            variable = f"{source.upper()}_{name.upper()}"
            lines += [f"# {field.description}", f"# {variable}={_plain(field.default)}", ""]
    return "\n".join(lines)


def _api_sources() -> list[str]:
    return [name for name, source in sorted(BY_NAME.items()) if source.plans]


def _commands(command: Any, path: str = "") -> Iterator[tuple[str, str]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path.strip(), (command.help or "").partition("\n")[0]
        return
    for name, one in inner.items():
        yield from _commands(one, f"{path} {name}")


def _default(value: object) -> str:
    return f"`{plain}`" if (plain := _plain(value)) else "unset"


def _plain(value: object) -> str:
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


PARTS: dict[str, Callable[[], str]] = {
    "settings": settings_table,
    "endpoints": endpoints_table,
    "commands": commands_table,
    "shapes": shapes_table,
    "metrics": metrics_table,
    "rules": rules_table,
    "faults": faults_table,
}


def wanted() -> dict[Path, str]:
    """What every generated file should hold now."""
    files = {ROOT / ".env.example": env_example()}
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        files[path] = PART.sub(lambda part: part[1] + PARTS[part[2]]() + part[3], text)
    return files


def main() -> None:
    """Write what is out of date, or only say so."""
    stale = [
        path
        for path, text in wanted().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        sys.exit("\n".join(f"{path.name} is out of date: run `make docs`" for path in stale) or 0)
    for path in stale:
        path.write_text(wanted()[path], encoding="utf-8")


if __name__ == "__main__":
    main()
