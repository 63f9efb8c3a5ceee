"""Which runs count as tried on a season."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from run_projects import season_of

from quakegui.learn import season_evaluation, season_runs
from quakegui.learn.runs.files import read_json, write_json
from quakegui.learn.runs.registry import read_run
from quakegui.learn.runs.trash import trash_run
from quakegui.project.store import Project


def another(folder: Path, *, epochs: int | None = None, **change: Any) -> Path:
    """Put a copy of a run with another recipe or card beside it."""
    copy = Path(shutil.copytree(folder, folder.with_name("another")))
    if epochs is not None:
        told = read_json(copy / "config.json")
        write_json(copy / "config.json", {**told, "config": {**told["config"], "epochs": epochs}})
    write_json(copy / "card.json", {**read_json(copy / "card.json"), **change})
    return copy


@pytest.mark.parametrize(
    ("change", "tries"),
    [
        ({"epochs": 7}, 2),
        ({"data_hash": "other"}, 2),
        ({}, 1),  # one recipe on the same data
        ({"config_hash": "of a version that knew fewer fields"}, 1),
        ({"epochs": 7, "leaky": True}, 1),
        ({"epochs": 7, "days": ["1999-01-01", "1999-12-31"]}, 1),
    ],
)
def test_other_recipes_and_data_on_these_days_count(trained: Path, change: dict[str, Any], tries: int) -> None:
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
        another(run.folder, **change)
        assert season_evaluation.evaluate(project, season_of(project), run).row()["tries"] == tries


def test_a_deleted_run_goes_on_counting(trained: Path) -> None:
    with Project.open(trained) as project:
        season, run = season_of(project), season_runs.find_run(project, None)
        copy = read_run(another(run.folder, epochs=7))
        season_runs.record_run(project, copy)
        trash_run(copy)
        assert season_evaluation.evaluate(project, season, run).row()["tries"] == 2
        shutil.rmtree(run.folder.parent / "trash")
        assert season_evaluation.evaluate(project, season, run).row()["tries"] == 2
