"""Locations of the package's resources and models (in a source tree, a wheel or a frozen bundle), and of the user's cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _find(folder: str) -> Path:
    bundle = Path(getattr(sys, "_MEIPASS", sys.prefix))
    for candidate in (_PACKAGE / "_data" / folder, _PACKAGE.parent / folder, bundle / folder):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"The folder '{folder}' that belongs to quakegui is missing; please install it again.")


def resources() -> Path:
    """Return the folder of base map, catalogue, synthetic network, Kp and translations."""
    return _find("resources")


def cache() -> Path:
    """Return the folder of cached results of this user, which may not exist yet."""
    import platformdirs

    return Path(os.environ.get("QUAKEGUI_CACHE") or platformdirs.user_cache_dir("quakegui", appauthor=False))


def models() -> Path:
    """Return the folder of the pre-trained models shipped with quakegui, with their cards."""
    return _find("models")
