"""Links in what a stranger sends: nothing of the user's is moved, deleted, overwritten or sent on through them."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hostile_mutations import packed
from hostile_projects import use
from hostile_seeds import run_parts
from PIL import Image

from quakegui.cli import main
from quakegui.learn.runs.archives import export_run, import_run
from quakegui.learn.runs.files import write_arrays, write_text
from quakegui.learn.runs.registry import RunError, RunFolder, list_runs, read_run, rename_run
from quakegui.learn.runs.trash import empty_trash, restore_run, trash_run, trashed_runs
from quakegui.project import cachefiles, exchange, filesystem, run_folders, runs
from quakegui.project.importing import import_paths
from quakegui.project.store import Project, ProjectError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")


@pytest.fixture
def run(folder: Path) -> RunFolder:
    """Return a finished run in the project."""
    archive = folder.parent / "run.zip"
    archive.write_bytes(packed(run_parts()))
    return import_run(folder / "runs", archive)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Path]:
    """Give a folder of the user's, which is as it was when the test ends."""
    mine = tmp_path / "Documents"
    for name in ("letter.txt", "Photos/holiday.jpg", *(f"features-{number}.json" for number in range(9))):
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / name).write_text(f"mine {name}", encoding="utf-8")
    before = everything(mine)
    yield mine
    assert everything(mine) == before


