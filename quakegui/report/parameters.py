"""Descriptions of all parameters of a season and of a label rule, for translation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from quakegui.words import mark

MEANINGS: Final[dict[str, str]] = {
    "timezone": mark("time zone that defines the calendar days"),
    "first_day": mark("first day of the season; empty: no limit"),
    "last_day": mark("last day of the season; empty: no limit"),
    "night.window.start_hour": mark("start of the night, local hour"),
    "night.window.end_hour": mark("end of the night, local hour, excluded"),
    "grace_minutes": mark("minutes after the end of the night window until the night counts as over"),
    "night.coverage": mark("minimum data coverage of the night"),
    "night.longest_instant_s": mark(
        "seconds; up to this sampling interval a reading is taken as a spot value, above it as an interval mean"
    ),
    "night.spike_readings": mark("number of readings in the running median for spike detection"),
    "night.spike_nt": mark("minimum deviation of a spike, nT"),
    "night.spike_deviations": mark("additional minimum, in robust standard deviations of the night"),
    "night.step_nt": mark("minimum jump within the night, nT"),
    "night.step_deviations": mark("additional minimum, in robust standard deviations of the night"),
    "anomaly.method": mark("anomaly method"),
    "anomaly.window_days": mark("length of the background window in days (one solar rotation)"),
    "anomaly.at_least": mark("minimum nights in the background"),
    "anomaly.hold_z": mark("nights above this |z| are excluded from later backgrounds"),
    "anomaly.hold_days": mark("maximum days of exclusion; then a step is the new level"),
    "anomaly.run_gap_days": mark("longest gap, in days, within a sequence of excluded nights"),
    "anomaly.smallest_scale_nt": mark("lower limit of a station's scatter, nT"),
    "anomaly.threshold_z": mark("calibrated: exceeded at some station on 1% of signal-free days"),
    "anomaly.map_threshold_z": mark("calibrated: exceeded somewhere on the map on 1% of signal-free days"),
    "anomaly.reference_station": mark("reference station, if the method uses one"),
    "grid.smoothing": mark("smoothing of the thin-plate spline, in units of the mean area per station"),
    "grid.margin": mark("widening of the map frame, as a fraction of its longer side"),
    "grid.extend_to_square": mark("whether the map is extrapolated beyond the stations' convex hull"),
    "style.limit_z": mark("limits of the colour scale, plus and minus z"),
    "style.levels": mark("number of filled levels of the colour scale"),
    "style.contour_lines": mark("whether contour lines are drawn into the map"),
    "style.name": mark("name of the colour scale"),
    "extrema.threshold_z": mark("pixels with |z| at or above this belong to an extremum region"),
    "extrema.stable_z": mark("a pixel persists if its z changes by less than this from day to day"),
    "extrema.stable_share": mark("an extremum region persists if more than this fraction of it persists"),
    "extrema.normal_days": mark("number of preceding days that define the normal level"),
}
RULE_MEANINGS: Final[dict[str, str]] = {
    "days_before_scale": mark("days before: factor in factor x 10^(coefficient x M)"),
    "days_before_exponent": mark("days before: coefficient in factor x 10^(coefficient x M)"),
    "flat_days_before": mark("fixed days before any earthquake, instead of the formula"),
    "days_after": mark("days after the day of the earthquake"),
    "winner": mark("earthquake that labels a day in two label windows"),
}
RECIPE_MEANINGS: Final[dict[str, str]] = {
    "name": mark("name of the run at its start"),
    "protocol": mark("how days were split into training and test sets"),
    "size": mark("side length of the model's input, pixels"),
    "head": mark("paper: all features; compact: pooled to 4 x 4 first"),
    "width": mark("filters of the first block; 32: VGG-12"),
    "dense": mark("units of the two dense layers"),
    "dropout": mark("fraction of units dropped after each dense layer in training"),
    "channel": mark("colour: the map's colours; scalar: its z levels; both; stack: z of several days"),
    "epochs": mark("maximum; exact number if there is no validation set"),
    "patience": mark("epochs without improvement in validation loss; 0: no early stopping"),
    "batch_size": mark("maps per step"),
    "learning_rate": mark("learning rate of Adam"),
    "class_weights": mark("whether rare classes are given more weight"),
    "final_fit": mark("whether the model was finally trained on all labelled days"),
    "precision": mark("numerical precision; auto: the fastest measured"),
    "seed": mark("seed for initial weights, shuffling and augmentation"),
    "members": mark("models per fold; the mean of their probabilities is evaluated"),
    "classes": mark("names of the classes 0 to 4"),
    "augmentation.brightness": mark("half-range of brightness changes"),
    "augmentation.contrast": mark("half-range of contrast changes"),
    "augmentation.flip": mark("whether maps are flipped left to right"),
    "augmentation.each_epoch": mark("whether changes are redrawn in every epoch"),
    "augmentation.growth": mark("fixed augmented copies, images per class"),
}


def flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested values with dotted names, in their order.

    Parameters
    ----------
    values
        Values by name; dictionaries in it are descended into, lists are not.
    prefix
        What precedes every name, its last dot included.
    """
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
