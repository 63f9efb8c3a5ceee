"""Results beside the verdict: the predictors by name with their own tests, and the studies that are kept with the run."""

import json

import numpy as np
import pytest
from finished_run import trained
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget

from quakegui.app import computing
from quakegui.app.change import Change
from quakegui.judge.predictors import PREDICTORS
from quakegui.project import flags, journal
from quakegui.report import results, study_results
from quakegui.report.words import Words
from quakegui.season.labels import LabelRule
from quakegui.ui import i18n, theme


@pytest.fixture
def source_folder(request, tiny_folder, trained_tiny):
    return trained_tiny if "results_window" in request.fixturenames else tiny_folder


@pytest.fixture
def results_window(session, open_window):
    """Return a window with Evaluation on top and a finished run in use."""
    window = open_window(session)
    window.layouts.show("evaluation")
    return window


def panel_of(window):
    return window.docks["evaluation"].widget()


def judged(qtbot, window):
    panel = panel_of(window)
    qtbot.waitUntil(lambda: panel.evaluation is not None and not window.session.jobs.busy)
    return panel


def studied(qtbot, window):
    panel = panel_of(window)
    qtbot.mouseClick(panel.studies.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.studies.study is not None and not window.session.jobs.busy)
    return panel


def cells(table):
    return [[table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())]


def head(table):
    return [table.horizontalHeaderItem(column).text().replace("\n", " ") for column in range(table.columnCount())]


def flag_a_night(session, qtbot):
    """Flag a night before the season, which changes the background of its first days."""
    night = session.season.all_days[20]
    flags.flag(
        session.project, flags.nights_of("AAA", night, night, timezone=session.project.timezone), author="Li", reason="cow"
    )
    computing.recompute(session)
    qtbot.waitUntil(lambda: session.season is not None and session.season.flags != () and not session.jobs.busy)


def page_texts(panel):
    return {page.text() for page in panel.studies.pages}


def test_every_predictor_stands_by_its_one_name_with_its_own_auc_and_p(results_window, qtbot):
    panel = judged(qtbot, results_window)
    judgement = panel.evaluation.judgement
    first, *others = cells(panel.scores)
    auc, p_moved, p_rate = (head(panel.scores).index(name) for name in ("AUC", "p (shifted times)", "p (redrawn times)"))
    assert first[0] == judgement.title
    assert first[auc] == f"{judgement.surrogate.auc:.2f}"
    assert [row[0] for row in others] == [row.title for row in PREDICTORS.values()]
    tests = [one.test for one in judgement.comparisons if one.target == "event"]
    shown = [(row[auc], row[p_moved], row[p_rate]) for row in others]
    assert shown == [tuple("–" if np.isnan(x) else f"{x:.{d}f}" for x, d in zip(
        (test.auc, test.p_jitter, test.p_rate), (2, 3, 3), strict=True)) for test in tests]  # fmt: skip
    i18n.set_language("zh")
    chinese = [i18n.tr(row.title) for row in PREDICTORS.values()]
    qtbot.waitUntil(lambda: [row[0] for row in cells(panel.scores)[1:]] == chinese)


def test_the_line_of_the_verdict_names_who_was_not_outperformed(results_window, qtbot):
    panel = judged(qtbot, results_window)
    verdict = panel.evaluation.judgement.verdict
    assert verdict.not_beaten
    names = [PREDICTORS[name].title for name in verdict.not_beaten]
    assert f"Not outperformed: {', '.join(names)}." in panel.why.text()


def test_the_drawings_are_those_of_the_report(results_window, qtbot):
    panel = judged(qtbot, results_window)
    judgement, say = panel.evaluation.judgement, Words("en")
    assert panel.reliability.figures == tuple(filter(None, [results.reliability(judgement, say, "SYNTHETIC")]))
    assert panel.molchan.figures == tuple(filter(None, [results.molchan(judgement, say, "SYNTHETIC")]))
    assert panel.molchan.figures, "the judged period holds an earthquake"
    assert panel.forest.figures == (results.forest(judgement, say, "SYNTHETIC"),)
    drawn = panel.forest.figures[0].data.decode()
    assert [row.title in drawn for row in PREDICTORS.values()] == [True] * len(PREDICTORS)
    studied(qtbot, results_window)
    assert panel.studies.epochs.figures == tuple(study_results.epochs(panel.studies.study.epochs, say, "SYNTHETIC"))
    assert panel.studies.maps.figures == study_results.skill_maps(panel.studies.study.skill_maps, say, "SYNTHETIC")


