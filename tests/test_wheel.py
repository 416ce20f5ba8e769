"""The wheel holds all it needs: alone in an empty environment, run from another directory, it builds the sample."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the installed back end, so without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", folder, str(ROOT)], check=True, capture_output=True)
    (built,) = folder.glob("paper_kg-*.whl")
    return built


def test_the_wheel_holds_data_and_ontology_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    served = {"assets/yasgui/yasgui.min.js", "assets/yasgui/LICENCES.txt", "templates/home.html", "static/query.js"}
    assert {f"kg/serve/{name}" for name in served} <= set(names)
    assert {"kg/py.typed", "kg/ontology/kg.ttl", "kg/ontology/shapes.ttl", "kg/data/sample.jsonl"} <= set(names)
    assert any(name.startswith("kg/ontology/vocabulary/") for name in names)
    assert any(name.startswith("kg/queries/") for name in names)
    assert any(name.startswith("kg/extract/data/") for name in names)
    assert {name.split("/")[0] for name in names} == {"kg", names[-1].split("/")[0]}
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kg").rglob("*") if path.is_file()}
    assert {name for name in here if "__pycache__" not in name} <= set(names)


def test_the_wheel_alone_builds_the_sample(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    site = next((home / "lib").glob("python*/site-packages"))
    installed = Path(sysconfig.get_path("purelib"))
    for path in installed.iterdir():  # everything that is installed here, but no link to this checkout
        if path.suffix != ".pth" and path.name != "kg" and not path.name.startswith("paper_kg"):
            (site / path.name).symlink_to(path)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    away = tmp_path / "elsewhere"
    away.mkdir()
    python = home / "bin" / "python"
    told = subprocess.run([python, "-c", "import kg; print(kg.__file__)"], cwd=away, capture_output=True, text=True)
    assert told.stdout.strip() == str(site / "kg" / "__init__.py")
    done = subprocess.run([python, "-m", "kg", "build"], cwd=away, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("graph.html", "graph.ttl", "graph.nq.gz", "report.md", "manifest.json"):
        assert (away / "output" / name).stat().st_size > 0
    recipe = subprocess.run(
        [python, "-m", "kg", "recipe", "top"], cwd=away, capture_output=True, text=True, check=False
    )
    assert recipe.returncode == 0, recipe.stderr
