"""What the troubleshooting page quotes is what the code says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from support.documents import commands_named, is_command

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "troubleshooting.md"
KINDS = {"`retryable`", "`refused`", "`fatal`", "`defect`"}  # of errors, in a table of their own
HOLE = "\0"  # where a message says what differs


def texts() -> Iterator[str]:
    """Every text in the code, with holes for what is put in later."""
    for file in (ROOT / "src").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else HOLE
                    for part in node.values
                )
    for pattern in ("src/**/*.sql", "deploy/docker/*.sh", "docker-compose.yml"):
        for file in ROOT.glob(pattern):
            yield file.read_text(encoding="utf-8")


def quoted() -> list[str]:
    """The messages in the first column of every table."""
    rows = re.findall(r"^\| (`.+?`) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        fragment.strip()
        for row in rows
        if row not in KINDS
        for message in re.findall(r"`([^`]+)`", row)
        for fragment in message.split("…")
        if re.search(r"\w", fragment)
    ]


def test_every_message_on_the_page_is_one_that_the_code_prints() -> None:
    said, fragments = list(texts()), quoted()
    assert len(fragments) > 80
    missing = [one for one in fragments if not any(one in text for text in said)]
    assert missing == []


def test_every_kind_of_error_a_run_can_have_is_explained() -> None:
    schema = (ROOT / "src/kasparro/schemas/runs.py").read_text(encoding="utf-8")
    kinds = re.search(r"error_kind: Literal\[(.+?)\]", schema)
    assert kinds is not None
    page = PAGE.read_text(encoding="utf-8")
    for kind in re.findall(r'"(\w+)"', kinds[1]):
        assert f"| `{kind}` |" in page


def test_every_command_on_the_page_is_there() -> None:
    for words in commands_named(PAGE.read_text(encoding="utf-8")):
        assert is_command(words), f"there is no kasparro {words}"