def test_studies_are_computed_once_and_are_there_at_once_in_the_next_window(results_window, session, open_window, qtbot):
    panel = panel_of(results_window)
    assert page_texts(panel) == {
        "Not computed yet. Press “Run further analyses”: it takes a few seconds, and the results are saved with the run."
    }
    studied(qtbot, results_window)
    assert not panel.studies.button.isEnabled()
    choices = cells(panel.studies.choices)
    assert choices[0][:2] == ["original settings", ""]
    assert any(row[:2] == ["label rule", "twice as many days before"] for row in choices)
    assert any("settings that could be tested (p < 0.05), and for" in text for text in page_texts(panel))
    second = panel_of(open_window(session))
    session.reload(Change.RUNS | Change.PREDICTIONS)
    qtbot.waitUntil(lambda: second.studies.study is not None)
    assert cells(second.studies.choices) == choices


def test_a_click_on_an_earthquake_goes_to_its_largest_p(results_window, session, qtbot):
    panel = studied(qtbot, results_window)
    tabs = next(each for each in panel.findChildren(QTabWidget) if each.indexOf(panel.studies.pages[0]) >= 0)
    tabs.setCurrentWidget(panel.studies.pages[0])
    table, rows = panel.studies.events, panel.studies.study.events
    assert table.rowCount() == len(rows) > 0
    place, (_event, row) = next((k, one) for k, one in enumerate(rows) if one[1].days)
    assert table.item(place, head(table).index("Rank among days of class 0")).text() == f"{row.rank} / {row.quiet_days}"
    table.scrollToItem(table.item(place, 0))
    at = table.visualItemRect(table.item(place, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert session.day == row.day
    silent = next((k for k, one in enumerate(rows) if not one[1].days), None)
    if silent is not None:
        table.cellClicked.emit(silent, 0)
    assert session.day == row.day, "nothing was predicted before that one"


def test_studies_by_another_label_rule_are_not_shown(results_window, session, qtbot):
    panel = studied(qtbot, results_window)
    journal.apply_rule(session.project, LabelRule(days_after=0), author="tester")
    session.reload(Change.LABELS)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert panel.studies.study is None
    assert panel.studies.button.isEnabled()


def test_a_run_that_has_just_been_finished_can_be_studied(session, open_window, qtbot):
    window = open_window(session)
    button = panel_of(window).studies.button
    assert not button.isEnabled()
    trained(session)
    session.reload(Change.RUNS)
    qtbot.waitUntil(button.isEnabled)


def test_who_labels_blind_sees_no_study(results_window, session, qtbot):
    panel = studied(qtbot, results_window)
    session.set_display(blind=True)
    assert page_texts(panel) == {"Hidden during blind labelling"}
    assert panel.studies.events.isHidden()
    session.set_display(blind=False)
    qtbot.waitUntil(lambda: not panel.studies.events.isHidden())


def test_a_leaky_run_has_nothing_to_study(session, open_window):
    run, _said, _fold = trained(session)
    path = run.folder / "config.json"
    values = json.loads(path.read_text("utf-8"))
    values["config"] |= {"protocol": "paper", "final_fit": False}
    path.write_text(json.dumps(values), "utf-8")
    window = open_window(session)
    session.reload(Change.RUNS | Change.PREDICTIONS)
    panel = panel_of(window)
    assert not panel.studies.button.isEnabled()
    assert page_texts(panel) == {("LEAKY: the model was trained on the days that it predicts, so the run cannot be analysed.")}


def test_pictures_take_the_colours_of_the_screen_and_leave_room_for_each(results_window, qtbot):
    panel = studied(qtbot, results_window)
    view = panel.studies.epochs
    tabs = next(each for each in panel.findChildren(QTabWidget) if each.indexOf(panel.studies.pages[1]) >= 0)
    tabs.setCurrentWidget(panel.studies.pages[1])
    view.resize(600, 300)
    narrow = view.widget().minimumHeight()
    view.resize(1900, 300)
    assert 0 < view.widget().minimumHeight() < narrow
    light = view.widget().grab().toImage().pixelColor(2, 2)
    theme.apply("dark")
    dark = view.widget().grab().toImage().pixelColor(2, 2)
    theme.apply("light")
    assert (light.lightness() > 200, dark.lightness() < 60) == (True, True)


def test_without_flags_stands_beside_the_verdict_why_there_is_none(results_window, session, qtbot):
    panel = judged(qtbot, results_window)
    assert not panel.unflagged.isVisible()
    flag_a_night(session, qtbot)
    qtbot.waitUntil(lambda: panel.unflagged.isVisible() and not session.jobs.busy)
    assert panel.unflagged.text().startswith("No verdict without the flags: the model was trained on maps of this season.")
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.unflagged.text().startswith("不考虑剔除标记时没有结论："))
    i18n.set_language("en")
    session.set_display(blind=True)
    assert not panel.unflagged.isVisible()
