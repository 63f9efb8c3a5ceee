"""All parameters that the results of a season depend on, in one frozen object that is stored with them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from quakegui.season.anomaly import AnomalyConfig
from quakegui.season.basis import GridConfig
from quakegui.season.extrema import ExtremaConfig
from quakegui.season.json_values import built, hints_of, parse_json
from quakegui.season.localtime import FIRST_DAY, LAST_DAY, available_at
from quakegui.season.night import NightConfig
from quakegui.season.palette import MapStyle
from quakegui.words import Said

LONGEST_GRACE = 1440.0
"""Maximum delay in minutes; a night that is complete only a day later is no longer news."""
MOST_DAYS = 73_050
"""Maximum length of a season in days: two hundred years, longer than any observatory's record."""


@dataclass(frozen=True, slots=True)
class SeasonConfig:
    """The parameters of a season.

    Attributes
    ----------
    timezone
        IANA name; its calendar days are the days of the season.
    first_day, last_day
        First and last day of the season, both included, datetime64[D]: these days are shown, labelled and evaluated. Earlier
        days are warm-up. None leaves that end open.
    grace_minutes
        Delay after the end of the night window until a night is over and may have a mean, an anomaly or a prediction. The
        filter of one-minute values reaches 45 s beyond the minute, clocks are wrong by minutes, and a logger that writes a file
        every quarter of an hour has closed the last file of the night by then.
    night, anomaly, grid, style, extrema
        One config per step from readings to regions. `extrema.threshold_z` is the threshold in use; its default is the
        calibrated `anomaly.map_threshold_z`.
    """

    timezone: str
    first_day: np.datetime64 | None = None
    last_day: np.datetime64 | None = None
    grace_minutes: float = 15.0
    night: NightConfig = field(default_factory=NightConfig)
    anomaly: AnomalyConfig = field(default_factory=AnomalyConfig)
    grid: GridConfig = field(default_factory=GridConfig)
    style: MapStyle = field(default_factory=MapStyle)
    extrema: ExtremaConfig = field(default_factory=lambda: ExtremaConfig(threshold_z=AnomalyConfig().map_threshold_z))

    def __post_init__(self) -> None:
        """Convert dates of any form, and raise ValueError for invalid parameters."""
        for name in ("first_day", "last_day"):
            given = getattr(self, name)
            if given is not None:
                day = np.datetime64(given, "D")
                if not FIRST_DAY <= day <= LAST_DAY:  # also refuses NaT
                    raise ValueError(
                        Said(
                            "The days of a season must be between {first_day} and {last_day}; {day} is not.",
                            first_day=FIRST_DAY,
                            last_day=LAST_DAY,
                            day=day,
                        )
                    )
                object.__setattr__(self, name, day)
        if self.first_day is not None and self.last_day is not None:
            if self.last_day < self.first_day:
                raise ValueError(
                    Said(
                        "The last day of the season, {last_day}, is before its first day, {first_day}.",
                        last_day=self.last_day,
                        first_day=self.first_day,
                    )
                )
            if (self.last_day - self.first_day).astype(int) >= MOST_DAYS:
                raise ValueError(
                    Said(
                        "The maximum length of a season is {most_days} days; {first_day} to {last_day} is longer.",
                        most_days=MOST_DAYS,
                        first_day=self.first_day,
                        last_day=self.last_day,
                    )
                )
        if not 0.0 <= self.grace_minutes <= LONGEST_GRACE:
            raise ValueError(
                Said(
                    "The delay after the end of the night window must be 0 to {longest_grace:g} minutes.",
                    longest_grace=LONGEST_GRACE,
                )
            )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            zone = self.timezone[:60]
            raise ValueError(
                Said("Unknown time zone {zone}; use an IANA name such as Asia/Shanghai.", zone=repr(zone))
            ) from error

    def over_at(self, days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """Return the UTC instant at which each day's night is over, datetime64[ms], shape (day,)."""
        return available_at(days, self.timezone, self.night.window) + self.grace

    @property
    def grace(self) -> np.timedelta64:
        """How long after its end a night is over, in ms."""
        return np.timedelta64(round(self.grace_minutes * 60_000), "ms")

    @property
    def hash(self) -> str:
        """SHA-256 of the config's JSON, 64 hexadecimal digits: equal hashes mean equal parameters."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return the config as nested dictionaries of strings, numbers, booleans and None."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def to_json(self) -> str:
        """Return the config as one line of JSON, identical for equal configs."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> SeasonConfig:
        """Return the config from the result of `to_dict`; a missing parameter takes its default.

        Raises
        ------
        ValueError
            If a parameter is unknown to this version, or a value is not valid.
        """
        config = built(cls, plain, what=Said("season parameter"))
        assert isinstance(config, cls)
        return config

    @classmethod
    def from_json(cls, text: str) -> SeasonConfig:
        """Return the config from the result of `to_json`; raises like `from_dict`."""
        try:
            plain = parse_json(text)
        except ValueError as error:
            raise ValueError(Said("The season parameters are not valid JSON: {error}.", error=error)) from error
        return cls.from_dict(plain)


def _plain(value: Any, hint: Any = None) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        hints = hints_of(type(value))
        return {one.name: _plain(getattr(value, one.name), hints[one.name]) for one in fields(value)}
    if isinstance(value, np.datetime64 | str):
        return str(value)
    # 3 and 3.0 are the same parameter and must have the same hash.
    return float(value) if hint is float else value
