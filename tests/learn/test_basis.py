"""By which labels, earthquakes and classes a run is judged: one set for all figures, named beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_projects import open_window, season_of

from quakegui.judge.folds import scorable
from quakegui.judge.judged_by import Basis
from quakegui.judge.judgement import Judgement, plain
from quakegui.learn import issuing, ready_maps, season_evaluation, season_runs
from quakegui.learn.alarm_days import alarms_of
from quakegui.learn.evidence import gather, project_catalogue
from quakegui.learn.issuing import predict_days
from quakegui.learn.prospective import evaluate_prospective
from quakegui.learn.runs import registry
from quakegui.learn.runs.earthquakes import (
    earthquakes_differing,
    training_earthquakes,
    training_windows,
    with_training_earthquakes,
)
from quakegui.learn.runs.files import read_json, write_json
from quakegui.learn.runs.registry import RunFolder
from quakegui.project import catalogue, journal, runs
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import LabelRule, LabelSource
from quakegui.words import worded


def relabel(project: Project, days: np.ndarray, cls: int | None) -> None:
    """Give days another label, by the analyst whose label they have."""
    journal.write_labels(project, days, cls, source=LabelSource.ANALYST, author="A")


def figures(told: Judgement) -> tuple[object, ...]:
    """Return everything of a judgement but what it says that it rests on."""
    return tuple(replace(told, basis=None).to_json().items())


def test_figures_stay_those_of_the_training_when_labels_and_catalogue_move_on(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        before = season_evaluation.judge_run(project, season, run)
        assert before.judgement.basis is not None
        assert before.judgement.basis.text().endswith(", when the run was created; they have not changed since.")
        relabel(project, season.days[[1, 17]], 2)
        add_earthquake(project, season.days[18])
        after = season_evaluation.judge_run(project, season, run)
        assert figures(after.judgement) == figures(before.judgement)
        np.testing.assert_array_equal(after.labels, before.labels)
        assert after.judgement.basis is not None
        assert after.judgement.basis.text().endswith("; 2 days and 1 earthquake have changed since.")
        assert after.judgement.to_json()["basis"]["days_differ"] == 2


def test_the_verdict_of_the_training_rests_on_its_label_windows(trained: Path) -> None:
    with Project.open(trained) as project:
        season, run = season_of(project), season_runs.find_run(project, None)
        kept = training_windows(run)
        assert kept is not None
        before = season_evaluation.evaluate(project, season, run)
        journal.apply_rule(project, LabelRule(days_before_scale=0.3, days_after=9))
        assert plain(season_evaluation.evaluate(project, season, run).surrogate) == plain(before.surrogate)
        today = season_evaluation.evaluate(project, season, run, "today").surrogate
        assert (before.surrogate.longest_window, today.longest_window) == (13, 12)
        about = {name: value for name, value in run.about.items() if name != "label_windows"}
        config = read_json(run.folder / "config.json")
        write_json(run.folder / "config.json", {**config, "about": about})
        old = season_evaluation.evaluate(project, season, season_runs.find_run(project, None))
        assert old.basis is not None
        assert "that of the training was not saved with the run" in old.basis.text()
        for wrong in ({**run.about["label_windows"], "before": [-1, 3]}, {"day": 3}, []):
            write_json(run.folder / "config.json", {**config, "about": {**run.about, "label_windows": wrong}})
            with pytest.raises(registry.RunError, match="label_windows"):
                registry.read_run(run.folder)


def test_by_todays_labels_all_figures_come_from_today(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        fold = run.card["folds"][0] if run.card is not None else {}
        inside = (season.days >= np.datetime64(fold["first"])) & (season.days <= np.datetime64(fold["last"]))
        old = season_evaluation.judge_run(project, season, run)
        changed, gone = old.days[:2]
        relabel(project, np.array([changed]), 4 if old.labels[0] != 4 else 1)
        relabel(project, np.array([gone]), None)
        add_earthquake(project, old.days[2])
        new = season_evaluation.judge_run(project, season, run, "today")
        evidence = gather(project, season)
        expected = np.flatnonzero(scorable(evidence.material) & inside)
        # The same set in the list of days, in the matrix, in the class table and in the alarms.
        np.testing.assert_array_equal(new.days, season.days[expected])
        np.testing.assert_array_equal(new.labels, evidence.truth[expected])
        assert gone not in new.days
        told = new.judgement.of("class").figures
        np.testing.assert_array_equal(told.confusion.sum(axis=1), np.bincount(new.labels, minlength=5))
        assert [one.support for one in told.per_class] == np.bincount(new.labels, minlength=5).tolist()
        assert new.judgement.alarms is not None
        assert old.judgement.alarms is not None
        assert len(new.judgement.alarms.events) == len(old.judgement.alarms.events) + 1
        # The baselines learnt what the run learnt, and the thresholds are those of its training.
        np.testing.assert_array_equal(new.judgement.trained, old.judgement.trained)
        assert new.judgement.thresholds == old.judgement.thresholds
        assert new.judgement.basis is not None
        assert new.judgement.basis.text().endswith("; 2 days and 1 earthquake differ from those used in training.")


def test_a_day_labelled_since_is_scored_by_todays_labels_if_the_run_answered_it(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        old = season_evaluation.judge_run(project, season, run)
        without = season.days[season.has_map & (gather(project, season).truth < 0)]
        spans = [(np.datetime64(fold["first"]), np.datetime64(fold["last"])) for fold in (run.card or {})["folds"]]
        inside = without[[any(first <= day <= last for first, last in spans) for day in without]]
        outside = np.setdiff1d(without, inside)
        relabel(project, without, 0)
        new = season_evaluation.judge_run(project, season, run, "today")
        np.testing.assert_array_equal(np.setdiff1d(new.days, old.days), inside)
        assert not np.isin(outside, new.days).any()


def test_with_the_same_labels_both_sets_give_the_same_figures(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        assert figures(season_evaluation.evaluate(project, season, run, "today")) == figures(
            season_evaluation.evaluate(project, season, run, "training")
        )


def test_a_run_of_other_classes_is_not_judged(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        catalogue.make_class_scheme(project, split_magnitude=3.7)
        for as_of in ("training", "today"):
            with pytest.raises(registry.RunError, match=r"classes different from this project's.*Train again"):
                season_evaluation.evaluate(project, season, run, as_of)  # type: ignore[arg-type]
        with pytest.raises(registry.RunError, match="classes different from this project's"):
            evaluate_prospective(project, season, run)


def test_no_later_catalogue_moves_an_alarm(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        rng = np.random.default_rng(0)
        shares = rng.dirichlet(np.ones(5), len(season.days))
        table = runs.PredictionTable(run.id, shares, np.full(len(season.days), "out-of-fold"))
        before = alarms_of(project, season, table)
        for day in season.days[[3, 8, 13, 17]]:
            add_earthquake(project, day)
        assert alarms_of(project, season, table) == before


def test_days_after_the_training_are_judged_by_todays_labels_and_say_so(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Starting a worker takes seconds; `test_operating` does.
    monkeypatch.setattr(issuing, "answer", lambda _run, maps, **_: np.full((len(maps), 5), 0.2))
    with Project.open(trained) as project:
        open_window(project)
        season = season_of(project)
        run = season_runs.find_run(project, None)
        predict_days(project, season, run, only_later=True, listen=lambda _message: None)
        relabel(project, season.days[-4:], 0)
        told = evaluate_prospective(project, season, run)
        assert told.judgement.basis is not None
        assert told.judgement.basis.as_of == "today"
        assert told.judgement.basis.text().endswith("; these days came after the training.")


def test_a_run_of_an_earlier_version_says_whose_earthquakes_it_is_judged_by(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = without_earthquakes(season_runs.find_run(project, None))
        add_earthquake(project, season.days[18])
        told = season_evaluation.evaluate(project, season, run)
        assert told.basis is not None
        assert told.basis.events_differ is None
        assert "with today's catalogue, because that of the training was not saved with the run" in told.basis.text()
        assert "未保存训练时的地震" in worded(told.basis.text(), "zh")


def test_earthquakes_keep_their_place_in_the_catalogue_of_today(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        then = project_catalogue(project)
        add_earthquake(project, season.days[5])  # before the others
        now = project_catalogue(project)
        learnt = training_earthquakes(run, now)
        assert learnt is not None
        assert np.isnat(learnt.times).tolist() == [True, *[False] * len(then.times)]
        np.testing.assert_array_equal(learnt.times[1:], then.times)
        first = catalogue.events(project)[1]
        kept = [event for event in catalogue.events(project) if event.id != first.id]
        catalogue.store_events(project, kept, declustering=Declustering("none"))
        now = project_catalogue(project)
        learnt = training_earthquakes(run, now)
        assert learnt is not None
        assert len(learnt.times) == len(now.times) + 1
        assert learnt.times[-1] == first.time, "gone since: it comes last"
        assert earthquakes_differing(run, now) == 2


def test_the_baselines_go_by_the_earthquakes_of_the_training(trained: Path) -> None:
    with Project.open(trained) as project:
        season, run = season_of(project), season_runs.find_run(project, None)
        then = gather(project, season).inputs
        add_earthquake(project, season.days[5])
        now = gather(project, season).inputs
        assert len(now.event_times) == len(then.event_times) + 1
        kept = with_training_earthquakes(now, run)
        np.testing.assert_array_equal(kept.event_times, then.event_times)
        np.testing.assert_array_equal(kept.event_magnitudes, then.event_magnitudes)
        config = read_json(run.folder / "config.json")
        for wrong in (
            {"times_ms": [5, 4], "magnitudes": [3.0, 3.0]},
            {"times_ms": [5], "magnitudes": ["4"]},
            {"times_ms": [5]},
        ):
            write_json(run.folder / "config.json", {**config, "about": {**run.about, "every_earthquake": wrong}})
            with pytest.raises(registry.RunError, match="every_earthquake"):
                registry.read_run(run.folder)


@pytest.mark.parametrize(
    "kept",
    [
        {"first_ms": 0, "last_ms": 1, "times_ms": [5], "classes": []},
        {"first_ms": 0, "last_ms": 1, "times_ms": [5], "classes": [9]},
        {"first_ms": 0, "last_ms": 1, "times_ms": [2**70], "classes": [1]},
        {"first_ms": 0.5, "last_ms": 1, "times_ms": [], "classes": []},
        {"first_ms": 0, "last_ms": 1, "times_ms": "now", "classes": "now"},
        {"times_ms": [], "classes": []},
        [],
    ],
)
def test_earthquakes_that_a_strangers_run_makes_up_are_refused(trained: Path, kept: object) -> None:
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
        values = read_json(run.folder / "config.json")
        values["about"]["earthquakes"] = kept
        write_json(run.folder / "config.json", values)
        with pytest.raises(registry.RunError, match="impossible value of earthquakes"):
            registry.read_run(run.folder)


def test_a_folder_of_ready_maps_has_its_own_sentence(trained: Path, tmp_path: Path) -> None:
    """The folder's labels stand in its names: here the run's days, with two sorted into other folders since."""
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
    said = run.predictions()
    labels = said.labels.astype(np.int64)
    same = ready_maps.ReadyMaps(tmp_path, ready_maps.material(said.days, labels), (), (), synthetic=False)
    fold = np.flatnonzero(said.role[0] == 3)
    moved = labels.copy()
    moved[fold[:2]] = (moved[fold[:2]] + 1) % 5
    other = replace(same, material=ready_maps.material(said.days, moved))
    told = same.evaluate(run)
    assert told.basis is not None
    assert "with the classes of the maps on" in told.basis.text()
    assert told.basis.text().endswith("; they have not changed since.")
    then, now = other.evaluate(run), other.evaluate(run, "today")
    assert figures(then) == figures(told)
    assert then.basis is not None
    assert then.basis.text().endswith("; 2 maps have different classes today.")
    np.testing.assert_array_equal(now.of("class").figures.confusion.sum(axis=1), np.bincount(moved[fold], minlength=5))
    assert now.basis is not None
    assert worded(now.basis.text(), "zh").endswith("；有 2 张图的类别与训练记录创建时不同。")


@pytest.mark.parametrize(
    ("basis", "english"),
    [
        (Basis("training", "2023-11-21", 9, 0), "; 9 days have changed since."),
        (Basis("training", "2023-11-21", 1, 0), "; 1 day has changed since."),
        (Basis("training", "2023-11-21", 0, 1), "; 1 earthquake has changed since."),
        (Basis("training", "2023-11-21", 1, 1), "; 1 day and 1 earthquake have changed since."),
        (
            Basis("today", "2023-11-21 09:30", 0, 0, days_since=1),
            "trained with the same ones. The labels of 1 day have changed since then.",
        ),
        (Basis("today", "2023-11-21 09:30", 3, None), "; 3 days differ from those used in training."),
    ],
)
def test_the_sentence_counts_what_differs(basis: Basis, english: str) -> None:
    assert basis.moment in basis.text()
    assert basis.text().endswith(english)
    assert basis.moment in worded(basis.text(), "zh")
    for count in (basis.days_differ, basis.events_differ):
        assert not count or f"{count} " in worded(basis.text(), "zh")


def add_earthquake(project: Project, day: np.datetime64) -> None:
    """Add an earthquake at noon UTC of a day, whose class is known by the project's scheme."""
    event = Event(f"new {day}", day.astype("datetime64[ms]") + np.timedelta64(12, "h"), 4.4, 27.5, 102.2)
    catalogue.store_events(project, [event], declustering=Declustering("none"), add=True)


def without_earthquakes(run: RunFolder) -> RunFolder:
    """Return a run as an earlier version left it."""
    values = read_json(run.folder / "config.json")
    del values["about"]["earthquakes"]
    write_json(run.folder / "config.json", values)
    return registry.read_run(run.folder)
