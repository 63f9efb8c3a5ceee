"""The verdict of a pre-trained model without the analysts' flags: in the window, from the command and in the report."""

from __future__ import annotations

import json

import numpy as np
import pytest

from quakegui import cli
from quakegui.app import computing
from quakegui.app.change import Change
from quakegui.learn import unflagged
from quakegui.learn.zero_shot import applying, shipped
from quakegui.project import flags
from quakegui.report import make_report
from quakegui.ui import i18n


def evenly(_run, maps, **_how):
    """Answer as a model that knows nothing."""
    return np.full((len(maps), 5), 0.2, np.float32)


def command(capsys, *words):
    """Return what a command prints."""
    with pytest.raises(SystemExit) as end:
        cli.main([str(word) for word in words])
    assert not end.value.code
    return capsys.readouterr().out


def test_the_verdict_without_flags_is_one_in_window_command_and_report(session, open_window, qtbot, monkeypatch, capsys):
    """Two seconds of processor time: a season is evaluated by every baseline, with the flag and without."""
    project, asked = session.project, []
    monkeypatch.setattr(applying, "answer", evenly)
    monkeypatch.setattr(unflagged, "answer", lambda run, maps, **how: asked.append(len(maps)) or evenly(run, maps))
    applying.apply_model(project, session.season, shipped.model_folder(), listen=lambda _message: None)
    night = session.season.all_days[20]
    flags.flag(project, flags.nights_of("AAA", night, night, timezone=project.timezone), author="Li", reason="cow")
    computing.recompute(session)
    qtbot.waitUntil(lambda: session.season is not None and session.season.flags != () and not session.jobs.busy)
    session.reload(Change.RUNS | Change.PREDICTIONS)
    window = open_window(session)
    window.layouts.show("evaluation")
    panel = window.docks["evaluation"].widget()
    qtbot.waitUntil(lambda: panel.unflagged.isVisible() and panel.unflagged.text().startswith("Without the 1 flag: "))
    seen = panel.unflagged.text()
    assert asked[0] == int(session.season.has_map.sum())
    told = json.loads(command(capsys, "evaluate", project.folder, "--json"))["without_flags"]
    assert (told["flags"], told["text"]) == (1, seen)
    assert told["row"]["protocol"] == "zero-shot"
    assert command(capsys, "evaluate", project.folder).rstrip().endswith(seen)
    assert seen in make_report(project, language="en", season=session.season).body
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.unflagged.text().startswith("不考虑 1 个剔除标记时"))
    assert panel.unflagged.text() in make_report(project, language="zh", season=session.season).body
    assert len(asked) == 2, "computed once, and kept with the run"
