"""Runs and models from strangers, one attack at a time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile_mutations import packed
from hostile_seeds import run_parts

from quakegui.learn.network.inference import predictor
from quakegui.learn.runs.archives import import_run
from quakegui.learn.runs.files import read_arrays
from quakegui.learn.runs.predictions import LARGEST_SHARE
from quakegui.learn.runs.registry import RunError, list_runs, read_run
from quakegui.learn.runs.runchecks import HISTORY, LARGEST
from quakegui.project.column_limits import bounds_of
from quakegui.project.schema import prediction

ID = "20220101-000000-abcd"


def save(tmp_path: Path, parts: dict[str, bytes]) -> Path:
    path = tmp_path / "run.zip"
    path.write_bytes(packed(parts))
    return path


def arrays(**values: Any) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **values)
    return out.getvalue()


def refused(tmp_path: Path, parts: dict[str, bytes], match: str = r"\S") -> None:
    """The import fails with a sentence and leaves nothing."""
    with pytest.raises(RunError, match=match) as caught:
        import_run(tmp_path / "runs", save(tmp_path, parts))
    assert str(caught.value).rstrip().endswith((".", ")"))
    assert not [path for path in tmp_path.rglob("*") if path.name not in ("runs", "run.zip")]


def test_the_good_run_is_imported(tmp_path: Path) -> None:
    run = import_run(tmp_path / "runs", save(tmp_path, run_parts()))
    assert (run.id, run.card is not None, len(run.history()) > 5) == (ID, True, True)
    assert run.predictions().by_day()[0].shape[1] == 5


@pytest.mark.parametrize(
    "name",
    [
        *("../x/config.json", "/x/config.json", "C:/x/config.json", "x\\config.json", "..\\x\\config.json", "x/../config.json"),
        *(
            "con/config.json",
            "NUL/config.json",
            "com1/config.json",
            "trash/config.json",
            ".hidden/config.json",
            "x./config.json",
        ),
        *("x/config.json:stream", "x/CONFIG.JSON", "x/model.keras", "x/evil.py", f"{'x' * 70}/config.json", "é/config.json"),
    ],
)
def test_names_that_no_export_has_are_refused(tmp_path: Path, name: str) -> None:
    folder, _, file = name.rpartition("/")
    parts = {path.replace(ID, folder) if folder else path: data for path, data in run_parts().items()}
    parts.pop(f"{folder}/{file}", None)
    refused(tmp_path, {**parts, name: run_parts()[f"{ID}/config.json"]}, "was not imported")


def test_a_link_in_the_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "run.zip", "w") as archive:
        for name, data in run_parts().items():
            info = zipfile.ZipInfo(name)
            if name.endswith("weights.npz"):
                info.external_attr = 0o120777 << 16
            archive.writestr(info, data)
    with pytest.raises(RunError, match=r"weights.npz in the file is a link"):
        import_run(tmp_path / "runs", tmp_path / "run.zip")


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "run.zip", "w") as archive:
        for name, data in run_parts().items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(f"{ID}/card.json", b"{}")
    with pytest.raises(RunError, match="not a run exported"):
        import_run(tmp_path / "runs", tmp_path / "run.zip")


@pytest.mark.parametrize("name", ["weights.npz", "card.json", "predictions.npz", "style.npz", "history.csv", "config.json"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, name: str) -> None:
    refused(tmp_path, {**run_parts(), f"{ID}/{name}": bytes(40 * 2**20)}, "would unpack to")


def test_an_archive_that_lies_about_its_sizes_unpacks_to_what_it_says(tmp_path: Path) -> None:
    data = bytearray(packed({**run_parts(), f"{ID}/weights.npz": bytes(40 * 2**20)}))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(f"{ID}/weights.npz".encode()))
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    (tmp_path / "run.zip").write_bytes(bytes(data))
    with pytest.raises(RunError, match="damaged"):
        import_run(tmp_path / "runs", tmp_path / "run.zip")
    assert list((tmp_path / "runs").glob("*")) == []


def keras_file(folder: Path) -> bytes:
    """Return a model in Keras's own format, whose layers name code and another module."""
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAAAAAAAAMAAAAD", "defaults": None, "closure": None}}
    layers = [
        {
            "module": "keras.layers",
            "class_name": "Lambda",
            "config": {"name": "evil", "function": code},
            "registered_name": None,
        },
        {
            "module": "builtins",
            "class_name": "open",
            "config": {"file": str(folder / "ran"), "mode": "w"},
            "registered_name": None,
        },
    ]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "evil", "layers": layers}}
    parts = {"metadata.json": b'{"keras_version": "3.8.0"}', "config.json": json.dumps(model).encode()}
    return packed({**parts, "model.weights.h5": b"\x89HDF\r\n\x1a\n" + bytes(800)})


