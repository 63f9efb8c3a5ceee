"""What rules 16 to 24 of the window ask of a screen, looked at in the workspaces of a window that a test has made.

The files of the single rules test what they do. Here is what a size, a theme or a language could spoil: whether it can be seen.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import tiny_season
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QKeySequence, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from quakegui.app import labelling, opening, walking
from quakegui.app.computing import COMPUTING
from quakegui.app.job_titles import TITLES
from quakegui.app.jobs import JobProgress, Jobs
from quakegui.ui import theme
from quakegui.ui.blind_badge import BlindBadge
from quakegui.ui.i18n import tr, worded
from quakegui.ui.plots.timeline_rows import row_boxes
from quakegui.ui.range_count import RangeCount

WORKSPACES = ("days", "model", "results", "review")
WITH_MAP = ("days", "review")
STRONG_DAY = 21
"""With extremum regions, labels by a person and a prediction."""


def settle():
    for _ in range(10):
        QApplication.processEvents()


def is_whole(widget):
    """Whether a widget is shown, and no widget around it cuts any of it."""
    around, whole = widget.parentWidget(), widget.isVisible() and not widget.rect().isEmpty()
    while whole and around is not None and not widget.isWindow():
        whole = around.rect().contains(widget.rect().translated(widget.mapTo(around, QPoint(0, 0))))
        around = None if around.isWindow() else around.parentWidget()
    return whole


def is_read(widget):
    """Whether the words of a widget are whole, too."""
    if isinstance(widget, QLabel) and widget.wordWrap():
        return is_whole(widget) and widget.height() >= widget.heightForWidth(widget.width())
    return is_whole(widget) and widget.width() >= widget.sizeHint().width() and widget.height() >= widget.sizeHint().height()


def rule_16(window):
    """How many days a key would label stands beside the buttons, and what it did above the map, with Undo in it."""
    session, bar = window.session, window.day_map_panel.answer_bar
    before = session.labels.classes.copy()
    walking.select(session, (4, 9))
    assert any(count.seen for count in window.findChildren(RangeCount))
    labelling.label(session, 2)
    settle()
    assert is_read(bar.words)
    assert is_read(bar.act)
    bar.act.click()
    np.testing.assert_array_equal(session.labels.classes, before)
    bar.dismiss.click()


def rule_18(window):
    """The wheel turns no field without the focus, and Escape leaves every text field: all those that are shown."""
    window.day_map_panel.setFocus()
    for field in window.findChildren(QWidget):
        if isinstance(field, QAbstractSpinBox | QComboBox) and field.isVisible():
            before = shown_in(field)
            turn(field)
            assert (shown_in(field), field.hasFocus()) == (before, False), field.accessibleName()
    for field in window.findChildren(QWidget):
        kind = isinstance(field, QAbstractSpinBox | QLineEdit | QPlainTextEdit)
        if kind and field.isVisible() and field.isEnabled() and not field.isReadOnly():
            field.setFocus()
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
            assert not field.hasFocus(), field.accessibleName()


def shown_in(field):
    return field.currentText() if isinstance(field, QComboBox) else field.text()


def turn(widget):
    """Turn the wheel over the middle of a widget, as the window system does."""
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


OVERLAYS = ("graticule", "borders", "codes", "epicentres", "scale_bar")


def rules_19_and_20_on_the_map(window):
    """Nothing covers the colour bar, whatever is shown; the saliency map names its class in the map, with its scale."""
    session, view = window.session, window.day_map_panel.view
    walking.go_to(session, STRONG_DAY)
    parts = view.layout_now()
    assert QRectF(view.rect()).contains(parts.bar)
    beside = QRectF(parts.image.right() + 2.0, parts.image.top() - 2.0, view.width(), parts.image.height() + 4.0)
    beside = beside.toAlignedRect() & view.rect()
    plain = view.grab(beside).toImage()
    session.heat = {STRONG_DAY: np.linspace(0.0, 1.0, 480 * 480, dtype=np.float32).reshape(480, 480)}
    session.set_display(explain=True, **dict.fromkeys(OVERLAYS, True))
    assert view.grab(beside).toImage() == plain
    line = QFontMetricsF(view.font()).height()
    corner = QRectF(parts.image.left() + 5.0, parts.image.bottom() - 2.0 * line - 11.0, 12.0 * line, 2.0 * line)
    assert parts.image.contains(corner)
    paper, ink = lightest_and_darkest(view.grab(corner.toRect()).toImage())
    assert (paper > 200, ink < 80) == (True, True), "dark words on a light ground, on every map and in both themes"
    session.set_display(explain=False, **dict.fromkeys(OVERLAYS, False))


def lightest_and_darkest(image):
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : image.width()]
    return int(np.quantile(rows, 0.9)), int(rows.min())


def rule_20_on_the_timeline(window):
    """A rule's label looks different from a person's, each class has its letter, and each row is named and explained."""
    view = window.docks["timeline"].widget().view
    colours, font = theme.colours(), view.font()
    rows = {row.name: (row, box) for row, box in row_boxes(view.axis, float(view.height()))}
    assert {"Earthquakes", "Label", "Prediction", "Alarms"} <= set(rows)
    for row, box in rows.values():
        assert QFontMetricsF(font).horizontalAdvance(tr(row.name)) <= view.axis.left - 6.0
        assert view.words_at(QPointF(2.0, box.center().y())) == tr(row.tip)
    row, box = rows["Label"]

    def painted(*, by_rule, letters=True):
        image = QImage(view.size(), QImage.Format.Format_RGB32)
        image.fill(colours.background)
        data = replace(view.data, by_rule=np.full_like(view.data.by_rule, by_rule))
        with QPainter(image) as painter:
            painter.setFont(font)
            row.paint(painter, box, view.axis, data, colours if letters else replace(colours, text=colours.background))
        return image

    assert painted(by_rule=True) != painted(by_rule=False)
    assert painted(by_rule=True) != painted(by_rule=True, letters=False)


def rule_21(window):
    """What the longest of all tasks is doing, its bar and its button are read in one line, in every workspace."""
    session, line = window.session, window.status_line
    job = max(TITLES, key=lambda job: len(worded(TITLES[job])))
    session.jobs.progressed.emit(JobProgress(job, 40, 100, "", 3600.0))
    settle()
    words = next(label for label in line.findChildren(QLabel) if label.text().startswith(worded(TITLES[job])))
    assert is_read(words)
    assert is_read(line.cancel)
    assert line.project.geometry().right() <= line.width() - 6
    session.jobs.idle.emit()
    assert not words.isVisible()


def rule_22(window, monkeypatch):
    """Each picture and table that is shown has its menu, in the language, which fits on the screen."""
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: menus.append(menu))
    offering = [
        widget for widget in window.findChildren(QWidget)
        if widget.contextMenuPolicy() == Qt.ContextMenuPolicy.CustomContextMenu and not widget.visibleRegion().isEmpty()
    ]  # fmt: skip
    for widget in offering:
        widget.customContextMenuRequested.emit(widget.rect().center())
        menu = menus.pop()
        texts = [action.text() for action in menu.actions() if action.text()]
        assert tr("Copy picture") in texts, widget.accessibleName()
        assert tr("Export a figure…") in texts
        assert menu.sizeHint().height() <= window.height()
        assert menu.sizeHint().width() <= window.width()
        menu.deleteLater()
    return {type(widget).__name__ for widget in offering}


FILTERS = "Labelled by me", "With a note", "Alarm open", "Uncertain prediction", "Suspect label"


def rule_23(window):
    """Undo goes to its day and says so, one goes back from there, and every filter of the walk is at hand."""
    session, bar = window.session, window.day_map_panel.answer_bar
    walking.go_to(session, 12)
    labelling.label(session, 3, [12])
    walking.go_to(session, 30)
    window.menus.actions["undo"].trigger()
    settle()
    assert session.index == 12
    assert str(session.days[12]) in bar.words.text()
    assert is_read(bar.words)
    assert is_read(bar.act)
    bar.dismiss.click()
    assert window.menus.actions["go-back"].shortcut() == QKeySequence("Alt+Left")
    window.menus.actions["go-back"].trigger()
    assert session.index == 30
    play = window.day_map_panel.play_bar
    kinds = {play.only.itemText(row) for row in range(play.only.count())}
    play.menu.aboutToShow.emit()
    assert is_read(play.only) if play.more.isHidden() else is_read(play.more)
    assert {action.text() for action in play.parts[play.only].actions()} == kinds
    assert {tr(name) for name in FILTERS} < kinds


def rule_24(window):
    """The badge is whole, and no text names an earthquake, an alarm or the prediction."""
    assert is_read(window.findChild(BlindBadge))
    texts = [f"{label.text()} {label.toolTip()}" for label in window.findChildren(QLabel) if label.isVisible()]
    hidden = "M 4.6", "M 3.4", "north of here", "south of here", tr("Alarm open")
    assert [text for text in texts if any(word in text for word in hidden)] == []


def rule_17_while_a_season_is_read(window, workspace, monkeypatch):
    """Nothing is advised while a season is read: that it is being read can be read."""
    session, season, day = window.session, window.session.season, window.session.index
    panel = window.docks["training" if workspace == "model" else "evaluation"].widget()
    label = panel.state if workspace == "model" else panel.verdict
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "has", lambda _jobs, job: job == COMPUTING)
        session.show_season(None, "readings", -1)
        assert label.text() == tr("Reading the season…")
        assert is_read(label)
    session.show_season(season, "", season.revision)
    walking.go_to(session, day)


def make_another_project(window, folder):
    """Show a project without any readings in place of the one that is shown."""
    assert opening.create_project(window.session, folder, timezone="Asia/Tokyo")


def rule_17(window):
    """Nothing that is shown is of the project before."""
    view = window.day_map_panel.view
    assert (view.scene, window.docks["timeline"].widget().view.data) == (None, None)
    assert [curve for plot in window.docks["series"].widget().plots.values() for curve in plot.listDataItems()
            if curve.isVisible()] == []  # fmt: skip
    assert window.docks["evaluation"].widget().cell.sheet.days == []
    former = {*tiny_season.PLACES, "Tiny", "tiny", "north", "south"}
    texts = [text for dock in window.docks.values() for text in texts_on(dock)]
    strangers = [text for text in texts if former & set(re.findall(r"\w+", text))]
    assert strangers == [], strangers


def texts_on(panel):
    """Yield what can be read on a panel: labels, choices and cells of tables."""
    yield from (label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    for box in panel.findChildren(QComboBox):
        yield from (box.itemText(row) for row in range(box.count()) if box.isVisible())
    for table in panel.findChildren(QTableView):
        model = table.model()
        for row, column in np.ndindex(model.rowCount(), model.columnCount()) if table.isVisible() else ():
            yield str(model.index(row, column).data() or "")
