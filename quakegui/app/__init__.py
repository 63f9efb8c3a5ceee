"""The window's state and what is done to it, on QtCore only.

`session` holds the one mutable state and reads what is shown. An action is a plain function of it: in `opening`, `walking`,
`labelling`, `computing`, `others`, `runs`, `explaining` or `taking_in`, which import `session` and never the other way. What
takes long is a job of `jobs`, training a process followed by `training`.
"""

import sys
from typing import Any

import PySide6  # noqa: F401  # brings the module that is looked for below


def _leave_sources_unread() -> None:
    """Keep PySide6 from reading the source text of every module that is imported later, which Python keeps for tracebacks.

    It looks for its own name there, in case somebody switches on one of its optional spellings (`from __feature__ import ...`).
    Nobody does here, and without it a window with a project needs 60 MB less and imports in three quarters of the time.
    """
    feature: Any = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):  # another version may do without
        feature._mod_uses_pyside = lambda _module: False


_leave_sources_unread()
