"""Other programs write into the project that a session has open: it is seen, told, and never overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from quakegui.app import computing, labelling, others, walking
from quakegui.app.arrivals import Arrivals
from quakegui.app.change import Change
from quakegui.app.consent import ForeignStep, Question, Replacement
from quakegui.app.labelling import Answer
from quakegui.app.session import Session
from quakegui.project import catalogue, journal, registrations, runs, seasons
from quakegui.project.errors import ProjectError
from quakegui.project.importing import import_paths
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import LabelSource


@pytest.fixture
def other(session: Session) -> Iterator[Project]:
    """Return the same project as another program has it open."""
    assert session.project is not None
    with Project.open(session.project.folder) as project:
        yield project


@pytest.fixture
def arrivals(session: Session) -> list[Arrivals]:
    heard: list[Arrivals] = []
    session.arrived.connect(heard.append)
    return heard


def answer(session: Session, *answers: bool) -> list[Question]:
    """Let questions be answered in this order; returns those that are asked."""
    asked: list[Question] = []
    left = iter(answers)

    def say(question: Question) -> bool:
        asked.append(question)
        return next(left)

    session.ask = say
    return asked


def bo_labels(other: Project, days: np.ndarray, cls: int | None = 3, author: str = "Bo") -> None:
    journal.write_labels(other, np.atleast_1d(days), cls, source=LabelSource.ANALYST, author=author)


def test_a_step_shows_and_tells_what_another_program_labelled(
    session: Session, other: Project, arrivals: list[Arrivals]
) -> None:
    bo_labels(other, session.days[3:6])
    journal.write_note(other, session.days[7], "a storm", "Bo")
    walking.step(session, 1)
    assert session.labels.classes[3:6].tolist() == [3, 3, 3]
    assert [note.text for note in session.notes(7)] == ["a storm"]
    assert arrivals == [Arrivals(labels={"Bo": 3}, notes=1)]
    walking.step(session, 1)
    assert len(arrivals) == 1, "nothing is told twice"


def test_what_the_session_writes_itself_is_no_news(session: Session, arrivals: list[Arrivals], qtbot: QtBot) -> None:
    labelling.label(session, 2, range(4))
    labelling.note(session, "clear")
    labelling.undo(session)
    project = session.project
    assert project is not None
    event = Event("one", session.days[5].astype("datetime64[ms]"), 4.5, 28.8, 102.3)
    session.jobs.start(
        "Keeping",
        lambda _report, _cancelled: catalogue.store_events(project, [event], declustering=Declustering("none")),
        print,
    )
    session.jobs.start("Labelling", lambda _report, _cancelled: bo_labels(project, session.days[8:9]), print)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    others.poll(session)
    assert arrivals == []


def test_own_rows_between_those_of_others_are_told_apart(session: Session, other: Project, arrivals: list[Arrivals]) -> None:
    project = session.project
    assert project is not None
    bo_labels(project, session.days[:1], author="Li")
    bo_labels(other, session.days[1:2])
    bo_labels(project, session.days[2:3], author="Li")
    bo_labels(other, session.days[3:5])
    bo_labels(project, session.days[5:6], author="Li")
    others.look(session)
    assert arrivals == [Arrivals(labels={"Bo": 3})]
    assert session.labels.classes[:6].tolist() == [3] * 6


def test_a_label_over_one_that_was_not_shown_asks_and_keeps_by_default(session: Session, other: Project) -> None:
    bo_labels(other, session.days[0])
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    assert not labelling.label(session, 1)
    assert session.labels.classes[0] == 3
    assert journal.in_force(other)[session.days[0]].author == "Bo"
    assert said == ["Nothing was changed."]


def test_the_question_names_the_labels_and_what_replaces_them(session: Session, other: Project) -> None:
    bo_labels(other, session.days[2:4])
    walking.select(session, (1, 5))
    asked = answer(session, True)
    assert labelling.label(session, 1)
    assert len(asked) == 1
    question = asked[0]
    assert isinstance(question, Replacement)
    assert [(row.day, row.cls, row.author) for row in question.rows] == [(day, 3, "Bo") for day in session.days[2:4]]
    assert question.cls == 1
    assert session.labels.classes[1:6].tolist() == [1] * 5


def test_a_label_that_comes_in_while_one_is_asked_is_asked_about_too(session: Session, other: Project) -> None:
    bo_labels(other, session.days[0])
    asked: list[Question] = []

    def meanwhile(question: Question) -> bool:
        asked.append(question)
        if len(asked) == 1:
            bo_labels(other, session.days[0], 4, author="Wang")
        return True

    session.ask = meanwhile
    assert labelling.label(session, 1)
    assert [row.author for question in asked if isinstance(question, Replacement) for row in question.rows] == ["Bo", "Wang"]
    assert session.labels.classes[0] == 1


def test_a_label_that_was_shown_is_replaced_without_a_question(session: Session, other: Project, qtbot: QtBot) -> None:
    bo_labels(other, session.days[:3])
    walking.go_to(session, 1)
    walking.go_to(session, 2)
    asked = answer(session)
    assert labelling.label(session, 1)
    walking.go_to(session, 0)
    assert labelling.label(session, 1)
    assert asked == []
    bo_labels(other, session.days[0])
    others.look(session)
    qtbot.waitUntil(lambda: not np.isin(session.days[0], list(session.unseen.labels)))
    assert labelling.label(session, 2)
    assert asked == []
    assert journal.in_force(other)[session.days[0]].cls == 2


def test_the_same_class_and_other_peoples_labels_on_taking_ones_own_away_are_not_asked_about(
    session: Session, other: Project
) -> None:
    asked = answer(session)
    bo_labels(other, session.days[0])
    assert labelling.label(session, 3)
    walking.go_to(session, 4)
    labelling.label(session, 2)
    bo_labels(other, session.days[4])
    assert labelling.label(session, None)
    assert asked == []
    assert session.labels.classes[4] == 3


def test_an_accepted_prediction_asks_as_a_label_does(session: Session, other: Project) -> None:
    runs.add_run(other, runs.Run("run-1", 1_650_000_000_000, "done", {}, {}))
    shares = np.full((2, 5), 0.05)
    shares[0, 2] = shares[1, 4] = 0.8
    days = session.days[:2]
    runs.append_predictions(
        other, "run-1", runs.LedgerPredictions(days, shares, "prospective", ("m", "m"), np.zeros(2, np.int64), "c")
    )
    others.look(session)
    assert session.predictions is not None
    assert session.predictions.classes[:2].tolist() == [2, 4]
    journal.write_labels(other, days[:1], 1, source=LabelSource.MODEL, author="Bo", run="run-1")
    walking.select(session, (0, 1))
    asked = answer(session, False, True)
    assert not labelling.accept(session)
    assert session.labels.classes[:2].tolist() == [1, -1]
    assert labelling.accept(session)
    assert len(asked) == 2
    assert session.labels.classes[:2].tolist() == [2, 4]


def test_an_accepted_prediction_of_several_classes_is_asked_about_before_any_is_written(
    session: Session, other: Project
) -> None:
    assert session.project is not None
    shares = np.full((2, 5), 0.05)
    shares[0, 1], shares[1, 3] = 0.8, 0.8
    runs.add_run(session.project, runs.Run("r", 1_650_000_000_000, "done", {}, {}))
    said = runs.LedgerPredictions(session.days[4:6], shares, "out-of-fold", ("m",) * 2, np.zeros(2, np.int64), "c")
    runs.append_predictions(session.project, "r", said)
    runs.use_run(session.project, "r")
    session.reload(Change.PREDICTIONS | Change.RUNS)
    walking.go_to(session, 4)
    walking.select(session, (4, 5))
    for day in session.days[4:6]:
        journal.write_labels(other, day, 2, source=LabelSource.RULE, author="rule")
    asked, heard = answer(session, True, False), list[str]()
    session.message.connect(lambda sentence, _level: heard.append(sentence))
    rows = len(journal.journal_rows(other))
    others.look(session)
    session.unseen.labels |= set(session.days[4:6])
    assert not labelling.accept(session)
    assert [question.cls for question in asked if isinstance(question, Replacement)] == [1, 3]
    assert heard == ["Nothing was changed."]
    assert len(journal.journal_rows(other)) == rows


@pytest.mark.parametrize("go_on", [False, True])
def test_a_return_to_a_moment_asks_where_it_takes_away_what_was_not_shown(
    session: Session, other: Project, go_on: bool
) -> None:
    labelling.label(session, 1, [2])
    bo_labels(other, session.days[6])
    bo_labels(other, session.days[8], None)
    asked = answer(session, go_on)
    assert labelling.revert_to(session, np.datetime64("2000-01-01", "ms")) is go_on
    assert [[(row.day, row.cls) for row in question.rows] for question in asked] == [[(session.days[6], 3)]]
    assert set(journal.in_force(other)) == (set() if go_on else {session.days[2], session.days[6]})


@pytest.mark.parametrize("go_on", [False, True])
def test_a_return_to_a_moment_asks_where_it_takes_away_a_note_that_was_not_shown(
    session: Session, other: Project, go_on: bool
) -> None:
    labelling.note(session, "clear", day=session.days[2])
    journal.write_note(other, session.days[6], "a truck", "Bo")
    journal.write_note(other, session.days[8], "a storm", "Bo")
    others.look(session)
    walking.go_to(session, 8)
    walking.go_to(session, 0)
    asked = answer(session, go_on)
    assert labelling.revert_to(session, np.datetime64("2000-01-01", "ms")) is go_on
    (question,) = asked
    assert isinstance(question, Replacement)
    assert (question.rows, question.cls) == ((), None)
    assert [(note.day, note.text, note.author) for note in question.notes] == [(session.days[6], "a truck", "Bo")]
    assert {note.text for note in journal.notes(other)} == (set() if go_on else {"clear", "a truck", "a storm"})


def test_a_note_that_comes_in_while_a_return_is_asked_about_is_asked_about_too(session: Session, other: Project) -> None:
    journal.write_note(other, session.days[6], "a truck", "Bo")
    asked: list[Question] = []

    def meanwhile(question: Question) -> bool:
        asked.append(question)
        if len(asked) == 1:
            journal.write_note(other, session.days[7], "a storm", "Bo")
        return len(asked) == 1

    session.ask = meanwhile
    assert not labelling.revert_to(session, np.datetime64("2000-01-01", "ms"))
    assert len(asked) == 2
    assert [note.text for note in journal.notes(other)] == ["a truck", "a storm"]


def test_a_note_that_came_in_is_in_no_labels_way(session: Session, other: Project) -> None:
    others.look(session)
    journal.write_note(other, session.days[0], "a truck", "Bo")
    asked = answer(session)
    assert labelling.label(session, 1)
    assert asked == []


def test_a_label_that_comes_in_while_a_return_is_asked_about_is_asked_about_too(session: Session, other: Project) -> None:
    bo_labels(other, session.days[6])
    asked = []

    def ask(question: Question) -> bool:
        asked.append(question)
        if len(asked) == 1:
            bo_labels(other, session.days[7], 4)
        return len(asked) == 1

    session.ask = ask
    assert not labelling.revert_to(session, np.datetime64("2000-01-01", "ms"))
    assert len(asked) == 2
    assert set(journal.in_force(other)) == {session.days[6], session.days[7]}


def test_what_a_blind_labelling_hid_has_not_been_seen(session: Session, other: Project) -> None:
    session.set_display(blind=True)
    bo_labels(other, session.days[5])
    walking.go_to(session, 5)
    walking.go_to(session, 2)
    session.set_display(blind=False)
    asked = answer(session, False)
    assert not labelling.label(session, 1, [4, 5])
    assert len(asked) == 1
    walking.go_to(session, 5)
    walking.go_to(session, 2)
    assert labelling.label(session, 1, [4, 5])


def test_a_note_in_the_same_name_is_not_overwritten_unseen(session: Session, other: Project) -> None:
    day, heard = session.days[3], list[str]()
    session.message.connect(lambda sentence, _level: heard.append(sentence))
    journal.write_note(other, day, "a truck at 03:00", "Li")
    assert labelling.note(session, "windy", day=day, former="")
    assert [note.text for note in journal.notes(other, day)] == ["a truck at 03:00\nwindy"]
    assert heard == ["Another program has written a note on this day under your name; your note was added to it."]
    assert labelling.note(session, "windy", day=day, former="a truck at 03:00\nwindy")
    assert [note.text for note in journal.notes(other, day)] == ["windy"]


def test_undo_of_a_label_elsewhere_is_answered(session: Session) -> None:
    answers = list[object]()
    walking.go_to(session, 9)
    labelling.label(session, 4)
    session.answered.connect(answers.append)
    labelling.undo(session)
    assert answers == []
    labelling.redo(session)
    walking.go_to(session, 2)
    labelling.undo(session)
    assert [(each.step.first, each.undone) for each in answers if isinstance(each, Answer)] == [(session.days[9], True)]


def test_undo_asks_before_it_takes_back_what_another_program_wrote_in_the_same_name(session: Session, other: Project) -> None:
    labelling.label(session, 2, [0])
    bo_labels(other, session.days[5:7], author="Li")
    asked = answer(session, False, True)
    assert not labelling.undo(session)
    assert session.labels.classes[[0, 5, 6]].tolist() == [2, 3, 3]
    assert labelling.undo(session)
    assert session.labels.classes[[0, 5, 6]].tolist() == [2, -1, -1]
    assert labelling.undo(session), "the session's own step needs no question"
    assert session.labels.classes[0] == -1
    assert len(asked) == 2
    assert all(isinstance(question, ForeignStep) and question.back and question.step.days == 2 for question in asked)


def test_redo_asks_where_another_program_took_the_step_back(session: Session, other: Project) -> None:
    labelling.label(session, 2, [0])
    journal.undo(other, "Li")
    asked = answer(session, False, True)
    assert not labelling.redo(session)
    assert labelling.redo(session)
    assert session.labels.classes[0] == 2
    assert len(asked) == 2


def test_undo_leaves_the_steps_of_other_people_alone(session: Session, other: Project) -> None:
    labelling.label(session, 2, [0])
    bo_labels(other, session.days[0])
    asked = answer(session)
    assert labelling.undo(session)
    assert asked == []
    assert journal.in_force(other)[session.days[0]].author == "Bo"
    assert not labelling.undo(session)


def test_a_step_that_came_in_after_the_look_is_not_taken_back(session: Session, other: Project) -> None:
    labelling.label(session, 2, [0])
    step = journal.next_step(other, "Li", back=True)
    assert step is not None
    bo_labels(other, session.days[5], author="Li")
    with pytest.raises(journal_error(), match="Another program has just written a step"):
        journal.undo(other, "Li", only=step.number)
    assert len(journal.in_force(other)) == 2


def journal_error() -> type[Exception]:
    from quakegui.project.store import ProjectError

    return ProjectError


def test_readings_of_another_program_make_the_season_anew(
    session: Session, other: Project, arrivals: list[Arrivals], qtbot: QtBot
) -> None:
    last, day = session.days[-1], session.days[10]
    walking.go_to(session, 10)
    walking.select(session, (8, 12))
    other.set_config(replace(other.config(), first_day=session.days[2], last_day=last + 2))
    others.poll(session)
    assert arrivals == [Arrivals(readings=True)]
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert (session.days[0], session.days[-1]) == (session.days[8] - 8, last + 2)
    assert session.day == day
    assert session.selection == (6, 10), "the same days"
    assert arrivals[1:] == [Arrivals(new_days=2)]
    assert session.season is not None
    assert session.season.revision == other.revision()


def test_readings_that_come_in_while_the_season_is_computed_are_shown_in_the_end(
    session: Session, other: Project, qtbot: QtBot, tmp_path: Path
) -> None:
    other.set_config(replace(other.config(), last_day=None))
    others.look(session)
    last = session.days[-1]
    for days in range(1, 4):
        day_file(tmp_path / f"{days}.csv", last + days)
        import_paths(other, [tmp_path / f"{days}.csv"])
        others.look(session)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert session.days[-1] >= last + 3
    assert session.season is not None
    assert session.season.revision == other.revision()
    np.testing.assert_array_equal(session.season.z, seasons.load_season(other).z)


def test_readings_that_come_in_while_the_project_cannot_be_read_are_shown_later(
    session: Session, other: Project, arrivals: list[Arrivals], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise ProjectError("The drive is gone.")

    said: list[str] = []
    session.message.connect(lambda text, _level: said.append(text))
    other.set_config(replace(other.config(), last_day=session.days[-1] + 2))
    with monkeypatch.context() as patch:
        patch.setattr(session.project, "refresh", gone)
        for _ in range(3):
            others.poll(session)
        assert (said, arrivals, session.jobs.busy) == (["The drive is gone."], [], False)
    others.poll(session)
    assert arrivals == [Arrivals(readings=True)]
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert session.season is not None
    assert session.season.revision == other.revision()
    others.poll(session)
    assert not session.jobs.busy
    assert arrivals == [Arrivals(readings=True), Arrivals(new_days=2)]


def day_file(path: Path, day: np.datetime64) -> None:
    """Write hourly readings of the small project's stations over one UTC day."""
    rng = np.random.default_rng(int(day.astype(int)))
    rows = [
        f"{day}T{hour:02}:30:00Z," + ",".join(f"{50_000 + 40 * k + rng.normal():.2f}" for k in range(7)) for hour in range(24)
    ]
    path.write_text("\n".join(["time,AAA,BBB,CCC,DDD,EEE,FFF,GGG", *rows]) + "\n", encoding="utf-8")


