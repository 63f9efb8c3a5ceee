"""How long work tells of itself, and how it is asked whether to go on."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[int, int, str], None]
"""Takes how much is done, of how much, and what it is."""
CancelCheck = Callable[[], bool]
"""Says whether the work is not wanted any more."""


def silent(_done: int, _total: int, _text: str) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on to the end."""
    return False
