"""Random hands on the program's own window: clicks, keys, drags and words on whatever is there, by a seed.

python tests/trust/random_window.py PROJECT PLACE [--seed 1] [--acts 2000]

PROJECT is changed: give a copy. Everything else that the program writes lies in PLACE; its choosers of files are answered
with what lies in PLACE/given, and with names in PLACE/out. Every act is written to PLACE/acts.txt before it is done, so that
the last one is known when the process ends in it. Printed at the end, as JSON: how many acts of each kind, the longest, how
often one day and how often several were labelled, and each error that nobody caught, each label that went astray and each panel
that showed another project, with the acts that led to it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import driven_window
import shiboken6
from label_watch import Watch
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from quakegui.ui.main_window import MainWindow

NEVER = {"quit", "fetch"}
"""What ends the program, and what asks services of others."""
SELDOM = {"Close", "Cancel", "关闭", "取消", "Stop this task", "停止此任务"}
"""Buttons that end what is more telling while it goes on."""
WORDS = (
    "", " ", "0", "-1", "1e309", "nan", "2022-03-40", "凉山", "a" * 300, "=1+1", "<img src=x>", "\u202egnp", "..", "con",
    "Asia/Tokyo", "9" * 40, "3.5", "XYZ", "%s{0}{x}", "'; DROP TABLE label; --",
)  # fmt: skip
KEYS = (
    *"0123456789abfgntuFG", Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Space,
    Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F11, Qt.Key.Key_Menu,
)  # fmt: skip
MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 5, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip
BUTTONS = (*(Qt.MouseButton.LeftButton,) * 4, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
MODAL_ACTS = 25
"""So many acts in one dialog, at most; then it is closed."""


class Hands:
    """Does one random act after another to what is in front."""

    def __init__(self, window: MainWindow, place: Path, *, seed: int, acts: int) -> None:
        self.window, self.place, self.left = window, place, acts
        self.random = random.Random(seed)
        self.count: Counter[str] = Counter()
        self.recent: list[str] = []
        self.errors: list[dict[str, object]] = []
        self.slowest = (0.0, "")
        self.watch = Watch(window, self.errors, lambda: self.recent[-12:])
        self.ticks = self.in_dialog = 0
        self.file = (place / "acts.txt").open("w", encoding="utf-8", buffering=1)

    def tick(self) -> None:
        """Do one act, having asked for the next one: a dialog that opens waits for it in a loop of its own."""
        if self.left <= 0:
            self.end()
            return
        self.ticks += 1
        number = self.ticks
        QTimer.singleShot(self.random.choice((0, 0, 5, 30)), self.tick)
        self.watch.look()
        if number % 4 == 0:
            self.watch.look_for_strangers()
        began = time.perf_counter()
        self.act()  # or none, where what was drawn is seldom used
        took = time.perf_counter() - began
        if self.ticks == number and took > self.slowest[0]:  # else it was a dialog, with acts of its own
            self.slowest = (took, self.recent[-1])
        self.look()

    def look(self) -> None:
        """Note an error that the window tells of."""
        bar = self.window.trouble_bar
        if bar.sentence:
            self.errors.append({"said": bar.sentence, "after": self.recent[-12:]})
            bar.dismiss.click()

    def end(self) -> None:
        """Close what is open, then the window."""
        for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if widget is not None:
                widget.close()
                QTimer.singleShot(20, self.end)
                return
        if self.window.session.jobs.busy or self.window.training.busy:
            self.window.training.cancel()
            self.window.session.jobs.cancel()
            QTimer.singleShot(50, self.end)
            return
        self.look()
        self.file.close()
        slow = {"seconds": round(self.slowest[0], 3), "in": self.slowest[1]}
        met = {"acts": self.count, "errors": self.errors, "slowest": slow, "written": self.watch.written}
        sys.stdout.write(json.dumps(met) + "\n")
        sys.stdout.flush()
        self.window.close()

    def note(self, kind: str, what: str) -> None:
        """Write down an act before it is done."""
        self.count[kind] += 1
        self.left -= 1
        self.recent = [*self.recent[-40:], f"{kind} {what}"]
        self.file.write(f"{kind} {what}\n")

    def act(self) -> None:
        """Do something to the popup, the dialog or the window in front."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        self.in_dialog = self.in_dialog + 1 if modal is not None else 0
        if popup is not None:
            self.on_popup(popup)
        elif modal is not None and self.in_dialog > MODAL_ACTS:
            self.in_dialog = 0
            self.note("close", named(modal))
            modal.close()
        else:
            top = modal or self.random.choice([w for w in QApplication.topLevelWidgets() if w.isVisible()] or [self.window])
            doing = self.random.random()
            if modal is None and doing < 0.16:
                self.random.choice((self.choose, self.label))()
            elif modal is None and doing < 0.36:
                self.trigger()
            elif doing < 0.5:
                self.key(QApplication.focusWidget() or top)
            else:
                self.on_widget(top)

    def trigger(self) -> None:
        """Trigger an action of the table that is enabled."""
        actions = [a for name, a in self.window.menus.actions.items() if a.isEnabled() and name not in NEVER]
        action = self.random.choice(actions)
        if action is not self.window.menus.actions["close"] or self.random.random() < 0.2:
            self.note("action", action.objectName() or action.text())
            action.trigger()

    def choose(self) -> None:
        """Choose days on the timeline; whoever does will mostly label them."""
        self.window.layouts.show("timeline")
        self.watch.look()  # another workspace may show the day that the last one did not
        view = self.window.docks["timeline"].widget().view
        left = round(view.axis.left)
        if self.window.session.days.size and view.isVisible() and view.height() > 4 and view.width() > left + 4:
            begin, end = (QPoint(self.random.randrange(left, view.width()), view.height() // 2) for _ in range(2))
            self.note("choose", f"from {begin.x()} to {end.x()}")
            QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
            QTest.mouseMove(view, end)
            QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
            if self.random.random() < 0.7:
                view.setFocus()
                self.label()

    def label(self) -> None:
        """Press a key that writes a label, and sometimes hold it down."""
        key = self.random.choice((*(Qt.Key(Qt.Key.Key_0 + cls) for cls in range(5)), Qt.Key.Key_U, Qt.Key.Key_Return))
        held = self.random.choice((0, 0, 9))
        self.note("label", f"{key!r} {'held' if held else ''}")
        for repeat in (False, *(True,) * held):
            QTest.simulateEvent(self.window.windowHandle(), True, key, Qt.KeyboardModifier.NoModifier, "", repeat)
        QTest.simulateEvent(self.window.windowHandle(), False, key, Qt.KeyboardModifier.NoModifier, "", False)

    def key(self, widget: QWidget) -> None:
        """Press a key, but none that ends the program."""
        key, modifier = self.random.choice(KEYS), self.random.choice(MODIFIERS)
        self.note("key", f"{key!r} {modifier.name} on {named(widget)}")
        QTest.keyClick(widget, key, modifier)

    def on_popup(self, popup: QWidget) -> None:
        """Choose from a menu or a list, or leave it."""
        actions = [a for a in popup.actions() if a.isEnabled() and not a.isSeparator()] if isinstance(popup, QMenu) else []
        actions = [a for a in actions if not is_named(self.window, a, NEVER)]
        if actions and self.random.random() < 0.6:
            action: QAction = self.random.choice(actions)
            self.note("menu", action.text())
            popup.close()
            action.trigger()
        elif self.random.random() < 0.5:
            self.key(popup)
        else:
            self.note("popup closed", named(popup))
            popup.close()

    def on_widget(self, top: QWidget) -> None:
        """Use one of the controls that can be seen, as its kind is used."""
        seen = [w for w in top.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.width() > 4 and w.height() > 4]
        kinds: tuple[tuple[type[QWidget], Callable[[QWidget], None]], ...] = (
            (QAbstractButton, self.click),
            (QComboBox, self.key),
            (QAbstractSpinBox, self.words),
            (QLineEdit, self.words),
            (QPlainTextEdit, self.words),
            (QAbstractSlider, self.drag),
            (QAbstractItemView, self.on_view),
            (QGraphicsView, self.on_view),
            (QTabBar, self.click),
            (QHeaderView, self.click),
            (QWidget, self.click),
        )
        there = [(use, found) for kind, use in kinds if (found := [w for w in seen if isinstance(w, kind)])]
        if there and self.random.random() < 0.95:
            use, found = self.random.choice(there)
            widget = self.random.choice(found)
            if widget.accessibleName() not in SELDOM or self.random.random() < 0.2:
                use(widget)
        else:
            self.resize(top)

    def resize(self, top: QWidget) -> None:
        """Give a window another size."""
        width, height = self.random.randrange(200, 1900), self.random.randrange(150, 1150)
        self.note("resize", f"{named(top)} {width} {height}")
        top.resize(width, height)

    def point(self, widget: QWidget) -> QPoint:
        """Return a place on a widget."""
        return QPoint(self.random.randrange(widget.width()), self.random.randrange(widget.height()))

    def click(self, widget: QWidget) -> None:
        """Click once or twice, with any button."""
        at, button, modifier = self.point(widget), self.random.choice(BUTTONS), self.random.choice(MODIFIERS)
        twice = self.random.random() < 0.2
        self.note("click", f"{button.name} {'twice ' if twice else ''}{modifier.name} on {named(widget)} at {at.x()}, {at.y()}")
        (QTest.mouseDClick if twice else QTest.mouseClick)(widget, button, modifier, at)

    def words(self, widget: QWidget) -> None:
        """Type words in the place of what stands there."""
        text = self.random.choice(WORDS)
        self.note("words", f"{text[:40]!r} into {named(widget)}")
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        for letter in text[:300]:
            if not shiboken6.isValid(widget):
                return
            if letter.isascii():
                QTest.keyClick(widget, letter)
        if isinstance(widget, QLineEdit) and not text.isascii() and not widget.isReadOnly():
            widget.insert(text)
        if self.random.random() < 0.5 and shiboken6.isValid(widget):
            QTest.keyClick(widget, self.random.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab)))

    def drag(self, widget: QWidget) -> None:
        """Press, move and let go."""
        begin, ends = self.point(widget), [self.point(widget) for _ in range(self.random.randrange(1, 6))]
        button = self.random.choice(BUTTONS)
        self.note("drag", f"{button.name} on {named(widget)}")
        QTest.mousePress(widget, button, Qt.KeyboardModifier.NoModifier, begin)
        for at in ends:
            if shiboken6.isValid(widget):
                QTest.mouseMove(widget, at)
        if shiboken6.isValid(widget):
            QTest.mouseRelease(widget, button, Qt.KeyboardModifier.NoModifier, ends[-1])

    def wheel(self, widget: QWidget) -> None:
        """Turn the wheel."""
        at, notches = self.point(widget), self.random.randrange(-15, 16)
        self.note("wheel", f"{notches} on {named(widget)}")
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
        whole = QPointF(widget.mapToGlobal(at))
        turned = QPoint(0, 120 * notches)
        QApplication.sendEvent(
            widget, QWheelEvent(QPointF(at), whole, QPoint(), turned, left, none, Qt.ScrollPhase.NoScrollPhase, False)
        )

    def on_view(self, widget: QWidget) -> None:
        """Use a table or a plot, on the part of it that is painted."""
        inner = getattr(widget, "viewport", lambda: widget)()
        if inner.width() > 4 and inner.height() > 4:
            self.random.choice((self.click, self.drag, self.wheel))(inner)


