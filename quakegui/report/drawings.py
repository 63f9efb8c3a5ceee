"""Curves, matrices and maps of the network as plain SVG: lines, rectangles, circles and text, without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quakegui.report.markup import Figure, safe

TEXT, MUTED, GRID, ALARM, ACCENT = "#1b1f24", "#5b6470", "#d5d9de", "#b3261e", "#1a62c6"
CLASS_COLOURS = ("#78818c", "#c44e00", "#d98a00", "#00609c", "#45a6dc")
"""After Okabe and Ito (2008), as in the window."""
SERIES = ("#0072b2", "#d55e00", "#009e73", "#b0568c", "#9a7b00", "#45a6dc")
BAND = "#dfe3e8"
"""Colour of the range of chance."""
SHADES = ("#ffffff", "#cfe0f1", "#9ec3e2", "#5c97c9", "#00609c")
"""From chance to the best value."""
FONT = "Noto Sans, Segoe UI, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
"""For browsers; for printing, the list is replaced by one family, because drawings in Qt do not support lists."""
BEST = "1"
"""Mark of an epoch that was the best so far, in a history."""
_LARGEST = 1e40
"""Losses of a training are of single precision, so none is larger; those in a run from elsewhere may be."""


@dataclass(slots=True)
class Drawing:
    """An SVG to which shapes are added; sizes are in CSS pixels."""

    width: int
    height: int
    parts: list[str] = field(default_factory=list)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str, *, stroke: str = "none") -> None:
        """Add a rectangle.

        Parameters
        ----------
        x, y
            Upper left corner, in pixels from that of the drawing.
        width, height
            Size in pixels.
        fill, stroke
            Colours of the area and of the edge; "none" to omit either.
        """
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" stroke="{stroke}"/>'
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1.0, dash: str = "") -> None:
        """Add a line through points.

        Parameters
        ----------
        points
            x and y of each in pixels, y downwards.
        colour, width
            Colour, and width in pixels.
        dash
            Lengths of dashes and gaps in pixels, such as "5 4"; empty for an unbroken line.
        """
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        broken = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{broken}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, stroke: str = TEXT) -> None:
        """Add a circle.

        Parameters
        ----------
        x, y
            Centre in pixels, y downwards.
        radius
            Radius in pixels.
        fill, stroke
            Colours of the area and of the edge; "none" to omit either.
        """
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{stroke}"/>')

    def triangle(self, x: float, y: float, size: float, fill: str) -> None:
        """Add a triangle that points down.

        Parameters
        ----------
        x, y
            Its lower corner in pixels, y downwards.
        size
            Width and height in pixels.
        fill
            Colour of the area; it has no edge.
        """
        half = size / 2
        self.parts.append(
            f'<polygon points="{x:.1f},{y:.1f} {x - half:.1f},{y - size:.1f} {x + half:.1f},{y - size:.1f}" fill="{fill}"/>'
        )

    def polygon(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """Add a filled area.

        Parameters
        ----------
        points
            x and y of each corner in pixels; the last is joined to the first.
        fill
            Colour of the area; it has no edge.
        """
        self.parts.append(f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="{fill}"/>')

    def text(
        self, x: float, y: float, words: str, *, size: float = 11, colour: str = TEXT, anchor: str = "start", turn: float = 0
    ) -> None:
        """Add a text.

        Parameters
        ----------
        x, y
            Position on the baseline in pixels, y downwards.
        words
            Plain text, which is escaped here.
        size, colour
            Size in pixels, and colour.
        anchor
            Part of the text at (x, y): "start", "middle" or "end".
        turn
            Clockwise rotation about (x, y) in degrees.
        """
        turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{turned}>'
            f"{safe(words)}</text>"
        )

    def stamp(self, words: str) -> None:
        """Write a stamp in the upper right corner."""
        if words:
            self.text(self.width - 4, 11, words, size=10, colour=ALARM, anchor="end")

    def figure(self, alt: str) -> Figure:
        """Return the finished figure with a text alternative."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" font-family="{FONT}" role="img" aria-label="{safe(alt)}">'
        )
        return Figure("svg", (head + "".join(self.parts) + "</svg>").encode(), self.width, self.height, alt)


