"""Texts of the series: the legend, and the time zone with the hours of the night."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from quakegui.app.season_view import local_midnights, offset_text, zone_name
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.i18n import tr


def legend_text(session: Session, codes: Sequence[str]) -> str:
    """Return the codes of the shown stations, each with a dot in its colour, as rich text."""
    if session.season is None:
        return ""
    if not codes:
        return tr("Select stations on the map or here.")
    colours = theme.colours()
    words = [
        f'<span style="color:{colours.series[number].name()}">●</span>&nbsp;{escape(code)}' for number, code in enumerate(codes)
    ]
    left_out = len(session.selected_codes) - len(codes)
    return "&nbsp;&nbsp;".join(words) + (" " + tr("and {count} more").format(count=left_out) if left_out else "")


def zone_text(session: Session) -> str:
    """Return the time zone of the project, and the hours of its night; empty without a season."""
    season = session.season
    if season is None or session.day is None:
        return ""
    zone, window = zone_name(session), season.config.night.window
    now = local_midnights(session.days[session.index : session.index + 1], zone)[0]
    return tr("{zone}, {offset}; days begin at 00:00; night {start}–{end}").format(
        zone=zone, offset=offset_text(zone, now), start=_clock(window.start_hour), end=_clock(window.end_hour)
    )


def _clock(hour: float) -> str:
    minutes = round(hour * 60.0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
