"""The start page without a project: import own data, open the synthetic season, and recent projects."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from quakegui.app import opening
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.icons import icon
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
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._picture)
        row.addLayout(column, 1)
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


class StartPage(QWidget):
    """Three ways to start; the first is the analyst's own data."""

    asked = Signal(str)
    """Name of an action to run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._title = QLabel("quakegui")
        self._says = QLabel()
        self._says.setWordWrap(True)
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
        column = QVBoxLayout()
        column.setSpacing(10)
        for widget in (self._title, self._says, self._own, self._demo, self._open, self._recent_title, self._recent):
            column.addWidget(widget)
        self._middle = QWidget()
        self._middle.setLayout(column)
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.addStretch(1)
        row.addWidget(self._middle, WIDE, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(TallScroll(inner))
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

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        colours = theme.colours()
        theme.tint(self._title, colours.text, bold=True, scale=2.2)
        theme.tint(self._says, colours.muted)
        theme.tint(self._recent_title, colours.text, bold=True)
        self._middle.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 86)
        self._says.setText(
            tr("Daily anomaly maps of a geomagnetic network, labels, and an objective assessment of predictive skill.")
        )
        self._own.show_words(
            tr("Import your own data"), tr("Create a project, then choose data files: IAGA-2002, WDC, CDF, csv, xlsx")
        )
        self._demo.show_words(
            tr("Open the synthetic season"), tr("Liangshan 2022, 25 stations: synthetic data, marked as such on every screen")
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
