"""The support report: machine, versions, project and log for the analysis of a fault, without personal data.

It is written for strangers. Project and settings are described without names, and only the program's own words of the log are
included (`quakegui.app.harmless`).
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import qVersion

import quakegui
from quakegui import logs
from quakegui.app.harmless import harmless

if TYPE_CHECKING:
    from quakegui.app.session import Session

LOG_LINES: Final[dict[logs.Part, int]] = {"window": 200, "command": 40, "worker": 60}
LIBRARIES: Final = (
    "PySide6-Essentials", "pyqtgraph", "numpy", "scipy", "pandas", "SQLAlchemy", "keras", "tensorflow", "torch",
)  # fmt: skip


def report(session: Session, screens: Sequence[str] = ()) -> str:
    """Return the text of the report.

    Parameters
    ----------
    session
        The session; of its project only the size is included.
    screens
        A line for each screen, and the name of the window system.
    """
    lines = [f"quakegui {quakegui.__version__}", *_machine(), *(f"Screen: {screen}" for screen in screens)]
    lines += ["", *_shape(session), ""]
    for part, count in LOG_LINES.items():
        told = harmless(logs.tail(part, count))
        lines += [f"-- {part} log: {len(told)} of the last {count} lines", *told, ""]
    return "\n".join(lines) + "\n"


def _machine() -> list[str]:
    versions = []
    for library in LIBRARIES:
        try:
            versions.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    memory = _memory_gb()
    return [
        f"System: {logs.system()}, {os.cpu_count()} processors" + (f", {memory:.0f} GB" if memory else ""),
        f"Python {platform.python_version()}, Qt {qVersion()}, {', '.join(versions)}",
        f"Log of at most {(logs.FORMER + 1) * logs.LARGEST // 10**6} MB per part; text encoding {sys.getfilesystemencoding()}",
    ]


def _memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):  # Windows
        return 0.0


def _shape(session: Session) -> list[str]:
    """Return the size of the open project, without names."""
    settings = session.settings
    lines = [f"Window: {settings.language}, {settings.theme}, text x {settings.text_scale:g}"]
    project = session.project
    if project is None:
        return [*lines, "Project: none open"]
    from quakegui.project.schema import SCHEMA

    kind = "SYNTHETIC" if project.synthetic else "measured"
    mode = ", read-only" if project.read_only else ""
    lines.append(f"Project: schema {SCHEMA}, {kind}{mode}, time zone {project.timezone}")
    if session.season is not None:
        labelled = int((session.labels.classes >= 0).sum())
        predictions = "none" if session.predictions is None else "shown"
        lines.append(
            f"Season: {session.days.size} days x {len(session.season.network.codes)} stations, "
            f"{len(session.events)} earthquakes, {labelled} days labelled, predictions {predictions}"
        )
    else:
        lines.append("Season: none yet")
    return lines
