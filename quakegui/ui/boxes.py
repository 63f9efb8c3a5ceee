"""Box layouts filled in one call."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

Box = TypeVar("Box", bound=QBoxLayout)
FLUSH: Final = (0, 0, 0, 0)
"""No margins."""


def filled(
    box: Box,
    *parts: QWidget | QLayout | int | tuple[Any, ...],
    margins: tuple[int, int, int, int] | None = None,
    spacing: int | None = None,
) -> Box:
    """Add parts to a box layout, and return it.

    Parameters
    ----------
    box
        The layout.
    *parts
        Widgets and layouts in order, each alone or with its stretch and alignment. A number is empty space of that stretch.
    margins, spacing
        Left, top, right and bottom margin, and the space between two parts, in pixels. Default: those of the style.
    """
    if margins is not None:
        box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            box.addStretch(part)
            continue
        content, *place = part if isinstance(part, tuple) else (part,)
        (box.addLayout if isinstance(content, QLayout) else box.addWidget)(content, *place)
    return box
