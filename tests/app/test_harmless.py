"""The lines of the log that strangers read: the program's own words stay, nobody's name does."""

import ast
import json
import logging
import re
from pathlib import Path

import pytest

import quakegui
from quakegui import logs
from quakegui.app.harmless import LEFT_OUT, LOGGED, TITLES, harmless, masked
from quakegui.formats import FormatError
from quakegui.paths import resources
from quakegui.project.store import ProjectError

SOURCES = Path(quakegui.__file__).parent
NAMES = (
    "Wang Xiaoming Chengdu 13800000000.csv",
    "list of Wang Xiaoming.mag",
    "/home/x/Wang, Xiaoming/season.csv",
    "/home/x/Wang; Xiaoming/season",
    'C:\\Wang\'s "own": Xiaoming\\season.csv',
    "Professor Wang Xiaoming, second try",
    "Wang. Xiaoming: This is not text.",
    "13800000000",
    "Wang\nXiaoming: season 13800000000",
    "王小明 Wang",
)
PERSONAL = re.compile("wang|xiaoming|chengdu|13800000000|professor|season|王小明|home|second", re.IGNORECASE)


def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_person_file_or_run_stays(name, tmp_path, monkeypatch):
    monkeypatch.setenv("QUAKEGUI_LOG", str(tmp_path))
    log = logging.getLogger("quakegui.app.jobs")
    errors = (
        FormatError("This is not text.", file=name, line=12),
        ProjectError(f"The history of the run “{name}” is damaged: it says {name}."),
        IsADirectoryError(21, "Is a directory", name),
        KeyError(name),
        ValueError(f'{name}\n{name}\n  File "{name}", line 3, in {name}\nWangError: {name}'),
    )
    with logs.kept("window"):
        for error in errors:
            try:
                fail(error)
            except Exception as caught:
                log.exception("A job failed")
                log.warning("Said: %s", f"Importing: {caught}")
            log.warning("%s", name)
            logging.getLogger(name).warning("%s: %s", name, name)
            logging.getLogger("quakegui.qt").warning("%s: %s", "qt.qpa.fonts", f"QPixmap::load: cannot open {name}")
    lines = harmless(logs.tail("window", 1000))
    assert [line for line in lines if PERSONAL.search(line.replace("season.py", ""))] == []
    assert [line for line in lines if line.endswith(f"QPixmap::load: {LEFT_OUT}")], "what Qt complains of, without its words"
    assert sum(line.endswith("A job failed") for line in lines) == len(errors)


def test_every_sentence_of_the_program_hides_what_stands_in_its_places():
    said = json.loads((resources() / "translations" / "sentences.json").read_text("utf-8"))
    shown = {text: masked(re.sub(r"\{\d+\}", "Wang Xiaoming", text)) for text in said}
    assert {text: found for text, found in shown.items() if "Wang" in found or "Xiaoming" in found} == {}
    told = [text for text, found in shown.items() if found != LEFT_OUT]
    assert len(told) == len(said), set(said) - set(told)


def test_what_support_needs_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("QUAKEGUI_LOG", str(tmp_path))
    log = logging.getLogger("quakegui.app.jobs")
    with logs.kept("window"):
        log.info("%s: %s after %.1f s", "Computing the season", "done", 8.94)
        log.warning("Said: %s", "Importing: Wang.csv: This is not text.")
        log.log(logging.ERROR, "The worker %d ended with status %s: %s", 77, -11, "Failed(sentence='Wang', kind='x')")
        try:
            masked(7)  # type: ignore[arg-type]
        except Exception:
            log.exception("A job failed")
        try:
            (tmp_path / "Wang").read_text()
        except OSError:
            log.exception("A job failed")
    text = "\n".join(harmless(logs.tail("window", 100)))
    for words in (
        "INFO quakegui.app.jobs [MainThread]: Computing the season: done after 8.9 s",
        f"Said: {LEFT_OUT}: This is not text.",
        f"The worker 77 ended with status -11: Failed({LEFT_OUT})",
        "Traceback (most recent call last):\n  File <...>, line ",
        "  File <quakegui>/app/harmless.py, line ",
        "AttributeError: ",
        f"FileNotFoundError: [Errno 2] {LEFT_OUT}",
        f"quakegui {quakegui.__version__} begins as window on Python 3.",
        "The window ends",
    ):
        assert words in text, words
    assert "  File <python>/pathlib" in text


def test_lines_without_end_take_no_time():
    lines = [
        f"2026-11-23T05:45:35.441Z ERROR quakegui.x [1 MainThread]: {part * 30_000}" for part in (": ", ". A", "“”", "a, b")
    ]
    assert len(harmless([*lines, 'File "' + "x" * 100_000, '  File "/quakegui/' + "x" * 5000 + '", line 1'])) == 5


def calls(path: Path):
    return (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call) and node.args)


def named_texts(path: Path) -> dict[str, str]:
    """Return the texts that a module has names for."""
    body = ast.parse(path.read_text("utf-8")).body
    named = {ast.unparse(node.target): node.value for node in body if isinstance(node, ast.AnnAssign)}
    marked = {name: value.args[0] if isinstance(value, ast.Call) and value.args else value for name, value in named.items()}
    return {name: str(value.value) for name, value in marked.items() if isinstance(value, ast.Constant)}


def test_every_line_that_the_program_logs_and_every_job_is_known():
    logged, titles = set(), set()
    for path in SOURCES.rglob("*.py"):
        for call in calls(path):
            called = ast.unparse(call.func)
            if re.fullmatch(r"(\w+\.)*\w*LOG\.(info|warning|error|exception|critical|log)", called):
                text = call.args[called.endswith(".log")]
                assert isinstance(text, ast.Constant), f"{path}: a line of the log is put together elsewhere"
                logged.add(str(text.value))
            elif called.endswith("jobs.start"):
                title = call.args[0]
                title = title.value if isinstance(title, ast.Constant) else named_texts(path).get(ast.unparse(title))
                titles |= set() if title is None else {str(title)}
    logged -= {"%s: %s"}  # Qt's words, which are left out
    assert titles == set(TITLES)
    assert len(logged) >= 12
    for text in logged:
        literals = re.split(r"%\.1f|%[sd]", text)
        template = literals[0] + "".join(f"{{{at}}}{literal}" for at, literal in enumerate(literals[1:]))
        assert template in LOGGED or template == "Uncaught in {0}{1}", text
