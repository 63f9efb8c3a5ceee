"""Anonymised lines of the log: only the program's own words, numbers, types of errors, and lines of its source are kept.

Names of people, files and runs cannot be distinguished from other words, so there is no search for what to remove. Only what
the log has marked as the program's own words (`quakegui.logs`) is kept, without the values in it. Of any other line, only time,
level and logger are kept.
"""

from __future__ import annotations

import builtins
import re
import sys
import sysconfig
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import quakegui
from quakegui.learn import messages
from quakegui.logs import OWN, VALUE

LEFT_OUT: Final = "<...>"
LIBRARIES: Final = {
    "quakegui", "PySide6", "numpy", "scipy", "pandas", "sqlalchemy", "keras", "tensorflow", "torch", "h5py", "PIL",
}  # fmt: skip
_RECORD = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+Z) ([A-Z]+) ([\w.]+) \[\d+ ([^\]]*)\]: (.*)", re.ASCII)
_THREAD = re.compile(r"(?:Main)?Thread(?:-\d+)?|Dummy-\d+", re.ASCII)
_FRAME = re.compile(r'  File "(.*)", line (\d+)(?:, in .*)?', re.ASCII)
_ERROR = re.compile(r"([A-Za-z_][\w.]{0,100})(?:: (.*))?", re.ASCII)
_CODE = re.compile(r"\[(Errno|WinError) (\d{1,6})\]", re.ASCII)
_QT = re.compile(r"(?:(?:default|qt(?:\.[a-z]+)*): )?(?:Q[A-Za-z]+::[A-Za-z]+:)?", re.ASCII)
_NUMBER = re.compile(r"-\d{1,10}|[+-]?\d[\d,]*(?:\.\d+)?|\d+\.\d+\.\d+", re.ASCII)
_VALUE = re.compile(f"{VALUE[0]}([^{VALUE[1]}]*){VALUE[1]}")
_TRACES = {
    "Traceback (most recent call last):",
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
}


def harmless(lines: Iterable[str]) -> list[str]:
    """Return lines of a log without anything that could identify a person or a file.

    Parameters
    ----------
    lines
        As written by `quakegui.logs`: records, tracebacks, and the messages of errors. Lines that do not belong to a record,
        such as lines of source or further lines of a message, are omitted.
    """
    found = (_harmless(line) for line in lines)
    return [line for line in found if line]


def _harmless(line: str) -> str:
    record = _RECORD.fullmatch(line)
    if record is not None:
        time, level, logger, thread, message = record.groups()
        name = logger if logger.partition(".")[0] in LIBRARIES else "another library"
        where = thread if _THREAD.fullmatch(thread) else "another thread"
        return f"{time} {level} {name} [{where}]: {_of_qt(message) if logger == 'quakegui.qt' else masked(message)}"
    if line in _TRACES:
        return line
    frame = _FRAME.fullmatch(line)
    if frame is not None:
        return f"  File {_place(frame[1])}, line {frame[2]}"
    error = _ERROR.fullmatch(line)
    if error is None or not _is_type(error[1]):
        return ""
    words = error[2]
    if words is None:
        return error[1]
    code = _CODE.match(words)
    return f"{error[1]}: {code[0] + ' ' + LEFT_OUT if code else masked(words)}"


def masked(text: str) -> str:
    """Return the words that the log has marked as the program's own, with `LEFT_OUT` for values; `LEFT_OUT` for other text."""
    return _VALUE.sub(lambda found: _value(found[1]), text.removeprefix(OWN)) if text.startswith(OWN) else LEFT_OUT


def _value(text: str) -> str:
    if (_NUMBER.fullmatch(text) and (text[0] == "-" or sum(map(str.isdigit, text)) <= 6)) or _is_type(text):
        return text
    kind = text.partition("(")[0]  # last message of a worker, such as Failed(...)
    return f"{kind}({LEFT_OUT})" if kind and isinstance(getattr(messages, kind, None), type) else LEFT_OUT


def _of_qt(message: str) -> str:
    """Return which part of Qt reports a problem, without the message, which may contain a path."""
    found = _QT.match(message)
    return f"{found[0].strip() if found else ''} {LEFT_OUT}".strip()


def _is_type(name: str) -> bool:
    """Return whether a word of the log is the type of an error, and not the first word of a sentence."""
    module, _, last = name.rpartition(".")
    if not module:
        return isinstance(getattr(builtins, name, None), type) and issubclass(getattr(builtins, name), BaseException)
    kind = getattr(sys.modules.get(module), last, None)
    if isinstance(kind, type) and issubclass(kind, BaseException):
        return True
    top = module.partition(".")[0]  # a worker has libraries that a window lacks
    return (top in LIBRARIES or top in sys.stdlib_module_names) and last.endswith(("Error", "Exception", "Warning"))


def _place(path: str) -> str:
    """Return the place of a file within this program, Python or a library, and nothing of the name of any other file."""
    plain = path.replace("\\", "/")
    for folder, stands in _program_places():
        rest = plain.removeprefix(f"{folder}/")
        if rest != plain and ".." not in rest and _is_file(Path(path)):
            return f"{stands}/{rest}"
    rest = plain.rpartition("/quakegui/")[2]  # the same program under another Python
    own = rest != plain and ".." not in rest and _is_file(Path(quakegui.__file__).parent / rest)
    return f"<quakegui>/{rest}" if own else LEFT_OUT


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is invalid on this system, for example with a thousand characters
        return False


@lru_cache(maxsize=1)
def _program_places() -> tuple[tuple[str, str], ...]:
    """Return the folders of program and Python with their placeholders, the innermost first."""
    found = {Path(quakegui.__file__).resolve().parent.as_posix(): "<quakegui>"}
    for name in ("platstdlib", "stdlib", "purelib", "platlib"):
        found.setdefault(Path(sysconfig.get_path(name)).as_posix(), f"<{'python' if 'stdlib' in name else 'site'}>")
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))
