"""Evaluation: three kinds of answers told apart, two of them judged, and a new training two clicks after a label."""

import threading
import time

import numpy as np
import pytest
from finished_run import trained
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton, QToolButton

from quakegui.app import labelling, walking
from quakegui.app.change import Change
from quakegui.app.evaluation import Evaluation, answers_of
from quakegui.app.training import Training
from quakegui.learn import season_runs
from quakegui.learn.runs import registry
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.project import catalogue, journal, runs
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
from quakegui.ui.panels.basis_line import BasisLine
from quakegui.ui.panels.evaluation_panel import EvaluationPanel
from quakegui.ui.quiet_labels import WrappedLabel

LATER = slice(38, 43)
"""Days after the run's knowledge: it has answered them day by day."""


def answered(session):
    """Leave a run in use that has answers of all three kinds, and return its id and its fold."""
    project, days = session.project, session.days
    journal.write_labels(project, days[10:18], 0, source=LabelSource.ANALYST, author="tester")
    journal.write_labels(project, days[28:38], 0, source=LabelSource.ANALYST, author="tester")
    journal.write_labels(project, days[33:35], 4, source=LabelSource.ANALYST, author="tester")
    run, _said, fold = trained(session)
    journal.write_labels(project, days[LATER], 0, source=LabelSource.ANALYST, author="tester")
    later = days[LATER]
    shares = np.tile([0.6, 0.1, 0.1, 0.1, 0.1], (later.size, 1))
    stamps = np.zeros(later.size, np.int64)
    runs.append_predictions(
        project,
        run.id,
        runs.LedgerPredictions(later, shares, "prospective", ("m",) * later.size, stamps, "c"),
        issued_ms=2 * 86_400_000,
    )
    return run.id, fold


@pytest.fixture(scope="module")
def answered_tiny(changed_tiny):
    """Return the small project with such a run, its id and its fold; no test may change it."""
    return changed_tiny(answered)


@pytest.fixture
def source_folder(request, tiny_folder, answered_tiny):
    return answered_tiny[0] if "judged" in request.fixturenames else tiny_folder


@pytest.fixture
def judged(session, answered_tiny, open_window):
    """Return a window whose run in use has answers of all three kinds, Evaluation on top, and the run with its fold."""
    run, fold = answered_tiny[1]
    return open_window(session), season_runs.find_run(session.project, run), fold


def panel_of(window):
    return window.docks["evaluation"].widget()


def radio(window, words):
    return next(button for button in panel_of(window).findChildren(QRadioButton) if button.text().startswith(words))


def button_of(window, words):
    return next(button for button in panel_of(window).findChildren(QPushButton) if button.text() == words)


def words(window):
    """Return by which labels the panel says that the run is, or would be, judged."""
    return panel_of(window).findChild(BasisLine).findChild(WrappedLabel).text()


def click(qtbot, widget, at=None):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at if at is not None else QPoint())


def texts_of(table):
    return [[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())]


def judge(qtbot, window):
    panel = panel_of(window)
    if panel.judge.isEnabled():  # else it was begun when the results came to be seen
        click(qtbot, panel.judge)
    qtbot.waitUntil(lambda: not window.session.jobs.busy and "Evaluating" not in panel.verdict.text(), timeout=60_000)


def seen(panel):
    """Return what somebody sees of the results."""
    matrix = panel.matrix.model()
    cells = [[matrix.index(row, column).data() for column in range(matrix.columnCount())] for row in range(matrix.rowCount())]
    strip = [button.text() for button in panel.strip.findChildren(QRadioButton)]
    return panel.verdict.text(), panel.verdict.font().toString(), cells, strip, panel.rows.words_at(panel.rows.width() / 2)


