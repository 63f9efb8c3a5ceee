"""What the table of workspaces names is whole: side by side on 1440x900 and larger screens, in tabs on 1280x720."""

import pytest
import shiboken6
from finished_run import trained
from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QScrollArea

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.ui.blind_badge import BlindBadge
from quakegui.ui.main_window import MainWindow, fit_of
from quakegui.ui.quiet_labels import ElidedLabel
from quakegui.ui.range_count import RangeCount

TITLE_BAR = 23
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


def is_whole(widget):
    """Whether a widget is shown, and no widget around it cuts any of it."""
    around, whole = widget.parentWidget(), widget.isVisible() and not widget.rect().isEmpty()
    while whole and around is not None and not widget.isWindow():
        whole = around.rect().contains(widget.rect().translated(widget.mapTo(around, QPoint(0, 0))))
        around = None if around.isWindow() else around.parentWidget()
    return whole


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


def look_at_the_rules(window, qtbot):
    """Look at what has to be read in every workspace: in the window of the test below, which is dear to make."""
    session, view = window.session, window.day_map_panel.view
    for workspace in ("days", "review"):
        use(window, workspace, qtbot)
        window.docks["day"].raise_()
        QApplication.processEvents()
        walking.select(session, (4, 9))  # rule 16: how many days a key would label
        assert any(count.seen for count in window.findChildren(RangeCount)), workspace
        parts = view.layout_now()  # rule 19: nothing covers the colour bar
        assert QRectF(view.rect()).contains(parts.bar), workspace
        assert not parts.bar.intersects(parts.image), workspace
        use(window, "results", qtbot)
        assert session.selection is None  # rule 16: another workspace ends the choice
    session.set_display(blind=True)
    for workspace in ("days", "model", "results", "review"):
        use(window, workspace, qtbot)
        assert is_whole(window.findChild(BlindBadge)), workspace  # rule 24
        assert is_whole(window.status_line), workspace  # rule 21: what is being done is told there
    session.set_display(blind=False)


def test_what_each_workspace_is_for_is_whole(screen, qtbot):
    window, size = screen
    tabs, view = size.height() < 900, window.day_map_panel.view
    assert window.width() == size.width()
    use(window, "days", qtbot)
    in_days = view.layout_now().image.width()
    assert in_days >= 480.0
    assert whole_docks(window, ("stations", "series", "day", "regions", "timeline"), tabs=tabs) == {}
    assert day_card_is_whole(window)
    use(window, "model", qtbot)
    assert whole_docks(window, ("training", "runs"), tabs=tabs) == {}
    use(window, "results", qtbot)
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
    use(window, "review", qtbot)
    assert view.layout_now().image.width() > in_days
    assert whole_docks(window, ("day", "timeline"), tabs=tabs) == {}
    assert window.size() == QSize(size.width(), size.height() - TITLE_BAR)
    look_at_the_rules(window, qtbot)
