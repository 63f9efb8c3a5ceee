"""One window for many tests: a test has it as if it were new, and one that cannot be put back is thrown away.

Who listens to a signal is only counted: a test must not disconnect what the window has connected, and listen in its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType

import shiboken6
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent, QMetaMethod, QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QDoubleSpinBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTabWidget,
    QToolBar,
    QWidget,
)

from quakegui.app.change import Change
from quakegui.app.display import Display
from quakegui.app.season_watch import SeasonWatch
from quakegui.app.session import Session
from quakegui.app.settings import Settings, SettingsFile, default_analyst
from quakegui.ui import dock_plan
from quakegui.ui.main_window import MainWindow

SIZE = 1500, 950
CHOICES: dict[type, tuple[str, ...]] = {
    QAction: ("checkable", "checked", "enabled", "visible", "text", "toolTip"),
    QAbstractButton: ("checkable", "checked"),
    QComboBox: ("currentIndex",),
    QAbstractSpinBox: ("text",),
    QLineEdit: ("text",),
    QPlainTextEdit: ("plainText",),
    QToolBar: (),
    QDockWidget: ("floating", "features"),
    QMainWindow: ("windowState", "size"),
}
"""What is the user's at a widget or action of a kind."""
ONLY_TOLD = {"message(PyObject,QString)", "answered(PyObject)", "arrived(PyObject)"}
"""Signals that tests listen to until the session ends, in a list that nobody reads any more."""
FIELDS = (QComboBox, QSpinBox, QDoubleSpinBox)
PLAIN = (type(None), bool, int, float, str, Enum)
UNSEEN = {
    "_begun", "_started", "_former", "_thread", "_widest", "_stale", "_columns", "_small", "_scene",
    "_stamps", "_behind", "_spoken",
}  # fmt: skip
"""Counters, and what is kept to be painted: it differs in a window that was used, and is made anew for the next project."""


SIGNALS: dict[type[QObject], tuple[str, ...]] = {}
"""The signals of each class, once they were looked up."""


class SharedWindow:
    """A session without a project, and a hidden window on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.session = Session(SettingsFile(folder / "first.ini"))
        SeasonWatch(self.session)  # otherwise made when the first project is opened
        before = set(QApplication.topLevelWidgets())
        self.window = MainWindow(self.session)
        self._asks = self.session.ask, self.session.may_close, self.session.clock
        self.window.resize(*SIZE)
        self.window.show()
        self.window.docks["training"].show()  # which makes its plots when it is shown
        self.window.docks["evaluation"].widget()  # which is made when it is asked for
        QApplication.processEvents()
        self.window.close()
        self._menus = [one for one in QApplication.topLevelWidgets() if one not in before]
        self._own = set(self.widgets())
        self._fields = [(one, _choice(one)) for one in self.window.findChildren(QWidget) if isinstance(one, FIELDS)]
        self._empty()
        self._new = self.state()

    def lend(self, settings: Path) -> Session:
        """Return the session, its settings kept in a file that does not exist yet."""
        self.session.file = SettingsFile(settings)
        return self.session

    def is_as_new(self) -> bool:
        """Put the session and the window back, and return whether both are as they were when they were new."""
        if not shiboken6.isValid(self.window) or self.window.isVisible() or self.session.project is not None:
            return False
        self._empty()
        return self.state() == self._new

    def widgets(self) -> list[QWidget]:
        """Return the window and what is in it, and the menus that pyqtgraph has made for its plots."""
        return [self.window, *self.window.findChildren(QWidget), *self._menus]

    def end(self) -> None:
        """Delete both."""
        self.session.close()
        if shiboken6.isValid(self.window):
            shiboken6.delete(self.window)
        self.session.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _empty(self) -> None:
        session, window = self.session, self.window
        session.file = SettingsFile(self._folder / "unused.ini")
        session.ask, session.may_close, session.clock = self._asks
        session.set_display(**asdict(Display()))
        session.set_settings(**asdict(Settings(analyst=default_analyst())))
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*SIZE)
        for one in self._guests():
            one.deleteLater()  # dialogs and menus that end with their window
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window.training.run = None
        for field, choice in self._fields:
            if _choice(field) != choice:
                _choose(field, choice)
        for tabs in window.findChildren(QTabWidget):
            tabs.setCurrentIndex(0)
        window.layouts.use(dock_plan.WORKSPACES[0].id)
        window.layouts.reset_all()
        window.refresh(Change.ALL)
        QApplication.processEvents()
        for timer in [*session.findChildren(QTimer), *window.findChildren(QTimer)]:
            timer.stop()  # in a window that is not shown, none runs

    def _guests(self) -> list[QWidget]:
        """Return the windows of the window that came after it was new."""
        return [one for one in self.widgets() if one.isWindow() and one.parent() is self.window and one not in self._own]

    def state(self) -> tuple[Counter, dict]:
        """Return what can be seen of each widget and action, and the plain values of each of the program's objects."""
        counted = [one for one in [*self.widgets(), *self.window.findChildren(QAction)] if _counts(one)]
        seen = Counter(_seen(one) for one in counted)
        seen.update(heard for one in [self.session, *counted] if _is_ours(one) for heard in _heard(one))
        values: dict[str, object] = {}
        _walk(self.session, "session", values, set())
        _walk(self.window, "window", values, set())
        return seen, values