def test_results_made_late_are_those_made_before(judged, open_window, qtbot):
    """The panel of a second window on a project that is open, first seen now, beside that which followed all along."""
    window, _run, _fold = judged
    second = open_window(window.session)
    assert second.findChildren(EvaluationPanel) == []
    assert not second.bench.day_panel.isHidden()
    assert second.bench.day_seen
    window.layouts.show("evaluation")
    judge(qtbot, window)
    second.menus.actions["evaluation"].trigger()
    (late,) = second.findChildren(EvaluationPanel)
    judge(qtbot, second)
    assert "Not evaluated" not in late.verdict.text()
    assert seen(late) == seen(panel_of(window))
    assert late.matrix.contextMenuPolicy() == Qt.ContextMenuPolicy.CustomContextMenu
    assert {label.textFormat() for label in late.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


def test_three_kinds_are_told_apart_and_two_are_judged(judged, qtbot):
    window, _run, fold = judged
    session, panel = window.session, panel_of(window)
    window.layouts.show("evaluation")
    said = session.predictions
    counts = {kind: int((said.kind == kind).sum()) for kind in ("out-of-fold", "prospective", "in-sample")}
    assert min(counts.values()) > 0
    assert radio(window, "not used in training").text() == f"not used in training: {counts['out-of-fold']}"
    assert radio(window, "issued in advance").text() == f"issued in advance: {counts['prospective']}"
    assert panel.strip.in_sample.text() == f"used in training, not evaluated: {counts['in-sample']}"
    pictures = [label.pixmap().toImage() for label in panel.strip.swatches.values()]
    assert all(pictures[a] != pictures[b] for a in range(3) for b in range(a))

    judge(qtbot, window)
    first = panel.evaluation
    assert (first.kind, first.judgement.protocol) == ("out-of-fold", "chronological")
    np.testing.assert_array_equal(first.days, session.days[fold.test])
    assert first.judgement.scored == len(fold.test)
    assert "PROSPECTIVE" not in panel.stamp.text()
    assert "late" not in panel.why.text()

    click(qtbot, radio(window, "issued in advance"))
    assert panel.verdict.text() == "Evaluating…", "a record is judged when it is first looked at"
    judge(qtbot, window)
    second = panel.evaluation
    assert (second.kind, second.judgement.protocol) == ("prospective", "prospective")
    scored = session.days[LATER][session.season.has_map[LATER]]
    np.testing.assert_array_equal(second.days, scored)
    assert second.judgement.scored == scored.size
    assert "PROSPECTIVE" in panel.stamp.text()
    assert f"Predictions for {LATER.stop - LATER.start} days were issued more than a day late" in panel.why.text()
    assert panel.scores.rowCount() > 0

    # Neither record holds a day that the run answered in-sample only.
    in_sample = session.days[said.kind == "in-sample"]
    assert not np.isin(in_sample, np.concatenate([first.days, second.days])).any()
    click(qtbot, radio(window, "not used in training"))
    assert panel.evaluation is first


def test_the_maps_of_a_cell_are_walked_and_a_key_labels_the_one_in_the_frame_alone(judged, qtbot):
    window, _run, _fold = judged
    session, panel = window.session, panel_of(window)
    window.layouts.show("evaluation")
    judge(qtbot, window)
    sheet = panel.cell.sheet
    panel.matrix.asked.emit(0, 0)
    listed = list(sheet.days)
    assert len(listed) > 2
    both = "label No earthquake, predicted class No earthquake"
    assert panel.cell.title().startswith(f"{len(listed)} days: {both}; most certain prediction first.")
    for place in (1, 0):
        walking.select(session, (listed[place], 0))  # also where the day is shown and others are chosen already
        rows = len(journal.rows(session.project))
        qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=sheet.cell(place).center())
        qtbot.keyClick(sheet, Qt.Key.Key_4)
        assert len(journal.rows(session.project)) == rows + 1
        assert journal.in_force(session.project)[session.days[listed[place]]].cls == 4
    qtbot.keyClick(sheet, Qt.Key.Key_Right)
    qtbot.keyClick(sheet, Qt.Key.Key_Right)
    assert session.index == listed[2], "an arrow goes to the next map of the cell, not to the next date"
    assert window.bench.day_seen
    rows = len(journal.rows(session.project))
    walking.go_to(session, next(index for index in range(session.days.size) if index not in listed))
    assert not window.bench.day_seen
    qtbot.keyClick(sheet, Qt.Key.Key_3)
    assert len(journal.rows(session.project)) == rows, "no map here has the frame"


