"""What the documents say, held against the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.documents import (
    commands_named,
    is_command,
    is_target,
    is_test,
    proofs_named,
    targets_named,
)

ROOT = Path(__file__).parent.parent.parent
REQUIREMENTS = ROOT / "docs" / "requirements.md"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md",
         *sorted((ROOT / "docs").glob("*.md"))]  # fmt: skip


def test_the_generated_parts_of_the_documents_say_what_the_code_does() -> None:
    checked = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_every_requirement_has_a_row() -> None:
    assert [number for number, _, _ in requirements()] == list(range(1, 26))


def test_every_requirement_has_a_proof() -> None:
    for number, asked_for, proof in requirements():
        assert asked_for, f"row {number} does not say what was asked for"
        proven = proofs_named(proof) or commands_named(proof) or targets_named(proof)
        assert proven, f"row {number} names no test, no command and no Make target"
        assert "later" not in proof, f"row {number} puts it off"


def test_every_defect_has_a_test_that_would_expose_it() -> None:
    _, _, defects = REQUIREMENTS.read_text(encoding="utf-8").partition("## Defects")
    rows = re.findall(r"^\| (?!defect|---)(.+?) \| (.+) \|$", defects, re.MULTILINE)
    assert len(rows) > 20
    for defect, proof in rows:
        assert proofs_named(proof), f"nothing exposes: {defect}"


def test_whatever_is_named_as_a_proof_is_there() -> None:
    document = REQUIREMENTS.read_text(encoding="utf-8")
    for file, test in proofs_named(document):
        assert is_test(file, test), f"there is no {file}::{test}"
    for words in commands_named(document):
        assert is_command(words), f"there is no kasparro {words}"
    for name in targets_named(document):
        assert is_target(name), f"there is no make {name}"
    for file in re.findall(r"\]\(([^)#]+)\)", document):
        assert (REQUIREMENTS.parent / file).exists(), f"there is no {file}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for words in commands_named(text):
        assert is_command(words), f"there is no kasparro {words}"
    for name in targets_named(text):
        assert is_target(name), f"there is no make {name}"


def requirements() -> list[tuple[int, str, str]]:
    """Each row: its number, what was asked for, and its proof."""
    document, _, _ = REQUIREMENTS.read_text(encoding="utf-8").partition("## Defects")
    rows = re.findall(r"^\| (\d+) \| (.*?) \| (.*) \|$", document, re.MULTILINE)
    return [(int(number), asked_for, proof) for number, asked_for, proof in rows]


def test_no_lock_file_records_an_address() -> None:
    for lock in ROOT.glob("*.lock"):
        assert "://" not in lock.read_text()
        assert "--index-url" not in lock.read_text()
