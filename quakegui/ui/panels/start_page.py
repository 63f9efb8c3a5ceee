"""The start page without a project: import own data, open the synthetic season, and recent projects."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from quakegui.app import opening
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr
from quakegui.ui.icons import icon
from quakegui.ui.language_follower import EVERYTHING, LanguageFollower
from quakegui.ui.tall_scroll import TallScroll

WIDE = 1000
"""The column takes all available room, up to this width."""


class Way(QPushButton):
    """A button with a title and a description, both whole and in the text size of the settings; Qt's own has fixed sizes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._picture, self._title, self._words = QLabel(), QLabel(), QLabel()
        self._words.setWordWrap(True)
        column = filled(QVBoxLayout(), self._title, self._words, spacing=2)
        filled(QHBoxLayout(self), self._picture, (column, 1), margins=(12, 8, 12, 8), spacing=12)
        for label in (self._picture, self._title, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_words(self, title: str, description: str) -> None:
        """Set both texts, and everything else in the current colours and text size."""
        colours = theme.colours()
        self._title.setText(title)
        self._words.setText(description)
        self.setAccessibleName(title)
        self.setAccessibleDescription(description)
        self.setToolTip(description)
        theme.tint(self._title, colours.text, bold=True)
        theme.tint(self._words, colours.muted)
        size = round(self.fontMetrics().height() * 1.8)
        self._picture.setPixmap(icon(self._name, colours.accent).pixmap(QSize(size, size)))
        self._keep_height()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the height that the description takes at this width."""
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        layout = self.layout()
        assert layout is not None
        self.setMinimumHeight(max(layout.totalHeightForWidth(self.width()), 0))
        layout.setGeometry(self.rect())  # a hidden widget that changes its size in its resize event gets no second event


class StartPage(LanguageFollower, QWidget):
    """Three ways to start; the first is the analyst's own data."""

    follows = EVERYTHING

    asked = Signal(str)
    """Name of an action to run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._title = QLabel("quakegui")
        self._says = QLabel(wordWrap=True)
        self._own = Way("mdi6.database-import-outline")
        self._own.clicked.connect(self.begin_with_own_data)
        self._open = Way("mdi6.folder-open-outline")
        self._open.clicked.connect(lambda: self.asked.emit("open"))
        self._demo = Way("mdi6.flask-outline")
        self._demo.clicked.connect(lambda: self.asked.emit("demo"))
        self._recent_title = QLabel()
        self._recent = QListWidget()
        self._recent.itemActivated.connect(
            lambda item: opening.open_project(session, Path(item.data(Qt.ItemDataRole.UserRole)))
        )
        column = filled(
            QVBoxLayout(),
            self._title,
            self._says,
            self._own,
            self._demo,
            self._open,
            self._recent_title,
            self._recent,
            spacing=10,
        )
        self._middle = QWidget()
        self._middle.setLayout(column)
        inner = QWidget()
        filled(QHBoxLayout(inner), 1, (self._middle, WIDE, Qt.AlignmentFlag.AlignVCenter), 1)
        filled(QVBoxLayout(self), TallScroll(inner), margins=FLUSH)
        session.changed.connect(self.refresh)
        self.retranslate()

    def begin_with_own_data(self) -> None:
        """Create a project, then open the import: one click for both."""
        self.asked.emit("new")
        if self._session.project is not None:
            self.asked.emit("import")

    def refresh(self, change: Change) -> None:
        """Update the list of recent projects."""
        if Change.SETTINGS in change:
            self._fill_recent()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        colours = theme.colours()
        theme.tint(self._title, colours.text, bold=True, scale=2.2)
        theme.tint(self._says, colours.muted)
        theme.tint(self._recent_title, colours.text, bold=True)
        self._middle.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 86)
        self._says.setText(
            tr("Map the daily anomalies of a geomagnetic network, label the days, and assess predictive skill objectively.")
        )
        self._own.show_words(
            tr("Import your own data"), tr("Create a project, then choose data files: IAGA-2002, WDC, CDF, csv, xlsx")
        )
        self._demo.show_words(
            tr("Open the synthetic season"),
            tr("Liangshan 2022: generated readings of 25 stations, marked SYNTHETIC; the earthquakes and Kp are real"),
        )
        self._open.show_words(tr("Open a project"), tr("Choose an existing project folder"))
        self._recent_title.setText(tr("Recent projects"))
        self._recent.setAccessibleName(tr("Recent projects"))
        self._fill_recent()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._session.settings.recent:
            item = QListWidgetItem(f"{Path(path).name} — {path}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            self._recent.addItem(item)
        for widget in (self._recent_title, self._recent):
            widget.setVisible(self._recent.count() > 0)
