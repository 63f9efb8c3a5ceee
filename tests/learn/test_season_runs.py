"""Runs of a project: what a run learns from, what it leaves in the ledger, and how it is judged."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_projects import TINY, fill, season_of
from scipy.stats import spearmanr

from quakegui.learn import messages, run_evaluation, season_evaluation, season_runs
from quakegui.learn.alarm_days import alarms_of
from quakegui.learn.evidence import (
    EvidenceError,
    draw_maps,
    gather,
    knowledge_end,
    make_snapshot,
    make_split,
    masked_maps,
    style_name,
)
from quakegui.learn.runs import archives, registry
from quakegui.learn.runs.dataset import map_hashes
from quakegui.learn.runs.files import read_arrays, read_json, write_arrays, write_json
from quakegui.learn.season_saliency import explain_days
from quakegui.learn.worker.asking import answer
from quakegui.project import journal, runs
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
from quakegui.words import worded


def test_a_finished_run_is_in_the_ledger_in_use_and_judged(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        assert run.card is not None
        assert runs.run_in_use(project) == run.id
        assert [one.status for one in runs.runs(project)] == ["done"]
        table = runs.predictions(project, run.id, season.days)
        told = season_evaluation.evaluate(project, season, run)
        fold = make_split(gather(project, season).material, TINY).folds[0]
        assert set(np.flatnonzero(table.kind == "out-of-fold")) == set(fold.predict)
        assert set(np.flatnonzero(table.kind == "in-sample")) == set(np.flatnonzero(season.has_map)) - set(fold.predict)
        np.testing.assert_allclose(np.nansum(table.probabilities[season.has_map], axis=1), 1, atol=1e-5)
        assert told.protocol == "chronological"
        assert told.scored == len(fold.test)
        assert {one.name for one in told.comparisons} >= {"majority", "traditional", "boosting-features", "boosting-stations"}
        assert told.verdict.text()


def test_the_split_of_a_finished_run_is_the_one_it_was_trained_with(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        read = run_evaluation.split_of(run, run.predictions()).folds[0]
        fold = make_split(gather(project, season).material, TINY).folds[0]
        for name in ("train", "validation", "test", "predict"):
            np.testing.assert_array_equal(getattr(read, name), getattr(fold, name))
        assert (read.first, read.last) == (fold.first, fold.last)


def test_maps_with_other_days_outages_keep_what_else_they_show(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        rows, maps = masked_maps(season, TINY)
        missing = np.isnan(season.z)
        away = int(np.flatnonzero(missing.any(axis=0))[0])
        assert rows.size
        changed, plain = maps.whole(), draw_maps(season, TINY, rows)
        for row, drawn, before in zip(rows, changed, plain, strict=True):
            if missing[row, away]:  # the station is there now, with the value that the map had: nothing else changes
                assert (drawn != before).mean() < 0.02
                continue
            z = season.anomaly.z.copy()
            z[season.shown.start + row, away] = np.nan
            other = replace(season, anomaly=replace(season.anomaly, z=z))
            np.testing.assert_array_equal(drawn, draw_maps(other, TINY, np.array([row]))[0])


def test_the_verdict_comes_with_what_it_has_to_do_with_calendar_and_outages(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        told = season_evaluation.evaluate(project, season, run)
        said = run.predictions()
        assert told.dependence is not None
        daily, fold = said.out_of_fold()
        known = fold >= 0
        assert np.isfinite(said.masked[0, known]).all()
        expected = spearmanr(1 - daily[known, 0], np.flatnonzero(known)).statistic
        assert told.dependence.day_number == pytest.approx(expected)
        assert told.to_json()["dependence"]["text"] == told.dependence.text()
        assert worded(told.dependence.text(), "zh") in worded(told.remarks(), "zh")


def test_alarms_come_from_out_of_fold_days_alone(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        sure = np.tile([0.0, 0.25, 0.25, 0.25, 0.25], (len(season.days), 1))
        kind = np.full(len(season.days), "in-sample", dtype="<U11")
        assert alarms_of(project, season, runs.PredictionTable(run.id, sure, kind)) == ()
        kind[12:14] = "out-of-fold"
        last = len(season.days) - 1
        assert alarms_of(project, season, runs.PredictionTable(run.id, sure, kind)) == ((13, min(last, 13 + 15)),)
        kind[16] = "prospective"
        kind[13] = "in-sample"
        assert alarms_of(project, season, runs.PredictionTable(run.id, sure, kind)) == ()


def test_no_other_run_stands_in_for_the_one_in_use(trained: Path) -> None:
    """A frozen run whose files were damaged would be followed by another one, unsaid, in the ledger of the operating day."""
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
        shutil.copytree(run.folder, run.folder.with_name("another"))
        (run.folder / "config.json").write_text("damaged")
        with pytest.raises(registry.RunError, match=f"The current model {run.id} is missing or cannot be read"):
            season_runs.find_run(project, None)
        assert season_runs.find_run(project, "another").id == "another"
        runs.use_run(project, None)
        assert season_runs.find_run(project, None).id == "another"


def test_a_run_of_other_classes_keeps_no_season_from_being_shown(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        runs.finish_run(project, run.id, "running", {})
        values = read_json(run.folder / "config.json")
        values["config"]["classes"] = ["quiet", "loud"]
        write_json(run.folder / "config.json", values)
        assert season_runs.complete_runs(project, season) == ()
        with pytest.raises(registry.RunError, match="does not fit the run's folds or classes"):
            registry.read_run(run.folder).predictions()
        card = read_json(run.folder / "card.json")
        del card["calibration"]
        write_json(run.folder / "card.json", card)
        arrays = read_arrays(run.folder / "predictions.npz")
        shares = ("probabilities", "final", "image_probabilities", "masked")
        labels = np.minimum(arrays["labels"], 1)
        write_arrays(
            run.folder / "predictions.npz", arrays | {"labels": labels} | {name: arrays[name][..., :2] for name in shares}
        )
        assert registry.read_run(run.folder).predictions().by_day()[0].shape[1] == 2
        assert season_runs.complete_runs(project, season) == ()
        assert runs.unfinished(project) == (run.id,)


def test_what_a_run_knows_ends_with_its_last_day_or_event(small_project: Path) -> None:
    fill(small_project)
    with Project.open(small_project) as project:
        season = season_of(project)
        evidence = gather(project, season)
        made = make_split(evidence.material, TINY)
        early = np.array([0, 1, 7])
        nothing = replace(made, folds=())
        assert knowledge_end(evidence, nothing, np.array([0, 1])) == evidence.available_at[1]
        # Day 7 carries the label of the event on day 9.
        assert knowledge_end(evidence, nothing, early) == evidence.catalogue.times[0]


def test_a_recipe_without_early_stopping_has_no_inner_block(small_project: Path) -> None:
    fill(small_project)
    with Project.open(small_project) as project:
        evidence = gather(project, season_of(project))
        assert make_split(evidence.material, TINY).folds[0].validation.size == 0
        assert make_split(evidence.material, TINY).folds[0].train.size > 2


def test_the_network_is_given_the_pixels_that_the_analyst_sees(small_project: Path) -> None:
    fill(small_project)
    with Project.open(small_project) as project:
        season = season_of(project)
        evidence = gather(project, season)
        data = make_snapshot(evidence, season, TINY, make_split(evidence.material, TINY))
        maps = data.pixels()
        np.testing.assert_array_equal(maps[3], season.day_map(3).index)
        some = np.array([3, 5])
        np.testing.assert_array_equal(draw_maps(season, TINY, some), maps[some])
        lines = season.config.style.line
        assert (maps == lines).any()
        assert not (draw_maps(season, replace(TINY, channel="scalar"), some) == lines).any()


def test_a_project_without_labels_says_so(small_project: Path) -> None:
    with Project.open(small_project) as project, pytest.raises(EvidenceError, match="Label days"):
        gather(project, season_of(project))


def test_labels_accepted_from_a_model_are_never_judged_by(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        before = gather(project, season)
        run = season_runs.find_run(project, None)
        later = season.days[[2, 3]]
        journal.write_labels(project, later, 3, source=LabelSource.MODEL, author="B", run=run.id)
        np.testing.assert_array_equal(gather(project, season).truth, before.truth)


@pytest.mark.slow  # a training in a process of its own, twice; `test_training` resumes one every day
def test_a_stopped_training_can_be_resumed(small_project: Path) -> None:
    fill(small_project)
    with Project.open(small_project) as project:
        season = season_of(project)
        heard: list[messages.Message] = []
        with pytest.raises(registry.RunError) as stopped:
            season_runs.train(
                project,
                season,
                replace(TINY, epochs=200),
                listen=heard.append,
                cancelled=lambda: any(isinstance(one, messages.Checkpoint) for one in heard),
            )
        assert isinstance(heard[-1], messages.Cancelled)
        (left,) = registry.list_runs(project.runs_folder)[0]
        assert f"Run ID: {left.id}." in str(stopped.value)
        assert left.resumable
        assert [one.status for one in runs.runs(project)] == ["cancelled"]
        assert season_runs.finished_runs(project) == ()
        with pytest.raises(registry.RunError, match="train a model first"):
            season_runs.find_run(project, None)
        assert season_runs.find_run(project, left.id[:9]).id == left.id
        with pytest.raises(registry.RunError, match="there is no run"):
            season_runs.find_run(project, "nothing")


def test_another_style_or_other_classes_are_refused(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        season_runs.refuse_foreign(project, season, run)
        with pytest.raises(registry.RunError, match="a different style"):
            season_runs.refuse_foreign(project, season, replace(run, style="other"))
        with pytest.raises(registry.RunError, match="distinguishes"):
            season_runs.refuse_foreign(project, season, replace(run, config=replace(TINY, classes=("no", "yes"))))
        scheme = {**run.about["classes"], "split_magnitude": 5.5}
        with pytest.raises(registry.RunError, match=r"magnitude split \(5\.5\)"):
            season_runs.refuse_foreign(project, season, replace(run, about={**run.about, "classes": scheme}))


def test_predictions_name_the_maps_they_were_made_on(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        names = map_hashes(draw_maps(season, run.config, np.arange(len(season.days))), style_name(season.config))
        rows = runs.ledger(project, run.id)
        place = {day: k for k, day in enumerate(season.days)}
        assert rows
        assert all(row.map_hash == names[place[row.day]] for row in rows)


def test_a_run_on_days_that_are_gone_is_not_judged(trained: Path) -> None:
    with Project.open(trained) as project:
        config = project.config()
        assert config.first_day is not None
        project.set_config(replace(config, first_day=config.first_day + np.timedelta64(3, "D")))
        season = season_of(project)
        with pytest.raises(registry.RunError, match="no longer in the season"):
            season_evaluation.evaluate(project, season, season_runs.find_run(project, None))


def test_a_run_goes_to_another_project_and_back(trained: Path, small_project: Path, tmp_path: Path) -> None:
    fill(small_project)
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
        archives.export_run(run, tmp_path / "run.zip")
    with Project.open(small_project) as project:
        found = archives.import_run(project.runs_folder, tmp_path / "run.zip")
        assert found.id == run.id
        told = season_evaluation.evaluate(project, season_of(project), found)
        assert told.scored > 0


def test_a_comparison_takes_up_what_is_there_of_the_same_recipe_and_data(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        done = season_runs.find_run(project, None)
        assert season_runs.same_runs_of(project, season, TINY) == (done, None)
        assert season_runs.same_runs_of(project, season, replace(TINY, seed=2)) == (None, None)
        begun = season_runs.begin_run(project, season, TINY)
        assert season_runs.same_runs_of(project, season, replace(TINY, name="other")) == (done, begun)
        journal.write_labels(project, season.days[:1], 2, source=LabelSource.ANALYST, author="B")
        assert season_runs.same_runs_of(project, season, TINY) == (None, None)


def test_maps_are_of_one_style_only_if_everything_that_draws_them_is_equal(small_project: Path) -> None:
    with Project.open(small_project) as project:
        config = project.config()
    assert style_name(replace(config, style=replace(config.style, contour_lines=False))) != style_name(config)
    assert style_name(replace(config, grid=replace(config.grid, margin=0.2))) != style_name(config)
    assert style_name(replace(config, timezone="Asia/Tokyo")) == style_name(config)


def test_maps_that_the_temporary_folder_does_not_take_are_told(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for module in ("season_saliency", "worker.asking"):
        monkeypatch.setattr(f"quakegui.learn.{module}.write_maps", full)
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        for ask in (
            lambda: explain_days(season, run, [0], progress=lambda *_step: None, cancelled=lambda: False),
            lambda: answer(run, season.indices(np.array([0])), listen=lambda _message: None),
        ):
            with pytest.raises(
                registry.RunError, match=f"^{re.escape(tempfile.gettempdir())} cannot be written: No space left"
            ):
                ask()


@pytest.mark.slow  # a process with TensorFlow; `test_inference` explains every day
def test_days_are_explained_by_a_worker(trained: Path) -> None:
    told: list[tuple[int, int]] = []
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        days = np.flatnonzero(season.has_map)[:2].tolist()
        heat = explain_days(
            season, run, days, progress=lambda done, total, _text: told.append((done, total)), cancelled=lambda: False
        )
        assert heat.shape == (2, *season.gridder.shape)
        assert heat.min() >= 0.0
        assert heat.max() <= 1.0
        assert told[-1] == (2, 2)
