"""Where files are saved: the folder that a file dialog starts from, and the ending of what is typed there."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from PySide6.QtCore import QStandardPaths

from quakegui.app.settings import Settings


def latest_folder(settings: Settings) -> Path:
    """Return where the analyst's latest project lies, for file dialogs to start from; else the folder for documents.

    The synthetic season does not count: it lies in the program's own folder, which Windows hides.
    """
    hidden = Path(platformdirs.user_data_dir("quakegui", appauthor=False))
    folders = (Path(recent).parent for recent in settings.recent)
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return next((folder for folder in folders if folder != hidden), documents if documents.is_dir() else Path.home())


def with_ending(name: str, kind: str, endings: tuple[str, ...]) -> Path:
    """Return the path with an ending that can be written: the one typed, or else the one of the kind chosen."""
    path = Path(name)
    if path.suffix.lower() in endings:
        return path
    return path.with_name(path.name + next((ending for ending in endings if f"*{ending}" in kind), endings[0]))
