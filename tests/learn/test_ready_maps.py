"""Ready-made day maps instead of a project: trained on, judged, predicted, and their runs kept."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learn_data import maps, palette
from PIL import Image
from run_projects import TINY

from quakegui import cli
from quakegui.learn import ready_maps
from quakegui.learn.evidence import EvidenceError
from quakegui.learn.runs import registry
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.registry import RunError

FIRST = np.datetime64("2022-02-01")
LABELS = np.array([0] * 6 + [1] * 6 + [0] * 4 + [3] * 4 + [0] * 4)


def write_images(folder: Path, first: int, labels: np.ndarray, *, classes: bool = True) -> None:
    """Write one picture a day, in a folder of its class or, without classes, beside each other."""
    for k, index in enumerate(maps(labels, side=480, seed=first)):
        place = folder / str(labels[k]) if classes else folder
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(palette()[index]).save(place / f"{FIRST + first + k}.png", compress_level=1)


@pytest.fixture(scope="module")
def trained_template(tmp_path_factory: pytest.TempPathFactory, built_once: None, worker_here: Any) -> Path:
    folder = tmp_path_factory.mktemp("ready") / "maps"
    write_images(folder, 0, LABELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", TINY)
        patch.setattr(ready_maps, "Supervisor", worker_here)
        with pytest.raises(SystemExit) as end:
            cli.main(["train", str(folder), "--preset", "tiny", "--json"])
    assert not end.value.code
    return folder


@pytest.fixture
def trained(trained_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_template, tmp_path / "maps"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert (end.value.code or 0) == code, (out, err)
    return out, err


def test_a_folder_of_images_is_trained_on_and_judged(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (listed,) = json.loads(run(capsys, "runs", "list", trained, "--json")[0])
    assert (listed["state"], listed["protocol"], listed["in_use"]) == ("finished", "chronological", False)
    shown = json.loads(run(capsys, "runs", "show", trained, listed["id"], "--json")[0])
    assert shown["card"]["class_days"] == np.bincount(LABELS, minlength=5).tolist()
    told = json.loads(run(capsys, "evaluate", trained, "--json")[0])
    assert told["synthetic"] is False
    assert told["row"]["days"] == shown["card"]["folds"][0]["test"] > 0
    assert {one["name"] for one in told["comparisons"]} == {"majority"}
    assert told["row"]["r_score"] is None
    assert told["calibrators"] == shown["card"]["calibration"]["folds"]
    assert told["row"]["brier_skill"] is not None
    assert "prospective" in run(capsys, "evaluate", trained, "--prospective", code=1)[1]


def test_only_maps_without_an_answer_are_computed(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def answer(_run: object, pictures: np.ndarray, **_: object) -> np.ndarray:
        asked.append(len(pictures))
        return np.full((len(pictures), 5), 0.2)

    monkeypatch.setattr(ready_maps, "answer", answer)
    assert json.loads(run(capsys, "predict", trained, "--json")[0])["new"] == 0
    write_images(trained, len(LABELS), np.array([1, 0]), classes=False)
    shutil.copy(trained / "0" / f"{FIRST}.png", trained / "1" / f"{FIRST + 7}.png")
    told = json.loads(run(capsys, "predict", trained, "--out", tmp_path / "said.csv", "--json")[0])
    assert asked == [3]
    assert (told["new"], told["unchanged"]) == (3, len(LABELS) - 1)
    with (tmp_path / "said.csv").open(newline="") as file:
        rows = {row["day"]: row for row in csv.DictReader(file)}
    kinds = [rows[str(FIRST + k)]["kind"] for k in range(len(LABELS) + 2)]
    assert kinds[7] == kinds[-1] == kinds[-2] == "unseen"
    assert set(kinds[:7] + kinds[8:-2]) == {"in-sample", "out-of-fold"}


def test_a_deleted_run_comes_back_from_the_trash_until_that_is_emptied(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (name,) = (one["id"] for one in json.loads(run(capsys, "runs", "list", trained, "--json")[0]))
    run(capsys, "runs", "export", trained, name, tmp_path / "run.zip")
    assert name in run(capsys, "runs", "delete", trained, name)[1]
    assert json.loads(run(capsys, "runs", "list", trained, "--json")[0]) == []
    assert [one["id"] for one in json.loads(run(capsys, "runs", "list", trained, "--trash", "--json")[0])] == [name]
    run(capsys, "runs", "restore", trained, name)
    assert [one["id"] for one in json.loads(run(capsys, "runs", "list", trained, "--json")[0])] == [name]
    run(capsys, "runs", "delete", trained, name)
    assert "1 run permanently deleted" in run(capsys, "runs", "empty-trash", trained)[1]
    assert "no run" in run(capsys, "runs", "restore", trained, name, code=1)[1]
    run(capsys, "runs", "import", trained, tmp_path / "run.zip")
    assert [one["id"] for one in json.loads(run(capsys, "runs", "list", trained, "--json")[0])] == [name]
    assert "--run" in run(capsys, "runs", "use", trained, name, code=1)[1]


def test_a_folder_is_read_with_its_classes_in_an_index_too(tmp_path: Path) -> None:
    write_images(tmp_path, 0, np.array([0, 1, 2]), classes=False)
    lines = ["file,date,class", *(f"{FIRST + k}.png,{FIRST + k},{cls}" for k, cls in enumerate((3, 4, "")))]
    (tmp_path / "index.csv").write_text("\n".join(lines), encoding="utf-8")
    ready = ready_maps.read_folder(tmp_path)
    assert ready.material.labels.tolist() == [3, 4, -1]
    np.testing.assert_array_equal(
        ready_maps.maps_to_read(ready.paths).draw(0, 1)[0], np.asarray(Image.open(tmp_path / f"{FIRST}.png"))
    )
    assert not ready.synthetic
    assert ready_maps.is_ready(tmp_path)


def test_what_cannot_be_done_is_a_sentence(trained: Path, tmp_path: Path) -> None:
    def unheard(_message: object) -> None: ...

    write_images(tmp_path / "plain", 0, np.array([0, 1]), classes=False)
    with pytest.raises(EvidenceError, match="folders named 0 to 4"):
        ready_maps.read_folder(tmp_path / "plain").train(TINY, listen=unheard)
    ready = ready_maps.read_folder(trained)
    (made,) = registry.list_runs(ready.runs.folder)[0]
    foreign = registry.rename_run(made, "foreign")
    config = json.loads((made.folder / "config.json").read_text(encoding="utf-8"))
    (made.folder / "config.json").write_text(json.dumps({**config, "style": "of a project"}), encoding="utf-8")
    with pytest.raises(RunError, match="a different style"):
        ready.predict(registry.read_run(foreign.folder), listen=unheard)
    (made.folder / "card.json").unlink()
    unfinished = registry.read_run(made.folder)
    for does in (lambda: ready.evaluate(unfinished), lambda: ready.predict(unfinished, listen=unheard)):
        with pytest.raises(RunError, match="not finished"):
            does()
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not ready_maps.is_ready(empty)
    with pytest.raises(EvidenceError, match="no map image"):
        ready_maps.read_folder(empty)


def test_a_name_that_says_synthetic_is_heard(tmp_path: Path) -> None:
    write_images(tmp_path, 0, np.array([0, 1]))
    assert not ready_maps.read_folder(tmp_path).synthetic
    (tmp_path / "0" / f"{FIRST}.png").rename(tmp_path / "0" / f"{FIRST}_SYNTHETIC.png")
    assert ready_maps.read_folder(tmp_path).synthetic
