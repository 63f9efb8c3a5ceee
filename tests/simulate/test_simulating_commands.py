"""The commands simulate and pretrain: files for other tools, the same ones again, and sentences where nothing can be made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.io import netcdf_file
from terminal import Terminal

from quakegui.learn.network import pretrained
from quakegui.learn.network.pretraining_recipe import PRESETS, Pretraining
from quakegui.learn.runs.presets import STACK
from quakegui.project.store import Project
from quakegui.simulate.corpus import Plan
from quakegui.simulate.synthetic import SyntheticConfig


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.mark.slow  # two processes; `test_corpus` compares seeds in process
def test_the_same_command_writes_the_same_seasons(run: Terminal, tmp_path: Path) -> None:
    options = ("--seasons", 2, "--seed", 500, "--strength", 2, "--nuisance", "drift", "--catalogue", "swarm")
    found = run.json("simulate", tmp_path / "a", *options)
    assert found == {"seasons": 2, "files": ["seasons-500.nc"], "first_seed": 500}
    run("simulate", tmp_path / "b", *options)
    first, second = (tmp_path / name / "seasons-500.nc" for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    with netcdf_file(first, mmap=False) as file:
        assert file.variables["seed"][:].tolist() == [500, 501]
        assert file.variables["strength"][:].tolist() == [2.0, 2.0]
        assert file.variables["z"].shape[1] == 394


def test_seasons_of_a_projects_own_stations(run: Terminal, small_project: Path, tmp_path: Path) -> None:
    with Project.open(small_project, read_only=True) as project:
        network = project.network()
    run("simulate", tmp_path / "out", "--seasons", 1, "--seed", 3, "--layout", small_project)
    with netcdf_file(tmp_path / "out" / "seasons-3.nc", mmap=False) as file:
        np.testing.assert_allclose(file.variables["latitude"][0], network.latitude[network.located], rtol=1e-6)


def test_what_cannot_be_made_is_refused_with_a_sentence(run: Terminal, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("kept")
    assert "is not empty" in run("simulate", tmp_path / "full", code=1)[1]
    assert "is not empty" in run("pretrain", tmp_path / "full", code=1)[1]
    assert (tmp_path / "full" / "file").read_text() == "kept"
    assert "use poisson" in run("simulate", tmp_path / "x", "--catalogue", "doublet", code=1)[1]
    assert "use one of none" in " ".join(run("simulate", tmp_path / "x", "--nuisance", "rain", code=2)[1].split())
    assert "use one of stack" in " ".join(run("pretrain", tmp_path / "x", "--preset", "huge", code=2)[1].split())
    with Project.create(tmp_path / "bare", timezone="UTC"):
        pass
    assert "at least three stations" in run("simulate", tmp_path / "x", "--layout", tmp_path / "bare", code=1)[1]
    assert not (tmp_path / "x").exists()


def test_a_full_disk_is_one_sentence_and_leaves_no_part(
    run: Terminal, small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        (tmp_path / "out" / "seasons-7.nc.part").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scipy.io.netcdf_file", full)
    error = run("simulate", tmp_path / "out", "--seasons", 1, "--seed", 7, "--layout", small_project, code=1)[1]
    assert "seasons-7.nc cannot be written: No space left on device." in error
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.xdist_group("network")  # the one process that has TensorFlow
def test_pretrain_writes_a_model_and_its_card(run: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(STACK, size=16, width=2, dense=(8, 8))
    plan = Plan(season=SyntheticConfig(last_day=np.datetime64("2022-05-31"), warm_up_days=32))
    monkeypatch.setitem(PRESETS, "scalar", Pretraining(network=replace(small, channel="scalar"), plan=plan))
    make = pretrained.make
    monkeypatch.setattr(pretrained, "make", lambda *given, **more: make(*given, choosing=1, **more))
    found = run.json("pretrain", tmp_path / "model", "--preset", "scalar", "--seasons", 1, "--seed", 44)
    kept = pretrained.load(Path(found["model"]))
    assert (kept.card["seasons"], kept.card["plan"]["first_seed"]) == (1, 44)
    assert kept.network.input_shape == (None, 16, 16, 1)
    assert "seeds 44 to 44" in (tmp_path / "model" / "CARD.md").read_text("utf-8")
