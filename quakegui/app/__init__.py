"""State of the window and actions on it, based on QtCore only.

`session` contains the one mutable state and reads what is shown. An action is a plain function of the session: in `opening`,
`walking`, `labelling`, `computing`, `others`, `runs`, `explaining` or `taking_in`, which import `session` and not the other
way round. Long work is a job of `jobs`; training is a process that `training` follows.
"""

import sys
from typing import Any

import PySide6  # noqa: F401  # brings the module that is looked for below


def _leave_sources_unread() -> None:
    """Keep PySide6 from reading the source text of every module imported later, which Python caches for tracebacks.

    PySide6 searches it for `from __feature__ import ...`, which enables optional spellings. quakegui never uses these, and
    without the search a window with a project needs 60 MB less and imports in three quarters of the time.
    """
    feature: Any = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):  # another version may lack this hook
        feature._mod_uses_pyside = lambda _module: False


_leave_sources_unread()