def link(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(target)


# -- projects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cache", "runs", "runs/trash", "runs/.incoming"])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_project_whose_folder_is_a_link_is_not_opened(folder: Path, mine: Path, name: str, read_only: bool) -> None:
    with Project.open(folder) as project, project.write() as connection:
        run_folders.announce(connection)  # opening it moved whatever lay at the link's end into the project
    link(folder / name, mine)
    before = (folder / "project.sqlite").read_bytes()
    with pytest.raises(ProjectError, match=r"is a link to another folder; the project was not opened") as caught:
        Project.open(folder, read_only=read_only)
    assert str(folder / name) in str(caught.value)
    assert (folder / "project.sqlite").read_bytes() == before


def test_a_link_that_leads_nowhere_is_refused_too(folder: Path, tmp_path: Path) -> None:
    link(folder / "runs", tmp_path / "not yet")
    with pytest.raises(ProjectError, match="is a link to another folder"):
        Project.open(folder)


def test_a_project_that_is_reached_through_a_link_works(folder: Path, run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(folder, target_is_directory=True)
    use(tmp_path / "way", all_of_it=True)
    with Project.open(tmp_path / "way") as project:
        (found,), problems = list_runs(project.folder / "runs")
        assert (found.id, problems) == (run.id, ())
        trash_run(rename_run(found, "anew"))
        restore_run(*trashed_runs(project.folder / "runs"))
        export_run(found, tmp_path / "sent.zip")
        exchange.export_project(project, tmp_path / "whole")
    (tmp_path / "to").symlink_to(tmp_path / "whole")
    with Project.create(tmp_path / "back", timezone="UTC") as project:
        import_paths(project, [tmp_path / "to"])
        assert runs.count(project) == 1


def test_runs_that_are_to_come_are_not_taken_from_the_end_of_a_link(folder: Path, mine: Path) -> None:
    with Project.open(folder) as project:
        place = project.folder / run_folders.PLACE
        for spoil in (lambda: link(place, mine), lambda: link(place / "r1", mine / "Photos")):
            with project.write() as connection:
                run_folders.announce(connection)
            spoil()
            project.take_in_runs()
            assert project.setting(run_folders.KEY) is None
            assert not [path for path in (folder / "runs").iterdir() if path != place]
            if place.is_symlink():
                place.unlink()


def test_an_export_whose_runs_are_a_link_is_refused(folder: Path, mine: Path, tmp_path: Path) -> None:
    with Project.open(folder) as project:
        out = exchange.export_project(project, tmp_path / "whole")
    link(out / "run_folders", mine)
    with Project.create(tmp_path / "back", timezone="UTC") as project:
        with pytest.raises(ProjectError, match="run_folders points outside the export; nothing was imported"):
            import_paths(project, [out])
        assert project.network().stations == ()
    assert not list((tmp_path / "back" / "runs").iterdir())


def test_a_link_in_the_cache_is_no_reason_to_keep_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cachefiles, "KEPT_BYTES", 0)
    for number in range(cachefiles.KEPT + 3):
        path = tmp_path / f"features-{number}.json"
        cachefiles.put(path, Path.touch)
        os.utime(path, (number, number))
        if number == 0:
            link(tmp_path / "features-a.json", tmp_path / "nowhere")
    assert len(list(tmp_path.glob("features-*.json"))) == cachefiles.KEPT


@pytest.mark.parametrize(("tag", "leads_away"), [(0xA000000C, True), (0xA0000003, True), (0x9000001A, False), (0, False)])
def test_junctions_of_windows_lead_away_and_files_in_its_cloud_do_not(
    monkeypatch: pytest.MonkeyPatch, tag: int, leads_away: bool
) -> None:
    monkeypatch.setattr(Path, "lstat", lambda _path: SimpleNamespace(st_mode=stat.S_IFDIR | 0o755, st_reparse_tag=tag))
    assert filesystem.is_link(Path("x")) is leads_away
    assert filesystem.is_plain(Path("x")) is not leads_away


# -- runs ----------------------------------------------------------------------------------------------------------


def test_nothing_is_moved_or_deleted_through_a_linked_trash(run: RunFolder, mine: Path) -> None:
    """A folder of ready maps has runs too, and no database that would be refused."""
    photos = run.folder.replace(run.folder.with_name("Photos"))
    runs_folder = photos.parent
    link(runs_folder / "trash", mine)
    for step in (lambda: trash_run(read_run(photos)), lambda: trashed_runs(runs_folder), lambda: empty_trash(runs_folder)):
        with pytest.raises(
            RunError, match=r"trash is a link to another folder; nothing was moved or deleted\. Remove the link\.$"
        ):
            step()
    assert read_run(photos).card is not None


def test_a_run_is_not_restored_from_the_end_of_a_link(run: RunFolder, tmp_path: Path) -> None:
    theirs = tmp_path / "maps" / "runs"
    theirs.mkdir(parents=True)
    link(theirs / "trash", run.folder.parent)
    with pytest.raises(RunError, match="trash is a link to another folder"):
        restore_run(read_run(theirs / "trash" / run.id))
    assert list_runs(run.folder.parent)[0] == (run,)


def test_deleting_a_run_of_a_linked_trash_is_refused_on_the_command_line(
    folder: Path, run: RunFolder, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run.folder.replace(run.folder.with_name("Photos"))
    link(folder / "runs" / "trash", mine)
    with pytest.raises(SystemExit) as ended:
        main(["runs", "delete", str(folder), "Photos"])
    assert ended.value.code == 1
    assert "is a link to another folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "list", "MAPS"),
        ("runs", "delete", "MAPS", "Photos"),
        ("runs", "import", "MAPS", "RUN"),
        ("train", "MAPS", "--preset", "fast"),
        ("predict", "MAPS"),
        ("evaluate", "MAPS"),
        ("compare", "MAPS"),
    ],
    ids=" ".join,
)
def test_runs_of_ready_maps_are_not_kept_at_the_end_of_a_link(
    run: RunFolder, mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    maps = tmp_path / "maps"
    for day, cls in enumerate([0] * 12 + [1] * 12 + [0] * 12 + [1] * 12):
        (maps / str(cls)).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (480, 480), (cls, day, 0)).save(maps / str(cls) / f"{np.datetime64('2022-03-01') + day}.png")
    link(maps / "runs", mine)
    places = {"MAPS": str(maps), "RUN": str(run.folder.parent.parent.parent / "run.zip")}
    with pytest.raises(SystemExit) as ended:
        main([places.get(word, word) for word in words])
    assert ended.value.code == 1
    assert "runs is a link to another folder; nothing was changed." in " ".join(capsys.readouterr().err.split())


def test_a_link_in_the_trash_gives_way_and_its_end_stays(run: RunFolder, mine: Path) -> None:
    link(run.folder.parent / "trash" / run.id, mine)
    trash_run(run)
    (trashed,) = trashed_runs(run.folder.parent)
    assert not trashed.folder.is_symlink()
    link(run.folder, mine / "nowhere")
    with pytest.raises(RunError, match="A run"):
        restore_run(trashed)
    assert empty_trash(run.folder.parent) == 1


