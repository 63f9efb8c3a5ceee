"""Data on the day shown that several panels need, in the words and arrays that they paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.app.session import Session
from quakegui.season.flags import Flag
from quakegui.season.localtime import NightWindow, night_bounds, to_local
from quakegui.season.quality import Quality


@dataclass(frozen=True, slots=True)
class StationDay:
    """One day of all stations, in network order, each array of shape (station,); NaN for stations without data."""

    codes: tuple[str, ...]
    z: NDArray[np.float64]
    nt: NDArray[np.float64]
    scale_nt: NDArray[np.float64]
    night_nt: NDArray[np.float64]
    quality: NDArray[np.uint16]
    flags: Mapping[int, tuple[Flag, ...]]
    """Of the stations with flagged readings in the night, by place."""

    @property
    def present(self) -> NDArray[np.bool_]:
        """Whether each station has data on this day."""
        return np.isfinite(self.z)

    @property
    def nt_per_z(self) -> float:
        """Median scatter of the stations with data: one unit of z in nT on this day, NaN without stations."""
        here = self.scale_nt[self.present]
        return float(np.median(here)) if here.size else np.nan

    def reasons(self, station: int) -> Quality:
        """Return the quality flags of one station."""
        return Quality(int(self.quality[station]))


def station_day(session: Session, index: int | None = None) -> StationDay | None:
    """Return the values of the stations on a day, or None without a season.

    Parameters
    ----------
    session
        Its season.
    index
        Index of the day in the season; None for the day shown.
    """
    at = session.index if index is None else index
    if session.season is None or at < 0:
        return None
    anomaly = session.season.anomaly
    row = session.season.shown.start + at
    z, nt, scale_nt, night_nt = (of[row] for of in (anomaly.z, anomaly.anomaly_nt, anomaly.scale_nt, anomaly.night_nt))
    quality, codes, season = anomaly.quality[row], anomaly.codes, session.season
    flagged = np.flatnonzero(quality & np.uint16(Quality.FLAGGED)).tolist()
    flags = {station: season.flags_on(codes[station], anomaly.days[row]) for station in flagged}
    return StationDay(codes, z, nt, scale_nt, night_nt, quality, flags)


def station_present(session: Session) -> NDArray[np.bool_]:
    """Return whether each station has data on each day of the season, shape (day, station)."""
    if session.season is None:
        return np.zeros((0, 0), dtype=bool)
    present: NDArray[np.bool_] = np.isfinite(session.season.anomaly.z[session.season.shown])
    return present


def zone_name(session: Session) -> str:
    """Return the time zone of the project, an IANA name, or UTC without a project."""
    return session.project.timezone if session.project is not None else "UTC"


def offset_text(timezone: str, instant: np.datetime64) -> str:
    """Return the UTC offset of a zone at a given time as text: ``UTC+08:00``.

    Parameters
    ----------
    timezone
        IANA name.
    instant
        UTC, datetime64.
    """
    offset = to_local(instant, timezone).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def local_midnights(days: NDArray[np.datetime64], timezone: str) -> NDArray[np.datetime64]:
    """Return the UTC times at which local days begin, datetime64[ms], shape (day,).

    Parameters
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    timezone
        IANA name.
    """
    return night_bounds(days, timezone, NightWindow(0.0, 1.0))[0]
