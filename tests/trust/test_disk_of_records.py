"""Full disks while runs are registered, days predicted, results and settings kept: one sentence, and everything as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import killing
import numpy as np
import pytest
import record_parts
from run_projects import LATER_DAYS, open_window, season_of

from quakegui.app.settings import Settings, SettingsFile
from quakegui.learn import issuing, operating, season_runs
from quakegui.learn.worker import run_limit
from quakegui.progress import never, silent
from quakegui.project import registrations, runs
from quakegui.project.store import Project, ProjectError


def test_a_registration_and_predictions_that_the_disk_refuses_leave_the_record_as_it_was(
    trained_template: Path, disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "answer", lambda _run, maps, **_: np.tile([0.2, 0.8, 0.0, 0.0, 0.0], (len(maps), 1)))
    folder = Path(shutil.copytree(trained_template, disk.folder / "project"))
    with Project.open(folder) as project:
        open_window(project)
        run, season = season_runs.find_run(project, None), season_of(project)
        ledger = runs.ledger(project, run.id)
        now_ms = record_parts.over_ms(season, -LATER_DAYS) + record_parts.HALF_AN_HOUR_MS
        disk.fill()
        with pytest.raises(ProjectError, match=r"is full; this change was not saved\. Free some space"):
            record_parts.register_in(project)
        assert registrations.registrations(project) == ()
        with pytest.raises(ProjectError, match="is full; this change was not saved"):
            operating.update(project, listen=lambda _message: None, now_ms=now_ms)
        assert runs.ledger(project, run.id) == ledger
        disk.free()
    record_parts.register(str(folder))
    with Project.open(folder) as project:
        assert len(operating.update(project, listen=lambda _message: None, now_ms=now_ms).predictions.issued) == 1
    assert killing.damage(folder / "project.sqlite") is None


def test_a_limit_that_the_disk_refuses_is_told_and_not_kept(
    trained_template: Path, disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_limit, "limit_of", lambda *_given, **_more: record_parts.FOUND)
    folder = Path(shutil.copytree(trained_template, disk.folder / "project"))
    with Project.open(folder) as project:
        season, run = season_of(project), season_runs.find_run(project, None)
        disk.fill()
        found = run_limit.limit_run(project, season, run, number=5, progress=silent, cancelled=never)
        assert found == record_parts.FOUND
        assert run_limit.kept_limit(project, season, run) is None
        assert not [path.name for path in run.folder.iterdir() if path.name.startswith((".", "limit"))]
        disk.free()
        run_limit.limit_run(project, season, run, number=5, progress=silent, cancelled=never)
        assert run_limit.kept_limit(project, season, run) == record_parts.FOUND


def test_settings_that_the_disk_refuses_leave_the_former_ones(disk: Any) -> None:
    path = disk.folder / "settings" / "settings.ini"
    SettingsFile(path).save(Settings(analyst="Li"))
    before = path.read_bytes()
    disk.fill()
    file = SettingsFile(path)
    file.save(Settings(analyst="Bo" * 4000))
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    disk.free()
    file.save_day(Path("/project"), "2022-03-01")
    assert SettingsFile(path).load().analyst == "Bo" * 4000, "what was refused is written with the next change"
