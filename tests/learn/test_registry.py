"""Runs on the disk: made, listed, renamed, thrown away and back, exported and imported, refused where they do not fit."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learn_data import TINY, season

from quakegui.learn.runs.archives import export_run, import_run
from quakegui.learn.runs.choice import refusal
from quakegui.learn.runs.files import hold, write_arrays
from quakegui.learn.runs.registry import (
    LOCK,
    RunError,
    RunFolder,
    create_run,
    finish_run,
    list_runs,
    progress_sentence,
    read_run,
    rename_run,
)
from quakegui.learn.runs.runconfig import CLASSES
from quakegui.learn.runs.trash import empty_trash, restore_run, trash_run, trashed_runs
from quakegui.project.making import DATABASE


@pytest.fixture
def made(tmp_path: Path) -> RunFolder:
    return create_run(tmp_path / "runs", TINY, season(), about={"journal": 17, "synthetic": True})


def finished(run: RunFolder) -> RunFolder:
    write_arrays(run.folder / "weights.npz", {"w": np.arange(3)})
    (run.folder / "checkpoint.npz").write_bytes(b"x")
    return finish_run(run, {"precision": "float32", "seconds": 3, "folds": []})


def test_a_new_run_is_resumable_and_tells_its_recipe(made: RunFolder) -> None:
    assert made.resumable
    assert made.card is None
    assert made.config == TINY
    assert made.about == {"journal": 17, "synthetic": True}
    assert made.history() == []
    assert sorted(path.name for path in made.folder.iterdir()) == ["config.json", "snapshot.npz", "style.npz"]
    assert progress_sentence(made.folder) == "No epoch was completed; the run can be started again."


def test_a_finished_run_keeps_no_checkpoint_and_no_snapshot(made: RunFolder) -> None:
    done = finished(made)
    assert done.card == {"precision": "float32", "seconds": 3, "folds": []}
    assert not done.resumable
    assert sorted(path.name for path in done.folder.iterdir()) == ["card.json", "config.json", "style.npz", "weights.npz"]


def test_no_two_runs_share_a_folder(tmp_path: Path) -> None:
    data = season(10)
    runs = {create_run(tmp_path, TINY, data).id for _ in range(5)}
    assert len(runs) == 5
    assert {run.id for run in list_runs(tmp_path)[0]} == runs


def test_a_damaged_run_is_named_and_the_others_are_listed(made: RunFolder) -> None:
    broken = made.folder.parent / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{", encoding="utf-8")
    found, problems = list_runs(made.folder.parent)
    assert [run.id for run in found] == [made.id]
    assert len(problems) == 1
    assert "broken" in problems[0]


def test_the_newest_run_comes_first_whatever_its_folder_is_called(made: RunFolder) -> None:
    older = made.folder.with_name("shipped")  # after every date, by its name
    shutil.copytree(made.folder, older)
    told = json.loads((older / "config.json").read_text(encoding="utf-8"))
    (older / "config.json").write_text(json.dumps(told | {"created": "2001-01-01T00:00:00+00:00"}), encoding="utf-8")
    found, problems = list_runs(made.folder.parent)
    assert ([run.id for run in found], problems) == ([made.id, "shipped"], ())


def test_renaming_keeps_the_id_and_the_recipe(made: RunFolder) -> None:
    again = rename_run(made, "第二次")
    assert (again.id, again.title, again.config) == (made.id, "第二次", made.config)


@pytest.mark.parametrize("settings", [b"{", b"[1]", b"\xff\xfe"])
def test_a_run_whose_settings_were_damaged_meanwhile_is_not_renamed(made: RunFolder, settings: bytes) -> None:
    (made.folder / "config.json").write_bytes(settings)
    with pytest.raises(RunError, match=r"The run in .* cannot be read: "):
        rename_run(made, "第二次")
    assert (made.folder / "config.json").read_bytes() == settings


def test_a_run_that_another_process_trains_is_not_deleted(made: RunFolder) -> None:
    with hold(made.folder / LOCK), pytest.raises(RunError, match="is being trained by another process"):
        trash_run(made)
    assert read_run(made.folder) == made
    assert trash_run(made).is_dir()


def test_trash_and_back(made: RunFolder) -> None:
    runs = made.folder.parent
    trash_run(made)
    assert list_runs(runs) == ((), ())
    (trashed,) = trashed_runs(runs)
    assert restore_run(trashed) == made
    assert trashed_runs(runs) == ()
    trash_run(made)
    (trashed,) = trashed_runs(runs)
    made.folder.mkdir()
    with pytest.raises(RunError, match="already"):
        restore_run(trashed)
    made.folder.rmdir()
    assert restore_run(trashed) == made
    shutil.copytree(trash_run(made), made.folder)
    trash_run(made)
    assert [run.id for run in trashed_runs(runs)] == [made.id]
    assert empty_trash(runs) == 1
    assert not (runs / "trash").exists()
    assert empty_trash(runs) == 0


def test_export_and_import_are_one_run(made: RunFolder, tmp_path: Path) -> None:
    done = finished(made)
    export_run(done, tmp_path / "run.zip")
    back = import_run(tmp_path / "elsewhere", tmp_path / "run.zip")
    assert (back.id, back.card, back.config, back.about) == (done.id, done.card, done.config, done.about)
    assert (back.folder / "weights.npz").read_bytes() == (done.folder / "weights.npz").read_bytes()
    with pytest.raises(RunError, match="already in this project"):
        import_run(tmp_path / "elsewhere", tmp_path / "run.zip")


def test_no_part_of_a_project_is_replaced_by_an_exported_run(made: RunFolder, tmp_path: Path) -> None:
    done = finished(made)
    (tmp_path / DATABASE).write_bytes(b"labels")
    with pytest.raises(RunError, match="the file is part of a project"):
        export_run(done, tmp_path / DATABASE)
    assert (tmp_path / DATABASE).read_bytes() == b"labels"


def test_an_unfinished_run_is_not_exported(made: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not finished"):
        export_run(made, tmp_path / "run.zip")


@pytest.mark.parametrize(
    "member",
    ["../evil/config.json", "/abs/config.json", "r1/../../config.json", "r1/run.py", "config.json", "r1/sub/config.json"],
)
def test_an_archive_that_is_no_run_is_refused(tmp_path: Path, member: str) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(member, "{}")
    with pytest.raises(RunError, match="not a run exported"):
        import_run(tmp_path / "runs", tmp_path / "bad.zip")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("spoil", [lambda zipped: zipped[: len(zipped) // 2], lambda _: b"no zip"], ids=["cut", "text"])
def test_a_damaged_archive_leaves_nothing(made: RunFolder, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    export_run(finished(made), tmp_path / "run.zip")
    (tmp_path / "run.zip").write_bytes(spoil((tmp_path / "run.zip").read_bytes()))
    with pytest.raises(RunError, match="damaged"):
        import_run(tmp_path / "elsewhere", tmp_path / "run.zip")
    assert not list((tmp_path / "elsewhere").glob("*"))


def test_an_archive_with_a_config_that_is_none_leaves_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("r1/config.json", json.dumps({"title": "x"}))
    with pytest.raises(RunError, match="cannot be read"):
        import_run(tmp_path / "runs", tmp_path / "bad.zip")
    assert list((tmp_path / "runs").iterdir()) == []


def test_other_classes_or_another_style_are_refused(made: RunFolder) -> None:
    assert refusal(made, classes=CLASSES, style="test style") is None
    assert "a different style" in str(refusal(made, classes=CLASSES, style="other"))
    assert "distinguishes" in str(refusal(made, classes=("no", "yes"), style="test style"))


def test_a_recipe_of_a_newer_version_is_told(made: RunFolder) -> None:
    values = json.loads((made.folder / "config.json").read_text("utf-8"))
    values["config"]["momentum"] = 1
    (made.folder / "config.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(RunError, match="newer quakegui"):
        read_run(made.folder)


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, path: Path) -> None:
        path.write_bytes(b"part")
        raise OSError(28, "No space left on device")

    data = season(10)
    monkeypatch.setattr(type(data), "save", full)
    with pytest.raises(OSError, match="No space"):
        create_run(tmp_path / "runs", replace(TINY, name="x"), data)
    assert list((tmp_path / "runs").iterdir()) == []
