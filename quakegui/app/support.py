"""The report for support: what machine, versions, project and log say of a fault, without anything about persons.

It is made for strangers to read, so that more is taken out than must be: every name and note that the project knows, every path
outside the program, every file's name, every address.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import os
import platform
import re
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import qVersion

import quakegui
from quakegui import logs

if TYPE_CHECKING:
    from quakegui.app.session import Session
    from quakegui.project.store import Project

LOG_LINES: Final[dict[logs.Part, int]] = {"window": 200, "command": 40, "worker": 60}
LIBRARIES: Final = (
    "PySide6-Essentials", "pyqtgraph", "numpy", "scipy", "pandas", "SQLAlchemy", "keras", "tensorflow", "torch",
)  # fmt: skip
SHORT: Final = 4
"""Names of fewer letters are looked for as whole words only."""
DATA_ENDINGS: Final = (
    "csv|txt|tsv|dat|xlsx?|wdc|ack|iaga|sec|min|hor|day|cdf|xml|qml|json|zip|gz|tar|png|jpe?g|bmp|tiff?|gif|svg|html?|pdf"
    "|keras|npz|npy|sqlite|db|ini|mp4"
)

_QUOTED = re.compile(r"""(["'“‘])((?:[A-Za-z]:[\\/]|\\\\|/|~)[^"'“”‘’\n]*)(["'”’])""")
_BARE = re.compile(r"""(?<![\w.~<>/\\])(?:[A-Za-z]:[\\/]|\\\\|/(?=\w)|~[\\/])[^\n"'“”‘’<>|:;,]*""")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_FILE = re.compile(rf"""[^\s"'“”‘’/\\:<>|]+\.(?:{DATA_ENDINGS})\b""", re.IGNORECASE)


def report(session: Session, screens: Sequence[str] = ()) -> str:
    """Return the text to send.

    Parameters
    ----------
    session
        Whose project is told by its size alone.
    screens
        A line for each screen, and the window system's name.
    """
    lines = [f"quakegui {quakegui.__version__}", *_machine(), *(f"Screen: {screen}" for screen in screens)]
    lines += ["", *_shape(session), ""]
    names = secrets(session)
    if names is None:
        lines.append("Log: left out, since the project's names cannot be read and could stand in it.")
    else:
        for part, count in LOG_LINES.items():
            told = logs.tail(part, count)
            lines += [f"-- log of the {part}, last {len(told)} lines", *told, ""]
    return scrub("\n".join(lines), names or _own_names(session)) + "\n"


def scrub(text: str, names: Iterable[str]) -> str:
    """Return a text without the names given, nor any path outside the program, file name, mail address or IP address.

    Parameters
    ----------
    text
        Any text; lines stay lines.
    names
        What may not be in it, in any writing of capitals. One of fewer than `SHORT` letters is taken out as a whole word.
    """
    for known, stands in _program_places():
        text = text.replace(known, stands).replace(known.replace("\\", "/"), stands)
    folded = text.casefold()
    there = {name.strip() for name in names if name.strip() and name.strip().casefold() in folded}  # of thousands, a few
    for name in sorted(there, key=len, reverse=True):
        text = _pattern(name).sub("<name>", text)
    text = _QUOTED.sub(r"\1<path>\3", text)
    text = _BARE.sub("<path>", text)
    text = _MAIL.sub("<mail>", text)
    text = _ADDRESS.sub("<address>", text)
    return _FILE.sub("<file>", text)


def secrets(session: Session) -> frozenset[str] | None:
    """Return what may not be in a report: of the machine, the settings and the open project; None where that cannot be read."""
    own = _own_names(session)
    project = session.project
    if project is None:
        return own
    try:
        return own | _project_names(project)
    except Exception:  # the report is asked for when things are broken, and may not break on them
        logs.LOG.exception("The project's names cannot be read for the report")
        return None


def _own_names(session: Session) -> frozenset[str]:
    """Return the names of user, home and host, and of the projects opened lately."""
    names = {os.environ.get(key, "") for key in ("USER", "USERNAME", "LOGNAME", "COMPUTERNAME", "HOSTNAME", "USERDOMAIN")}
    names |= {Path.home().name, session.settings.analyst}
    if sys.platform != "win32":
        names |= {os.uname().nodename, os.uname().nodename.partition(".")[0]}
    with suppress(OSError, KeyError, ImportError):  # a system without a user's name has none to hide
        names.add(getpass.getuser())
    names |= _of_path(Path.home()) | _full_names()
    for folder in (*session.settings.recent, session.settings.interpreter):
        if folder:
            names |= _of_path(Path(folder))
    if session.project is not None:
        names |= _of_path(session.project.folder) | {session.project.name}
    return frozenset(names - {"", "localhost"})


def _full_names() -> set[str]:
    if sys.platform == "win32":
        return set()
    import pwd

    try:
        full = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
    except KeyError:
        return set()
    return {full} if full else set()


def _of_path(path: Path) -> set[str]:
    """Return the ways of writing a path, and its last part."""
    ways = {str(path), path.as_posix(), str(path).replace("\\", "\\\\"), repr(str(path))[1:-1]}
    with suppress(OSError):
        ways.add(str(path.resolve()))
    return {way for way in ways if len(way) > 1} | {path.name}


def _project_names(project: Project) -> frozenset[str]:
    """Return authors, notes, station codes and names, and file names of a project."""
    from sqlalchemy import select

    from quakegui.project import journal, schema

    names: set[str] = set()
    for row in journal.journal_rows(project):
        names |= {row.author, row.owner, row.note, *row.note.splitlines()}
    for station in project.network().stations:
        names |= {station.code, station.name}
    table = schema.imported_file.c
    with project.read() as connection:
        for name, base in connection.execute(select(table.name, table.base)):
            names |= {name, base}
    return frozenset(name for name in names if name)


def _pattern(name: str) -> re.Pattern[str]:
    plain = re.escape(name)
    if len(name) < SHORT and name.isascii():
        plain = rf"(?<![A-Za-z0-9]){plain}(?![A-Za-z0-9])"
    return re.compile(plain, re.IGNORECASE)


def _program_places() -> list[tuple[str, str]]:
    """Return the folders of program and Python with what stands for each: the lines of a traceback stay useful."""
    found = {str(Path(quakegui.__file__).resolve().parent): "<quakegui>"}
    for name in ("platstdlib", "stdlib", "purelib", "platlib"):
        found.setdefault(sysconfig.get_path(name), f"<{'python' if 'stdlib' in name else 'site'}>")
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


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
        f"Log of at most {(logs.FORMER + 1) * logs.LARGEST // 10**6} MB a part; text encoding {sys.getfilesystemencoding()}",
    ]


def _memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):  # Windows
        return 0.0


def _shape(session: Session) -> list[str]:
    """Return the size of the open project; no names."""
    settings = session.settings
    lines = [f"Window: {settings.language}, {settings.theme}, text x {settings.text_scale:g}"]
    project = session.project
    if project is None:
        return [*lines, "Project: none is open"]
    from quakegui.project.schema import SCHEMA

    kind = "SYNTHETIC" if project.synthetic else "measured"
    mode = ", read only" if project.read_only else ""
    lines.append(f"Project: schema {SCHEMA}, {kind}{mode}, time zone {project.timezone}")
    if session.season is not None:
        labelled = int((session.labels.classes >= 0).sum())
        lines.append(
            f"Season: {session.days.size} days x {len(session.season.network.codes)} stations, {len(session.events)} events, "
            f"{labelled} days labelled, predictions {'shown' if session.predictions is not None else 'none'}"
        )
    else:
        lines.append("Season: none yet")
    return lines
