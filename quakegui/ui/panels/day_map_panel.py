"""The day map with its play bar, in the centre of the window."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.panels.answer_bar import AnswerBar
from quakegui.ui.panels.contact_sheet import ContactSheet
from quakegui.ui.panels.input_maps import InputMaps
from quakegui.ui.panels.notices import NoticeBar
from quakegui.ui.panels.play_bar import PlayBar
from quakegui.ui.plots.day_map_view import DayMapView
from quakegui.ui.plots.map_scene import region_at, scene_of
from quakegui.ui.quiet_labels import ElidedLabel

_SHOWS = Change.PROJECT | Change.SEASON | Change.DAY | Change.PICK | Change.DISPLAY | Change.EVENTS


class DayMapPanel(LanguageFollower, QWidget):
    """Shows the day of the session; forwards selections of stations and regions."""

    region_picked = Signal(int)
    """Id of a clicked region."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pixel: tuple[int, int] | None = None
        self._brief = False
        self.view = DayMapView(self)
        self.contact = ContactSheet(session, self)
        self.input_maps = InputMaps(session, self)
        self.readout = ElidedLabel(self)
        self.readout.setContentsMargins(12, 0, 12, 0)
        self.play_bar = PlayBar(session, self)
        self.notice_bar = NoticeBar(session, self)
        self.answer_bar = AnswerBar(session, self)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.contact)
        below = (self.input_maps, self.readout, self.play_bar)
        filled(QVBoxLayout(self), self.notice_bar, self.answer_bar, (self._pages, 1), *below, margins=FLUSH, spacing=0)
        self.view.hovered.connect(self._hover)
        self.view.station_clicked.connect(self._pick)
        self.view.region_clicked.connect(self.flash)
        self.view.region_clicked.connect(self.region_picked)
        session.changed.connect(self.refresh)
        self.retranslate()
        self.refresh(Change.ALL)

    @property
    def day_seen(self) -> bool:
        """Whether the day shown is on the screen here, as a large or a small map."""
        return not self.view.visibleRegion().isEmpty() or self.contact.day_seen

    def set_brief(self, on: bool) -> None:
        """Hide the line of values, for a larger map."""
        self._brief = on
        self.readout.setVisible(not on and not self._session.display.sheet)

    def toggle_play(self) -> None:
        """Start or stop the walk through the days."""
        self.play_bar.toggle()

    def flash(self, region: int) -> None:
        """Flash a region of the day shown."""
        self.view.flash(region)

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if Change.DISPLAY in change:
            sheet = self._session.display.sheet
            turned_on = sheet and self._pages.currentIndex() == 0
            self._pages.setCurrentIndex(int(sheet))
            if turned_on and self.contact.sheet.isVisible():
                self.contact.sheet.setFocus()
            self.readout.setVisible(not sheet and not self._brief)
        if change & _SHOWS:
            # On a step the map is updated first: the eye follows it, and the other panels take twice its time.
            self.view.show_scene(scene_of(self._session), self._why_empty(), at_once=change == Change.DAY)
            self._tell()

    def _why_empty(self) -> str:
        if self._session.project is None:
            return ""
        if self._session.jobs.busy:
            return tr("Computing the season.")
        return tr("No day map yet: import readings from at least three stations with coordinates.")

    def _hover(self, pixel: tuple[int, int] | None) -> None:
        self._pixel = pixel
        self._tell()

    def _tell(self) -> None:
        """Show coordinates, z, nT and region under the cursor."""
        words = self._words_of(self._pixel)
        hint = tr("Point at the map to read the value and position there.") if self.view.scene is not None else ""
        self.readout.setText(words or hint)

    def words_at(self, at: QPointF) -> str:
        """Return coordinates, z, nT and region at a point of the map, empty outside it."""
        return self._words_of(self.view.pixel_at(at))

    def _words_of(self, pixel: tuple[int, int] | None) -> str:
        scene, season = self.view.scene, self._session.season
        if scene is None or season is None or pixel is None:
            return ""
        row, column = pixel
        frame = season.gridder.basis.frame
        latitude, longitude = frame.unproject(frame.from_pixels(np.array([[row, column]], dtype=np.float64)))[0]
        words = [place_text(float(latitude), float(longitude))]
        z = float(scene.map.field[row, column])
        if np.isfinite(z):
            nt = float(season.gridder.at(scene.stations.nt, np.array([float(row)]), np.array([float(column)]))[0])
            words += [f"z {z:+.2f}".replace("-", "−"), f"{nt:+.2f} nT".replace("-", "−")]
        elif scene.map.exists:
            words.append(tr("outside the stations' convex hull: no value"))
        else:
            words.append(tr("no map on this day"))
        region = region_at(scene.map, scene.threshold_z, row, column) if scene.map.exists else None
        if region is not None:
            words.append(tr("region {id}, duration {duration} d").format(id=region.id, duration=region.duration_days))
        return "   ·   ".join(words)

    def _pick(self, code: str, add: bool) -> None:
        picked = self._session.selected_codes
        if add:
            self._session.pick([other for other in picked if other != code] if code in picked else [*picked, code])
        else:
            self._session.pick([code])

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.view.setAccessibleName(tr("Day map"))
        self.view.setToolTip("")
        self.readout.setAccessibleName(tr("Value under the cursor"))
        self.refresh(Change.DISPLAY)


def place_text(latitude: float, longitude: float) -> str:
    """Return a location in degrees with hemispheres: ``28.102° N 102.160° E``."""
    north, east = ("N" if latitude >= 0.0 else "S"), ("E" if longitude >= 0.0 else "W")
    return f"{abs(latitude):.3f}° {north}  {abs(longitude):.3f}° {east}"
