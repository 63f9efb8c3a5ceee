"""The session on a small synthetic project."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from quakegui.app import labelling, opening, walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.project import journal, seasons
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

DAYS = 20


def test_a_label_is_in_the_journal_when_the_call_returns(session: Session) -> None:
    walking.go_to(session, 5)
    heard: list[Change] = []
    session.changed.connect(heard.append)
    assert labelling.label(session, 3)
    assert session.project is not None
    row = journal.in_force(session.project)[session.days[5]]
    assert (row.cls, row.source, row.author) == (3, LabelSource.ANALYST, "Li")
    assert session.labels.classes[5] == 3
    assert heard == [Change.LABELS]


def test_a_window_left_open_computes_the_night_once_it_is_over(small_project: Path, tmp_path: Path, qtbot: QtBot) -> None:
    with Project.open(small_project) as project:
        season = seasons.load_season(project)
    assert season is not None
    day = int(np.flatnonzero(season.has_map)[-1])
    over = int(season.config.over_at(season.days[[day]])[0].astype(np.int64))
    now = [over - 20 * 60_000]
    session = Session(SettingsFile(tmp_path / "other.ini"), clock=lambda: now[0])
    assert opening.open_project(session, small_project)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
    assert session.season is not None
    assert session.season.in_progress[day]
    assert np.isnan(session.season.z[day]).all()
    assert session.ahead, "the readings go on after this moment"
    walking.go_to(session, day - 3)
    before = session.season
    now[0] = over - 1_000
    session.changed.emit(Change.SEASON)  # as a dialog's end would: the clock is looked at, and soon again
    assert session.season is before
    now[0] = over
    qtbot.waitUntil(lambda: session.season is not before and not session.jobs.busy)
    assert not session.season.in_progress[: day + 1].any()
    np.testing.assert_array_equal(session.season.z[: day + 1], season.z[: day + 1])
    assert session.index == day - 3, "the day that is looked at stays"
    session.close()


def test_undo_and_redo_work_after_closing_and_opening(session: Session, qtbot: QtBot) -> None:
    walking.go_to(session, 2)
    labelling.label(session, 1)
    labelling.label(session, 4)
    assert session.project is not None
    folder = session.project.folder
    session.close()
    assert session.season is None
    opening.open_project(session, folder)
    qtbot.waitUntil(lambda: session.season is not None, timeout=20_000)
    assert session.index == 2, "the day shown comes back"
    assert session.labels.classes[2] == 4
    labelling.undo(session)
    assert session.labels.classes[2] == 1
    labelling.undo(session)
    assert session.labels.classes[2] == -1
    labelling.redo(session)
    labelling.redo(session)
    assert session.labels.classes[2] == 4


def test_a_chosen_range_is_labelled_as_one_step(session: Session) -> None:
    walking.select(session, (9, 4))
    assert session.selection == (4, 9)
    labelling.label(session, 2)
    assert session.labels.classes[4:10].tolist() == [2] * 6
    labelling.undo(session)
    assert session.labels.classes[4:10].tolist() == [-1] * 6


def test_auto_advance_goes_on_after_a_single_label_only(session: Session) -> None:
    session.set_settings(auto_advance=True)
    walking.go_to(session, 3)
    labelling.label(session, 0)
    assert session.index == 4
    walking.select(session, (6, 7))
    assert session.index == 6
    labelling.label(session, 0)
    assert session.index == 6


def test_the_walk_stops_at_both_ends(session: Session) -> None:
    walking.go_to(session, -5)
    assert session.index == 0
    walking.step(session, -1)
    assert session.index == 0
    walking.go_to(session, 10_000)
    assert session.index == session.days.size - 1
    walking.go_to_day(session, session.days[7])
    assert session.index == 7


def test_jump_finds_the_next_unlabelled_day_or_says_so(session: Session) -> None:
    labelling.label(session, 0, range(session.days.size - 1))
    walking.go_to(session, 0)
    assert walking.jump(session, "unlabelled", 1)
    assert session.index == session.days.size - 1
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    assert not walking.jump(session, "unlabelled", 1)
    assert said == ["No more unlabelled days in this direction."]


def test_blind_labelling_shows_only_ones_own_labels(session: Session) -> None:
    walking.go_to(session, 1)
    labelling.label(session, 3)
    session.set_settings(analyst="Wang")
    session.set_display(blind=True)
    assert session.labels.classes[1] == -1
    labelling.label(session, 1)
    assert session.labels.classes[1] == 1
    assert session.project is not None
    assert journal.history(session.project, session.days[1])[-1].blind
    session.set_display(blind=False)


def test_the_map_shown_is_the_seasons_own(session: Session) -> None:
    walking.go_to(session, 8)
    shown = session.day_map()
    assert shown is not None
    assert session.season is not None
    np.testing.assert_array_equal(shown.index, session.season.day_map(8).index)
    assert shown.day == session.days[8]


def test_a_project_open_for_reading_refuses_labels_in_a_sentence(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session.project, "read_only", True)
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    assert not labelling.label(session, 1)
    assert "read-only" in said[0]
    assert (session.labels.classes == -1).all()


def test_notes_stand_beside_labels(session: Session) -> None:
    walking.go_to(session, 0)
    assert labelling.note(session, "noise from the new road")
    assert [note.text for note in session.notes()] == ["noise from the new road"]
    assert session.notes()[0].author == "Li"


def test_opening_what_is_no_project_says_so_and_keeps_the_open_one(session: Session, tmp_path: Path) -> None:
    before = session.project
    said: list[tuple[str, str]] = []
    session.message.connect(lambda sentence, level: said.append((sentence, level)))
    assert not opening.open_project(session, tmp_path / "nowhere")
    assert said[0][1] == "error"
    assert session.project is before
    assert isinstance(before, Project)
