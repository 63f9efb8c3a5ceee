"""A sheet of small day maps: arrow keys move between them, a frame marks the day shown, and several can be selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.small_maps import BLOCK, PIXELS, SmallMaps
from quakegui.app.tables import UNLABELLED
from quakegui.season.palette import palette
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.theme import ThemeColours

GAP: Final = 6
FRAME: Final = 4
"""Width of the line around the day shown, in pixels; some of it lies in the rows above and below."""
STEPS: Final = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
ENDS: Final = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
WEEK: Final = 7


class MapSheet(QAbstractScrollArea):
    """Paints only what is in view, from images of blocks of days.

    Parameters
    ----------
    session, several
        The session, and whether several days can be selected with Shift and Ctrl.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, *, several: bool = False) -> None:
        super().__init__(parent)
        self._session, self._several = session, several
        self.days: list[int] = []
        """Indices of the days shown, in their order."""
        self._blank = 0
        """Number of places left empty at the beginning, if the first day is not a Monday."""
        self._columns = 0
        """Fixed number of columns, or 0 for as many as there is room for."""
        self._small: SmallMaps | None = None
        self._pictures: dict[int, QImage] = {}
        self._anchor = -1
        """Index of the day from which Shift selects, -1 for none."""
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.changed.connect(self.refresh)

    @property
    def maps(self) -> SmallMaps | None:
        """The small maps of the session's season."""
        season = self._session.season
        if season is None:
            self._small = None
        elif self._small is None or self._small.season is not season:
            self._small, self._pictures = SmallMaps(season), {}
        return self._small

    def show_days(self, days: Sequence[int], *, weeks: bool = False) -> None:
        """Show days in this order; with `weeks`, each row is a week that begins on Monday."""
        self.days, self._columns = [int(day) for day in days], WEEK if weeks else 0
        self._anchor = -1
        first = self._session.days[self.days[0]] if weeks and self.days else None
        self._blank = 0 if first is None else int((first.astype("datetime64[D]").astype(np.int64) + 3) % WEEK)
        self._bound()
        self._follow()
        self.viewport().update()

    @property
    def shows_day(self) -> bool:
        """Whether the day shown is on the screen here, framed."""
        place = self._place_of(self._session.index)
        if place < 0 or not self.viewport().isVisible():
            return False
        return self.viewport().visibleRegion().intersects(self.cell(place))

    # -- layout ------------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self._columns or max(self.viewport().width() // (PIXELS + GAP), 1)

    @property
    def _side(self) -> int:
        """Width of a map, depending on the columns."""
        most = 2 * PIXELS if self._columns else PIXELS + GAP + 20
        return max(min(self.viewport().width() // self.columns - GAP, most), 16)

    @property
    def _row_height(self) -> int:
        return self._side + round(QFontMetricsF(self.font()).height()) + GAP

    def cell(self, place: int) -> QRect:
        """Return the rectangle of the map at a place in the view."""
        (row, column), side = divmod(place + self._blank, self.columns), self._side
        top = row * self._row_height + 2 - self.verticalScrollBar().value()
        return QRect(column * (side + GAP) + GAP // 2, top, side, side)

    def day_at(self, at: QPoint) -> int:
        """Return the index of the day under a point of the view, -1 for none."""
        row = (at.y() + self.verticalScrollBar().value()) // self._row_height
        column = at.x() // (self._side + GAP)
        place = row * self.columns + column - self._blank
        return self.days[place] if column < self.columns and 0 <= place < len(self.days) else -1

    def _place_of(self, index: int) -> int:
        return self.days.index(index) if index in self.days else -1

    def _bound(self) -> None:
        rows = -(-(len(self.days) + self._blank) // self.columns)
        self.verticalScrollBar().setRange(0, max(rows * self._row_height - self.viewport().height(), 0))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(self._row_height // 2)

    def _follow(self) -> None:
        """Scroll to the day shown, if it is one of these."""
        place = self._place_of(self._session.index)
        if place >= 0:
            box, bar = self.cell(place), self.verticalScrollBar()
            below = box.top() + self._row_height - self.viewport().height()
            if box.top() < 0:
                bar.setValue(bar.value() + box.top() - 2)
            elif below > 0:
                bar.setValue(bar.value() + below)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a width of two columns."""
        return QSize(2 * (PIXELS + GAP) + 34, 300)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of one map."""
        return QSize(PIXELS + GAP + 24, PIXELS)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Lay out the rows again."""
        super().resizeEvent(event)
        self._bound()
        self._follow()

    # -- painting ----------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & (Change.PROJECT | Change.SEASON):
            self._pictures = {}
            self.show_days([])
        if change & (Change.DAY | Change.RANGE | Change.LABELS | Change.PREDICTIONS | Change.DISPLAY | Change.SETTINGS):
            if Change.DAY in change:
                self._follow()
            self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        """Move what is painted, so that only the rows that come into view are painted."""
        self.viewport().scroll(dx, dy)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the rows that are exposed."""
        colours, exposed = theme.colours(), event.rect().adjusted(0, -FRAME, 0, FRAME)
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), colours.background)
            painter.setFont(self.font())
            if not self.days or self.maps is None:
                return
            top, height = self.verticalScrollBar().value(), self._row_height
            first = (top + exposed.top()) // height * self.columns - self._blank
            last = (top + exposed.bottom()) // height * self.columns + self.columns - self._blank
            chosen = set(self._session.chosen)
            for place in range(max(first, 0), min(last, len(self.days))):
                self._paint_cell(painter, self.cell(place), self.days[place], colours, chosen=self.days[place] in chosen)

    def _paint_cell(self, painter: QPainter, box: QRect, index: int, colours: ThemeColours, *, chosen: bool) -> None:
        season = self._session.season
        assert season is not None
        block, number = divmod(index, BLOCK)
        painter.setOpacity(1.0 if season.has_map[index] else 0.35)
        # Qt turns a picture with a palette into colours as a whole before it scales a part of it.
        painter.drawImage(box, self._picture(block).copy(0, number * PIXELS, PIXELS, PIXELS))
        painter.setOpacity(1.0)
        cls = int(self._session.labels.classes[index])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.grid if cls == UNLABELLED else colours.classes[cls], 2.0))
        painter.drawRect(box)
        if cls != UNLABELLED:
            self._paint_class(painter, box, cls, colours)
        if chosen:
            painter.fillRect(box, colours.selection)
        if index == self._session.index:
            painter.setPen(QPen(colours.cursor, FRAME))
            painter.drawRect(box.adjusted(-1, -1, 1, 1))
        painter.setPen(colours.cursor if index == self._session.index else colours.muted)
        day = str(self._session.days[index])
        metrics = QFontMetricsF(painter.font())
        line = QRectF(box.left(), box.bottom() + 2, box.width() + GAP, metrics.height() + 1.0)
        wide = metrics.horizontalAdvance(day) <= line.width()
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, day if wide else day[5:])

    def _paint_class(self, painter: QPainter, box: QRect, cls: int, colours: ThemeColours) -> None:
        metrics = QFontMetricsF(painter.font())
        tag = QRectF(box.left() + 1.0, box.top() + 1.0, metrics.horizontalAdvance("0") + 5.0, metrics.height())
        painter.fillRect(tag, QColor(colours.background))
        painter.setPen(colours.text)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, str(cls))

    def _picture(self, block: int) -> QImage:
        """Return the maps of a block of days, one below the other; with a palette, as a quarter of the memory."""
        if block not in self._pictures:
            assert self.maps is not None
            index = np.ascontiguousarray(self.maps.indices(block).reshape(-1, PIXELS))
            table = [QColor(*colour).rgb() for colour in palette(self.maps.season.config.style).tolist()]
            picture = QImage(index.data, PIXELS, len(index), PIXELS, QImage.Format.Format_Indexed8)
            picture.setColorTable(table)
            self._pictures[block] = picture.copy()  # with pixels of its own
        return self._pictures[block]

    # -- keys and mouse ----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Handle the arrow keys before the shortcuts of the window, which go from date to date."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._walks(event):
            event.accept()
            return True
        return super().event(event)

    def _walks(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        return bool(self.days) and not plain and (event.key() in STEPS or event.key() in ENDS)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move, and select with Shift."""
        if not self._walks(event):
            super().keyPressEvent(event)
            return
        here, key = self._place_of(self._session.index), Qt.Key(event.key())
        page = max(self.viewport().height() // self._row_height, 1) * self.columns
        if key in STEPS:
            row, column = STEPS[key]
            there = here + row * self.columns + column if here >= 0 else 0
        else:
            there = {ENDS[0]: 0, ENDS[1]: len(self.days) - 1, ENDS[2]: here - page, ENDS[3]: here + page}[key]
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._go(min(max(there, 0), len(self.days) - 1), extend=extend, jump=key not in STEPS)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to a day; Ctrl adds it to the selected ones or removes it, Shift selects all up to it."""
        index = self.day_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            return
        if self._several and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            chosen = set(self._session.chosen) or ({self._session.index} & set(self.days))
            walking.choose(self._session, sorted(chosen ^ {index}), index)
            self._anchor = index
        else:
            self._go(self._place_of(index), extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def step(self) -> None:
        """Go to the next map, unless this is the last one."""
        place = self._place_of(self._session.index)
        if 0 <= place < len(self.days) - 1:
            self._go(place + 1, extend=False, jump=False)

    def _go(self, place: int, *, extend: bool, jump: bool = True) -> None:
        if extend and self._several:
            if self._anchor < 0 or not self._session.chosen:
                self._anchor = self._session.index
            low, high = sorted((max(self._place_of(self._anchor), 0), place))
            walking.choose(self._session, sorted(self.days[low : high + 1]), self.days[place])
        else:
            self._anchor = self.days[place]
            walking.go_to_alone(self._session, self.days[place], jump=jump)

    def retranslate(self) -> None:
        """Set the accessible name in the current language."""
        self.setAccessibleName(tr("Day map thumbnails"))
