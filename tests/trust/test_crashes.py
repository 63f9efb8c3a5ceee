"""SIGKILL at hundreds of moments: what was acknowledged is there, nothing is half done, and the program goes on.

Each kind has a short version and a long one (`-m slow`). Both kill at seeded random moments; the short ones of files and
databases also at every single file operation and commit. The long ones print a row of a table each.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from pathlib import Path

import killing
import pandas as pd
import pytest
from killing import Attack

from quakegui.project.importing import import_paths
from quakegui.project.store import Project

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)

# -- labelling -----------------------------------------------------------------------------------------------------


@killing.sizes(3, 600)
def test_no_acknowledged_step_is_lost(small_project: Path, tmp_path: Path, attack: Attack, tries: int) -> None:
    attack.kind = "labelling, remarking, undoing"

    def prepare(seed: int) -> tuple[str, tuple[object, ...]]:
        return "label", (str(small_project), str(tmp_path / f"{seed}.message"), seed)

    def check(seed: int) -> str | None:
        with Project.open(small_project) as project:
            told, lost = killing.unacknowledged(project, tmp_path / f"{seed}.message")
            attack.acknowledged += told
            lost = lost or killing.broken_history(project) or killing.undo_is_broken(project, "Li")
        return lost or killing.damage(small_project / "project.sqlite")

    attack.at_moments(range(tries), 1.0, prepare, check)
    assert attack.acknowledged > 0


# -- importing -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def season_files(small_project_template: Path, tmp_path_factory) -> Path:
    """Return a folder with a file of readings for each station and year, and the stations' list."""
    folder = tmp_path_factory.mktemp("files")
    table = pd.read_csv(small_project_template.parent / "readings.csv")
    for code in table.columns[1:]:
        for half, rows in (("a", table[:600]), ("b", table[600:])):
            rows[["time", code]].to_csv(folder / f"{code}-{half}.csv", index=False)
    shutil.copy(small_project_template.parent / "stations.csv", folder)
    return folder


def contents(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what an import brought, whatever the order in which it came."""
    queries = {
        "files": "SELECT name, sha256, readings, replaced_by FROM imported_file ORDER BY name",
        "blocks": 'SELECT station, utc_day, count, "values" FROM block ORDER BY station, utc_day, file',
        "stations": "SELECT code, latitude, longitude FROM station ORDER BY code",
        "nights": "SELECT station, day, value, coverage FROM night ORDER BY station, day",
        "stale": "SELECT * FROM stale_night",
    }
    connection = sqlite3.connect(folder / "project.sqlite")
    try:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}
    finally:
        connection.close()


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(3, 100)
def test_an_import_is_whole_or_not_at_all(season_files: Path, tmp_path: Path, attack: Attack, tries: int, how: str) -> None:
    empty, wanted = tmp_path / "empty", tmp_path / "wanted"
    Project.create(empty, timezone="Asia/Shanghai").close()
    shutil.copytree(empty, wanted)
    seconds = attack.driver.whole("command", "import", str(wanted), str(season_files))
    whole, nothing = contents(wanted), contents(empty)
    attack.kind = f"importing 15 files, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        shutil.rmtree(tmp_path / "project", ignore_errors=True)
        shutil.copytree(empty, tmp_path / "project")
        return "command", ("import", str(tmp_path / "project"), str(season_files))

    def check(_number: int) -> str | None:
        folder = tmp_path / "project"
        lost = killing.damage(folder / "project.sqlite")
        found = contents(folder)
        for part in ("files", "blocks", "stations"):
            if found[part] not in (whole[part], nothing[part]):
                return f"half of the {part}"
        if (found["files"] == nothing["files"]) != (found["blocks"] == nothing["blocks"]):
            return "files without their readings"
        with Project.open(folder) as project:
            import_paths(project, [season_files])
        if contents(folder) != whole:
            return "the second import does not complete it"
        return lost

    attack.run(how, tries, seconds, prepare, check)
