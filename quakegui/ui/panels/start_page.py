"""What the window shows before a project is open: import your own, the synthetic season, and recent projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QCommandLinkButton, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from quakegui.app.change import Change
from quakegui.ui import commands
from quakegui.ui.i18n import tr

if TYPE_CHECKING:
    from quakegui.ui.main_window import MainWindow


class StartPage(QWidget):
    """Three ways in; the first is the analyst's own data."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._title = QLabel("quakegui")
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 2.2)
        font.setWeight(font.Weight.DemiBold)
        self._title.setFont(font)
        self._says = QLabel()
        self._says.setWordWrap(True)
        self._own = QCommandLinkButton()
        self._own.clicked.connect(lambda: commands.new_project(window))
        self._open = QCommandLinkButton()
        self._open.clicked.connect(lambda: commands.open_project(window))
        self._demo = QCommandLinkButton()
        self._demo.clicked.connect(lambda: commands.open_demo(window))
        self._recent_title = QLabel()
        self._recent = QListWidget()
        self._recent.itemActivated.connect(lambda item: window.session.open(Path(item.data(Qt.ItemDataRole.UserRole))))
        column = QVBoxLayout()
        for widget in (self._title, self._says, self._own, self._demo, self._open, self._recent_title, self._recent):
            column.addWidget(widget)
        column.addStretch(1)
        middle = QWidget()
        middle.setLayout(column)
        middle.setMaximumWidth(560)
        outer = QVBoxLayout(self)
        outer.addWidget(middle, alignment=Qt.AlignmentFlag.AlignHCenter)
        window.session.changed.connect(self.refresh)
        self.retranslate()

    def refresh(self, change: Change) -> None:
        """Follow the list of recent projects."""
        if Change.SETTINGS in change:
            self._fill_recent()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self._says.setText(
            tr("Daily anomaly maps of a geomagnetic network, labels, and an honest account of what they predict.")
        )
        self._own.setText(tr("Import your own data"))
        self._own.setDescription(tr("Make a project, then choose files of readings: IAGA-2002, WDC, CDF, csv, xlsx"))
        self._demo.setText(tr("Open the synthetic season"))
        self._demo.setDescription(tr("Liangshan 2022, 25 stations, made by a generator and marked so on every screen"))
        self._open.setText(tr("Open a project"))
        self._open.setDescription(tr("A folder that holds a project"))
        self._recent_title.setText(tr("Recent projects"))
        self._recent.setAccessibleName(tr("Recent projects"))
        self._fill_recent()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._window.session.settings.recent:
            item = QListWidgetItem(f"{Path(path).name} — {path}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            self._recent.addItem(item)
        for widget in (self._recent_title, self._recent):
            widget.setVisible(self._recent.count() > 0)
