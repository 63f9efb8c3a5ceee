"""What the table of workspaces names is whole: side by side on 1440x900 and larger screens, in tabs on 1280x720."""

import pytest
import rules_seen
import shiboken6
from finished_run import trained
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QScrollArea, QWidget
from rules_seen import WITH_MAP, WORKSPACES, is_whole

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.ui.main_window import MainWindow, fit_of
from quakegui.ui.quiet_labels import ElidedLabel

TITLE_BAR = 23
LOOKS = (("light", "en"), ("dark", "zh"))
"""Themes and languages, each at every size."""
SCREENS = [QSize(1280, 720), QSize(1440, 900), QSize(1920, 1080)]
"""The last is a screen of 3840x2160 pixels at 200 %, too."""


@pytest.fixture(params=SCREENS, ids=lambda size: f"{size.width()}x{size.height()}")
def screen(request, session, qtbot):
    """Return a window on a project with a run, as large as a screen leaves it."""
    trained(session)
    window = MainWindow(session, fit=fit_of(request.param))
    window.resize(request.param.width(), request.param.height() - TITLE_BAR)
    with qtbot.waitExposed(window):
        window.show()
    session.reload(Change.LABELS | Change.RUNS | Change.PREDICTIONS)
    while not window.day_map_panel.notice_bar.isHidden():
        window.day_map_panel.notice_bar.dismiss.click()
    yield window, request.param
    qtbot.waitUntil(lambda: not session.jobs.busy)
    window.close()
    shiboken6.delete(window)


def use(window, workspace, qtbot):
    window.layouts.use(workspace)
    for _ in range(10):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not window.session.jobs.busy)


def scrolled(panel, *, widthways=False):
    """Return the names of what has to be scrolled to be seen; lists and logs grow longer than any screen."""
    areas = [area for area in panel.findChildren(QScrollArea) if area.isVisible()]
    return [
        type(area.widget()).__name__
        for area in areas
        if area.horizontalScrollBar().maximum() or (area.verticalScrollBar().maximum() and not widthways)
    ]


def whole_docks(window, names, *, tabs):
    """Look at each dock of a row of the table, raised if it may stand in a tab, and return those that are not whole."""
    cut = {}
    for name in names:
        dock = window.docks[name]
        if tabs:
            dock.raise_()
            for _ in range(10):
                QApplication.processEvents()
        panel = dock.widget()
        if not is_whole(panel) or scrolled(panel, widthways=name == "day"):
            cut[name] = scrolled(panel)
    return cut


def day_card_is_whole(window):
    """Look at what the table names of the day card; the day's history and what is said of single stations may lie below."""
    card, seen = window.bench.day_panel, window.bench.day_panel.scroll_area.viewport()
    named = [label for label in card.findChildren(ElidedLabel) if label.isVisible() and label.text()]
    return bool(named) and all(
        seen.rect().contains(label.rect().translated(label.mapTo(seen, QPoint(0, 0)))) for label in named
    )


def needs_no_scrolling(table):
    assert isinstance(table, QAbstractScrollArea)
    return not table.verticalScrollBar().maximum() and not table.horizontalScrollBar().maximum()


def look_at_days(window, *, tabs):
    walking.go_to(window.session, rules_seen.STRONG_DAY)
    rules_seen.settle()
    assert window.day_map_panel.view.layout_now().image.width() >= 480.0
    assert whole_docks(window, ("stations", "series", "day", "regions", "timeline"), tabs=tabs) == {}
    if tabs:
        window.docks["day"].raise_()
        rules_seen.settle()
    else:
        assert window.docks["regions"].widget().table.horizontalScrollBar().maximum() == 0
    assert day_card_is_whole(window)


def look_at_model(window, *, tabs):
    assert whole_docks(window, ("runs", "training"), tabs=tabs) == {}


def look_at_results(window, *, tabs):
    panel = window.docks["evaluation"].widget()
    assert whole_docks(window, ("evaluation",), tabs=False) == {}
    assert is_whole(panel.verdict)
    figures = [panel.matrix, panel.forest, panel.reliability, panel.molchan, panel.studies.brief]
    if panel.board.tabbed:
        assert tabs
        for number in range(panel.board.tabs.count()):
            panel.board.tabs.setCurrentIndex(number)
            QApplication.processEvents()
            assert is_whole(panel.board.tabs.currentWidget()), panel.board.tabs.tabText(number)
        panel.board.tabs.setCurrentWidget(panel.matrix)
        QApplication.processEvents()
    else:
        assert [figure for figure in figures if figure.isVisibleTo(panel) and not is_whole(figure)] == []
    assert needs_no_scrolling(panel.matrix)  # five rows, five columns, and the sums
    assert is_whole(panel.rows)
    assert is_whole(panel.cell.sheet)


def look_at_review(window, *, tabs):
    assert whole_docks(window, ("timeline", "day"), tabs=tabs) == {}


OFFERING = {"days": {"DayMapView"}, "model": set(), "results": {"MatrixView", "ClassRows"}, "review": {"DayMapView"}}
"""What offers a menu in every window, whichever tabs are in front."""
LOOK_AT = {"days": look_at_days, "model": look_at_model, "results": look_at_results, "review": look_at_review}


def look_at_the_rules(window, workspace, monkeypatch):
    """Look at what has to be seen in a workspace: in the window of the test below, which is dear to make."""
    session = window.session
    rules_seen.rule_21(window)
    offering = rules_seen.rule_22(window, monkeypatch)
    assert offering >= OFFERING[workspace]
    if workspace in WITH_MAP:
        rules_seen.rule_16(window)
        rules_seen.rules_19_and_20_on_the_map(window)
        rules_seen.rule_23(window)
        window.docks["timeline"].raise_()
        rules_seen.settle()
        rules_seen.rule_20_on_the_timeline(window)
    else:
        rules_seen.rule_17_while_a_season_is_read(window, workspace, monkeypatch)
    session.set_display(blind=True)
    rules_seen.rule_24(window)
    session.set_display(blind=False)
    walking.select(session, (4, 9))


def test_what_each_workspace_is_for_is_whole_and_the_rules_can_be_seen(screen, qtbot, monkeypatch, tmp_path):
    """Rule 17, apart from its sentence, and rule 18 depend on neither theme nor language: they are looked at once a size."""
    window, size = screen
    session, sides = window.session, {}
    for look, language in LOOKS:
        session.set_settings(theme=look, language=language)
        for workspace in WORKSPACES:
            use(window, workspace, qtbot)
            assert session.selection is None  # rule 16: another workspace ends the choice
            LOOK_AT[workspace](window, tabs=size.height() < 900)
            look_at_the_rules(window, workspace, monkeypatch)
            if language == "en":
                rules_seen.rule_18(window)
            sides[workspace] = window.day_map_panel.view.layout_now().image.width()
            assert window.size() == QSize(size.width(), size.height() - TITLE_BAR)
        assert sides["review"] > sides["days"]
    rules_seen.make_another_project(window, tmp_path / "new")
    for workspace in WORKSPACES:
        use(window, workspace, qtbot)
        rules_seen.rule_17(window)


def test_going_in_and_out_of_the_review_leaves_no_widgets_behind(window, qtbot):
    def widgets():
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return sum(len(dock.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)) for dock in docks)

    docks = window.docks.values()
    counts = []
    for workspace in ("review", "days") * 3:
        window.layouts.use(workspace)
        counts.append(widgets())
    assert counts == counts[:2] * 3
