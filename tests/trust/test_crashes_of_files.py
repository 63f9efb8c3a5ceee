"""SIGKILL while files are made: projects, exports and figures are there whole under their names, or not at all."""

from __future__ import annotations

import gzip
import io
import random
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import killing
import pytest
from former_version import turn_back
from killing import Attack
from openpyxl import load_workbook
from PIL import Image

from quakegui.project import demo, journal, making, runs, schema
from quakegui.project.store import Project

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)


# -- bringing an old project forward -------------------------------------------------------------------------------

BULK = 4000
"""Rows of the old project's nights: some megabytes, so that there is a time in which the copy is being made."""


@pytest.fixture(scope="module")
def old_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of version 1, which had no table of stale nights and no acts, with some megabytes in it."""
    folder = tmp_path_factory.mktemp("old") / "project"
    Project.create(folder, timezone="Asia/Tokyo", name="Old").close()
    database = sqlite3.connect(folder / "project.sqlite")
    with database:
        database.execute("INSERT INTO station (code, name, typed) VALUES ('KAK', 'Kakioka', 0)")
        database.executemany("INSERT INTO night VALUES ('KAK', ?, 46500.25, 1.0, 0)", [(day,) for day in range(BULK)])
        database.executemany("INSERT INTO setting VALUES (?, ?)", [(f"bulk {number}", "x" * 4000) for number in range(1000)])
        turn_back(database)
        database.execute("DROP TABLE stale_night")
        database.execute("UPDATE setting SET value = '1' WHERE key = 'schema'")
    database.close()
    return folder


def version_in(database: Path) -> tuple[str, int, int]:
    """Return the version that a database says it has, its nights, and whether it has the table of version 2."""
    connection = sqlite3.connect(database)
    try:
        said = connection.execute("SELECT value FROM setting WHERE key = 'schema'").fetchone()[0]
        nights = connection.execute("SELECT count(*) FROM night").fetchone()[0]
        new = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'stale_night'").fetchone()[0]
    finally:
        connection.close()
    return said, nights, new


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(4, 150)
def test_a_project_is_of_the_old_version_or_of_the_new_one(
    old_project: Path, tmp_path: Path, attack: Attack, tries: int, how: str
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(old_project, folder)
    seconds = attack.driver.whole("open", str(folder))
    attack.kind = f"bringing a project forward, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        shutil.rmtree(folder)
        shutil.copytree(old_project, folder)
        return "open", (str(folder),)

    def check(_number: int) -> str | None:
        lost = killing.damage(folder / "project.sqlite")
        if version_in(folder / "project.sqlite") not in {("1", BULK, 0), (str(schema.SCHEMA), BULK, 1)}:
            return "neither old nor new"
        copy = folder / "project.version1.sqlite"
        if copy.exists() and (killing.damage(copy) or version_in(copy) != ("1", BULK, 0)):
            return "half a copy under the copy's name"
        Project.open(folder).close()
        if version_in(folder / "project.sqlite") != (str(schema.SCHEMA), BULK, 1) or version_in(copy) != ("1", BULK, 0):
            return "the next start does not complete it"
        left = {path.name for path in folder.iterdir()} - {"cache", "runs", "project.sqlite", copy.name}
        return lost or (f"left behind: {left}" if left else None)

    attack.run(how, tries, seconds, prepare, check)


# -- making a project ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(3, 100)
def test_a_project_is_made_or_can_be_made_again(tmp_path: Path, attack: Attack, tries: int, how: str) -> None:
    folder = tmp_path / "project"
    seconds = attack.driver.whole("command", "new", str(folder))
    attack.kind = f"making a project, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        shutil.rmtree(folder, ignore_errors=True)
        return "command", ("new", str(folder))

    def check(_number: int) -> str | None:
        if not (folder / "project.sqlite").exists():
            attack.driver.whole("command", "new", str(folder))
        with Project.open(folder) as project:
            assert project.timezone == "Asia/Shanghai"
            left = {path.name for path in folder.iterdir()} - {
                "cache", "runs", "project.sqlite", "project.sqlite-wal", "project.sqlite-shm"
            }  # fmt: skip
        return killing.damage(folder / "project.sqlite") or (f"left behind: {left}" if left else None)

    attack.run(how, tries, seconds, prepare, check)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_synthetic_season_is_there_whole_or_is_made_anew(tmp_path: Path, attack: Attack) -> None:
    folder = tmp_path / "demo"
    seconds = attack.driver.whole("demo", str(folder))
    attack.kind = "making the synthetic season"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        if (folder / "project.sqlite").exists():
            shutil.rmtree(folder)
        return "demo", (str(folder),)

    def check(_number: int) -> str | None:
        if not (folder / "project.sqlite").exists():
            return None if making.is_free(folder) else "a start finds neither a project nor a place to make one"
        with Project.open(folder) as project:
            whole = demo.strength_of(project) == 1.0 and journal.rows(project) and runs.run_in_use(project) is not None
            return killing.damage(folder / "project.sqlite") if whole else "half a season"

    attack.at_steps(range(1, 60, 6), prepare, check)
    attack.at_moments(range(8), seconds, prepare, check)


# -- exports -------------------------------------------------------------------------------------------------------

EXPORTS = {
    "maps": ("command", "maps", "PROJECT", "OUT/maps"),
    "maps by class": ("command", "maps", "PROJECT", "OUT/classes", "--class-folders"),
    "regions": ("command", "regions", "PROJECT", "OUT/regions.csv"),
    "labels": ("command", "labels", "export", "PROJECT", "OUT/labels.csv"),
    "whole project": ("command", "export", "PROJECT", "OUT/export"),
    "workbook": ("tables", "PROJECT", "OUT/tables.xlsx"),
    "tables": ("tables", "PROJECT", "OUT/tables"),
    "report": ("command", "report", "PROJECT", "OUT/report.html"),
    "printed report": ("command", "report", "PROJECT", "OUT/report.pdf"),
}
QUICK = ["maps", "regions", "workbook"]
LAST = {"maps": "maps/index.csv", "maps by class": "classes/index.csv", "whole project": "export/project.json"}
"""What makes a folder whole: it is written after everything else."""


def fingerprint(path: Path) -> object:
    """Return what a file says, without when it was written."""
    match path.suffix:
        case ".gz":
            return gzip.decompress(path.read_bytes())
        case ".xlsx":
            book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
            return [[[cell.value for cell in row] for row in sheet] for sheet in book]
        case ".pdf":
            return path.read_bytes()[:5], path.read_bytes().strip()[-5:]
        case ".html":
            return path.read_text(encoding="utf-8").rstrip().endswith("</html>")
        case ".png" | ".gif":
            with Image.open(path) as image:
                image.load()
                return image.size
        case _:
            return path.read_bytes()


def half_file(out: Path, whole: dict[Path, object], last: Path | None) -> str | None:
    """Return what lies half written under the name of a whole file."""
    found = {path.relative_to(out) for path in out.rglob("*") if path.is_file() and path.suffix != ".part"}
    for path in found:
        try:
            same = fingerprint(out / path) == whole[path]
        except Exception as error:  # whatever a half file does to its reader
            return f"{path} is half a file: {type(error).__name__} {error}"
        if not same:
            return f"{path} is half a file"
    if last in found:
        missing = {path for path in whole if path.parts[0] == last.parts[0]} - found
        return f"{last} is there, and {missing} not" if missing else None
    return None


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(1, 20)
def test_no_half_file_has_an_exports_name(small_project: Path, tmp_path: Path, attack: Attack, tries: int, how: str) -> None:
    wanted, out = tmp_path / "wanted", tmp_path / "out"
    wanted.mkdir()
    names = list(EXPORTS) if tries > 1 else QUICK
    seconds = {name: attack.driver.whole(EXPORTS[name][0], *places(EXPORTS[name][1:], small_project, wanted)) for name in names}
    whole = {path.relative_to(wanted): fingerprint(path) for path in wanted.rglob("*") if path.is_file()}
    attack.kind = f"exporting in {len(names)} ways, at {how}"
    rng = random.Random(tries)
    for number, name in enumerate(names * tries):

        def prepare(_number: int, name: str = name) -> tuple[str, tuple[str, ...]]:
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            do, *words = EXPORTS[name]
            return do, places(words, small_project, out)

        def check(_number: int, name: str = name) -> str | None:
            lost = half_file(out, whole, Path(LAST[name]) if name in LAST else None)
            return lost or killing.damage(small_project / "project.sqlite")

        if how == "moments":
            attack.at_moments([number], seconds[name], prepare, check)
        else:
            attack.at_steps([rng.randrange(1, 60 if tries > 1 else 12)], prepare, check)


def places(words: Sequence[str], project: Path, out: Path) -> tuple[str, ...]:
    """Return the words of a command with its project and the folder of what it writes."""
    return tuple(word.replace("PROJECT", str(project)).replace("OUT", str(out)) for word in words)