@pytest.mark.parametrize(
    "name", ["config.json", "card.json", "weights.npz", "history.csv", "predictions.npz", ".config.json.part", "worker.log"]
)
@pytest.mark.parametrize("spoil", [lambda path, key: path.symlink_to(key), lambda path, _key: os.mkfifo(path)])
def test_a_run_with_a_link_or_a_pipe_in_it_is_named_and_not_read(
    run: RunFolder, mine: Path, tmp_path: Path, name: str, spoil: Callable[[Path, Path], None]
) -> None:
    path = run.folder / name
    path.unlink(missing_ok=True)
    spoil(path, mine / "letter.txt")
    found, problems = list_runs(run.folder.parent)
    assert (found, problems) == (
        (),
        (f"The run in {run.folder} cannot be read: {name} in the folder is a link or is not a file.",),
    )
    with pytest.raises(RunError, match="is a link or is not a file"):
        export_run(run, tmp_path / "sent.zip")
    assert not (tmp_path / "sent.zip").exists()


def test_a_linked_folder_is_no_run(run: RunFolder, tmp_path: Path) -> None:
    elsewhere = shutil.move(run.folder, tmp_path / "elsewhere")
    link(run.folder, elsewhere)
    found, problems = list_runs(run.folder.parent)
    assert (found, problems) == ((), (f"The run in {run.folder} cannot be read: the folder is a link to another folder.",))


def test_a_run_cannot_be_imported_over_a_link(run: RunFolder, mine: Path, tmp_path: Path) -> None:
    shutil.rmtree(run.folder)
    link(run.folder, mine / "nowhere")
    with pytest.raises(RunError, match="is already in this project"):
        import_run(run.folder.parent, tmp_path / "run.zip")
    assert run.folder.is_symlink()


def test_a_link_that_leads_nowhere_does_not_keep_runs_from_coming(run: RunFolder, tmp_path: Path) -> None:
    shutil.rmtree(run.folder)
    link(run.folder.parent / ".left.part", tmp_path / "nowhere")
    assert import_run(run.folder.parent, tmp_path / "run.zip") == run


@pytest.mark.parametrize("spoil", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_no_archive_of_a_run(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """A pipe was waited at for ever, a device read until the memory was full."""
    spoil(tmp_path / "run.zip")
    with pytest.raises(RunError, match=r"run\.zip was not imported\. The path is not a file\.$"):
        import_run(tmp_path / "runs", tmp_path / "run.zip")


# -- temporary files -----------------------------------------------------------------------------------------------


def test_a_title_is_not_written_through_a_link(run: RunFolder, mine: Path) -> None:
    link(run.folder / ".config.json.part", mine / "letter.txt")
    assert rename_run(run, "anew").title == "anew"


@pytest.mark.parametrize("target", ["letter.txt", "nowhere"])
def test_no_file_is_written_through_a_link_in_its_temporary_place(tmp_path: Path, mine: Path, target: str) -> None:
    for name, part in (("a.txt", ".a.txt.part"), ("b.npz", ".b.npz.part"), ("c.csv", ".c.csv.part")):
        link(tmp_path / part, mine / target)
        match name:
            case "a.txt":
                write_text(tmp_path / name, "new")
            case "b.npz":
                write_arrays(tmp_path / name, {})
            case _:
                with filesystem.whole_file(tmp_path / name) as path:
                    path.write_text("new", encoding="utf-8")
        assert (tmp_path / name).is_file()
        assert not (tmp_path / name).is_symlink()
        assert not os.path.lexists(tmp_path / part)
    assert zipfile.is_zipfile(tmp_path / "b.npz")


def test_a_name_may_be_as_long_as_the_disk_takes(tmp_path: Path) -> None:
    path = tmp_path / ("图" * 83 + ".html")
    write_text(path, "new")
    assert everything(tmp_path) == {path.name: b"new"}


def test_a_leftover_of_a_crash_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".a.txt.part").write_text("a longer leftover than what is written", encoding="utf-8")
    write_text(tmp_path / "a.txt", "new")
    with filesystem.whole_file(tmp_path / "a.txt") as part:
        assert part.read_bytes() == b""
        part.write_text("newer", encoding="utf-8")
    assert everything(tmp_path) == {"a.txt": b"newer"}
