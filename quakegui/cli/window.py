"""The window, opened from the command line."""

from __future__ import annotations

from pathlib import Path


def show_window(folder: Path | None) -> int:
    """Open the window on a project, or on none; returns its exit code."""
    from quakegui.ui.start import run_window  # Qt is for those who want a window

    return run_window(folder)
