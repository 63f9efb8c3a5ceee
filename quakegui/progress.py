"""Progress reports of long work, and checks for cancelling it."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and a text."""
CancelCheck = Callable[[], bool]
"""Returns whether the work is to stop."""


class StoppedError(Exception):
    """Ends work without a result: it was stopped, or its result is no longer needed."""


def silent(_done: int, _total: int, _text: str) -> None:
    """Ignore the progress."""


def never() -> bool:
    """Return False: the work is never cancelled."""
    return False
