"""Every control of the window and its dialogs says what it does when the mouse rests on it, and is named for screen readers."""

import shutil
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCalendarWidget,
    QComboBox,
    QDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from quakegui.app import opening
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui import commands, i18n
from quakegui.ui.actions import ACTIONS
from quakegui.ui.dialogs.agreement_dialog import AgreementDialog
from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog
from quakegui.ui.dialogs.command_palette import CommandPalette
from quakegui.ui.dialogs.date_dialog import DateDialog
from quakegui.ui.dialogs.export_dialogs import AnimationDialog, FigureDialog
from quakegui.ui.dialogs.fetch_dialog import FetchDialog
from quakegui.ui.dialogs.guide import GuideDialog
from quakegui.ui.dialogs.history_dialog import HistoryDialog
from quakegui.ui.dialogs.import_wizard import ImportWizard
from quakegui.ui.dialogs.new_project import NewProjectDialog
from quakegui.ui.dialogs.rule_dialog import RuleDialog
from quakegui.ui.dialogs.season_dialog import SeasonDialog
from quakegui.ui.dialogs.settings_dialog import SettingsDialog
from quakegui.ui.dialogs.shared_dialogs import JoinDialog, NewSharedDialog
from quakegui.ui.dialogs.shortcut_sheet import ShortcutSheet
from quakegui.ui.dialogs.stations_dialog import StationsDialog
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.main_window import MainWindow

KINDS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)
OWN = Qt.FindChildOption.FindDirectChildrenOnly
DIALOGS = {
    "new project": lambda window: NewProjectDialog(Path.home(), window),
    "new shared project": lambda window: NewSharedDialog(window.session, Path.home(), window),
    "join shared project": lambda window: JoinDialog(window.session, Path.home(), window),
    "import": lambda window: ImportWizard(window.session, window),
    "fetch": lambda window: FetchDialog(window.session, window),
    "catalogue": lambda window: CatalogueDialog(window.session, window),
    "stations": lambda window: StationsDialog(window.session, window),
    "season": lambda window: SeasonDialog(window.session, window),
    "rule": lambda window: RuleDialog(window.session, window),
    "agreement": lambda window: AgreementDialog(window.session, window),
    "revert": lambda window: HistoryDialog(window.session, window),
    "settings": lambda window: SettingsDialog(window.session, window),
    "figure": lambda window: FigureDialog(window.session, {"window": ("Window", window)}, window),
    "animation": lambda window: AnimationDialog(window.session, window.day_map_panel.view, window),
    "date": lambda window: DateDialog(window.session.day, window.session.days, window),
    "palette": lambda window: CommandPalette(window.actions(), window),
    "shortcuts": lambda window: ShortcutSheet(ACTIONS, window),
    "guide": GuideDialog,
}


def is_inside(widget, kinds):
    """Whether a widget is a part that Qt put into a larger control."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QDialog):
        if isinstance(parent, kinds):
            return True
        parent = parent.parentWidget()
    return False


def controls(top):
    """Return what the analyst operates, without the parts that Qt puts into its own controls."""
    found = [widget for widget in top.findChildren(QWidget) if isinstance(widget, KINDS) and not isinstance(widget, QScrollBar)]
    own = [
        widget
        for widget in found
        if not widget.objectName().startswith("qt_") and widget.metaObject().className() != "QTableCornerButton"
    ]
    return [
        widget for widget in own if not is_inside(widget, (QAbstractSpinBox, QComboBox, QCalendarWidget, QLineEdit, QTabBar))
    ]


def words(widget):
    return f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()}"


def unnamed(top):
    """Return the controls without a tooltip, or without any name."""
    return [
        f"{words(widget)} in {type(widget.parentWidget()).__name__}"
        for widget in controls(top)
        if not widget.toolTip() or not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]


def is_chinese(text):
    return any("一" <= letter <= "鿿" for letter in text)


@pytest.fixture(scope="module")
def made(qapp, tiny_computed, tmp_path_factory):
    """Return one window for all tests, which only look at it."""
    folder = tmp_path_factory.mktemp("every control")
    session = Session(SettingsFile(folder / "settings.ini"))
    shutil.copytree(tiny_computed[0], folder / "project")
    assert opening.open_project(session, folder / "project")
    while session.season is None or session.jobs.busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    window = MainWindow(session)
    window.menuBar().resize(1000, 30)  # as in a window that is shown: without room it makes another menu when fonts change
    while session.jobs.busy or any(timer.isActive() for timer in session.findChildren(QTimer, options=OWN)):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    yield window
    window.close()
    shiboken6.delete(window)
    session.close()
    session.deleteLater()


@pytest.fixture
def window(made):
    made.session.set_settings(language="en")
    yield made
    made.session.jobs.close()  # what a dialog asked for when it opened
    QApplication.processEvents()  # the end of a job is told by an event
    made.session.consolidator.end()  # which looks after a project some seconds after it was opened
    while any(timer.isActive() and timer.isSingleShot() for timer in made.findChildren(QTimer)):  # what waits a moment
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_control_of_the_window_says_what_it_does(window, language):
    window.session.set_settings(language=language)
    QApplication.processEvents()  # the switch of language is an event that Qt posts
    for hidden in (one for one in window.findChildren(QWidget) if isinstance(one, LanguageFollower)):
        QApplication.sendEvent(hidden, QShowEvent())  # it follows a switch when it is shown
    assert len(controls(window)) > 40
    assert unnamed(window) == []
    if language == "zh":
        assert [words(widget) for widget in controls(window) if not is_chinese(widget.toolTip())] == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_of_a_dialog_says_what_it_does(window, qtbot, name, language):
    i18n.set_language(language)
    dialog = DIALOGS[name](window)
    qtbot.addWidget(dialog)
    assert controls(dialog)
    assert unnamed(dialog) == []
    if language == "zh":
        assert [words(widget) for widget in controls(dialog) if not is_chinese(widget.toolTip())] == []


def test_message_boxes_name_their_buttons(window, qtbot, monkeypatch):
    seen = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: seen.append(box) or 0)
    commands.show_about(window.bench)
    assert unnamed(seen[0]) == []
    assert all(button.icon().isNull() for button in seen[0].buttons())