def test_a_keras_file_is_no_run_and_nothing_in_it_runs(tmp_path: Path) -> None:
    data = keras_file(tmp_path)
    (tmp_path / "evil.keras").write_bytes(data)
    with pytest.raises(RunError, match="not a run exported"):
        import_run(tmp_path / "runs", tmp_path / "evil.keras")
    parts = {**run_parts(), f"{ID}/weights.npz": data}
    run = import_run(tmp_path / "runs", save(tmp_path, parts))
    with pytest.raises(RunError, match="cannot be used"):
        predictor(run.folder)
    assert not (tmp_path / "ran").exists()


def test_a_pickle_among_the_arrays_is_not_loaded(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
            return open, (str(tmp_path / "ran"), "w")

    pickled = io.BytesIO()
    np.savez(pickled, allow_pickle=True, **{"000:a": np.array([Evil()], dtype=object)})
    refused(tmp_path, {**run_parts(), f"{ID}/predictions.npz": pickled.getvalue()}, "damaged")
    run = import_run(tmp_path / "runs", save(tmp_path, {**run_parts(), f"{ID}/weights.npz": pickled.getvalue()}))
    with pytest.raises(RunError, match="cannot be used"):
        predictor(run.folder)
    (run.folder / "weights.npz").write_bytes(packed({"000:a": b"cos\nsystem\n(S'echo'\ntR."}))
    with pytest.raises(RunError, match="cannot be used"):
        predictor(run.folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "weights",
    [
        {"a": np.full(4, np.nan, np.float32)},
        {"a": np.array(["x"])},
        {"a": np.zeros((3, 3), np.complex64)},
    ],
)
def test_weights_of_another_network_are_refused(tmp_path: Path, weights: dict[str, Any]) -> None:
    run = import_run(tmp_path / "runs", save(tmp_path, {**run_parts(), f"{ID}/weights.npz": arrays(**weights)}))
    with pytest.raises(RunError, match="cannot be used"):
        predictor(run.folder)


def test_an_array_that_claims_more_than_it_has_is_refused(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000, 100000, 100), }"
    header += b" " * (118 - len(header)) + b"\n"
    path = tmp_path / "a.npz"
    path.write_bytes(packed({"a.npy": b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(80)}))
    with pytest.raises(ValueError, match="damaged"):
        read_arrays(path)
    path.write_bytes(packed({"a.npy": bytes(20 * 2**20)}))
    with pytest.raises(ValueError, match="unpacked size is"):
        read_arrays(path, largest=2**20)


def spoiled(name: str, **changes: Any) -> bytes:
    values = json.loads(run_parts()[f"{ID}/{name}"])
    for key, value in changes.items():
        at = values
        *path, last = key.split("__")
        for step in path:
            at = at[step]
        at[last] = value
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"config__width": 10**9},
        {"config__width": "32"},
        {"config__width": True},
        {"config__size": 10**6},
        {"config__dense": [10**12, 1]},
        {"config__dense": [1]},
        {"config__epochs": 1e308},
        {"config__learning_rate": float("nan")},
        {"config__classes": "abcde"},
        {"config__classes": ["x"] * 10_000},
        {"config__precision": "evil.module"},
        {"config__channel": "scalar; import os"},
        {"config__name": "\ud800"},
        {"config__augmentation": []},
        {"config__augmentation__growth": "x"},
        {"config__evil": 1},
        {"config": None},
        {"about": [1]},
        {"about__classes": {"split_magnitude": "x"}},
        {"about__knows_until": "tomorrow"},
        {"about__season": {"a": 1}},
        {"config__protocol": "zero-shot"},  # of a network that takes colours
        {"about__made_for": 7},
        {"about__made_for": {"anomaly": {"method": "evil"}, "grid": {}, "fewest": 1, "most": 9}},
        {"about__made_for": {"anomaly": {}, "grid": {}, "fewest": 1, "most": 9, "places": [["x", "y"]]}},
        {"about__pretraining": "stations"},
    ],
)
def test_a_recipe_of_other_kinds_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    refused(tmp_path, {**run_parts(), f"{ID}/config.json": spoiled("config.json", **changes)})


@pytest.mark.parametrize(
    "card",
    [
        spoiled("card.json", precision="os.system"),
        spoiled("card.json", folds=[{}]),
        spoiled("card.json", folds="x"),
        spoiled("card.json", folds=[{"first": "today", "last": "2022-01-01", "embargoed": 0, "purged": 0}]),
        spoiled("card.json", epochs=-1),
        spoiled("card.json", seconds=float("inf")),
        spoiled("card.json", title="\ud800"),
        spoiled("card.json", about={"classes": 1}),
        spoiled("card.json", alarms="always"),
        spoiled("card.json", alarms={"threshold": 2, "run_days": 1, "open_days": 1}),
        spoiled("card.json", alarms={"threshold": 0.5, "run_days": 0, "open_days": 1}),
        spoiled("card.json", alarms={"threshold": 0.5, "run_days": 1, "open_days": 367}),
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b'{"seconds": ' + b"9" * 5000 + b"}",
        b"[1]",
        b"\xff\xfe",
    ],
)
def test_a_card_of_other_kinds_is_refused(tmp_path: Path, card: bytes) -> None:
    refused(tmp_path, {**run_parts(), f"{ID}/card.json": card})


