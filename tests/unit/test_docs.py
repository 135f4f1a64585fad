"""What the documents say, held against the code."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_generated_parts_of_the_documents_say_what_the_code_does() -> None:
    checked = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_every_test_that_proves_a_requirement_exists() -> None:
    document = (ROOT / "docs" / "requirements.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", document)
    assert named
    for file, test in named:
        source = ROOT / file
        assert source.exists(), f"{file} is named as a proof and is not there"
        assert not test or f"def {test}(" in source.read_text(), f"{file} has no {test}"


def test_every_requirement_has_a_row() -> None:
    document = (ROOT / "docs" / "requirements.md").read_text()
    assert re.findall(r"^\| (\d+) \|", document, re.MULTILINE) == [str(n) for n in range(1, 26)]


def test_no_lock_file_records_an_address() -> None:
    for lock in ROOT.glob("*.lock"):
        assert "://" not in lock.read_text()
        assert "--index-url" not in lock.read_text()
