"""SIGKILL of the window while an analyst labels and draws: every label that it showed is there at the next start."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from pathlib import Path

import killing
import pytest
from killing import Attack
from test_crashes_of_files import fingerprint

from quakegui.app.settings import SettingsFile
from quakegui.project import journal, seasons
from quakegui.project.store import Project

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)


def lost_labels(folder: Path, said: Path) -> tuple[int, str | None]:
    """Return how many labels a window showed as given, and which of them are not there."""
    shown: dict[int, int] = {}
    lines = said.read_text(encoding="utf-8").split("\n")[:-1] if said.exists() else []
    for line in lines:
        index, cls = line.split()
        shown[int(index)] = int(cls)
    with Project.open(folder) as project:
        days, held = seasons.season_days(project), journal.in_force(project)
        got = {index: held[days[index]].cls if days[index] in held else -1 for index in shown}
        lost = {index: cls for index, cls in shown.items() if got[index] != cls}
        # A step is on disk before it is shown: the last one may be there, although nobody saw it.
        last = journal.journal_rows(project)[-1:]
        unseen = {index for index in lost if last and days[index].astype(int) == last[0].day}
        return len(lines), f"labels lost: {lost}" if lost.keys() - unseen else killing.broken_history(project)


@killing.sizes(2, 60)
def test_no_label_that_the_window_showed_is_lost(small_project: Path, tmp_path: Path, attack: Attack, tries: int) -> None:
    attack.kind = "the window, while labelling"
    settings = tmp_path / "settings.ini"

    def said(seed: int) -> Path:
        return tmp_path / f"{seed}.message"

    def prepare(seed: int) -> tuple[str, tuple[object, ...]]:
        return "window", (str(small_project), str(settings), str(said(seed)), seed)

    def check(seed: int) -> str | None:
        told, lost = lost_labels(small_project, said(seed))
        attack.acknowledged += told
        with Project.open(small_project) as project:
            rows = journal.journal_rows(project)
            lost = lost or (killing.undo_is_broken(project, rows[-1].author) if rows else None)
        return lost or killing.damage(small_project / "project.sqlite")

    def day_is_kept() -> bool:
        return SettingsFile(settings).load_day(small_project) is not None

    def labelled() -> bool:
        return said(0).exists() and said(0).stat().st_size > 0 and day_is_kept()

    begun = time.perf_counter()
    # How long a start takes differs by machine, and the day shown is kept a moment after it changed.
    do, args = prepare(0)
    attack.note(attack.driver.killed_after(labelled, random.Random(0).uniform(0.0, 0.5), do, *args), check(0), "seed 0")
    seconds = time.perf_counter() - begun
    attack.at_moments(range(1, tries), 2 * seconds, prepare, check)
    assert attack.acknowledged > 0
    assert day_is_kept(), "The day shown is kept while the window runs, not at its end."


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_no_half_picture_has_a_figures_name(small_project: Path, tmp_path: Path, attack: Attack) -> None:
    attack.kind = "the window, while writing figures"
    out = tmp_path / "out"

    def prepare(_seed: int) -> tuple[str, tuple[object, ...]]:
        out.mkdir(exist_ok=True)
        return "figures", (str(small_project), str(out))

    def check(_seed: int) -> str | None:
        for path in [path for path in out.rglob("*") if path.is_file() and path.suffix != ".part"]:
            try:
                found = fingerprint(path)
            except Exception as error:  # whatever a half file does to its reader
                return f"{path.name} is half a file: {error}"
            if path.suffix == ".svg" and not path.read_bytes().rstrip().endswith(b"</svg>"):
                return f"{path.name} is cut off"
            if path.suffix == ".pdf" and found != (b"%PDF-", b"%%EOF"):
                return f"{path.name} is cut off"
            attack.acknowledged += 1
        shutil.rmtree(out)
        return killing.damage(small_project / "project.sqlite")

    attack.at_moments(range(30), 12.0, prepare, check)
    assert attack.acknowledged > 0


def test_helpers_of_an_import_end_with_it(tmp_path: Path, driver: killing.Driver) -> None:
    """The program alone is killed, not its helpers: they see that it is gone."""
    files, project = tmp_path / "files", tmp_path / "project"
    files.mkdir()
    for number in range(400):
        rows = "\n".join(f"2022-03-{1 + day:02d}T00:30:00Z,{50_000 + number}" for day in range(28))
        (files / f"S{number:03d}.csv").write_text(f"time,S{number:03d}\n{rows}\n", encoding="utf-8")
    Project.create(project).close()
    pid = driver.start("command", "import", str(project), str(files))

    def helpers() -> list[int]:
        found = []
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                parts = place.read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(parts[2]) == pid and int(place.parent.name) != pid and parts[0] != "Z":
                found.append(int(place.parent.name))
        return found

    until = time.monotonic() + 60
    while len(helpers()) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(pid, 9)
    assert driver.ended()
    until = time.monotonic() + 60
    while helpers() and time.monotonic() < until:
        time.sleep(0.05)
    assert helpers() == []
