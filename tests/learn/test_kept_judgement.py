"""Judgements kept with a run: the same again, and reached anew where anything that they come from has changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from run_projects import season_of
from terminal import Terminal

from quakegui.judge.judgement import plain
from quakegui.learn import season_evaluation, season_runs
from quakegui.learn.run_evaluation import RunEvaluation
from quakegui.learn.runs.files import read_json, write_json
from quakegui.project import journal
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource


def told(evaluation: RunEvaluation) -> str:
    return json.dumps(plain(evaluation), sort_keys=True)


def test_a_copied_project_keeps_its_judgements(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Project.open(trained) as project:
        first = season_evaluation.judge_run(project, season_of(project), season_runs.find_run(project, None))
    monkeypatch.delattr(season_evaluation, "baselines")  # without which nothing is evaluated
    with Project.open(shutil.copytree(trained, tmp_path / "copy")) as project:
        again = season_evaluation.judge_run(project, season_of(project), season_runs.find_run(project, None))
    assert told(again) == told(first)


def test_a_judgement_is_kept_until_labels_run_or_file_change(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, compute = [], season_evaluation.baselines
    monkeypatch.setattr(season_evaluation, "baselines", lambda *given: asked.append(1) or compute(*given))
    with Project.open(trained) as project:
        season, run = season_of(project), season_runs.find_run(project, None)
        (run.folder / "judgement-training.json").unlink(missing_ok=True)  # if another test has evaluated the template
        first = season_evaluation.judge_run(project, season, run)
        again = season_evaluation.judge_run(project, season, run)
        assert (told(again), len(asked)) == (told(first), 1)
        assert again.judgement.molchan is not None
        assert again.judgement.molchan.thresholds[[0, -1]].tolist() == [np.inf, -np.inf]
        assert (again.days.dtype, again.judgement.trained.dtype) == (first.days.dtype, first.judgement.trained.dtype)
        assert again.judgement.rules == first.judgement.rules
        assert again.judgement.verdict.text() == first.judgement.verdict.text()
        season_evaluation.judge_run(project, season, run, "today")
        assert len(asked) == 2
        journal.write_labels(project, season.days[:1], 3, source=LabelSource.ANALYST, author="A")
        season_evaluation.judge_run(project, season, run)
        assert len(asked) == 3
        kept = run.folder / "judgement-training.json"
        values = read_json(kept)
        for damage in ("{", json.dumps({**values, "kept": {**values["kept"], "judgement": {"verdict": {"code": "best"}}}})):
            kept.write_text(damage)
            before = len(asked)
            season_evaluation.judge_run(project, season, run)
            assert len(asked) == before + 1
        write_json(run.folder / "card.json", {**read_json(run.folder / "card.json"), "seconds": 1e6})
        season_evaluation.judge_run(project, season, season_runs.find_run(project, None))
        assert len(asked) == 6


def test_a_season_too_short_for_blocks_is_told_without_the_baselines_rows(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(trained) as project:
        journal.write_labels(project, season_of(project).days[6:], None, source=LabelSource.ANALYST, author="A")
    out, err = Terminal(capsys)("evaluate", trained, "--json")
    facts = json.loads(out)
    assert facts["rows"] == [facts["row"]]
    assert "The predictors cannot be evaluated in blocks" in err