def _choice(field: QWidget) -> int:
    return field.currentIndex() if isinstance(field, QComboBox) else field.value()


def _choose(field: QWidget, choice: int) -> None:
    if isinstance(field, QComboBox):
        field.setCurrentIndex(choice)
    else:
        field.setValue(choice)


def _counts(one: QWidget | QAction) -> bool:
    """Return whether Qt or pyqtgraph do not add and remove it by themselves, such as the bar of docks behind each other."""
    if isinstance(one, QAction):
        return bool(one.objectName())
    return not isinstance(one.parent(), QTabBar) and (_kind(one) is not None or _is_ours(one) or one.isWindow())


def _is_ours(one: object) -> bool:
    return _ours(type(one))


@cache
def _ours(kind: type) -> bool:
    return kind.__module__.startswith("quakegui.")


def _seen(one: QWidget | QAction) -> tuple:
    """Return what kind of thing it is, and what a user chose or typed there; what is only shown follows from the session."""
    chosen = tuple(str(one.property(name)) for name in CHOICES.get(_kind(one), ()))
    hidden = isinstance(one, QDockWidget | QToolBar) and one.isHidden()
    return type(one).__name__, one.objectName(), hidden, *chosen


def _heard(one: QObject) -> Iterator[tuple[str, str, int]]:
    """Yield the signals of an object's own class, and how many listen to each."""
    if type(one) not in SIGNALS:
        SIGNALS[type(one)] = _signals(one)
    for name in SIGNALS[type(one)]:
        yield type(one).__name__, name, one.receivers(SIGNAL(name))


def _signals(one: QObject) -> tuple[str, ...]:
    about = one.metaObject()  # PySide deletes the one that it has for the class when a new slot is connected
    methods = [about.method(place) for place in range(about.methodOffset(), about.methodCount())]
    names = [bytes(one.methodSignature()).decode() for one in methods if one.methodType() == QMetaMethod.MethodType.Signal]
    return tuple(name for name in names if name not in ONLY_TOLD)


def _kind(one: QObject) -> type | None:
    return _kind_of(type(one))


@cache
def _kind_of(made: type) -> type | None:
    return next((kind for kind in CHOICES if issubclass(made, kind)), None)


def _walk(one: object, path: str, values: dict[str, object], known: set[int]) -> None:
    """Gather the plain values of an object of the program and of what it has, each object once."""
    if id(one) in known or isinstance(one, type | ModuleType):
        return
    known.add(id(one))
    if isinstance(one, dict | list | tuple | set | frozenset):
        values[path] = len(one)
        parts = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list | tuple) else ()
    elif _is_ours(one):
        parts = getattr(one, "__dict__", {}).items()
    else:
        return
    for name, part in parts:
        if name in UNSEEN:
            continue
        if isinstance(part, PLAIN):
            values[f"{path}.{name}"] = part
        elif callable(part) and not isinstance(part, type):
            values[f"{path}.{name}"] = id(part)
        else:
            _walk(part, f"{path}.{name}", values, known)
