"""Light and dark mode without a restart, and the colours shared by painted panels.

Widgets take their colours from the palette of the application, which `apply` sets; painted panels call `colours` at every
repaint. Both come from one table, so that screen and exported figures agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QToolTip, QWidget

from quakegui.ui import i18n
from quakegui.words import ENGLISH

CHOICES: Final = ("system", "light", "dark")

CLASS_PATTERNS: Final = (
    Qt.BrushStyle.NoBrush,
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.FDiagPattern,
)
"""One brush pattern per class: larger earthquakes are filled, smaller ones hatched, north and south in different directions.

Painted with the number of the class, so that colour is never the only cue.
"""

_FAMILIES: Final = ["Segoe UI", "Noto Sans", "Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "DejaVu Sans"]
_PROPORTIONAL: Final = QFont.Tag("pwid")
"""OpenType feature for punctuation of proportional width; fonts without it are unchanged."""


@dataclass(frozen=True, slots=True)
class ThemeColours:
    """Colours of painted panels, in one colour scheme."""

    dark: bool
    background: QColor
    raised: QColor
    text: QColor
    muted: QColor
    grid: QColor
    accent: QColor
    cursor: QColor
    selection: QColor
    missing: QColor
    event: QColor
    alarm: QColor
    storm: QColor
    kp: QColor
    good: QColor
    warning: QColor
    error: QColor
    land: QColor
    water: QColor
    border: QColor
    border_minor: QColor
    classes: tuple[QColor, ...]
    series: tuple[QColor, ...]

    def class_brush(self, cls: int) -> QBrush:
        """Return the brush of a class 0 to 4, with its colour and pattern."""
        return QBrush(self.classes[cls], CLASS_PATTERNS[cls])


# Each is for the light and for the dark table. Classes and series follow Okabe & Ito (2008), distinct for all common types of
# colour vision; those of the dark table are lightened.
_COLOURS: Final = {
    "background": ("#ffffff", "#15191e"),
    "raised": ("#f3f4f6", "#242b33"),
    "text": ("#1b1f24", "#e4e8ec"),
    "muted": ("#5b6470", "#98a2ad"),
    "grid": ("#e1e4e8", "#2b323a"),
    "accent": ("#1a62c6", "#5ea1ff"),
    "cursor": ("#c2185b", "#ff5c93"),
    "selection": ("#331a62c6", "#405ea1ff"),
    "missing": ("#7b8490", "#8b949e"),
    "event": ("#1b1f24", "#f0f3f6"),
    "alarm": ("#b3261e", "#ff6b61"),
    "storm": ("#a3470b", "#ff9d5c"),
    "kp": ("#6c7a89", "#8795a5"),
    "good": ("#2e7d4f", "#56c288"),
    "warning": ("#8a5a00", "#e8b34b"),
    "error": ("#b3261e", "#ff6b61"),
    "land": ("#f4f2ec", "#1f252b"),
    "water": ("#dbe7f0", "#10161c"),
    "border": ("#8d8674", "#7d7866"),
    "border_minor": ("#cbc5b6", "#454b4f"),
}
_CLASSES: Final = (
    ("#78818c", "#c44e00", "#d98a00", "#00609c", "#45a6dc"),
    ("#8b949e", "#ff7a2e", "#f7c95a", "#3f9be0", "#8fd0f7"),
)
_SERIES: Final = (
    ("#0072b2", "#d55e00", "#009e73", "#b0568c", "#9a7b00", "#45a6dc"),
    ("#56b4e9", "#ff8a3d", "#2fc99a", "#e08cc0", "#e6cf5a", "#9bb7ff"),
)


def _table(*, dark: bool) -> ThemeColours:
    return ThemeColours(
        dark=dark,
        classes=tuple(map(QColor, _CLASSES[dark])),
        series=tuple(map(QColor, _SERIES[dark])),
        **{field: QColor(pair[dark]) for field, pair in _COLOURS.items()},
    )


EMPTY_BOX: Final = QColor("#6b7785")
"""Ground of check boxes and radio buttons in dark colours: at least 3 to 1 against the window."""
LIGHT: Final = _table(dark=False)
DARK: Final = _table(dark=True)


class _Style(QProxyStyle):
    """A style that reads its icons once: Qt's own reads dozens of files whenever the title of a panel is placed or painted."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._icons: dict[QStyle.StandardPixmap, QIcon] = {}

    def standardIcon(  # noqa: N802 - Qt's name
        self, icon: QStyle.StandardPixmap, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> QIcon:
        """Return an icon of the style."""
        if icon not in self._icons:
            self._icons[icon] = super().standardIcon(icon, option, widget)
        return self._icons[icon]


def colours() -> ThemeColours:
    """Return the table that fits the current palette."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour between two, with a share of the second from 0 to 1."""
    return QColor.fromRgbF(*(a + share * (b - a) for a, b in zip(_rgb(one), _rgb(other), strict=True)))


def ink_on(ground: QColor) -> QColor:
    """Return black or white, whichever has the higher contrast to a colour (relative luminance of WCAG 2)."""
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(ground))
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return QColor("black") if luminance > 0.179 else QColor("white")


