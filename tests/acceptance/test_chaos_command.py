"""`kasparro chaos`, as a person types it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.installation import Installation, installation

PATIENCE = 280
SCRIPT = """\
[[rules]]
source = "coingecko"
path = "/coins/markets"
calls = "2"
fault = "truncated_body"
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "home") as own:
        yield own


@pytest.mark.timeout(300)
def test_chaos_shows_what_became_of_a_fault_and_leaves_the_installation_alone(
    place: Installation,
) -> None:
    script = place.home / "faults.toml"
    script.write_text(SCRIPT)
    assert place.start("chaos", "--faults", str(script)).wait(PATIENCE) == 0, place.log()
    lines = place.log().splitlines()
    row = next(line for line in lines if line.startswith("truncated_body"))
    assert row.split()[1:3] == ["coingecko", "success"]
    assert row.endswith("as undisturbed")
    assert lines[-1].startswith("1 played, nothing lost, nothing doubled")
    assert not place.data_dir.exists()


def test_a_script_that_is_wrong_is_refused_with_its_line_before_anything_starts(
    place: Installation,
) -> None:
    script = place.home / "faults.toml"
    script.write_text(SCRIPT.replace("truncated_body", "truncated"))
    for command in ("chaos", "sandbox"):
        done = place.run(command, "--faults", str(script))
        assert done.returncode == 1
        assert "line 5: fault" in done.stderr.splitlines()[-1]
        assert "truncated_body" in done.stderr
