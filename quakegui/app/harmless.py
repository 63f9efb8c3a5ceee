"""What of a log's lines may be shown to strangers: the program's own words, numbers, types of errors, and lines of its source.

Names of people, files and runs cannot be told from other words, so nothing is looked for that has to go. Instead only what is
known to be the program's own stays: a sentence is recognised by its template, and what stands in the template's places is left
out. A line that is not recognised keeps its time, level and logger.
"""

from __future__ import annotations

import builtins
import json
import re
import sys
import sysconfig
from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Final

import quakegui
from quakegui.learn import messages
from quakegui.paths import resources

LEFT_OUT: Final = "<...>"
LOGGED: Final = (
    "A job failed", "Said: {0}", "The database's log stays beside it", "The job {0}", "The job {0} ended with status {1}",
    "The job {0} failed", "The log of {0} stays beside its database", "The map of day {0} could not be drawn ahead",
    "The studies of the run {0} are computed again: {1}", "The studies of the run {0} are not kept: {1}",
    "The window cannot be made", "The worker {0} began", "The worker {0} ended with status {1}: {2}", "The {0} ends",
    "Uncaught in {0}", "Uncaught in {0}, {1} times so far", "quakegui {0} begins as {1} on Python {2}, {3}",
    "{0}: {1} after {2} s",
)  # fmt: skip
"""What the program writes into its log, {0}, {1} ... in place of the values."""
TITLES: Final = (
    "Asking the network what it looked at", "Computing the season", "Exporting the run", "Gathering maps and labels",
    "Importing the run", "Judging the run", "Keeping the run's predictions", "Making the synthetic season",
    "Opening the project", "Planning the training", "Predicting with the run", "Taking in new days", "Writing the report",
    "Writing the tables",
)  # fmt: skip
"""What the window's jobs are called."""
WORDS: Final = (
    "a slot or the main thread", "the main thread", "the thread {0}", "the command {0}", "what could not raise ({0})",
    "readings in view", "day maps ahead", "window", "command", "worker", "train", "predict", "explain", "hello", "done",
    "failed",
)  # fmt: skip
"""Values that are the program's own words too."""
LIBRARIES: Final = {
    "quakegui", "PySide6", "numpy", "scipy", "pandas", "sqlalchemy", "keras", "tensorflow", "torch", "h5py", "PIL",
}  # fmt: skip
LONGEST: Final = 1000
"""Characters of a line beyond which it is no sentence of the program."""
MOST_COLONS: Final = 8

_RECORD = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+Z) ([A-Z]+) ([\w.]+) \[\d+ ([^\]]*)\]: (.*)", re.ASCII)
_THREAD = re.compile(r"(?:Main)?Thread(?:-\d+)?|Dummy-\d+", re.ASCII)
_FRAME = re.compile(r'  File "(.*)", line (\d+)(?:, in .*)?', re.ASCII)
_ERROR = re.compile(r"([A-Za-z_][\w.]{0,100})(?:: (.*))?", re.ASCII)
_CODE = re.compile(r"\[(Errno|WinError) (\d{1,6})\]", re.ASCII)
_QT = re.compile(r"(?:(?:default|qt(?:\.[a-z]+)*): )?(?:Q[A-Za-z]+::[A-Za-z]+:)?", re.ASCII)
_NUMBER = re.compile(r"-\d{1,10}|[+-]?\d[\d,]*(?:\.\d+)?|\d+\.\d+\.\d+", re.ASCII)
_FIELD = re.compile(r"\{\d+\}")
_PART_ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z“'\"])")
_TRACES = {
    "Traceback (most recent call last):",
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
}


def harmless(lines: Iterable[str]) -> list[str]:
    """Return lines of a log without anything that could name somebody or somebody's files.

    Parameters
    ----------
    lines
        As `quakegui.logs` writes them: records, tracebacks, and whatever an error's words hold. What belongs to no record, such
        as lines of source or the further lines of a message, is left out whole.
    """
    found = (_harmless(line) for line in lines)
    return [line for line in found if line]


def _harmless(line: str) -> str:
    record = _RECORD.fullmatch(line)
    if record is not None:
        time, level, logger, thread, message = record.groups()
        name = logger if logger.partition(".")[0] in LIBRARIES else "another library"
        where = thread if _THREAD.fullmatch(thread) or thread in WORDS else "another thread"
        return f"{time} {level} {name} [{where}]: {_of_qt(message) if logger == 'quakegui.qt' else masked(message[:LONGEST])}"
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
    return f"{error[1]}: {code[0] + ' ' + LEFT_OUT if code else masked(words[:LONGEST])}"