@dataclass(frozen=True, slots=True)
class Axes:
    """A frame with two scales within a drawing."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the position of a value in the drawing, in pixels.

        Parameters
        ----------
        x, y
            Values on the two scales; those beyond a scale lie outside the frame.
        """
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        return self.left + across * self.width, self.top + (1.0 - up) * self.height

    def frame(self, drawing: Drawing, x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]]) -> None:
        """Draw the frame, its grid and its ticks.

        Parameters
        ----------
        drawing
            The drawing that they are added to.
        x_ticks, y_ticks
            Value and label of each tick, see `ticks`.
        """
        for value, words in x_ticks:
            x, bottom = self.at(value, self.y[0])
            drawing.line([(x, self.top), (x, bottom)], GRID)
            drawing.text(x, bottom + 13, words, size=10, colour=MUTED, anchor="middle")
        for value, words in y_ticks:
            left, y = self.at(self.x[0], value)
            drawing.line([(left, y), (left + self.width, y)], GRID)
            drawing.text(left - 4, y + 3.5, words, size=10, colour=MUTED, anchor="end")
        drawing.rectangle(self.left, self.top, self.width, self.height, "none", stroke=MUTED)

    def curve(
        self, drawing: Drawing, x: Sequence[float], y: Sequence[float], colour: str, *, width: float = 1.5, dash: str = ""
    ) -> None:
        """Draw a curve, with gaps where values are not finite; a value between two gaps is a dot.

        Parameters
        ----------
        drawing
            The drawing that it is added to.
        x, y
            Values on the two scales, shape (point,); only y may be not finite.
        colour, width, dash
            See `Drawing.line`.
        """
        known = np.isfinite(np.asarray(y, dtype=np.float64)).astype(np.int64)
        for first, end, is_known in runs_of(known):
            if not is_known:
                continue
            piece = [self.at(x[k], y[k]) for k in range(first, end)]
            if len(piece) == 1:  # a line through one point would not be seen
                drawing.circle(*piece[0], 1.5, colour, colour)
            else:
                drawing.line(piece, colour, width, dash)