def test_matrix_and_classes_are_counted_before_the_run_is_judged(judged, qtbot, monkeypatch):
    window, run, fold = judged
    panel = panel_of(window)
    monkeypatch.setattr(type(panel), "_judge_unasked", lambda _panel: None)
    window.layouts.show("evaluation")
    assert panel.evaluation is None
    counted = [[panel.matrix.item(row, column).text().split("\n")[0] for column in range(6)] for row in range(6)]
    classes = texts_of(panel.classes)
    assert len(classes) == 3 + 2 + 3 + 5
    answers = answers_of(run)
    np.testing.assert_array_equal(answers.days, window.session.days[fold.test])
    judge(qtbot, window)
    confusion = panel.evaluation.judgement.of("class").figures.confusion
    np.testing.assert_array_equal(answers.confusion(), confusion)
    assert texts_of(panel.classes) == classes
    sums = [[*row, sum(row)] for row in confusion.tolist()]
    assert counted == [[str(number) for number in row] for row in [*sums, [sum(column) for column in zip(*sums, strict=True)]]]


def test_matrix_and_classes_are_there_a_fifth_of_a_second_after_a_run_was_chosen(judged, monkeypatch):
    window, _run, _fold = judged
    panel = panel_of(window)
    monkeypatch.setattr(type(panel), "_judge_unasked", lambda _panel: None)
    window.layouts.show("evaluation")
    begun = time.process_time()  # whatever else the machine does
    panel.refresh(Change.PREDICTIONS)
    assert time.process_time() - begun < 0.2
    assert panel.evaluation is None
    assert (panel.matrix.rowCount(), panel.classes.rowCount()) == (6, 13)


def test_a_record_without_a_day_cannot_be_chosen(session, open_window):
    trained_run, _said, _fold = trained(session)
    window = open_window(session)
    session.reload(Change.RUNS | Change.PREDICTIONS)
    window.layouts.show("evaluation")
    assert session.predictions.run == trained_run.id
    assert radio(window, "not used in training").isEnabled()
    assert not radio(window, "issued in advance").isEnabled()


def test_a_new_training_is_two_clicks_from_a_new_label(judged, qtbot, monkeypatch):
    window, run, _fold = judged
    session = window.session
    followed = []
    monkeypatch.setattr(Training, "_follow", lambda _self, begun: followed.append(begun))
    button = button_of(window, "Retrain")
    window.layouts.show("evaluation")
    # Labelled after the training.
    assert words(window).endswith(f"days with a different label today: {LATER.stop - LATER.start}.")
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: button.visibleRegion().isEmpty())

    walking.go_to(session, 12)
    qtbot.keyClick(window.day_map_panel, Qt.Key.Key_2)
    clicks = 0
    segment = next(each for each in window.menuBar().findChildren(QToolButton) if each.text() == "Results")
    click(qtbot, segment)
    clicks += 1
    qtbot.waitUntil(lambda: not button.visibleRegion().isEmpty())
    assert words(window).endswith(f"days with a different label today: {LATER.stop - LATER.start + 1}.")
    assert button.isVisible()
    click(qtbot, button)
    clicks += 1
    qtbot.waitUntil(lambda: bool(followed) and not window.training.busy, timeout=30_000)
    assert clicks == 2
    (begun,) = followed
    assert begun.id != run.id
    assert begun.config == run.config
    learnt = Snapshot.load(begun.folder / SNAPSHOT)
    assert learnt.labels[12] == 2


def test_labels_that_are_as_they_were_offer_no_training(session, open_window, qtbot):
    trained(session)
    window = open_window(session)
    session.reload(Change.RUNS | Change.PREDICTIONS)
    window.layouts.show("evaluation")
    retrain, other = button_of(window, "Retrain"), button_of(window, "Evaluate with today's labels")
    assert not retrain.isVisible()
    assert not other.isVisible()
    assert words(window).endswith("today's labels are the same.")
    walking.go_to(session, 5)
    before = int(session.labels.classes[5])
    labelling.label(session, 3, days=[5])
    assert retrain.isVisible()
    assert retrain.isEnabled()
    assert other.isVisible()
    assert words(window).endswith("days with a different label today: 1.")
    labelling.label(session, before, days=[5])
    assert not retrain.isVisible()
    assert not other.isVisible()


def matrix_days(panel):
    return panel.evaluation.judgement.of("class").figures.confusion.sum(axis=1).tolist()


