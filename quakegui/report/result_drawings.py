"""Drawings of an evaluation and of the studies of a run, the same in the report and in the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.epochs import Epochs
from quakegui.judge.reliability import Reliability
from quakegui.judge.robustness import ALPHA, SkillMap
from quakegui.judge.skill import Molchan, random_band
from quakegui.report.drawings import ALARM, BAND, GRID, MUTED, SERIES, SHADES, TEXT, Axes, Drawing, ticks
from quakegui.report.markup import Figure

UNIT = (0.0, 1.0)
PLOT = 270, 254
"""Width and height of the frame of a square plot."""
LEAST_TALL = 160
"""Minimum height of a skill map, for the title of its rows."""
BARS = 20
"""Number of bars of the histogram below a reliability diagram."""


@dataclass(frozen=True, slots=True)
class PlotWords:
    """Texts of a plot: axis titles, the key by line, the stamp and the text alternative."""

    across: str
    up: str
    key: tuple[str, ...]
    stamp: str
    alt: str


def molchan(curve: Molchan, point: tuple[float, float], words: PlotWords) -> Figure:
    """Draw a Molchan diagram with the band of random alarms.

    Parameters
    ----------
    curve
        The curve, and that of the weighted axis if there is one.
    point
        Fraction of time under alarm and miss rate of the run's own alarms.
    words
        Its key names the run, the run on the weighted axis, the band, and the point.
    """
    drawing, axes = _square(words)
    fraction = np.linspace(0, 1, 101)
    low, high = random_band(curve.events, fraction)
    _band(drawing, axes, fraction, low, high)
    axes.curve(drawing, UNIT, (1.0, 0.0), MUTED, dash="5 4")
    axes.curve(drawing, curve.alarm_fraction.tolist(), curve.miss_rate.tolist(), SERIES[0], width=2.0)
    run, by_catalogue, band, alarms = words.key
    lines = [(run, SERIES[0], ""), (band, BAND, ""), (alarms, ALARM, "")]
    if len(curve.weighed_fraction):
        axes.curve(drawing, curve.weighed_fraction.tolist(), curve.miss_rate.tolist(), SERIES[1], dash="3 2")
        lines.insert(1, (by_catalogue, SERIES[1], "3 2"))
    drawing.circle(*axes.at(*point), 5, ALARM)
    _key(drawing, lines, PLOT[0] + 62, 34)
    return drawing.figure(words.alt)


def reliability(result: Reliability, words: PlotWords) -> Figure:
    """Draw a CORP reliability diagram: observed frequency for each calibrated P, and how often each P was predicted.

    Parameters
    ----------
    result
        The reliability of the probabilities.
    words
        Its key names the curve, the perfect forecast, and the days.
    """
    drawing, axes = _square(words)
    share = np.histogram(result.probability, bins=BARS, range=UNIT, weights=result.days)[0] / result.days.sum()
    for place, height in enumerate(share.tolist()):
        left, top = axes.at(place / BARS, 0.25 * height)  # a quarter of the frame for all days
        drawing.rectangle(left, top, PLOT[0] / BARS - 1, axes.at(0, 0)[1] - top, BAND)
    axes.curve(drawing, UNIT, UNIT, MUTED, dash="5 4")
    axes.curve(drawing, result.probability.tolist(), result.frequency.tolist(), SERIES[0], width=2.0)
    for p, frequency in zip(result.probability.tolist(), result.frequency.tolist(), strict=True):
        drawing.circle(*axes.at(p, frequency), 2, SERIES[0], SERIES[0])
    curve, perfect, days = words.key
    _key(drawing, [(curve, SERIES[0], ""), (perfect, MUTED, "5 4"), (days, BAND, "")], PLOT[0] + 62, 34)
    return drawing.figure(words.alt)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """AUC of a predictor with its interval (NaN if there is none), and the interval of the part that it does not explain."""

    name: str
    auc: float
    interval: tuple[float, float]
    unexplained: tuple[float, float, float]


def forest(rows: Sequence[ForestRow], words: PlotWords) -> Figure:
    """Draw AUCs below each other, with the line of a constant prediction.

    Parameters
    ----------
    rows
        The predictors, the run first.
    words
        Its key names the AUC of a predictor, the part of the run that it does not explain, and the constant prediction.
    """
    row_height, left = 18, 190
    drawing = Drawing(560, 98 + row_height * len(rows))
    known = np.array([(row.auc, *row.interval, *row.unexplained) for row in rows], dtype=np.float64)
    reach = max(float(np.nanmax(np.abs(known - 0.5), initial=0.2)) + 0.03, 0.25)
    span = max(0.5 - reach, 0.0), min(0.5 + reach, 1.0)
    axes = Axes(left, 18, 350, row_height * len(rows), span, (0.0, float(max(len(rows), 1))))
    axes.frame(drawing, ticks(*span), [])
    axes.curve(drawing, (0.5, 0.5), axes.y, MUTED, dash="5 4")
    for number, row in enumerate(rows):
        y = len(rows) - number - 0.5
        drawing.text(left - 8, axes.at(0.0, y)[1] + 3.5, row.name, size=11 if number else 12, anchor="end")
        value, low, high = row.unexplained
        if np.isfinite(low):
            axes.curve(drawing, (low, high), (y, y), SERIES[1], width=2.0)
            drawing.circle(*axes.at(value, y), 3, SERIES[1], SERIES[1])
        if np.isfinite(row.interval[0]):
            axes.curve(drawing, row.interval, (y, y), SERIES[0], width=3.0)
        if np.isfinite(row.auc):
            drawing.circle(*axes.at(row.auc, y), 4, SERIES[0] if not number else "#ffffff", SERIES[0])
    own, unexplained, constant = words.key
    bottom = drawing.height - 10
    drawing.text(left + 175, bottom - 38, words.across, anchor="middle", colour=MUTED, size=10)
    drawing.circle(30, bottom - 17, 4, "#ffffff", SERIES[0])
    drawing.text(46, bottom - 13, own, size=10)
    _key(drawing, [(constant, MUTED, "5 4")], 300, bottom - 16)
    _key(drawing, [(unexplained, SERIES[1], "")], 20, bottom)
    drawing.stamp(words.stamp)
    return drawing.figure(words.alt)


def epochs(series: Epochs, words: PlotWords, halves: tuple[str, str]) -> Figure:
    """Draw a daily series around the earthquakes with the band of random epochs.

    Parameters
    ----------
    series
        The series.
    words
        Its key names the median of the epochs, that of random epochs, and their band.
    halves
        Texts for the days before an earthquake and for those from it on.
    """
    drawing = Drawing(560, 218)
    known = np.concatenate([series.median, series.low, series.high])
    known = known[np.isfinite(known)]
    low, high = (float(known.min()), float(known.max())) if known.size else UNIT
    room = 0.06 * (high - low) or 0.5
    lags = series.lags.tolist()
    axes = Axes(56, 36, 480, 118, (float(lags[0]), float(lags[-1])), (low - room, high + room))
    axes.frame(drawing, ticks(*axes.x, 8), ticks(*axes.y))
    _band(drawing, axes, series.lags.astype(float), series.low, series.high)
    axes.curve(drawing, lags, series.centre.tolist(), MUTED, dash="5 4")
    axes.curve(drawing, lags, series.median.tolist(), SERIES[0], width=2.0)
    axes.curve(drawing, (0.0, 0.0), axes.y, ALARM)
    for height, text in zip((18, 30), halves, strict=True):  # side by side, they overlap in a wide font
        drawing.text(axes.left, height, text, size=10)
    drawing.text(296, 184, words.across, anchor="middle", colour=MUTED)
    drawing.text(14, 95, words.up, anchor="middle", colour=MUTED, turn=-90)
    median, centre, band = words.key
    _key(drawing, [(median, SERIES[0], ""), (centre, MUTED, "5 4"), (band, BAND, "")], 56, 206, step=(160.0, 0.0))
    drawing.stamp(words.stamp)
    return drawing.figure(words.alt)


def skill_map(result: SkillMap, words: PlotWords) -> Figure:
    """Draw the test for two choices: AUC and p of each pair, shaded by the AUC, framed if the corrected p is below 0.05.

    Parameters
    ----------
    result
        The statistics of each pair.
    words
        `across` and `up` name the choices in columns and rows; the key is one line below.
    """
    wide, tall, left, top = 84, 40, 96, 46
    rows, columns = len(result.rows), len(result.columns)  # without any, stored results have lost their second axis
    drawing = Drawing(max(left + wide * columns + 10, 400), max(top + tall * rows + 30, LEAST_TALL))
    drawing.text(left + wide * columns / 2, 26, words.across, colour=MUTED, anchor="middle")
    middle = min(top + tall * rows / 2, drawing.height - LEAST_TALL / 2)  # one row is lower than its title is long
    drawing.text(16, max(middle, LEAST_TALL / 2), words.up, colour=MUTED, anchor="middle", turn=-90)
    for column, value in enumerate(result.columns.tolist()):
        drawing.text(left + wide * (column + 0.5), top - 6, f"{value:g}", size=10, anchor="middle")
    for row, value in enumerate(result.rows.tolist()):
        drawing.text(left - 8, top + tall * (row + 0.5) + 4, f"{value:g}", size=10, anchor="end")
        for column in range(columns):
            _skill_cell(drawing, result, (row, column), (left + wide * column, top + tall * row, wide, tall))
    drawing.text(left, top + tall * rows + 18, words.key[0], size=10, colour=MUTED)
    drawing.stamp(words.stamp)
    return drawing.figure(words.alt)


def power_curve(
    sizes: Sequence[float],
    powers: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    words: PlotWords,
    level: float,
) -> Figure:
    """Draw the power over the size of a signal, with the line above which it counts as detected.

    Parameters
    ----------
    sizes
        nT, ascending, on a logarithmic scale; a size of 0 is one step to the left of the smallest.
    powers, intervals
        Power and its interval for each size.
    words
        Its key names the curve, the intervals, and the line.
    level
        Power from which a signal counts as detected.
    """
    drawing = Drawing(560, 320)
    least = min((size for size in sizes if size > 0), default=1.0)
    place = [float(np.log2(size if size > 0 else least / 2)) for size in sizes]
    axes = Axes(52, 20, *PLOT, (min(place) - 0.3, max(place) + 0.3), UNIT)
    axes.frame(drawing, [(x, f"{size:.2g}") for x, size in zip(place, sizes, strict=True)], ticks(0, 1))
    axes.curve(drawing, axes.x, (level, level), ALARM, dash="5 4")
    for x, (low, high) in zip(place, intervals, strict=True):
        axes.curve(drawing, (x, x), (low, high), MUTED)
    shown = [k for k, size in enumerate(sizes) if size > 0]
    axes.curve(drawing, [place[k] for k in shown], [powers[k] for k in shown], SERIES[0], width=2.0)
    for x, power in zip(place, powers, strict=True):
        drawing.circle(*axes.at(x, power), 3.5, SERIES[0], SERIES[0])
    drawing.text(52 + PLOT[0] / 2, 308, words.across, anchor="middle", colour=MUTED)
    drawing.text(14, 20 + PLOT[1] / 2, words.up, anchor="middle", colour=MUTED, turn=-90)
    curve, interval, line = words.key
    lines = ((curve, SERIES[0], 2.0, ""), (interval, MUTED, 1.0, ""), (line, ALARM, 1.5, "5 4"))
    for number, (text, colour, width, dash) in enumerate(lines):
        top = 34 + 20 * number
        drawing.line([(PLOT[0] + 62, top - 1), (PLOT[0] + 82, top - 1)], colour, width, dash)
        drawing.text(PLOT[0] + 88, top + 3, text, size=10)
    drawing.stamp(words.stamp)
    return drawing.figure(words.alt)


def _skill_cell(drawing: Drawing, found: SkillMap, place: tuple[int, int], box: tuple[float, float, float, float]) -> None:
    auc, p, events = float(found.statistic[place]), float(found.p_value[place]), int(found.events[place])
    left, top, wide, tall = box
    shade = SHADES[min(int(max(auc - 0.5, 0.0) * 10), len(SHADES) - 1)] if np.isfinite(auc) else "none"
    significant = bool(found.p_corrected[place] < ALPHA)
    drawing.rectangle(left, top, wide, tall, shade, stroke=GRID)
    if significant:
        drawing.rectangle(left + 2, top + 2, wide - 4, tall - 4, "none", stroke=ALARM)
    colour = TEXT if shade in ("none", *SHADES[:3]) else "#ffffff"
    middle = left + wide / 2
    drawing.text(middle, top + 17, f"{auc:.2f}" if np.isfinite(auc) else "–", size=12, anchor="middle", colour=colour)
    said = f"p {p:.3f}, n {events}" if np.isfinite(p) else f"n {events}"
    drawing.text(middle, top + 32, said, size=9, anchor="middle", colour=colour)


def _square(words: PlotWords) -> tuple[Drawing, Axes]:
    """Return a plot of one share against another, with room for the key on its right."""
    drawing = Drawing(560, 320)
    axes = Axes(52, 20, *PLOT, UNIT, UNIT)
    axes.frame(drawing, ticks(0, 1), ticks(0, 1))
    drawing.text(52 + PLOT[0] / 2, 308, words.across, anchor="middle", colour=MUTED)
    drawing.text(14, 20 + PLOT[1] / 2, words.up, anchor="middle", colour=MUTED, turn=-90)
    drawing.stamp(words.stamp)
    return drawing, axes


def _band(drawing: Drawing, axes: Axes, x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    known = np.isfinite(low) & np.isfinite(high)
    edge = [axes.at(*at) for at in zip(x[known].tolist(), high[known].tolist(), strict=True)]
    edge += [axes.at(*at) for at in zip(x[known][::-1].tolist(), low[known][::-1].tolist(), strict=True)]
    if edge:
        drawing.polygon(edge, BAND)


def _key(
    drawing: Drawing, lines: Sequence[tuple[str, str, str]], left: float, top: float, *, step: tuple[float, float] = (0.0, 20.0)
) -> None:
    for words, colour, dash in lines:
        if colour == BAND:
            drawing.rectangle(left, top - 5, 20, 8, BAND)
        elif colour == ALARM:
            drawing.circle(left + 10, top - 1, 5, ALARM)
        else:
            drawing.line([(left, top - 1), (left + 20, top - 1)], colour, 2.0, dash)
        drawing.text(left + 26, top + 3, words, size=10)
        left, top = left + step[0], top + step[1]
