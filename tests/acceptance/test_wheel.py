"""The wheel holds all of the package and works away from the repository."""

import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from kasparro import __version__
from kasparro.store.migrate import schema_version

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "kasparro"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the backend itself, without an index."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (made,) = place.glob("*.whl")
    return made


def metadata(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"kasparro-{__version__}.dist-info/{name}").decode()


def test_every_file_of_the_package_is_in_it_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        str(Path("kasparro") / file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == there
    for kind in (".py", ".sql", ".csv", ".html", ".svg"):
        assert any(name.endswith(kind) for name in packed), kind


def test_it_says_which_version_it_is_and_what_it_needs(wheel: Path):
    said = message_from_string(metadata(wheel, "METADATA"))
    assert said["Version"] == __version__
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "Apache-2.0"
    needed = [one for one in said.get_all("Requires-Dist", []) if "extra ==" not in one]
    assert any(one.startswith("psycopg") for one in needed)
    assert "kasparro = kasparro.cli.app:main" in metadata(wheel, "entry_points.txt")


def test_unpacked_elsewhere_it_knows_its_version_and_its_schema(wheel: Path, tmp_path: Path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "here")
    said = subprocess.run(
        [sys.executable, "-c", "import kasparro.cli.app as app; print(app.__file__); app.main()",
         "--version"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "here"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()  # fmt: skip
    assert Path(said[0]).is_relative_to(tmp_path / "here")
    assert said[1] == f"kasparro {__version__}, schema {schema_version()}"


def test_the_version_stands_in_one_place():
    written = [
        file
        for file in (*PACKAGE.rglob("*.py"), ROOT / "pyproject.toml")
        if f'"{__version__}"' in file.read_text(encoding="utf-8")
    ]
    assert written == [PACKAGE / "__init__.py"]
