"""Where projects lie, and who else works there: odd paths, network shares, two windows on one project, a clock that jumps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import killing
import numpy as np
import pytest
from run_projects import season_of

from quakegui.cli import main
from quakegui.project import database, exchange, filesystem, journal, opening, runs, season_export
from quakegui.project.importing import import_paths
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource

# -- paths ---------------------------------------------------------------------------------------------------------

NAMES = {
    "Chinese": "凉山州地磁台网 二〇二二年",
    "spaces": "  a project with spaces  in it",
    "long": "x" * 200,
    "long Chinese": "磁" * 45,
    "of a URI": "a%20b#c?d&e=f;g+h",
    "quotes": 'it\'s a "project"',
    "of a shell": "$HOME `x` ~ *",
    "a line's end": "two\nlines",
    "no text": os.fsdecode(b"\xff\xfe latin"),
    "dots": "...",
}
QUICK = {"long Chinese", "of a URI", "no text"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows few of these names")
@pytest.mark.parametrize("kind", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NAMES])
def test_a_project_of_any_name_can_be_worked_with(small_project_template: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / NAMES[kind]
    folder.mkdir()
    readings = Path(shutil.copy(small_project_template.parent / "readings.csv", folder / f"{NAMES[kind][:60]}.csv"))
    with Project.create(folder / NAMES[kind], timezone="Asia/Shanghai", name="Named") as project:
        assert import_paths(project, [readings]).days_changed > 0
        assert not project.warnings
    project_folder = Path(shutil.copytree(small_project_template, folder / NAMES[kind], dirs_exist_ok=True))
    with Project.open(project_folder) as project:
        season = season_of(project)
        journal.write_labels(project, season.days[:3], 1, source=LabelSource.ANALYST, author="李")
        exchange.export_project(project, folder / "export")
        season_export.regions_to_csv(project, season, folder / f"{NAMES[kind]}.csv")
    with Project.open(project_folder, read_only=True) as project:
        assert len(journal.rows(project)) == 3
    with Project.create(folder / "again", timezone="Asia/Shanghai") as project:
        import_paths(project, [folder / "export"])
        assert len(journal.rows(project)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such name")
def test_a_project_is_called_by_its_folder_also_where_that_is_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / os.fsdecode(b"x\xffy \xe5\x8f\xb0")
    with pytest.raises(SystemExit) as ended:
        main(["new", str(folder)])
    assert not ended.value.code
    with Project.open(folder) as project:
        assert project.name == "x\ufffdy 台"
        with project.write() as connection:
            connection.exec_driver_sql("DELETE FROM setting WHERE key = 'name'")
        project.refresh()
        assert project.name == "x\ufffdy 台"
    capsys.readouterr()


@pytest.mark.skipif(sys.platform == "win32", reason="its command lines are text")
@pytest.mark.parametrize(
    "words",
    [
        ("labels", "set", "P", "2022-03-30", "1", "--author", "X"),
        pytest.param(("labels", "set", "P", "2022-03-30", "1", "--note", "a X"), marks=pytest.mark.slow),
        ("labels", "set", "P", "X", "1"),
        pytest.param(("labels", "rule", "P", "--author", "X"), marks=pytest.mark.slow),
        pytest.param(("stations", "set", "P", "X", "--latitude", "28", "--longitude", "101"), marks=pytest.mark.slow),
        pytest.param(("new", "other", "--name", "X"), marks=pytest.mark.slow),
        pytest.param(("train", "P", "--preset", "X"), marks=pytest.mark.slow),
    ],
)
def test_words_of_the_command_line_that_are_no_text_are_wrong_usage(small_project: Path, words: tuple[str, ...]) -> None:
    """Given as a shell gives them, and told where a pipe takes what is said."""
    given = [word.replace("X", "\udcff") if word != "P" else str(small_project) for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "quakegui", *given], capture_output=True, cwd=small_project.parent, check=False
    )
    said = done.stderr.decode("utf-8")
    assert (done.returncode, "Error" in said, "UnicodeEncodeError" in said) == (2, True, False)
    with Project.open(small_project) as project:
        assert journal.rows(project) == ()
    assert not (small_project.parent / "other").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is Linux'")
def test_the_longest_path_works_and_a_longer_one_is_told(small_project_template: Path, tmp_path: Path) -> None:
    room = opening.LONGEST_PATH - len(os.fsencode(tmp_path / "project.sqlite-journal")) - 2
    fits, too_long = (tmp_path / ("x" * (length - 200)) / ("y" * 200) for length in (room, room + 1))
    shutil.copytree(small_project_template, fits)
    with Project.open(fits) as project:
        label_once(project, "Li")
    shutil.copytree(small_project_template, too_long)
    for attempt in (Project.open, Project.create):
        with pytest.raises(ProjectError, match=r"is 1 byte too long for a database .* Use shorter folder names"):
            attempt(too_long)


@pytest.mark.skipif(sys.platform == "win32", reason="a path with two slashes is a share there")
def test_a_path_that_begins_with_two_slashes_is_no_address(small_project: Path) -> None:
    with Project.open(Path(f"/{small_project}")) as project:
        assert str(project.folder).startswith("//")
        label_once(project, "Li")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/data/a b", "file:///data/a%20b/project.sqlite"),
        ("//server/share/项目", "file:////server/share/%E9%A1%B9%E7%9B%AE/project.sqlite"),
        ("C:/Users/Li/a#b", "file:///C%3A/Users/Li/a%23b/project.sqlite"),
    ],
)
def test_a_path_becomes_an_address_without_a_host(path: str, uri: str) -> None:
    """SQLite takes what follows two slashes for a host, and refuses every host."""
    assert database.address(f"{path}/project.sqlite") == uri


# -- network shares ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "network"),
    [
        ("nfs4", True), ("cifs", True), ("smb3", True), ("9p", True), ("fuse.sshfs", True), ("fuse.gvfsd-fuse", True),
        ("fuse.anything", True), ("fuse", True), ("ceph", True), ("lustre", True), ("vboxsf", True), ("virtiofs", True),
        ("fuseblk", False), ("ext4", False), ("xfs", False), ("btrfs", False), ("tmpfs", False), ("overlay", False),
        ("vfat", False), ("ntfs3", False), ("zfs", False),
    ],
)  # fmt: skip
def test_shares_are_told_from_drives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, network: bool) -> None:
    monkeypatch.setattr(filesystem, "mount_type", lambda _folder: kind)
    assert filesystem.is_network_folder(tmp_path) is network


def test_a_mount_with_an_odd_name_is_found(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/a\\040b\\011c\\134d\\012e nfs4 rw 0 0\n", encoding="utf-8")
    assert filesystem.mount_type(tmp_path / "a b\tc\\d\ne" / "project", table) == "nfs4"
    assert filesystem.mount_type(tmp_path / "a b", table) == "ext4"


@pytest.mark.skipif(sys.platform == "win32", reason="the table of mounts is Linux'")
@pytest.mark.parametrize(
    "name", [b"\xd6\xd0\xb9\xfa", "a\u2028b".encode(), "a\x85b".encode(), "凉山 台网".encode(), b"a\x0b\x1cb"]
)
def test_a_mount_whose_name_is_no_text_or_holds_odd_line_ends_is_found(tmp_path: Path, name: bytes) -> None:
    place = os.path.join(os.fsencode(tmp_path), name)  # noqa: PTH118  pathlib takes no bytes
    os.mkdir(place)  # noqa: PTH102
    table = tmp_path / "mounts"
    written = place.replace(b" ", b"\\040")
    table.write_bytes(b"/dev/sda / ext4 rw 0 0\n//srv/x " + written + b" cifs rw 0 0\ntmpfs /run tmpfs rw 0 0\n")
    assert filesystem.mount_type(Path(os.fsdecode(place)) / "project", table) == "cifs"
    assert filesystem.mount_type(tmp_path, table) == "ext4"


def test_a_project_moved_to_a_share_leaves_the_write_ahead_log(
    small_project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, driver: killing.Driver
) -> None:
    """Also where a program died on the local drive before, and what it confirmed lies in the log."""
    assert driver.killed_at(1.5, "label", str(small_project), str(tmp_path / "said"), 3)
    assert (small_project / "project.sqlite-wal").stat().st_size > 0
    monkeypatch.setattr(database, "is_network_folder", lambda _folder: True)
    with Project.open(small_project) as project:
        with project.read() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "truncate"
        told, lost = killing.unacknowledged(project, tmp_path / "said")
        assert (told > 0, lost) == (True, None)
        assert not (small_project / "project.sqlite-shm").exists()
        label_once(project, "Li")
    monkeypatch.undo()
    with Project.open(small_project) as project, project.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


# -- two windows on one project ------------------------------------------------------------------------------------


def label_once(project: Project, author: str, cls: int = 1) -> None:
    """Label the first day."""
    journal.write_labels(project, season_of(project).days[:1], cls, source=LabelSource.ANALYST, author=author)


def steps_said(said: Path) -> int:
    """Return how many steps were acknowledged so far."""
    return said.read_bytes().count(b"\n") if said.exists() else 0


@pytest.mark.skipif(sys.platform == "win32", reason="the driver forks")
@pytest.mark.parametrize("mode", ["wal", pytest.param("truncate", marks=pytest.mark.slow)])
def test_two_programs_label_one_project_at_once(
    small_project: Path, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both write as fast as they can and are killed; a third reads meanwhile and always sees a consistent history."""
    share = {}
    if mode == "truncate":
        share = {"QUAKEGUI_TEST_SHARE": "1"}
        monkeypatch.setattr(database, "is_network_folder", lambda _folder: True)
        Project.open(small_project).close()
    with (
        killing.driver(tmp_path / "a.txt", environment=share) as one,
        killing.driver(tmp_path / "b.txt", environment=share) as two,
    ):
        first = one.start("label", str(small_project), str(tmp_path / "one"), 1)
        second = two.start("label", str(small_project), str(tmp_path / "two"), 2)
        until = time.monotonic() + 60.0
        with Project.open(small_project, read_only=True) as watching:
            while time.monotonic() < until and min(steps_said(tmp_path / "one"), steps_said(tmp_path / "two")) < 10:
                assert killing.broken_history(watching) is None
                time.sleep(0.02)  # without a pause a reader keeps a rollback journal's writers waiting
        os.kill(first, 9)
        os.kill(second, 9)
        assert one.ended()
        assert two.ended()
    with Project.open(small_project) as project:
        for said in ("one", "two"):
            told, lost = killing.unacknowledged(project, tmp_path / said)
            assert (told > 0, lost) == (True, None)
        assert killing.broken_history(project) is None
        assert killing.undo_is_broken(project, "Li") is None
    assert killing.damage(small_project / "project.sqlite") is None


