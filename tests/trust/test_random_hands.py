"""Whatever is clicked, typed or turned: no uncaught error, no crash, no stray label, nothing of another project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from killing import broken_history, damage
from label_watch import WORD
from PIL import Image
from random_window import WORDS

from quakegui.paths import resources
from quakegui.project.importing import import_paths
from quakegui.project.store import Project

SCRIPT = Path(__file__).with_name("random_window.py")


@pytest.fixture
def given(tmp_path, small_project_template, trained_template):
    """Return the place of one trial: what the choosers of files are answered with, good and bad."""
    folder = tmp_path / "place" / "given"
    folder.mkdir(parents=True)
    for name in ("readings.csv", "stations.csv"):
        shutil.copy(small_project_template.parent / name, folder)
    shutil.copy(resources() / "catalogue" / "liangshan_2022.csv", folder)
    shutil.copytree(trained_template, folder / "another project")
    other_stations(small_project_template.parent / "readings.csv", folder / "other stations")
    shutil.copy(trained_template / "project.sqlite", folder / "database.csv")
    (folder / "no table.csv").write_text("nothing;here\n1,2,3\n\x00\x01", encoding="utf-8")
    (folder / "empty.zip").touch()
    (folder / "no run.zip").write_bytes(b"PK\x03\x04" + bytes(40))
    Image.new("L", (64, 64), 90).save(folder / "2022-03-05.png")
    return folder.parent


def other_stations(readings: Path, folder: Path) -> None:
    """Make a project of the same readings at stations of other names: what is left of it in a panel can be told."""
    head, _, rows = readings.read_text("utf-8").partition("\n")
    table = folder.parent / "other readings.csv"
    table.write_text(re.sub(r"\b([A-G])\1\1\b", r"Q\1Q", head) + "\n" + rows, encoding="utf-8")
    with Project.create(folder, timezone="Asia/Shanghai", name="Other stations") as project:
        assert not import_paths(project, [table]).skipped
    table.unlink()


def turned_loose(project: Path, place: Path, seed: int, acts: int) -> dict[str, object]:
    """Return what random hands did and what they met; the process has to end by itself."""
    ended = subprocess.run(
        [sys.executable, SCRIPT, project, place, "--seed", str(seed), "--acts", str(acts)],
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")},
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    last = (place / "acts.txt").read_text("utf-8").splitlines()[-8:]
    assert ended.returncode == 0, f"{last}\n{ended.stderr[-3000:]}"
    return json.loads(ended.stdout.splitlines()[-1])


def projects_in(place: Path) -> list[Path]:
    """Return the projects that were made or opened there."""
    return [database.parent for database in place.rglob("project.sqlite")]


def test_no_word_that_hands_type_is_the_code_of_a_station_that_they_meet(trained_template, given):
    """Else a note or a name that they gave would look like what another project left on a panel."""
    codes: set[str] = set()
    for folder in (trained_template, *projects_in(given)):
        with Project.open(folder) as project:
            codes |= set(project.network().codes)
    assert len(codes) == 14
    assert codes.isdisjoint(part for text in WORDS for part in WORD.findall(text))


def fault_of(folder: Path) -> str | None:
    """Return what is wrong with a project, None for nothing."""
    damaged = damage(folder / "project.sqlite")
    if damaged is not None:
        return f"{folder}: {damaged}"
    with Project.open(folder) as project:
        return f"{folder}: {project.warnings}" if project.read_only or project.warnings else broken_history(project)


@pytest.mark.parametrize(
    ("seeds", "acts"),
    [pytest.param(1, 240, id="short"), pytest.param(20, 2000, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(36000)])],
)
def test_whatever_is_done_no_error_is_left_uncaught(trained_template, given, tmp_path, seeds, acts):
    written = Counter()
    for seed in range(1, seeds + 1):
        project = Path(shutil.copytree(trained_template, tmp_path / f"project {seed}"))
        met = turned_loose(project, given, seed, acts)
        print(f"seed {seed}: {json.dumps(met)}")
        assert met["errors"] == []
        assert sum(met["acts"].values()) >= acts
        written.update(met["written"])
        assert [fault for each in (project, *projects_in(given)) if (fault := fault_of(each)) is not None] == []
    kinds = [written["day"], written["range"]]
    assert sum(kinds) > 0 if seeds == 1 else min(kinds) > 0  # few acts need not label both; some three ranges in 2,000
