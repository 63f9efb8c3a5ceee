"""Using a finished run: its own predictions again, only new maps computed, and where it looked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learn_data import TINY, season

from quakegui.learn.network.inference import Predictor, predictor
from quakegui.learn.network.saliency import explain, score_gradient
from quakegui.learn.network.training import train
from quakegui.learn.runs.archives import export_run, import_run
from quakegui.learn.runs.checkpoint import WEIGHTS, array_of, members_of
from quakegui.learn.runs.files import read_arrays, read_json, write_arrays, write_json
from quakegui.learn.runs.registry import RunError, RunFolder, create_run, finish_run
from quakegui.learn.runs.runconfig import RunConfig

pytestmark = pytest.mark.usefixtures("built_once")


@pytest.fixture(autouse=True, scope="module")
def policy() -> Iterator[None]:
    import keras

    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)


def finished(folder: Path, config: RunConfig, **about: int) -> RunFolder:
    run = create_run(folder, config, season(40, side=about.get("side", 32)))
    train(
        run.folder,
        config,
        season(40, side=about.get("side", 32)),
        precision="float32",
        say=lambda _: None,
        cancelled=lambda: False,
    )
    return finish_run(run, {"precision": "float32", "folds": []})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return finished(tmp_path_factory.mktemp("runs"), replace(TINY, epochs=1))


@pytest.fixture(scope="module")
def network(run: RunFolder) -> Predictor:
    return predictor(run.folder)


def test_a_loaded_run_answers_what_it_answered(run: RunFolder, network: Predictor) -> None:
    np.testing.assert_allclose(network(season(40).maps), run.predictions().final, atol=1e-6)


def test_the_batch_size_does_not_change_the_answer(network: Predictor) -> None:
    images = season(40).maps
    told: list[tuple[int, int]] = []
    got = network(images, batch=16, progress=lambda done, total: told.append((done, total)))
    np.testing.assert_allclose(got, network(images), atol=1e-6)
    assert told == [(16, 40), (32, 40), (40, 40)]


def test_an_unfinished_run_predicts_nothing(tmp_path: Path) -> None:
    run = create_run(tmp_path, TINY, season(10))
    with pytest.raises(RunError, match="not finished"):
        predictor(run.folder)


def test_damaged_weights_are_told(run: RunFolder, tmp_path: Path) -> None:
    copy = tmp_path / run.id
    copy.mkdir()
    for name in ("config.json", "card.json", "style.npz"):
        (copy / name).write_bytes((run.folder / name).read_bytes())
    (copy / "weights.npz").write_bytes((run.folder / "weights.npz").read_bytes()[:1000])
    with pytest.raises(RunError, match="damaged"):
        predictor(copy)


def test_heat_covers_the_map_and_peaks_at_one(network: Predictor) -> None:
    images = season(40).maps[:5]
    heat, probabilities = explain(network, images)
    assert heat.shape == (5, 32, 32)
    assert heat.min() >= 0
    tops = heat.max((1, 2))
    assert ((np.abs(tops - 1) < 1e-6) | (tops == 0)).all()
    np.testing.assert_allclose(probabilities, network(images), atol=1e-5)


@pytest.mark.parametrize("head", ["paper", "compact"])
def test_the_written_out_gradient_is_the_gradient(head: str) -> None:
    """Against central differences of the head itself, in float64."""
    from quakegui.learn.network.vgg12 import vgg12

    config = replace(TINY, size=32, head=head)
    vgg = vgg12(config, seed=3)
    features = np.random.default_rng(0).uniform(0, 1, (2, 2, 16)).astype(np.float32)
    gradient = score_gradient(vgg, features, 2)

    def score(x: np.ndarray) -> float:
        if head == "compact":
            grid = vgg.get_layer("grid")
            x = np.einsum("gi,ijc,hj->ghc", grid.rows, x, grid.columns)
        x = x.ravel()
        for name in ("dense1", "dense2"):
            kernel, bias = (array_of(variable).astype(np.float64) for variable in vgg.get_layer(name).weights)
            x = np.maximum(x @ kernel + bias, 0)
        return float(x @ array_of(vgg.get_layer("probabilities").weights[0])[:, 2])

    wanted = np.zeros(features.shape)
    for at in np.ndindex(features.shape):
        step = np.zeros(features.shape)
        step[at] = 1e-6
        wanted[at] = (score(features + step) - score(features - step)) / 2e-6
    np.testing.assert_allclose(gradient, wanted, atol=1e-5)


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return finished(tmp_path_factory.mktemp("runs"), replace(TINY, epochs=1, members=3))


def test_an_ensemble_answers_by_its_mean_here_and_where_it_is_taken(ensemble: RunFolder, tmp_path: Path) -> None:
    export_run(ensemble, tmp_path / "run.zip")
    taken = predictor(import_run(tmp_path, tmp_path / "run.zip").folder)
    images, kept = season(40).maps, ensemble.predictions()
    np.testing.assert_allclose(taken(images, batch=16), kept.final, atol=1e-6)
    assert np.ptp(kept.members[:, -1], axis=0).max() > 1e-3


def with_members(run: RunFolder, folder: Path, members: int) -> Path:
    """Return a copy of a run whose recipe names another number of networks."""
    shutil.copytree(run.folder, folder)
    values = read_json(folder / "config.json")
    write_json(folder / "config.json", {**values, "config": {**values["config"], "members": members}})
    return folder


def test_heat_of_an_ensemble_is_the_mean_of_its_members(ensemble: RunFolder, tmp_path: Path) -> None:
    network, images = predictor(ensemble.folder), season(40).maps[:3]
    heat, said = explain(network, images, np.array([1, 2, 3]))
    np.testing.assert_allclose(said, network(images), atol=1e-6)
    every = []
    for number, weights in enumerate(members_of(read_arrays(ensemble.folder / WEIGHTS), 3)):
        alone = with_members(ensemble, tmp_path / str(number), 1)
        write_arrays(alone / WEIGHTS, weights)
        every.append(explain(predictor(alone), images, np.array([1, 2, 3]))[0])
    assert np.abs(heat - np.mean(every, axis=0)).mean() < np.abs(every[0] - every[1]).mean()


@pytest.mark.parametrize("members", [1, 2, 4])
def test_weights_of_another_number_of_networks_are_refused(ensemble: RunFolder, tmp_path: Path, members: int) -> None:
    folder = with_members(ensemble, tmp_path / "run", members)
    with pytest.raises((RunError, ValueError), match="weights"):
        predictor(folder)(season(40).maps[:1])