def apply(choice: str, *, text_scale: float = 1.0) -> None:
    """Switch the application to a colour scheme and a text size.

    Parameters
    ----------
    choice
        "light", "dark", or "system": as the platform, followed at run time.
    text_scale
        Factor on the text size of the platform.

    Raises
    ------
    ValueError
        For any other choice.
    """
    if choice not in CHOICES:
        raise ValueError(f"The theme '{choice}' does not exist; choose one of {', '.join(CHOICES)}.")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if app.property("theme") is None:
        app.setStyle(_Style("Fusion"))
        app.setProperty("text points", app.font().pointSizeF())
        app.styleHints().colorSchemeChanged.connect(_follow)
    app.setProperty("theme", choice)
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[choice]
    app.styleHints().setColorScheme(wanted)  # title bars and native dialogs; some platforms ignore it
    _paint(app)
    _set_text(app, text_scale)


def tint(widget: QWidget, colour: QColor, *, bold: bool = False, scale: float = 1.0) -> None:
    """Set colour, weight and relative size of the text of a label; call it again when colours or text size change.

    A style sheet would do the same, but keeps the text size from when it was set, and is evaluated again every time.
    """
    palette = widget.palette()
    own = widget.testAttribute(Qt.WidgetAttribute.WA_SetPalette)  # otherwise it may take another colour of its parent later
    if not own or palette.color(QPalette.ColorRole.WindowText) != colour:
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        widget.setPalette(palette)
    if bold or scale != 1.0:
        font = QFont(QApplication.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        font.setBold(bold)
        if font != widget.font():
            widget.setFont(font)


def tint_bar(bar: QWidget, colour: QColor) -> None:
    """Set the colour of a progress bar; call it again when colours change."""
    palette = bar.palette()
    for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Accent):
        palette.setColor(role, colour)
    bar.setPalette(palette)


def _follow(_: Qt.ColorScheme) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        _paint(app)


def _paint(app: QApplication) -> None:
    choice = app.property("theme")
    dark = choice == "dark" or (choice == "system" and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    palette = _palette(DARK if dark else LIGHT)
    if palette != app.palette():  # even the same one would be sent to every window
        app.setPalette(palette)
    if dark:  # an empty box would be as dark as the window around it
        palette.setColor(QPalette.ColorRole.Base, EMPTY_BOX)
        palette.setColor(QPalette.ColorRole.Text, QColor("white"))  # the tick
    for boxes in ("QCheckBox", "QRadioButton"):
        if palette != app.palette(boxes):  # type: ignore[call-overload]
            app.setPalette(palette, boxes)  # type: ignore[arg-type]  # the stubs ask for bytes, which Qt for Python refuses


def _set_text(app: QApplication, scale: float) -> None:
    font = QFont(app.font())
    font.setFamilies(_FAMILIES)
    if i18n.language() == ENGLISH:  # a Chinese font, the only one on some computers, has quotation marks as wide as a character
        font.setFeature(_PROPORTIONAL, 1)
    else:
        font.unsetFeature(_PROPORTIONAL)
    font.setPointSizeF(float(app.property("text points")) * scale)
    if font != app.font():
        app.setFont(font)
        QToolTip.setFont(font)


def _palette(table: ThemeColours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(table.raised, table.raised)  # derives bevels and shades
    pairs = {
        role.Window: table.raised,
        role.Button: table.raised.lighter(118) if table.dark else table.raised,
        role.Base: table.background,
        role.AlternateBase: table.raised,
        role.ToolTipBase: table.raised,
        role.WindowText: table.text,
        role.Text: table.text,
        role.ButtonText: table.text,
        role.ToolTipText: table.text,
        role.PlaceholderText: table.muted,
        role.Highlight: table.accent,
        role.Accent: table.accent,
        role.HighlightedText: QColor("#0b0e11") if table.dark else QColor("#ffffff"),
        role.Link: table.accent,
        role.LinkVisited: table.accent,
        role.BrightText: table.error,
    }
    for name, colour in pairs.items():
        palette.setColor(name, colour)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, table.missing)
    return palette


def _rgb(colour: QColor) -> tuple[float, float, float]:
    """Return the components of a colour, from 0 to 1."""
    return colour.redF(), colour.greenF(), colour.blueF()