@pytest.mark.parametrize(
    "history",
    [
        b"phase,epoch\nfold 1,1\n",
        b"phase,epoch,loss,accuracy\nfold 1,x,1,1\n",
        b"phase,epoch,loss,accuracy\nfold 1,1,<b>,1\n",
        b"phase,epoch,loss,accuracy\nfold 1\n",
        b"phase,epoch,loss,accuracy\nfold 1,-1,1,1\n",
        b"phase,epoch,loss,accuracy\nfold 1," + b"9" * 400 + b",1,1\n",
        b"epoch,loss,accuracy,phase\n1,1,1\n",
        b"phase,epoch,loss,accuracy,best\nfold 1,1,1,1,x\n",
        b"phase,epoch,loss,accuracy,best\nfold 1,1,1,1,2\n",
        b"\xff\xfe\xff",
    ],
)
def test_a_history_of_other_kinds_is_refused(tmp_path: Path, history: bytes) -> None:
    refused(tmp_path, {**run_parts(), f"{ID}/history.csv": history})


def test_a_history_that_is_put_into_a_project_is_as_small_as_one_that_is_imported(tmp_path: Path) -> None:
    run = import_run(tmp_path / "runs", save(tmp_path, run_parts()))
    with (run.folder / "history.csv").open("r+b") as file:
        file.truncate(LARGEST[HISTORY] + 1)  # of zeros, which take no room on the disk
    with pytest.raises(RunError, match=r"is damaged: the file is larger than 67,108,864 bytes\."):
        run.history()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("days", lambda array: array[::-1]),
        ("days", lambda array: array * 10**6),
        ("labels", lambda array: array + 100),
        ("role", lambda array: array[:1]),
        ("probabilities", lambda array: array * 5 + 2),
        ("probabilities", lambda array: array.astype(str)),
        ("probabilities", lambda array: array * 0 + np.float32(1.0005)),
        ("probabilities", lambda array: np.where(np.arange(array.shape[-1]) == 1, np.nan, array)),
        ("map_hash", lambda array: np.full(array.shape, "\ud800")),
        ("final", lambda array: array[:, :0]),
        ("image_day", lambda array: array + np.zeros(3, array.dtype)[:, None]),
    ],
)
def test_predictions_of_other_kinds_are_refused(tmp_path: Path, name: str, change: Callable[[Any], Any]) -> None:
    values = dict(np.load(io.BytesIO(run_parts()[f"{ID}/predictions.npz"]), allow_pickle=False))
    values[name] = change(values[name])
    refused(tmp_path, {**run_parts(), f"{ID}/predictions.npz": arrays(**values)})


@pytest.mark.parametrize(("folds", "days"), [(10**12, 0), (1, 0), (1001, 1)])
def test_predictions_of_no_day_or_of_folds_without_end_are_refused(tmp_path: Path, folds: int, days: int) -> None:
    """Folds of no day take no byte of a file, and all of them were gone through, for ever, while the season was computed."""
    values = dict(np.load(io.BytesIO(run_parts()[f"{ID}/predictions.npz"]), allow_pickle=False))
    values |= {name: values[name][:days] for name in ("days", "labels", "map_hash", "final", "final_trained")}
    values |= {name: values[name][:0] for name in ("image_fold", "image_day", "image_copy", "image_probabilities")}
    values |= {"probabilities": np.zeros((folds, days, 5), np.float32), "role": np.zeros((folds, days), np.uint8)}
    refused(tmp_path, {**run_parts(), f"{ID}/predictions.npz": arrays(**values)}, "the wrong shape")


def test_a_project_keeps_whatever_a_run_may_answer() -> None:
    assert [bounds_of(column) for column in prediction.columns if column.name in ("p0", "p4")] == [(0.0, LARGEST_SHARE)] * 2


def test_a_strangers_run_among_others_does_not_hide_them(tmp_path: Path) -> None:
    import_run(tmp_path / "runs", save(tmp_path, run_parts()))
    bad = tmp_path / "runs" / "bad"
    bad.mkdir()
    (bad / "config.json").write_bytes(b"[" * 100_000)
    found, problems = list_runs(tmp_path / "runs")
    assert [run.id for run in found] == [ID]
    assert len(problems) == 1
    assert "nested too deeply" in problems[0]


def test_titles_are_one_line_of_text(tmp_path: Path) -> None:
    values = {**json.loads(run_parts()[f"{ID}/config.json"]), "title": "a\x1b[31m\nb\u202e" + "c" * 5000}
    run = import_run(tmp_path / "runs", save(tmp_path, {**run_parts(), f"{ID}/config.json": json.dumps(values).encode()}))
    assert run.title.isprintable()
    assert len(run.title) < 300
    assert read_run(run.folder).title == run.title
