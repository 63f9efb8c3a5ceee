"""The analyst's settings, saved in one ini file in the usual location of the platform."""

from __future__ import annotations

import getpass
import json
import math
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from quakegui.season.json_values import LONGEST_TEXT, is_unicode, parse_json
from quakegui.words import languages

MOST_RECENT = 10
THEMES = ("system", "light", "dark")
LANGUAGES = ("system", *languages())
TRAINS_IN = ("this", "interpreter", "wsl")
BACKENDS = ("", "tensorflow", "torch")
CHOICES = {"language": LANGUAGES, "theme": THEMES, "trains_in": TRAINS_IN, "backend": BACKENDS}
TEXT_SCALES = (0.7, 2.5)
SPEEDS = (0.5, 60.0)
RANGES = {"text_scale": TEXT_SCALES, "days_per_second": SPEEDS}
"""Minimum and maximum of numbers, in the dialog and in the file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the person who uses the program, not of a project.

    Attributes
    ----------
    language, theme
        One of `LANGUAGES`, one of `THEMES`.
    analyst
        The name written to the label journal.
    auto_advance
        Whether labelling a day shows the next one.
    days_per_second, loop
        Speed and repetition of playing the season.
    text_scale
        Factor on the font size of the platform.
    trains_in
        One of `TRAINS_IN`: the Python of the window, another one, or a Linux distribution under WSL2.
    interpreter
        Path of the other Python, under WSL2 a Linux path; empty under WSL2 for its `python3`.
    distribution
        Distribution of WSL2; empty for its default.
    backend
        One of `BACKENDS`; empty for an automatic choice.
    alarm_signal
        Whether a new alarm makes a sound and shows a message of the desktop.
    recent
        Project folders, latest first.
    """

    language: str = "system"
    theme: str = "system"
    analyst: str = ""
    auto_advance: bool = False
    days_per_second: float = 8.0
    loop: bool = True
    text_scale: float = 1.0
    trains_in: str = "this"
    interpreter: str = ""
    distribution: str = ""
    backend: str = ""
    alarm_signal: bool = False
    recent: tuple[str, ...] = ()

    def with_recent(self, folder: Path) -> Settings:
        """Return the settings with `folder` first among the recent projects."""
        path = str(folder.resolve())
        return replace(self, recent=(path, *(old for old in self.recent if old != path))[:MOST_RECENT])


def default_analyst() -> str:
    """Return the login name, or "analyst" if the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "analyst"


class SettingsFile:
    """The ini file: settings as values of fixed types, and layouts of the window as bytes."""

    def __init__(self, path: Path | None = None) -> None:
        if path is None:
            path = Path(platformdirs.user_config_dir("quakegui", appauthor=False)) / "quakegui.ini"
        self.path = path
        self._file = QSettings(str(path), QSettings.Format.IniFormat)

    def load(self) -> Settings:
        """Return the settings; a value that cannot be read is replaced by its default."""
        text = self._file.value("settings", "{}")
        try:
            kept = parse_json(str(text))
        except ValueError:
            kept = {}
        known = _usable_values(kept if isinstance(kept, dict) else {})
        settings = replace(Settings(), **known)
        return settings if settings.analyst else replace(settings, analyst=default_analyst())

    def save(self, settings: Settings) -> None:
        """Write the settings at once."""
        self._file.setValue("settings", json.dumps(asdict(settings), ensure_ascii=False))
        self._file.sync()

    def load_layout(self, name: str) -> tuple[QByteArray, QByteArray] | None:
        """Return geometry and dock state of a named layout, or None if it was never saved."""
        geometry, state = self._file.value(f"layout/{name}/geometry"), self._file.value(f"layout/{name}/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def save_layout(self, name: str, geometry: QByteArray, state: QByteArray) -> None:
        """Save geometry and dock state under a name.

        Parameters
        ----------
        name
            A former layout of this name is replaced.
        geometry, state
            From `QMainWindow.saveGeometry` and `QMainWindow.saveState`.
        """
        self._file.setValue(f"layout/{name}/geometry", geometry)
        self._file.setValue(f"layout/{name}/state", state)
        self._file.sync()

    def forget_layouts(self) -> None:
        """Delete all layouts."""
        self._file.remove("layout")
        self._file.sync()

    def load_day(self, folder: Path) -> str | None:
        """Return the last day shown of a project, as ISO text."""
        day = self._file.value(f"day/{_key(folder)}")
        return str(day) if day else None

    def save_day(self, folder: Path, day: str) -> None:
        """Save the day shown, so that the next start returns to it.

        Parameters
        ----------
        folder
            Folder of the project.
        day
            Local date as ISO text.
        """
        self._file.setValue(f"day/{_key(folder)}", day)
        self._file.sync()


def _key(folder: Path) -> str:
    return folder.resolve().as_posix().replace("/", "|")


def _usable_values(kept: dict[str, object]) -> dict[str, Any]:
    """Return the valid values of a settings file, which may be damaged or edited by hand."""
    good: dict[str, Any] = {}
    for field in fields(Settings):
        value, default = kept.get(field.name), getattr(Settings(), field.name)
        if field.name == "recent" and isinstance(value, list):
            good["recent"] = tuple(item for item in value if _is_text(item))[:MOST_RECENT]
        elif field.name in RANGES and isinstance(value, int | float) and not isinstance(value, bool):
            if abs(value) < math.inf:  # nor is it NaN; an integer may still be larger than any float
                least, greatest = RANGES[field.name]
                good[field.name] = float(min(max(value, least), greatest))
        elif (isinstance(default, str) and _is_text(value)) or (isinstance(default, bool) and isinstance(value, bool)):
            good[field.name] = value
    for name, known in CHOICES.items():
        if good.get(name) not in known:
            good.pop(name, None)
    if good.get("interpreter") and "trains_in" not in kept:  # earlier versions had no choice, only a path
        good["trains_in"] = "interpreter"
    return good


def _is_text(value: object) -> bool:
    """Return whether a value is text that is valid in names, paths and the journal: JSON may contain lone surrogates."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value and is_unicode(value)