def ticks(low: float, high: float, count: int = 4) -> list[tuple[float, str]]:
    """Return round values between two limits with their labels.

    Parameters
    ----------
    low, high
        The limits, which are ticks if they are round; if they do not ascend, `low` is the only tick.
    count
        Approximate number of steps; a step is 1, 2 or 5 times a power of ten.
    """
    if not high > low:
        return [(low, f"{low:g}")]
    rough = (high - low) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = float(power * min((1.0, 2.0, 5.0, 10.0), key=lambda factor: abs(factor * power - rough)))
    first = int(np.ceil(low / step - 1e-9))
    return [(k * step, f"{k * step:.6g}".replace("-", "−")) for k in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def month_ticks(days: NDArray[np.datetime64]) -> list[tuple[float, str]]:
    """Return the positions of the first days of months, at most about twelve, with year and month."""
    months = days.astype("datetime64[M]")
    first = [k for k in range(days.size) if k == 0 or months[k] != months[k - 1]]
    if len(first) > 1 and first[1] < days.size / 24:
        first = first[1:]  # the label of an incomplete month does not fit
    every = -(-len(first) // 12)
    room = days.size - days.size / 24  # a label further right would be cut off at the edge of the figure
    return [(float(k), str(months[k])) for k in first[::every] if k <= room or k == first[0]]


def runs_of(values: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Return (first, end excluded, value) of each run of equal values, shape (day,)."""
    if not values.size:
        return []
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), values.size]
    return [(a, b, int(values[a])) for a, b in pairwise(edges)]


def matrix(counts: NDArray[np.int64], names: Sequence[str], *, true: str, across: str, stamp: str, alt: str) -> Figure:
    """Draw a confusion matrix: rows true, columns predicted, shaded by the share of the row, with its number of days.

    Parameters
    ----------
    counts
        Number of days, shape (true class, predicted class).
    names
        Names of the classes; with four or more, columns have numbers in their place.
    true, across
        Titles of the rows and of the columns.
    stamp
        Stamp, or empty.
    alt
        Text alternative.
    """
    cell, left, top = 58 if len(names) > 3 else 84, 118, 46
    drawing = Drawing(left + cell * len(names) + 10, top + cell * len(names) + 12)
    drawing.text(left + cell * len(names) / 2, 26 if stamp else 14, across, size=11, colour=MUTED, anchor="middle")
    drawing.text(12, top + cell * len(names) / 2, true, size=11, colour=MUTED, anchor="middle", turn=-90)
    for row, name in enumerate(names):
        drawing.text(left - 6, top + cell * (row + 0.5) + 4, name if len(names) < 4 else f"{row} {name}", size=10, anchor="end")
        above = name if len(names) < 4 else str(row)  # long names are beside their rows, with their numbers
        drawing.text(left + cell * (row + 0.5), top - 6, above, size=10, anchor="middle")
        total = int(counts[row].sum())
        for column, count in enumerate(counts[row].tolist()):
            share = count / total if total else 0.0
            drawing.rectangle(left + cell * column, top + cell * row, cell, cell, _shade(share), stroke=GRID)
            dark = share > 0.55
            x = left + cell * (column + 0.5)
            drawing.text(x, top + cell * (row + 0.5) + 1, str(count), size=13, anchor="middle", colour="#fff" if dark else TEXT)
            if total:
                said = f"{100 * share:.0f}%"
                drawing.text(x, top + cell * (row + 0.5) + 15, said, size=9, anchor="middle", colour="#fff" if dark else MUTED)
    drawing.stamp(stamp)
    return drawing.figure(alt)


def _shade(share: float) -> str:
    """Return white for 0 and dark blue for 1."""
    low, high = np.array([255, 255, 255]), np.array([0, 96, 156])
    red, green, blue = np.rint(low + (high - low) * share).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def history(rows: Sequence[dict[str, str]], *, loss: str, accuracy: str, epoch: str, validation: str, alt: str) -> Figure:
    """Draw loss and accuracy over the epochs of each phase; validation is dashed, the best epoch has a ring.

    Parameters
    ----------
    rows
        Rows of the history, at least one, see `RunFolder.history`; the phases are displayed as they are.
    loss, accuracy
        Titles of the two plots.
    epoch
        Title of the axes of epochs.
    validation
        Explanation of dashes and rings, omitted without validation.
    alt
        Text alternative.
    """
    phases = list(dict.fromkeys(row["phase"] for row in rows))
    drawing = Drawing(680, 262 + 14 * (-(-len(phases) // 6) - 1))
    last = max(int(row["epoch"]) for row in rows)
    for place, (name, title) in enumerate((("loss", loss), ("accuracy", accuracy))):
        named = (name, f"validation_{name}")
        values = [_float(row.get(column, "")) for row in rows for column in named]
        top = _top(values) if name == "loss" else 1.0
        axes = Axes(48 + 340 * place, 24, 280, 176, (1.0, float(max(last, 2))), (0.0, top))
        epochs = [(value, text) for value, text in ticks(1, max(last, 2)) if value == round(value)]
        axes.frame(drawing, epochs, ticks(0, top))
        drawing.text(axes.left, 16, title)
        drawing.text(axes.left + 280, 228, epoch, anchor="end", colour=MUTED, size=10)
        for number, phase in enumerate(phases):
            mine = [row for row in rows if row["phase"] == phase]
            x = [float(row["epoch"]) for row in mine]
            colour = SERIES[number % len(SERIES)]
            for column, dash in zip(named, ("", "4 3"), strict=True):
                axes.curve(drawing, x, [_float(row.get(column, "")) for row in mine], colour, dash=dash)
            best = [(float(row["epoch"]), _float(row.get(named[1], ""))) for row in mine if row.get("best") == BEST]
            if best and np.isfinite(best[-1][1]):  # without validation days, no epoch is better than another
                drawing.circle(*axes.at(*best[-1]), 4, "none", colour)
    for number, phase in enumerate(phases):
        left, down = 48 + 105 * (number % 6), 240 + 14 * (number // 6)
        drawing.rectangle(left, down, 12, 4, SERIES[number % len(SERIES)])
        drawing.text(left + 16, down + 6, phase, size=10)
    if any(row.get("validation_loss") for row in rows):
        drawing.text(48, 228, validation, size=10, colour=MUTED)
    return drawing.figure(alt)


def _float(text: str | None) -> float:
    """Return the number in a cell, NaN without one or if it is too large to be drawn."""
    value = float(text) if text else float("nan")
    return value if abs(value) < _LARGEST else float("nan")


def _top(losses: Sequence[float]) -> float:
    """Return the upper end of the scale of losses; 1 if no loss is above 0."""
    top = max((value for value in losses if np.isfinite(value)), default=1.0) * 1.05
    return top if top > 1.0 / _LARGEST else 1.0
