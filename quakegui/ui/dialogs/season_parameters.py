"""All parameters from readings to regions as rows: where each is in the config, its name and the range of its control."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from quakegui.season.anomaly import Method
from quakegui.ui.i18n import mark

METHODS: Final = (
    (Method.REGRESSION, mark("robust regression on the other stations")),
    (Method.DAY_DIFFERENCE, mark("difference from the previous night")),
    (Method.REFERENCE_STATION, mark("difference from a reference station")),
    (Method.FIRST_COMPONENT, mark("first principal component removed")),
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the config: its path, its name, and the range of its control."""

    path: tuple[str, ...]
    text: str
    tip: str
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    decimals: int = 0

    @property
    def kind(self) -> str:
        """Kind of the control: "switch" (without a step), "whole" or "number"."""
        return "switch" if self.step == 0.0 else "number" if self.decimals else "whole"


NIGHT: Final = (
    Parameter(
        ("night", "window", "start_hour"),
        mark("Night start (local hour)"),
        mark("Start of the nightly quiet hours, in the project's time zone"),
        0,
        23.5,
        0.5,
        1,
    ),
    Parameter(
        ("night", "window", "end_hour"),
        mark("Night end (local hour)"),
        mark("End of the nightly quiet hours (excluded)"),
        0.5,
        24,
        0.5,
        1,
    ),
    Parameter(
        ("grace_minutes",),
        mark("Delay before the map is made (min)"),
        mark("No anomaly or prediction is computed for a night until this delay has passed"),
        0,
        1440,
        5,
        1,
    ),
    Parameter(
        ("night", "coverage"),
        mark("Minimum data coverage (fraction)"),
        mark("Nights with lower coverage have no mean"),
        0.05,
        1,
        0.05,
        2,
    ),
    Parameter(
        ("night", "spike_nt"),
        mark("Spike threshold (nT)"),
        mark("A reading is removed as a spike if its distance from the running median exceeds both spike thresholds"),
        0.1,
        1000,
        0.5,
        1,
    ),
    Parameter(
        ("night", "spike_deviations"),
        mark("Spike threshold (standard deviations)"),
        mark(
            "In robust standard deviations of the night's distances from the running median; both thresholds must be exceeded"
        ),
        1,
        100,
        1,
        1,
    ),
    Parameter(
        ("night", "step_nt"),
        mark("Jump threshold for flagging a night (nT)"),
        mark("Smallest jump for which a night is flagged"),
        0.1,
        1000,
        0.5,
        1,
    ),
)
ANOMALY: Final = (
    Parameter(("anomaly", "window_days"), mark("Background window (days)"), mark("One solar rotation is 27 days"), 3, 365),
    Parameter(
        ("anomaly", "at_least"),
        mark("Minimum nights in the background"),
        mark("Nights with fewer preceding ones belong to the warm-up"),
        3,
        365,
    ),
    Parameter(
        ("anomaly", "hold_z"),
        mark("Exclusion threshold (z)"),
        mark("Nights above this |z| are excluded from later backgrounds"),
        0.5,
        50,
        0.1,
        1,
    ),
    Parameter(
        ("anomaly", "hold_days"),
        mark("Maximum exclusion (days)"),
        mark("After this, a lasting step becomes the new level"),
        1,
        365,
    ),
    Parameter(
        ("anomaly", "smallest_scale_nt"),
        mark("Minimum scatter (nT)"),
        mark("Lower limit on a station's scatter"),
        0.01,
        50,
        0.05,
        2,
    ),
    Parameter(
        ("anomaly", "threshold_z"),
        mark("Station threshold (z)"),
        mark("Exceeded on 1% of signal-free days"),
        0.5,
        50,
        0.1,
        1,
    ),
)
MAPS: Final = (
    Parameter(("grid", "smoothing"), mark("Smoothing"), mark("0 fits every station value exactly"), 0, 100, 0.05, 2),
    Parameter(
        ("grid", "margin"),
        mark("Map margin (fraction)"),
        mark("Widening of the frame, as a fraction of its longer side"),
        0,
        2,
        0.05,
        2,
    ),
    Parameter(
        ("grid", "extend_to_square"),
        mark("Extend to the full frame"),
        mark("Extrapolate the map beyond the stations"),
        step=0.0,
    ),
    Parameter(
        ("style", "limit_z"),
        mark("Colour scale limit (z)"),
        mark("Values beyond the limit take the end colour"),
        0.5,
        100,
        0.5,
        1,
    ),
    Parameter(("style", "levels"), mark("Colour levels"), mark("Number of filled colour levels (even)"), 2, 200, 2),
    Parameter(("style", "contour_lines"), mark("Contour lines"), mark("Draw contour lines into the map image"), step=0.0),
)
REGIONS: Final = (
    Parameter(
        ("extrema", "threshold_z"),
        mark("Region threshold (z)"),
        mark("Pixels with |z| at or above this belong to a region"),
        0.5,
        50,
        0.1,
        1,
    ),
    Parameter(
        ("extrema", "stable_z"),
        mark("Pixel persistence (z)"),
        mark("Day-to-day change below which a pixel persists"),
        0.05,
        50,
        0.05,
        2,
    ),
    Parameter(
        ("extrema", "stable_share"),
        mark("Region persistence (fraction)"),
        mark("Fraction of the previous day's region that must be exceeded"),
        0,
        0.99,
        0.05,
        2,
    ),
    Parameter(
        ("extrema", "normal_days"),
        mark("Normal level window (days)"),
        mark("Preceding days whose maps define the normal level"),
        1,
        365,
    ),
)


def read_parameter(config: Any, path: tuple[str, ...]) -> Any:
    """Return the value of the parameter at a path of a config."""
    for name in path:
        config = getattr(config, name)
    return config


def with_parameters(config: Any, values: dict[tuple[str, ...], object]) -> Any:
    """Return a config with other values, given by path."""
    own = {path[0]: value for path, value in values.items() if len(path) == 1}
    for name in {path[0] for path in values if len(path) > 1}:
        below = {path[1:]: value for path, value in values.items() if path[0] == name and len(path) > 1}
        own[name] = with_parameters(getattr(config, name), below)
    return replace(config, **own)
