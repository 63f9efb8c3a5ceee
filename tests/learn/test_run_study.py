"""Studies kept with a run: the same again, and computed anew where anything that they come from has changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from run_projects import season_of

from quakegui.judge.judgement import plain
from quakegui.learn import season_runs
from quakegui.learn.run_study import RunStudy, kept_study, study_run
from quakegui.learn.runs.registry import RunFolder
from quakegui.progress import never, silent
from quakegui.project import catalogue, journal
from quakegui.project.store import Project
from quakegui.season.events import Declustering
from quakegui.season.labels import LabelRule
from quakegui.season.season import Season


@pytest.fixture
def material(trained_template: Path, tmp_path: Path) -> Iterator[tuple[Project, Season, RunFolder]]:
    """Return a project with a finished run without kept studies, its season and the run."""
    folder = Path(shutil.copytree(trained_template, tmp_path / "p"))
    with Project.open(folder) as project:
        run = season_runs.find_run(project, None)
        (run.folder / "study.json").unlink(missing_ok=True)
        yield project, season_of(project), run


def computed(material: tuple[Project, Season, RunFolder]) -> RunStudy:
    found = study_run(*material, progress=silent, cancelled=never)
    assert found is not None
    return found


def test_what_is_kept_is_what_was_computed(material: tuple[Project, Season, RunFolder]) -> None:
    assert kept_study(*material) is None
    steps: list[int] = []
    found = study_run(*material, progress=lambda done, _total, _text: steps.append(done), cancelled=never)
    again = kept_study(*material)
    assert again is not None
    assert plain(again) == plain(found)
    assert steps == [0, 1, 2, 3]
    event, row = again.events[0]
    assert (event.time.dtype, row.day.dtype) == (np.dtype("datetime64[ms]"), np.dtype("datetime64[D]"))
    assert again.epochs["kp"].median.dtype == np.float64
    steps.clear()
    assert plain(study_run(*material, progress=lambda done, _total, _text: steps.append(done), cancelled=never)) == plain(found)
    assert steps == []


def test_other_rules_and_other_earthquakes_are_studied_anew(material: tuple[Project, Season, RunFolder]) -> None:
    project, season, run = material
    first = computed(material)
    journal.apply_rule(project, LabelRule(days_after=0))
    assert kept_study(project, season, run) is None
    second = computed(material)
    np.testing.assert_array_equal(second.epochs["max_abs_z"].median, first.epochs["max_abs_z"].median)
    assert kept_study(project, season, run) is not None
    catalogue.store_events(project, catalogue.events(project)[1:], declustering=Declustering("none"))
    assert kept_study(project, season, run) is None
    assert len(computed(material).events) == len(second.events) - 1


@pytest.mark.parametrize("damage", ["{", "[]", '{"inputs": 3}', '{"study": {"events": []}}'])
def test_a_damaged_file_is_computed_anew(material: tuple[Project, Season, RunFolder], damage: str) -> None:
    path = material[2].folder / "study.json"
    path.write_text(damage, "utf-8")
    assert kept_study(*material) is None
    found = computed(material)
    assert plain(kept_study(*material)) == plain(found)


def test_values_of_another_shape_are_computed_anew(material: tuple[Project, Season, RunFolder]) -> None:
    path = material[2].folder / "study.json"
    computed(material)
    text = path.read_text("utf-8")
    for old, new in (('"variants"', '"choices"'), ('"rank": ', '"rank": "x", "other": '), ('"kp"', '"kp": 1, "other"')):
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        assert kept_study(*material) is None


def test_a_stopped_study_keeps_nothing(material: tuple[Project, Season, RunFolder]) -> None:
    assert study_run(*material, progress=silent, cancelled=lambda: True) is None
    assert not (material[2].folder / "study.json").exists()


def test_a_project_that_is_only_read_stays_as_it_is(material: tuple[Project, Season, RunFolder]) -> None:
    project, season, run = material
    with Project.open(project.folder, read_only=True) as reader:
        assert study_run(reader, season, run, progress=silent, cancelled=never) is not None
    assert not (run.folder / "study.json").exists()
