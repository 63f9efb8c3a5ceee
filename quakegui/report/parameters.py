"""What every parameter of a season and of a label rule means, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from quakegui.words import mark

MEANINGS: Final[dict[str, str]] = {
    "timezone": mark("time zone whose calendar days are the days"),
    "first_day": mark("first day of the season; open where none"),
    "last_day": mark("last day of the season; open where none"),
    "night.window.start_hour": mark("night begins, local clock hour"),
    "night.window.end_hour": mark("night ends, local clock hour, excluded"),
    "grace_minutes": mark("minutes after its window's end from which a night is over"),
    "night.coverage": mark("least recorded share of the night"),
    "night.longest_instant_s": mark("seconds; up to this cadence a reading counts by its stamp, above it by its interval"),
    "night.spike_readings": mark("readings in the running median that finds spikes"),
    "night.spike_nt": mark("a spike is at least this far off, nT"),
    "night.spike_deviations": mark("and this many robust deviations of the night"),
    "night.step_nt": mark("a jump within the night is at least this large, nT"),
    "night.step_deviations": mark("and this many robust deviations of the night"),
    "anomaly.method": mark("what a night mean is compared with"),
    "anomaly.window_days": mark("days of the baseline, one solar rotation"),
    "anomaly.at_least": mark("nights that a baseline needs"),
    "anomaly.hold_z": mark("nights beyond this z enter no later baseline"),
    "anomaly.hold_days": mark("for this many days at most; then a step is the new level"),
    "anomaly.run_gap_days": mark("days without a held night that do not end a run of them"),
    "anomaly.smallest_scale_nt": mark("least spread that a station is given, nT"),
    "anomaly.threshold_z": mark("calibrated: passed at some station on 1 % of days without a signal"),
    "anomaly.map_threshold_z": mark("calibrated: passed somewhere on the map on 1 % of days without a signal"),
    "anomaly.reference_station": mark("reference station, where the method has one"),
    "grid.smoothing": mark("smoothing of the thin-plate spline, per mean area of a station"),
    "grid.margin": mark("widening of the frame, a share of its larger side"),
    "grid.extend_to_square": mark("whether the map is extrapolated beyond the stations"),
    "style.limit_z": mark("the colour scale runs from minus this z to plus this z"),
    "style.levels": mark("filled levels of the scale"),
    "style.contour_lines": mark("whether lines are burnt in where the level changes"),
    "style.name": mark("colour scale"),
    "extrema.threshold_z": mark("a pixel beyond this z belongs to a region"),
    "extrema.stable_z": mark("a pixel stays where z changes by less from day to day"),
    "extrema.stable_share": mark("a region stays where more than this share of it stays"),
    "extrema.normal_days": mark("days before, whose maps give the normal level"),
}
RULE_MEANINGS: Final[dict[str, str]] = {
    "days_before_scale": mark("days before: scale of scale x 10^(exponent x M)"),
    "days_before_exponent": mark("days before: exponent"),
    "flat_days_before": mark("days before any event, in place of the law"),
    "days_after": mark("days after the event's own day"),
    "winner": mark("who takes a day that two events claim"),
}
RECIPE_MEANINGS: Final[dict[str, str]] = {
    "name": mark("what the analyst calls it"),
    "protocol": mark("how the days were split into training and test"),
    "size": mark("pixels along a side that the network sees"),
    "head": mark("paper: all features; compact: pooled to 4 x 4 first"),
    "width": mark("filters of the first block; 32 is VGG-12"),
    "dense": mark("units of the two dense layers"),
    "dropout": mark("share dropped after each dense layer in training"),
    "channel": mark("colour: the map's colours; scalar: its z levels; both"),
    "epochs": mark("at most, or exactly where there is no validation part"),
    "patience": mark("epochs without a better validation loss; 0: never stops early"),
    "batch_size": mark("maps per step"),
    "learning_rate": mark("of Adam"),
    "class_weights": mark("whether rare classes weigh more"),
    "final_fit": mark("whether it was trained once more on all labelled days"),
    "precision": mark("of the arithmetic; auto: the fastest measured"),
    "seed": mark("of the first weights, shuffling and augmentation"),
    "members": mark("networks of each fold, judged by their mean"),
    "classes": mark("names of the classes 0 to 4"),
    "augmentation.brightness": mark("half width of the change of brightness"),
    "augmentation.contrast": mark("half width of the change of contrast"),
    "augmentation.flip": mark("whether maps are mirrored left to right"),
    "augmentation.each_epoch": mark("whether changes are drawn anew in every epoch"),
    "augmentation.growth": mark("fixed varied copies, images per class"),
}


def flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested values with dotted names, in their order."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