def test_the_run_is_judged_by_the_labels_of_its_training_or_by_todays_and_the_panel_says_which(judged, qtbot):
    window, _run, fold = judged
    session, panel = window.session, panel_of(window)
    journal.write_labels(session.project, session.days[LATER], None, source=LabelSource.ANALYST, author="tester")
    session.reload(Change.LABELS)
    window.layouts.show("evaluation")
    judge(qtbot, window)
    assert words(window).startswith("Evaluated with the labels and the catalogue as they stood on ")
    assert words(window).endswith(", when the run was created; they have not changed since.")
    before, then = matrix_days(panel), panel.evaluation
    row = int(fold.test[0])
    old = int(then.labels[0])
    new = 3 if old != 3 else 2
    labelling.label(session, new, days=[row])
    assert words(window).endswith(", when the run was created; 1 day has changed since.")
    assert panel.evaluation is then, "figures of the training's labels stay"
    assert matrix_days(panel) == before

    click(qtbot, button_of(window, "Evaluate with today's labels"))
    qtbot.waitUntil(lambda: not session.jobs.busy and panel.evaluation is not None, timeout=60_000)
    assert words(window).startswith("Evaluated with today's labels and catalogue (")
    assert words(window).endswith("; 1 day differs from those used in training.")
    after = list(before)
    after[old] -= 1
    after[new] += 1
    assert matrix_days(panel) == after
    # The list of a cell's days, the classes' table and the matrix are of the same labels.
    np.testing.assert_array_equal(np.bincount(panel.evaluation.labels, minlength=5), after)
    answer = int(panel.evaluation.probabilities[0].argmax())
    panel.matrix.asked.emit(new, answer)
    assert row in panel.cell.sheet.days
    shown = [panel.classes.item(k, 1).text() for k in range(panel.classes.rowCount())]
    assert shown[-5:] == [str(count) for count in after]

    labelling.label(session, old, days=[row])
    assert words(window).endswith(" The labels of 1 day have changed since then.")
    click(qtbot, button_of(window, "Evaluate with training labels"))
    assert panel.evaluation is then
    assert words(window).endswith("; they have not changed since.")


def test_prospective_days_are_judged_by_todays_labels_and_offer_no_others(judged, qtbot):
    window, _run, _fold = judged
    window.layouts.show("evaluation")
    click(qtbot, radio(window, "issued in advance"))
    judge(qtbot, window)
    assert "; these days came after the training." in words(window)
    assert not button_of(window, "Evaluate with training labels").isVisible()


def test_a_run_of_other_classes_is_refused_before_it_is_judged(judged, qtbot):
    window, _run, _fold = judged
    session = window.session
    window.layouts.show("evaluation")
    judge(qtbot, window)
    catalogue.make_class_scheme(session.project, split_magnitude=5.5)
    session.reload(Change.EVENTS)
    panel = panel_of(window)
    assert "was trained with classes different from this project's" in panel.verdict.text()
    assert panel.evaluation is None
    assert not panel.judge.isEnabled()
    assert button_of(window, "Retrain").isVisible()
    assert words(window) == ""


def test_predictions_of_other_classes_are_not_shown_and_cannot_be_accepted(judged):
    window, run, _fold = judged
    session, heard = window.session, []
    index = int(np.flatnonzero(session.predictions.kind == "prospective")[0])
    walking.go_to(session, index)
    session.message.connect(lambda sentence, level: heard.append((sentence, level)))
    before = len(journal.journal_rows(session.project))
    with Project.open(session.project.folder) as other:  # after the last look: Return itself must not be too late
        scheme = catalogue.class_scheme(other)
        catalogue.make_class_scheme(other, split_magnitude=5.5)
    assert not labelling.accept(session)
    assert session.predictions is None
    assert session.alarms == ()
    session.reload(Change.PREDICTIONS | Change.RUNS)
    notice, answer = heard
    assert "was trained with classes different from this project's" in notice[0]
    assert answer == notice
    assert notice[1] == "warning"
    assert len(journal.journal_rows(session.project)) == before
    catalogue.make_class_scheme(session.project, split_magnitude=scheme.split_magnitude)
    session.reload(Change.EVENTS)
    assert session.predictions.run == run.id
    assert labelling.accept(session)