def named(widget: QWidget) -> str:
    """Return what tells a widget from others."""
    said = widget.objectName() or widget.accessibleName() or widget.windowTitle() or getattr(widget, "text", lambda: "")()
    return f"{type(widget).__name__} {str(said)[:40]!r}"


def is_named(window: MainWindow, action: QAction, names: set[str]) -> bool:
    """Whether an action is one of the table's."""
    return any(window.menus.actions[name] is action for name in names)


def answer_choosers(hands: Hands) -> None:
    """Answer each chooser of files with one of what lies in the place, or with none."""
    given, out = sorted((hands.place / "given").iterdir()), hands.place / "out"
    out.mkdir(exist_ok=True)

    def one(*_asked: object, **_more: object) -> tuple[str, str]:
        path = hands.random.choice((*given, hands.place / "nothing.csv", ""))
        hands.note("chosen", str(path))
        return str(path), ""

    def several(*_asked: object, **_more: object) -> tuple[list[str], str]:
        paths = hands.random.sample(given, hands.random.randrange(len(given)))
        hands.note("chosen", ", ".join(path.name for path in paths))
        return [str(path) for path in paths], ""

    def folder(*_asked: object, **_more: object) -> str:
        folders = [path for path in (*given, *out.iterdir()) if path.is_dir()]
        path = hands.random.choice((*folders, out / f"new {len(folders)}", ""))
        hands.note("chosen", str(path))
        return str(path)

    def new(_parent: object, _title: str, suggestion: str = "", kinds: str = "") -> tuple[str, str]:
        kind = hands.random.choice(kinds.split(";;")) if kinds else ""
        name = hands.random.choice((Path(suggestion).name or "x", "凉山.png", "a.pdf", "b.csv", "missing/c.html", "d", "e.zip"))
        hands.note("chosen", name)
        return hands.random.choice((str(out / name), "")), kind

    QFileDialog.getOpenFileName, QFileDialog.getOpenFileNames = staticmethod(one), staticmethod(several)
    QFileDialog.getExistingDirectory, QFileDialog.getSaveFileName = staticmethod(folder), staticmethod(new)


def main() -> int:
    """Run the program's own start with random hands, and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("place", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", type=int, default=2000)
    given = parser.parse_args()
    home = given.place / "home"
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"HOME": str(home), "QUAKEGUI_LOG": str(given.place / "logs")}
    driven_window.use_home(home)

    def steps(window: MainWindow) -> Iterator[int]:
        while window.session.season is None or window.session.jobs.busy:
            yield 20
        hands = Hands(window, given.place, seed=given.seed, acts=given.acts)
        answer_choosers(hands)
        QGuiApplication.setQuitOnLastWindowClosed(True)
        hands.tick()

    return driven_window.run(steps, given.project)


if __name__ == "__main__":
    sys.exit(main())
