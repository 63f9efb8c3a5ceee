"""Training in this process: phases, early stopping, predictions, and that a resumed run is the unbroken run."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learn_data import TINY, season

from quakegui.learn import messages
from quakegui.learn.network import steps
from quakegui.learn.network.devices import THREADS
from quakegui.learn.network.phases import class_weights, epoch_batches, phases_of
from quakegui.learn.network.steps import Stop, train_step
from quakegui.learn.network.training import train, train_phase
from quakegui.learn.runs.checkpoint import CHECKPOINT, WEIGHTS, write_checkpoint
from quakegui.learn.runs.dataset import MASKED, Snapshot
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.predictions import PREDICTIONS, TEST, TRAINED, VALIDATION, RunPredictions
from quakegui.learn.runs.registry import phase_folder
from quakegui.learn.runs.runconfig import Augmentation, RunConfig

pytestmark = pytest.mark.usefixtures("built_once")


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    import keras

    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)


class Heard(list[messages.Message]):
    """Collects messages; also says stop when told to."""

    def __init__(self, stop_after: int = 10**9) -> None:
        super().__init__()
        self.left = stop_after

    def __call__(self, message: messages.Message) -> None:
        self.append(message)

    def stopped(self) -> bool:
        self.left -= 1
        return self.left < 0

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in self if isinstance(message, kind)]


def run(folder: Path, config: RunConfig, data: Snapshot, stop_after: int = 10**9) -> Heard:
    folder.mkdir(exist_ok=True)
    heard = Heard(stop_after)
    train(folder, config, data, precision="float32", say=heard, cancelled=heard.stopped)
    return heard


def outcome(folder: Path) -> tuple[str, dict[str, np.ndarray], RunPredictions]:
    return (
        (folder / "history.csv").read_text(),
        read_arrays(folder / WEIGHTS),
        RunPredictions.load(folder / PREDICTIONS),
    )


def assert_same(left: Path, right: Path) -> None:
    (history, weights, answers), (history2, weights2, answers2) = outcome(left), outcome(right)
    assert history == history2
    assert [a.tolist() for a in weights.values()] == [a.tolist() for a in weights2.values()]
    np.testing.assert_array_equal(answers.probabilities, answers2.probabilities)
    np.testing.assert_array_equal(answers.final, answers2.final)


TWO_FOLDS = replace(TINY, protocol="blocked", epochs=2)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "unbroken"
    run(folder, TWO_FOLDS, season(protocol="blocked"))
    return folder


def also(*places: int) -> list[Any]:
    """Return further places of a stop for the long version: each takes a training and a half."""
    return [pytest.param(place, marks=pytest.mark.slow) for place in places]


@pytest.mark.parametrize("stop_after", [0, 14, *also(4, 25)])  # 25 is everyday's in the next test
def test_a_run_stopped_anywhere_resumes_as_if_it_had_not_been(unbroken: Path, tmp_path: Path, stop_after: int) -> None:
    data = season(protocol="blocked")
    with pytest.raises(Stop):
        run(tmp_path / "broken", TWO_FOLDS, data, stop_after)
    run(tmp_path / "broken", TWO_FOLDS, data)
    assert_same(unbroken, tmp_path / "broken")


def train_alone(run_folder: Path, data: Snapshot, number: int, stop_after: int = 10**9) -> None:
    alone, heard = phase_folder(run_folder, number), Heard(stop_after)
    alone.mkdir(parents=True, exist_ok=True)
    train_phase(alone, run_folder, TWO_FOLDS, data, number, precision="float32", say=heard, cancelled=heard.stopped)


def test_folds_trained_on_their_own_in_any_order_make_the_same_run(unbroken: Path, tmp_path: Path) -> None:
    data = season(protocol="blocked")
    with pytest.raises(Stop):
        train_alone(tmp_path, data, 1, stop_after=4)
    for number in (1, 0):
        train_alone(tmp_path, data, number)
    heard = run(tmp_path, TWO_FOLDS, data)
    assert {one.phase for one in heard.of(messages.Epoch)} <= {len(data.folds)}  # nothing but the final training
    assert_same(unbroken, tmp_path)


def test_a_fold_trained_with_another_number_of_threads_is_trained_again(
    unbroken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = season(protocol="blocked")
    monkeypatch.setenv(THREADS, "7")
    train_alone(tmp_path, data, 0)
    monkeypatch.setenv(THREADS, "8")
    assert 0 in {one.phase for one in run(tmp_path, TWO_FOLDS, data).of(messages.Epoch)}
    assert_same(unbroken, tmp_path)
    with pytest.raises(ValueError, match="no fold that can be trained as phase"):
        train_alone(tmp_path, data, 99)


def test_a_run_that_a_former_version_left_unfinished_goes_on(unbroken: Path, tmp_path: Path) -> None:
    """It named one file of weights, not those of several members."""
    data, folder = season(protocol="blocked"), tmp_path / "broken"
    with pytest.raises(Stop):
        run(folder, TWO_FOLDS, data, 25)
    stored = read_arrays(folder / CHECKPOINT)
    state = json.loads(str(stored["state"]))
    (state["kept"],) = state["kept"]
    write_arrays(folder / CHECKPOINT, {**stored, "state": np.array(json.dumps(state))})
    run(folder, TWO_FOLDS, data)
    assert_same(unbroken, folder)


ENSEMBLE = replace(TWO_FOLDS, members=2, epochs=1)


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Heard]:
    folder = tmp_path_factory.mktemp("runs") / "ensemble"
    data = season(protocol="blocked")
    with_masked(folder, data)
    return folder, run(folder, ENSEMBLE, data)


def with_masked(folder: Path, data: Snapshot) -> None:
    """Ask a run for answers to other maps of every third day: those of seven days later."""
    folder.mkdir()
    rows = np.arange(0, len(data.days), 3)
    write_arrays(folder / MASKED, {"rows": rows, "maps": data.pixels()[(rows + 7) % len(data.days)]})


def test_members_are_trained_in_turn_and_answer_by_their_mean(ensemble: tuple[Path, Heard], tmp_path: Path) -> None:
    folder, heard = ensemble
    names = [f"{part}, member {member}" for part in ("fold 1", "fold 2", "final") for member in (1, 2)]
    assert heard.of(messages.Started)[-1].phases == tuple(names)
    assert [row.split(",")[0].strip('"') for row in (folder / "history.csv").read_text().splitlines()[1:]] == [
        name.split(",")[0] for name in names
    ]
    kept = RunPredictions.load(folder / PREDICTIONS)
    np.testing.assert_allclose(kept.members[:, :2].mean(axis=0), kept.probabilities, atol=1e-6)
    np.testing.assert_allclose(kept.members[:, 2].mean(axis=0), kept.final, atol=1e-6)
    assert np.abs(kept.members[0] - kept.members[1]).max() > 1e-3
    pooled, fold = kept.out_of_fold()
    np.testing.assert_allclose(kept.members_out_of_fold().mean(axis=0), pooled, atol=1e-6)
    assert set(fold) == {0, 1}

    run(tmp_path / "alone", replace(ENSEMBLE, members=1), season(protocol="blocked"))
    alone = RunPredictions.load(tmp_path / "alone" / PREDICTIONS)
    np.testing.assert_allclose(kept.members[0, :2], alone.probabilities, atol=1e-6)  # the first is the network of a run of one
    assert alone.members_out_of_fold().shape == (0, len(alone.days), 5)


def test_maps_with_other_outages_are_answered_by_the_fold_that_never_saw_the_day(ensemble: tuple[Path, Heard]) -> None:
    kept = RunPredictions.load(ensemble[0] / PREDICTIONS)
    fold, days = kept.out_of_fold()[1], np.arange(len(kept.days))
    seen = np.where(days % 3 == 0, (days + 7) % len(days), days)
    np.testing.assert_allclose(kept.masked, kept.members[:, fold, seen], atol=1e-6)


@pytest.mark.parametrize("stop_after", [33, *also(12)])
def test_an_ensemble_stopped_anywhere_resumes_as_if_it_had_not_been(
    ensemble: tuple[Path, Heard], tmp_path: Path, stop_after: int
) -> None:
    data = season(protocol="blocked")
    with_masked(tmp_path / "broken", data)
    with pytest.raises(Stop):
        run(tmp_path / "broken", ENSEMBLE, data, stop_after)
    run(tmp_path / "broken", ENSEMBLE, data)
    assert_same(ensemble[0], tmp_path / "broken")
    masked, again = (RunPredictions.load(one / PREDICTIONS).masked for one in (ensemble[0], tmp_path / "broken"))
    np.testing.assert_array_equal(masked, again)
    assert not list((tmp_path / "broken").glob("best-*"))


class Killed(BaseException):
    """Stands for a process that ends on the spot: nothing after it is run."""


@pytest.mark.parametrize("write", [2, 5, *also(1, 8)])
def test_a_run_killed_in_the_middle_of_any_write_resumes_the_same(
    unbroken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    data, left = season(protocol="blocked"), [write]

    def cut(part: Path, path: Path) -> None:
        left[0] -= 1
        if left[0] == 0:
            half.append((part, part.read_bytes()[: part.stat().st_size // 2]))
            raise Killed
        complete(part, path)

    complete, half = os.replace, list[tuple[Path, bytes]]()
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", cut)
        with pytest.raises(Killed):
            run(tmp_path / "broken", TWO_FOLDS, data)
    for part, content in half:  # a process that ends on the spot takes nothing away
        part.write_bytes(content)
    run(tmp_path / "broken", TWO_FOLDS, data)
    assert_same(unbroken, tmp_path / "broken")
    assert not list((tmp_path / "broken").glob("*.part"))


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, calls = season(), [0]
    real = os.fsync

    def full(descriptor: int) -> None:
        calls[0] += 1
        if calls[0] > 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            run(tmp_path / "run", TINY, data)
    assert (tmp_path / "run" / CHECKPOINT).is_file()
    assert not list((tmp_path / "run").glob("*.part"))
    heard = run(tmp_path / "run", TINY, data)
    assert heard.of(messages.Started)[0].epoch == 1


@pytest.mark.parametrize(
    "strange",
    [
        {"kept": "LETTER"},
        {"kept": "../letter.txt"},
        {"kept": "best-0-0.npz/../../letter.txt"},
        {"kept": None},
        {"phase": "0/../../x"},
        {"phase": 1.0},
        {"epoch": -1},
        {"best_epoch": "../x"},
        {"best_epochs": ["1"]},
        {"best_epochs": 3},
        {"history": ["1"]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_strangers_checkpoint_names_no_file_of_elsewhere(tmp_path: Path, strange: dict[str, Any]) -> None:
    """A run goes on where its checkpoint says: what that says becomes the names of files that are written and moved."""
    data, folder, letter = season(), tmp_path / "run", tmp_path / "letter.txt"
    (folder / "best-0").mkdir(parents=True)
    letter.write_text("mine", encoding="utf-8")
    values = {name: str(letter) if value == "LETTER" else value for name, value in strange.items()}
    write_checkpoint(folder / CHECKPOINT, {"precision": "float32", "phase": len(phases_of(TINY, data)), **values}, None)
    with pytest.raises(ValueError, match=r"checkpoint\.npz is damaged and cannot be read: "):
        run(folder, TINY, data)
    assert letter.read_text(encoding="utf-8") == "mine"
    assert not (folder / WEIGHTS).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "run"]


def test_every_fold_answers_every_day_and_roles_tell_which_it_saw(unbroken: Path) -> None:
    data, answers = season(protocol="blocked"), RunPredictions.load(unbroken / PREDICTIONS)
    assert answers.probabilities.shape == (2, 60, 5)
    np.testing.assert_allclose(answers.probabilities.sum(-1), 1, atol=1e-5)
    for role, fold in zip(answers.role, data.folds, strict=True):
        assert np.flatnonzero(role == TRAINED).tolist() == fold.train.tolist()
        assert np.flatnonzero(role == VALIDATION).tolist() == fold.validation.tolist()
        assert np.flatnonzero(role == TEST).tolist() == fold.test.tolist()
    pooled, fold = answers.out_of_fold()
    assert fold.tolist() == [0] * len(data.folds[0].predict) + [1] * len(data.folds[1].predict)
    np.testing.assert_array_equal(pooled[0], answers.probabilities[0, 0])
    assert answers.final_trained.all()
    assert set(answers.by_day()[1].tolist()) == {"out-of-fold"}
    assert not np.array_equal(answers.final, pooled)


def test_days_that_no_fold_judged_are_in_sample(tmp_path: Path) -> None:
    data = season()
    run(tmp_path / "run", replace(TINY, epochs=1), data)
    _, kind = RunPredictions.load(tmp_path / "run" / PREDICTIONS).by_day()
    judged = data.folds[0].predict
    assert (kind[judged] == "out-of-fold").all()
    assert (np.delete(kind, judged) == "in-sample").all()


def test_the_papers_protocol_keeps_the_test_images_in_order(tmp_path: Path) -> None:
    data = season(protocol="paper")
    run(tmp_path / "run", replace(TINY, protocol="paper", final_fit=False, epochs=1), data)
    answers = RunPredictions.load(tmp_path / "run" / PREDICTIONS)
    assert answers.image_day.tolist() == data.folds[0].test.tolist()
    assert answers.image_copy.tolist() == data.folds[0].test_copy.tolist()
    np.testing.assert_allclose(answers.image_probabilities.sum(1), 1, atol=1e-5)
    plain = answers.image_copy == 0
    np.testing.assert_allclose(
        answers.image_probabilities[plain], answers.probabilities[0, answers.image_day[plain]], atol=1e-5
    )


@pytest.mark.slow  # trains until it has learnt
def test_a_pattern_that_can_be_seen_is_learnt(tmp_path: Path) -> None:
    config = replace(
        TINY, width=4, dense=(32, 16), dropout=0.0, epochs=20, batch_size=16, learning_rate=6e-3, protocol="paper",
        final_fit=False, augmentation=Augmentation(brightness=0.02, contrast=0.05),
    )  # fmt: skip
    data = season(100, protocol="paper")
    heard = run(tmp_path / "run", config, data)
    answers = RunPredictions.load(tmp_path / "run" / PREDICTIONS)
    hits = answers.image_probabilities.argmax(1) == data.labels[answers.image_day]
    assert heard.of(messages.Epoch)[-1].accuracy > 0.9
    assert hits.mean() > 0.8


def test_early_stopping_keeps_the_best_epoch(tmp_path: Path) -> None:
    config = replace(TINY, epochs=12, patience=2, final_fit=False)
    heard = run(tmp_path / "run", config, season())
    epochs = heard.of(messages.Epoch)
    losses = [epoch.validation_loss for epoch in epochs]
    best = int(np.argmin(losses))
    assert len(epochs) == min(12, best + 1 + 2)
    assert [epoch.best for epoch in epochs][best]
    assert len(heard.of(messages.Checkpoint)) == len(epochs)


def test_the_last_fit_takes_the_folds_median_best_epoch(tmp_path: Path) -> None:
    heard = run(tmp_path / "run", replace(TINY, epochs=4), season())
    epochs = heard.of(messages.Epoch)
    best = max(epoch.epoch for epoch in epochs if epoch.phase == 0 and epoch.best)
    assert sum(epoch.phase == 1 for epoch in epochs) == best
    assert heard.of(messages.Started)[0].phases == ("fold 1", "final")


def test_batches_of_an_epoch_are_the_same_whenever_asked_and_differ_between_epochs() -> None:
    data = season()
    phase = phases_of(TINY, data)[0]
    first, again, second = (epoch_batches(TINY, phase, epoch) for epoch in (0, 0, 1))
    assert all(np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1]) for a, b in zip(first, again, strict=True))
    assert sorted(np.concatenate([batch for batch, _ in first]).tolist()) == list(range(len(phase.train_day)))
    assert not np.array_equal(first[0][0], second[0][0])
    sizes = {len(batch) for batch, _ in first}
    assert max(sizes) <= TINY.batch_size
    assert max(sizes) - min(sizes) <= 1


def test_growth_stays_inside_the_training_part() -> None:
    data = season()
    config = replace(TINY, augmentation=Augmentation(each_epoch=False, growth=(60, 60, 60, 60, 60)))
    phase = phases_of(config, data)[0]
    assert set(phase.train_day.tolist()) == set(data.folds[0].train.tolist())
    assert len(phase.train_day) > 2 * len(data.folds[0].train)
    assert phase.validation_day.tolist() == data.folds[0].validation.tolist()


def test_class_weights_balance_and_leave_the_mean_at_one() -> None:
    labels = np.array([0] * 6 + [1] * 2, np.int8)
    weights = class_weights(labels, 3, balance=True)
    np.testing.assert_allclose(weights, [8 / 6 / 2, 8 / 2 / 2, 1])
    assert weights[labels].mean() == pytest.approx(1)
    assert class_weights(labels, 3, balance=False).tolist() == [1, 1, 1]


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match="no longer finite"):
        run(tmp_path / "run", replace(TINY, learning_rate=1e30), season())


def test_filled_up_batches_count_their_own_images_only() -> None:
    data = season()
    config = replace(TINY, dropout=0.0, learning_rate=0.0)
    network = steps.build_network(config, data.maps[:, ::2, ::2], data.palette, data.scalar)
    network.run_eagerly = True  # tracing takes as long as hundreds of steps
    maps, recipes = data.maps[:5, ::2, ::2], np.tile(np.float32([0, 0, 1]), (5, 1))
    truth, weights = data.labels[:5], np.array([1, 2, 0.5, 1, 1], np.float32)
    answer = steps.predict(network, maps, recipes, size=8)
    loss, accuracy = train_step(network, maps, recipes, truth, weights, size=8)
    assert loss == pytest.approx(float((-np.log(answer[np.arange(5), truth]) * weights).mean()), rel=1e-5)
    assert accuracy == pytest.approx((answer.argmax(1) == truth).mean())
