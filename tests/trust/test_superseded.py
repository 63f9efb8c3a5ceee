"""What is made from a season that is not the project's any more is refused, made anew, or said to be of then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_parts import finish, label_all
from run_projects import TINY, open_window, season_of

from quakegui.learn import issuing, messages, operating, season_runs
from quakegui.learn.runs.registry import RunFolder
from quakegui.project import runs, season_export, seasons
from quakegui.project.setting_rows import SupersededError
from quakegui.project.store import Project
from quakegui.report.content import gather


def unheard(_message: object) -> None:
    return


@pytest.fixture
def project(small_project: Path) -> Iterator[Project]:
    label_all(small_project)
    with Project.open(small_project) as opened:
        opened.set_config(replace(opened.config(), last_day=seasons.season_days(opened)[-4]))
        yield opened


def finished_run(project: Project) -> RunFolder:
    season = season_of(project)
    run = finish(season_runs.begin_run(project, season, TINY))
    return season_runs.end_run(project, season, run.id, messages.Done("done"))


def elsewhere(project: Project) -> None:
    """Change the season as another program would: three days more."""
    with Project.open(project.folder) as other:
        open_window(other)


def answers(run: RunFolder, maps: object, **_: object) -> np.ndarray:
    return np.tile((0.2,) * 5, (len(maps), 1))


def test_a_training_on_a_season_that_is_superseded_is_not_begun(project: Project) -> None:
    season = season_of(project)
    elsewhere(project)
    with pytest.raises(SupersededError, match="the result was not saved"):
        season_runs.begin_run(project, season, TINY)
    assert runs.runs(project) == ()
    assert not list((project.folder / "runs").iterdir())


def test_a_training_whose_maps_were_gathered_while_readings_came_in_is_not_begun(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    season, create = season_of(project), season_runs.create_run

    def slow(*given: object, **more: object) -> RunFolder:
        elsewhere(project)
        return create(*given, **more)

    monkeypatch.setattr(season_runs, "create_run", slow)
    with pytest.raises(SupersededError):
        season_runs.begin_run(project, season, TINY)
    assert runs.runs(project) == ()
    assert not list((project.folder / "runs").iterdir())


def test_a_run_that_ends_after_readings_came_in_is_kept_with_the_maps_it_learnt_and_says_so(project: Project) -> None:
    season = season_of(project)
    run = finish(season_runs.begin_run(project, season, TINY))
    assert season_runs.superseded(project, run) == ""
    elsewhere(project)
    season_runs.end_run(project, season_of(project), run.id, messages.Done("done"))
    assert "have changed since the run" in season_runs.superseded(project, run)
    said = run.predictions()
    learnt = dict(zip(said.days, said.map_hash, strict=True))
    rows = runs.ledger(project, run.id)
    assert rows
    assert all(row.map_hash == learnt[row.day] for row in rows)


def test_a_prediction_of_a_superseded_season_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "answer", answers)
    run, season = finished_run(project), season_of(project)
    before = runs.ledger(project, run.id)
    elsewhere(project)
    with pytest.raises(SupersededError):
        issuing.predict_days(project, season, run, listen=unheard)
    assert runs.ledger(project, run.id) == before


def test_readings_that_come_in_while_the_worker_predicts_leave_nothing_in_the_ledger(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, season = finished_run(project), season_of(project)
    before = runs.ledger(project, run.id)

    def slow(*given: object, **more: object) -> np.ndarray:
        elsewhere(project)
        return answers(*given, **more)

    monkeypatch.setattr(issuing, "answer", slow)
    with Project.open(project.folder) as other:
        other.set_config(replace(other.config(), last_day=season.days[-1] + 1))
    with pytest.raises(SupersededError):
        issuing.predict_days(project, season_of(project), run, listen=unheard)
    assert runs.ledger(project, run.id) == before


def test_an_update_beside_another_program_predicts_the_maps_that_stand_in_the_end(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished_run(project)
    asked: list[int] = []

    def slow(_run: RunFolder, maps: object, **_: object) -> np.ndarray:
        asked.append(len(maps))
        if len(asked) == 1:
            elsewhere(project)
        return answers(run, maps)

    monkeypatch.setattr(issuing, "answer", slow)
    project.set_config(replace(project.config(), last_day=season_of(project).days[-1] + 1))
    done = operating.update(project, listen=unheard)
    assert len(asked) == 2, "the season was computed and predicted anew"
    assert runs.predictions(project, run.id, seasons.season_days(project)).kind[-1] == "prospective"
    assert {one.day for one in done.predictions.issued} <= set(season_of(project).days)


def test_a_report_and_tables_of_a_superseded_season_are_made_anew(project: Project, tmp_path: Path) -> None:
    season = season_of(project)
    elsewhere(project)
    told = gather(project, season, progress=lambda *_: None, cancelled=lambda: False)
    assert told.days.tolist() == seasons.season_days(project).tolist()
    assert told.days.size == season.days.size + 3
    season_export.save_tables(project, seasons.current_season(project, season), tmp_path / "tables.csv")
    assert str(told.days[-1]) in (tmp_path / "tables" / "days.csv").read_text("utf-8")


def test_readings_that_come_in_while_a_report_is_gathered_are_in_it(project: Project) -> None:
    season, heard = season_of(project), []

    def progress(_done: int, _total: int, what: str) -> None:
        heard.append(what)
        if heard.count("alarms") == 1 and what == "alarms":
            elsewhere(project)

    told = gather(project, season, progress=progress, cancelled=lambda: False)
    assert heard.count("alarms") == 2
    assert told.days.size == season.days.size + 3
