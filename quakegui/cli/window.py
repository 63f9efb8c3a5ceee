"""The window, opened from the command line."""

from __future__ import annotations

from pathlib import Path


def show_window(folder: Path | None) -> int:
    """Open the window, with a project if a folder is given; returns its exit code."""
    from quakegui.ui.start import run_window  # other commands do not need Qt

    return run_window(folder)
