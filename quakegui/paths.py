"""Where the package finds its resources and models (in a source tree, a wheel and a frozen bundle), and the user's cache."""

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
    """Return the folder of what this user's programs have computed or measured and can lose, which need not be there yet."""
    import platformdirs

    return Path(os.environ.get("QUAKEGUI_CACHE") or platformdirs.user_cache_dir("quakegui", appauthor=False))


def models() -> Path:
    """Return the folder of the pre-trained models that belong to quakegui, with their cards."""
    return _find("models")