@lru_cache(maxsize=1024)
def masked(text: str) -> str:
    """Return a sentence of the program without its values, unless they are numbers or its own words; `LEFT_OUT` for others."""
    whole = _recognised(text)
    if whole is not None:
        return whole
    if (_NUMBER.fullmatch(text) and (text[0] == "-" or sum(map(str.isdigit, text)) <= 6)) or _is_type(text):
        return text
    kind = text.partition("(")[0]
    if kind and isinstance(getattr(messages, kind, None), type):  # what a worker said last, such as Failed(...)
        return f"{kind}({LEFT_OUT})"
    # "file.csv: what is wrong", "Computing the season: what is wrong"
    for colon in list(re.finditer(": ", text))[:MOST_COLONS]:
        rest = _recognised(text[colon.end() :])
        if rest is not None:
            return f"{_recognised(text[: colon.start()]) or LEFT_OUT}: {rest}"
    parts = _PART_ENDS.split(text)
    return " ".join(map(masked, parts)) if len(parts) > 1 else LEFT_OUT


def _recognised(text: str) -> str | None:
    plain, shapes = _templates()
    if text in plain:
        return text
    for literals in shapes:
        values = _values(literals, text)
        if values is not None:
            return "".join(part + value for part, value in zip_longest(literals, map(masked, values), fillvalue=""))
    return None


def _values(literals: tuple[str, ...], text: str) -> list[str] | None:
    """Return what stands between a template's words, None where it is another sentence; never searches back and forth."""
    if not text.startswith(literals[0]) or not text.endswith(literals[-1]):
        return None
    at, end, values = len(literals[0]), len(text) - len(literals[-1]), []
    for literal in literals[1:-1]:
        there = text.find(literal, at, end)
        if there < 0:
            return None
        values.append(text[at:there])
        at = there + len(literal)
    return [*values, text[at:end]] if at <= end else None


@lru_cache(maxsize=1)
def _templates() -> tuple[frozenset[str], tuple[tuple[str, ...], ...]]:
    """Return the program's sentences without values, and the words around the values of the others, the most telling first."""
    said = json.loads((resources() / "translations" / "sentences.json").read_text(encoding="utf-8"))
    every = {*said, *LOGGED, *TITLES, *WORDS}
    shaped = [tuple(_FIELD.split(text)) for text in every if _FIELD.search(text)]
    shaped.sort(key=lambda literals: (-len("".join(literals)), literals))
    return frozenset(text for text in every if not _FIELD.search(text)), tuple(shaped)


def _of_qt(message: str) -> str:
    """Return which part of Qt complains, without the words: they may hold a path."""
    found = _QT.match(message)
    return f"{found[0].strip() if found else ''} {LEFT_OUT}".strip()


def _is_type(name: str) -> bool:
    """Whether a word of the log is the type of an error, and not the first word of somebody's sentence."""
    module, _, last = name.rpartition(".")
    if not module:
        return isinstance(getattr(builtins, name, None), type) and issubclass(getattr(builtins, name), BaseException)
    kind = getattr(sys.modules.get(module), last, None)
    if isinstance(kind, type) and issubclass(kind, BaseException):
        return True
    top = module.partition(".")[0]  # a worker has libraries that a window has not
    return (top in LIBRARIES or top in sys.stdlib_module_names) and last.endswith(("Error", "Exception", "Warning"))


def _place(path: str) -> str:
    """Return a file of this program, of Python or of a library as such, and nothing of any other file's name."""
    plain = path.replace("\\", "/")
    for folder, stands in _program_places():
        rest = plain.removeprefix(f"{folder}/")
        if rest != plain and ".." not in rest and _is_file(Path(path)):
            return f"{stands}/{rest}"
    rest = plain.rpartition("/quakegui/")[2]  # of the same program, under another Python
    own = rest != plain and ".." not in rest and _is_file(Path(quakegui.__file__).parent / rest)
    return f"<quakegui>/{rest}" if own else LEFT_OUT


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no name that this system takes, such as one of a thousand characters
        return False


@lru_cache(maxsize=1)
def _program_places() -> tuple[tuple[str, str], ...]:
    """Return the folders of program and Python, and what stands for each, the innermost first."""
    found = {Path(quakegui.__file__).resolve().parent.as_posix(): "<quakegui>"}
    for name in ("platstdlib", "stdlib", "purelib", "platlib"):
        found.setdefault(Path(sysconfig.get_path(name)).as_posix(), f"<{'python' if 'stdlib' in name else 'site'}>")
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))