def test_a_prediction_whose_classes_end_while_the_analyst_is_asked_is_not_accepted(judged):
    window, _run, _fold = judged
    session, heard = window.session, []
    index = int(np.flatnonzero(session.predictions.kind == "prospective")[0])
    walking.go_to(session, index)
    journal.write_labels(session.project, session.days[[index]], None, source=LabelSource.ANALYST, author="tester")
    with Project.open(session.project.folder) as other:
        journal.write_labels(other, session.days[[index]], 3, source=LabelSource.MODEL, author="Bo", run="another")
        before = len(journal.journal_rows(other))

        def meanwhile(_question):
            catalogue.make_class_scheme(other, split_magnitude=5.5)
            return True

        session.ask = meanwhile
        session.message.connect(lambda sentence, _level: heard.append(sentence))
        assert not labelling.accept(session)
        assert "was trained with classes different from this project's" in heard[0]
        assert len(journal.journal_rows(other)) == before


def test_nothing_is_told_of_the_labels_of_others_while_labelling_blind(judged):
    window, _run, _fold = judged
    window.layouts.show("evaluation")
    other, retrain = button_of(window, "Evaluate with today's labels"), button_of(window, "Retrain")
    assert other.isVisible()
    window.session.set_display(blind=True)
    assert words(window) == "Hidden during blind labelling"
    assert not other.isVisible()
    assert not retrain.isVisible()
    window.session.set_display(blind=False)
    assert other.isVisible()


def test_no_run_is_judged_while_labelling_blind_and_then_unasked_but_as_no_deed(judged, qtbot):
    window, _run, _fold = judged
    session, panel = window.session, panel_of(window)
    session.set_display(blind=True)
    window.layouts.show("evaluation")
    assert not session.jobs.busy
    assert (panel.verdict.text(), panel.judge.isEnabled(), panel.evaluation) == ("Hidden during blind labelling", False, None)
    panel.matrix.asked.emit(0, 0)
    assert panel.cell.sheet.days == []
    session.set_display(blind=False)
    panel.matrix.asked.emit(0, 0)
    listed = list(panel.cell.sheet.days)
    assert len(listed) > 2
    judge(qtbot, window)
    assert panel.evaluation is not None
    assert panel.cell.sheet.days == listed, "the cell stays while the run is judged"
    assert session.deed is None, "a judgement that nobody asked for is nothing to copy as a command"
    session.set_display(blind=True)
    assert panel.evaluation is None
    assert panel.scores.rowCount() == 0 or not panel.scores.isVisible()


def test_a_judgement_that_fails_may_be_asked_for_again(judged, qtbot, monkeypatch):
    window, _run, _fold = judged

    def refused(*_given):
        raise registry.RunError("The run cannot be read.")

    monkeypatch.setattr("quakegui.ui.panels.evaluation_panel.Evaluation.of", refused)
    panel = panel_of(window)
    panel.judge.click()
    assert (panel.verdict.text(), panel.judge.isEnabled()) == ("Evaluating…", False)
    assert window.status_line.cancel.isHidden(), "a judgement asks nobody whether it is cancelled"
    qtbot.waitUntil(panel.judge.isEnabled)
    assert panel.verdict.text() == "Not evaluated yet."
    assert window.status_line.currentMessage() == "Evaluating the run: The run cannot be read."


def test_the_judgement_of_a_run_that_is_no_longer_in_use_is_not_shown_as_that_of_the_other(judged, session, qtbot, monkeypatch):
    window, _run, _fold = judged
    go_on, begun, judge = threading.Event(), threading.Event(), Evaluation.of

    def held(*given):
        found = judge(*given)
        begun.set()
        go_on.wait(60)
        return found

    monkeypatch.setattr("quakegui.ui.panels.evaluation_panel.Evaluation.of", held)
    panel = panel_of(window)
    panel.judge.click()
    assert begun.wait(60)
    runs.add_run(session.project, runs.Run("another", 0, "done", {}, {}))
    runs.use_run(session.project, "another")
    session.reload(Change.PREDICTIONS)
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.busy)
    qtbot.waitUntil(lambda: panel.verdict.text() == "Not evaluated yet.")
    assert panel.evaluation is None