def test_earthquakes_and_runs_of_another_program_are_shown(session: Session, other: Project, arrivals: list[Arrivals]) -> None:
    event = Event("one", session.days[5].astype("datetime64[ms]") + np.timedelta64(3, "h"), 4.5, 28.8, 102.3)
    catalogue.store_events(other, [event], declustering=Declustering("none"))
    walking.step(session, 1)
    assert session.events == (event,)
    catalogue.store_events(other, [replace(event, magnitude=5.0)], declustering=Declustering("none"))
    walking.step(session, 1)
    assert session.events[0].magnitude == 5.0
    runs.add_run(other, runs.Run("run-1", 1_650_000_000_000, "done", {}, {}))
    walking.step(session, 1)
    registrations.add_registration(
        other, "run-1", title="run", first_day=None, last_day=np.datetime64("2199-12-31"), files=(),
        alarm_rule=(0.5, 2, 15), author="Bo", now_ms=1_650_000_000_000,
    )  # fmt: skip
    walking.step(session, 1)
    assert arrivals == [Arrivals(events=True), Arrivals(events=True), Arrivals(runs=True), Arrivals(runs=True)]


def test_a_blind_labelling_is_not_told_of_the_labels_of_others(
    session: Session, other: Project, arrivals: list[Arrivals]
) -> None:
    session.set_display(blind=True)
    bo_labels(other, session.days[:3])
    asked = answer(session)
    assert labelling.label(session, 1)
    assert arrivals == []
    assert asked == []
    assert session.labels.classes[:3].tolist() == [1, -1, -1]


def test_a_training_or_a_prediction_waits_for_the_season_as_it_is_now(session: Session, other: Project, qtbot: QtBot) -> None:
    other.set_config(replace(other.config(), last_day=session.days[-2]))
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    others.look(session)
    assert not computing.is_of_now(session)
    assert said == [("The readings have changed. quakegui is recomputing the season; try again when the season is shown.")]
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert computing.is_of_now(session)


def test_a_project_that_cannot_be_read_is_told_once(session: Session, other: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))

    def gone() -> object:
        raise journal_error()("The drive is gone.")

    with monkeypatch.context() as broken:
        broken.setattr(session.lookout, "look", gone)
        for _ in range(3):
            others.look(session)
    assert said == ["The drive is gone."]
    bo_labels(other, session.days[:1])
    others.look(session)
    assert session.labels.classes[0] == 3
