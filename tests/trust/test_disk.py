"""Full disks, drives that cannot be written, folders that go away: a sentence, nothing lost, and the program lives."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import killing
import pytest
import run_parts
from run_projects import season_of

if sys.platform == "win32":
    pytest.skip("mounts are Linux'; Windows' drives are tried by the installer's smoke test", allow_module_level=True)

import disks
from PySide6.QtWidgets import QApplication

from quakegui.app import labelling, opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.cli import main
from quakegui.learn import messages, season_runs
from quakegui.learn.runs import archives, registry, trash
from quakegui.learn.worker.supervise import Supervisor
from quakegui.project import exchange, journal, runs, season_export, seasons
from quakegui.project.flags import Subject, flag
from quakegui.project.importing import import_paths
from quakegui.project.nights import ensure_nights, has_stale_nights
from quakegui.project.store import Project, ProjectError
from quakegui.project.undoing import remove_readings, undo_import
from quakegui.season.labels import LabelSource
from quakegui.ui.main_window import MainWindow


def label_days(project: Project, count: int, given: list[int] | None = None) -> list[int]:
    """Label so many days, one after the other, each another class than before; returns all steps given."""
    days, given = seasons.season_days(project), [] if given is None else given
    for _ in range(count):
        number = len(given)
        chosen, cls = days[[number % days.size]], (number + number // days.size) % 5
        given.append(journal.write_labels(project, chosen, cls, source=LabelSource.ANALYST, author="Li"))
    return given


# -- a full disk ---------------------------------------------------------------------------------------------------


def test_labels_stop_with_a_sentence_when_the_disk_is_full(small_project_template: Path, disk: disks.FullDisk) -> None:
    folder = Path(shutil.copytree(small_project_template, disk.folder / "project"))
    with Project.open(folder) as project:
        given = label_days(project, 7)
        disk.fill()
        with pytest.raises(ProjectError, match=r"is full; this change was not saved\. Free some space"):
            label_days(project, 1000, given)  # what the database had set aside is used first
        assert {row.step for row in journal.journal_rows(project)} == set(given)
        with pytest.raises(ProjectError, match="is full"):
            journal.undo(project, "Li")
        with pytest.raises(ProjectError, match="is full"):
            journal.write_note(project, seasons.season_days(project)[0], "a remark" * 1000, "Li")
        assert seasons.load_season(project) is not None
        disk.free()
        label_days(project, 1, given)
        assert journal.undo(project, "Li") is not None
        assert killing.broken_history(project) is None
    assert killing.damage(folder / "project.sqlite") is None


def test_a_project_on_a_full_disk_opens_and_shows(small_project_template: Path, disk: disks.FullDisk) -> None:
    folder = Path(shutil.copytree(small_project_template, disk.folder / "project"))
    with Project.open(folder) as project:
        label_days(project, 3)
    disk.fill()
    with Project.open(folder) as project:
        assert len(journal.rows(project)) == 3
        assert seasons.load_season(project) is not None
        with pytest.raises(ProjectError, match=r"full|read-only"):
            label_days(project, 1)
    disk.free()
    with Project.open(folder) as project:
        assert (project.read_only, project.warnings) == (False, ())
        label_days(project, 1)


def test_an_import_that_does_not_fit_leaves_nothing(small_project_template: Path, disk: disks.FullDisk, tmp_path: Path) -> None:
    folder = disk.folder / "project"
    with Project.create(folder, timezone="Asia/Shanghai") as project:
        disk.fill()
        with pytest.raises(ProjectError, match=r"full|No space|too large"):
            import_paths(project, [small_project_template.parent / "readings.csv"])
        disk.free()
        assert project.network().codes == ()
        assert import_paths(project, [small_project_template.parent / "readings.csv"]).days_changed > 0
    assert killing.damage(folder / "project.sqlite") is None


def test_a_project_is_not_half_made_on_a_full_disk(disk: disks.FullDisk) -> None:
    disk.fill()
    with pytest.raises(ProjectError, match=r"full|No space|too large"):
        Project.create(disk.folder / "project")
    assert not (disk.folder / "project" / "project.sqlite").exists()
    disk.free()
    Project.create(disk.folder / "project").close()


def test_exports_to_a_full_disk_end_in_a_sentence(small_project: Path, disk: disks.FullDisk) -> None:
    with Project.open(small_project) as project:
        season = season_of(project)
        (disk.folder / "regions.csv").write_text("as it was", encoding="utf-8")
        disk.fill()
        attempts = (
            lambda: season_export.maps_to_folder(project, season, disk.folder / "maps"),
            lambda: season_export.regions_to_csv(project, season, disk.folder / "regions.csv"),
            lambda: season_export.save_tables(project, season, disk.folder / "tables.xlsx"),
            lambda: season_export.save_tables(project, season, disk.folder / "tables"),
            lambda: exchange.export_project(project, disk.folder / "export"),
        )
        for attempt in attempts:
            with pytest.raises(ProjectError, match=r"cannot be written: (No space left|File too large)"):
                attempt()
    disk.free()
    assert (disk.folder / "regions.csv").read_text(encoding="utf-8") == "as it was"
    assert [path.name for path in disk.folder.rglob("*") if path.is_file() and path.name != "filler"] == ["regions.csv"]


def test_a_run_is_not_half_begun_on_a_full_disk(small_project_template: Path, disk: disks.FullDisk) -> None:
    folder = Path(shutil.copytree(small_project_template, disk.folder / "project"))
    run_parts.label_all(folder)
    disk.fill()
    with pytest.raises(ProjectError, match=r"The run cannot be saved in .*(No space|too large).* Training was not started"):
        run_parts.begin(folder)
    disk.free()
    assert registry.list_runs(folder / "runs") == ((), ())
    assert run_parts.begin(folder).resumable


def test_runs_that_the_disk_refuses_are_told_in_a_sentence(
    small_project: Path, tmp_path: Path, disk: disks.FullDisk, aloud: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    run_parts.label_all(small_project)
    run = run_parts.finish(run_parts.begin(small_project))
    archives.export_run(run, tmp_path / "run.zip")
    shutil.copytree(run.folder, disk.folder / "runs" / run.id)
    there = registry.read_run(disk.folder / "runs" / run.id)
    disk.fill()
    for attempt in (
        lambda: archives.export_run(run, disk.folder / "run.zip"),
        lambda: archives.import_run(disk.folder / "others", tmp_path / "run.zip"),
        lambda: registry.rename_run(there, "anew" * 100_000),
    ):
        with pytest.raises(registry.RunError, match=r"cannot be written: (No space left|File too large)[^:]*\.$"):
            attempt()
    with pytest.raises(SystemExit) as ended:
        main(["runs", "export", str(small_project), run.id, str(disk.folder / "run.zip")])
    assert ended.value.code == 1
    assert "cannot be written" in " ".join(capsys.readouterr().err.split())
    disk.free()
    assert registry.read_run(there.folder) == there
    assert not [path for path in disk.folder.rglob("*") if path.suffix in (".zip", ".part")]
    with disks.read_only(small_project, aloud) as real:
        if real:
            with pytest.raises(registry.RunError, match="trash cannot be written: Read-only file system"):
                trash.trash_run(run)
    assert trash.restore_run(registry.read_run(trash.trash_run(run))) == run


@pytest.mark.slow
def test_a_training_on_a_full_disk_stops_and_goes_on(small_project_template: Path, disk: disks.FullDisk) -> None:
    if not disk.real:
        pytest.skip("NO MOUNT ALLOWED HERE: tests/learn/test_worker.py limits the worker's files instead")
    folder = Path(shutil.copytree(small_project_template, disk.folder / "project"))
    run_parts.label_all(folder)
    run = run_parts.begin(folder)
    for message in Supervisor(run.folder).events():
        if isinstance(message, messages.Started):
            disk.fill()
    assert isinstance(message, messages.Failed)
    assert (message.kind, message.resumable) == ("disk", True)
    assert "The disk is full" in message.sentence
    disk.free()
    assert isinstance(tuple(Supervisor(run.folder).events())[-1], messages.Done)
    with Project.open(folder) as project:
        season = season_of(project)
        assert season_runs.complete_runs(project, season) == (run.id,)
        assert runs.run_in_use(project) == run.id


def test_the_window_lives_on_a_full_disk(small_project_template: Path, disk: disks.FullDisk, qapp: QApplication) -> None:
    folder = Path(shutil.copytree(small_project_template, disk.folder / "project"))
    session = Session(SettingsFile(disk.folder / "settings" / "settings.ini"))
    window = MainWindow(session)
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    window.show()
    assert opening.open_project(session, folder)
    while session.jobs.busy:
        qapp.processEvents()
    assert labelling.label(session, 1)
    disk.fill()
    assert not labelling.label(session, 2)
    assert not labelling.note(session, "a remark" * 1000)
    labelling.undo(session)
    session.set_settings(days_per_second=3.0)
    walking.step(session, 1)
    qapp.processEvents()
    assert sum("is full" in sentence for sentence in said) >= 3
    assert window.isVisible()
    disk.free()
    walking.step(session, -1)
    assert session.labels.classes[session.index] == 1
    assert labelling.label(session, 2)
    window.close()
    session.close()
    window.deleteLater()
    session.deleteLater()


# -- a drive that cannot be written --------------------------------------------------------------------------------


def test_a_project_on_a_read_only_drive_is_shown_and_not_changed(
    small_project: Path, tmp_path: Path, aloud: Callable[[str], None]
) -> None:
    with Project.open(small_project) as project:
        label_days(project, 3)
    before = (small_project / "project.sqlite").read_bytes()
    with disks.read_only(small_project, aloud) as real, Project.open(small_project) as project:
        if real:
            assert project.read_only
            assert "the project is read-only" in project.warnings[0]
            with pytest.raises(ProjectError, match="read-only"):
                label_days(project, 1)
        season = season_of(project)
        assert len(journal.rows(project)) == 3
        assert season_export.maps_to_folder(project, season, tmp_path / "maps") == int(season.has_map.sum())
    assert (small_project / "project.sqlite").read_bytes() == before


def test_a_program_that_died_before_the_drive_was_locked_leaves_a_project_that_can_be_read(
    small_project: Path, tmp_path: Path, driver: killing.Driver, aloud: Callable[[str], None]
) -> None:
    """What a program that was killed has confirmed lies in the write-ahead log, not yet in the database."""
    said = tmp_path / "said"
    assert driver.killed_at(1.5, "label", str(small_project), str(said), 1)
    assert (small_project / "project.sqlite-wal").stat().st_size > 0
    with disks.read_only(small_project, aloud), Project.open(small_project) as project:
        told, lost = killing.unacknowledged(project, said)
        assert told > 0
        assert lost is None
    # The same folder, copied by somebody who left out what looks like a leftover of the system.
    (small_project / "project.sqlite-shm").unlink(missing_ok=True)
    with disks.read_only(small_project, aloud) as real:
        if real:
            with pytest.raises(ProjectError, match=r"Copy the whole folder.*and open the copy\. Nothing is lost"):
                Project.open(small_project)
        shutil.copytree(small_project, tmp_path / "copy")
    with Project.open(tmp_path / "copy") as project:
        assert killing.unacknowledged(project, said)[1] is None


# -- a folder that goes away ---------------------------------------------------------------------------------------


def test_a_drive_that_is_pulled_is_told_and_takes_no_label(small_project_template: Path, disk: disks.FullDisk) -> None:
    folder = Path(shutil.copytree(small_project_template, disk.folder / "project"))
    with Project.open(folder) as project:
        label_days(project, 2)
        if disk.real:
            disks.unmount(disk.folder)
            disk.real = False
            disk.before = disk.handler = None  # type: ignore[assignment]
            disk.close = lambda: None  # type: ignore[method-assign]
        else:
            folder.rename(disk.folder / "elsewhere")
        with pytest.raises(ProjectError, match=r"missing or has been replaced.*not saved"):
            label_days(project, 1)
    with pytest.raises(ProjectError, match=r"The folder .* does not exist"):
        Project.open(folder)


def test_a_database_that_another_program_holds_is_told(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quakegui.project.store.BUSY_S", 0.2)
    monkeypatch.setattr("quakegui.project.database.BUSY_S", 0.2)
    other = sqlite3.connect(small_project / "project.sqlite", isolation_level=None)
    with Project.open(small_project) as project:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ProjectError, match="in use by another program"):
            label_days(project, 1)
        assert journal.rows(project) == ()
        other.execute("ROLLBACK")
        assert len(label_days(project, 1)) == 1
    other.execute("PRAGMA journal_mode=DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ProjectError, match="in use by another program"):
        Project.open(small_project)
    other.close()
    Project.open(small_project).close()


@pytest.mark.parametrize("what", ["import", "undo", "removal", "flag"])
def test_a_change_is_not_called_lost_where_only_its_night_means_could_not_be_stored(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("quakegui.project.store.BUSY_S", 0.2)
    monkeypatch.setattr("quakegui.project.database.BUSY_S", 0.2)
    other = sqlite3.connect(small_project / "project.sqlite", isolation_level=None)
    table = tmp_path / "day.csv"
    table.write_text("time,AAA\n" + "".join(f"2022-03-09T{hour:02}:30:00Z,51000\n" for hour in range(24)), encoding="utf-8")

    def hold(_done: int, _total: int, text: str) -> None:
        if "night means" in text and not other.in_transaction:
            other.execute("BEGIN IMMEDIATE")

    subjects = [Subject("AAA", "2022-03-09")]
    changes: dict[str, Callable[[Project], object]] = {
        "import": lambda project: import_paths(project, [table], progress=hold),
        "undo": lambda project: undo_import(project, progress=hold),
        "removal": lambda project: remove_readings(project, "AAA", progress=hold),
        "flag": lambda project: flag(project, subjects, author="Li", reason="a lorry", progress=hold),
    }
    with Project.open(small_project) as project:
        if what == "undo":
            import_paths(project, [table])
        before = project.revision()
        with pytest.raises(ProjectError, match=r"^Everything was saved except the night means, .* in use by another program"):
            changes[what](project)
        assert project.revision() > before
        with project.read() as connection:
            assert has_stale_nights(connection)
        other.close()
        assert ensure_nights(project).size > 0


def test_a_window_does_not_wait_long_for_another_writer(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for another program, nor for a long import of its own."""
    monkeypatch.setattr("quakegui.project.store.WINDOW_BUSY_S", 0.2)
    other = sqlite3.connect(small_project / "project.sqlite", isolation_level=None)
    with Project.open(small_project) as project:
        project.answer_here()
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        with pytest.raises(ProjectError, match="in use by another program"):
            label_days(project, 1)
        other.execute("ROLLBACK")
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with project.write():
                held.set()
                done.wait(60)

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait(60)
        with pytest.raises(
            ProjectError,
            match=r"Another operation, .* is writing .* Try again when that operation has finished",
        ):
            label_days(project, 1)
        assert time.monotonic() - begun < 10
        done.set()
        thread.join()
        assert len(label_days(project, 1)) == 1
    other.close()