def test_undo_never_takes_back_what_the_other_window_did(small_project: Path) -> None:
    with Project.open(small_project) as here, Project.open(small_project) as there:
        label_once(here, "Li", 1)
        label_once(there, "Wang", 2)
        assert journal.undo(here, "Li") is not None
        assert journal.undo(here, "Li") is None
        day = season_of(here).days[0]
        assert [row.cls for row in journal.in_force(there).values()] == [2]
        assert journal.history(there, day) == journal.history(here, day)
        assert killing.broken_history(there) is None


# -- a clock that jumps --------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_changes_no_order(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_650_000_000_000_000_000]
    monkeypatch.setattr(time, "time_ns", lambda: clock[0])
    with Project.open(small_project) as project:
        day = season_of(project).days[0]
        for hours, cls in ((0, 1), (24 * 365 * 10, 2), (-24 * 365 * 10, 3), (-5, 4)):
            clock[0] += hours * 3_600_000_000_000
            label_once(project, "Li", cls)
            assert journal.in_force(project)[day].cls == cls
        assert killing.broken_history(project) is None
        assert [row.cls for row in journal.history(project, day)] == [1, 2, 3, 4]
        for expected in (3, 2, 1):
            clock[0] -= 60_000_000_000
            journal.undo(project, "Li")
            assert journal.in_force(project)[day].cls == expected
        journal.redo(project, "Li")
        assert journal.in_force(project)[day].cls == 2
        # Back to a moment before the jump: what was given then is the same whatever the clock said later.
        journal.revert_to(project, np.datetime64(1_650_000_000_001, "ms"), "Li")
        assert journal.in_force(project)[day].cls == 1
        assert killing.broken_history(project) is None
    with Project.open(small_project) as project:
        journal.undo(project, "Li")
        assert journal.in_force(project)[day].cls == 2


def test_the_latest_run_is_the_one_begun_last_whatever_the_clock_says(
    small_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_650_000_000_000_000_000]
    monkeypatch.setattr(time, "time_ns", lambda: clock[0])
    with Project.open(small_project) as project:
        days = season_of(project).days[:2]
        for number in range(3):
            clock[0] -= 3_600_000_000_000
            runs.add_run(project, runs.Run(f"run-{number}", clock[0] // 1_000_000, "done", {}, {}))
            said = runs.LedgerPredictions(days, np.full((2, 5), 0.2), "out-of-fold", ("m", "m"), np.zeros(2, np.int64), "c")
            runs.append_predictions(project, f"run-{number}", said)
        assert runs.run_in_use(project) == "run-2"
