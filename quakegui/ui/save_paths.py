"""Paths of saved files: the initial folder of file dialogs, and the ending of the typed name."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from PySide6.QtCore import QStandardPaths

from quakegui.app.settings import Settings


def latest_folder(settings: Settings) -> Path:
    """Return the parent folder of the latest project, for file dialogs; otherwise the documents folder.

    The synthetic season is ignored: it is in the program's own data folder, which Windows hides.
    """
    hidden = Path(platformdirs.user_data_dir("quakegui", appauthor=False))
    folders = (Path(recent).parent for recent in settings.recent)
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return next((folder for folder in folders if folder != hidden), documents if documents.is_dir() else Path.home())


def with_ending(name: str, kind: str, endings: tuple[str, ...]) -> Path:
    """Return the path with a valid ending: the typed one, or else that of the selected file type."""
    path = Path(name)
    if path.suffix.lower() in endings:
        return path
    return path.with_name(path.name + next((ending for ending in endings if f"*{ending}" in kind), endings[0]))
