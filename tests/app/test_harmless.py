"""The lines of the log that strangers read: the program's own words stay, nobody's name does."""

import logging
import re

import pytest

import quakegui
from quakegui import logs
from quakegui.app.harmless import LEFT_OUT, harmless
from quakegui.formats import FormatError
from quakegui.project.store import ProjectError
from quakegui.words import Said, joined

NAMES = (
    "Wang Xiaoming Chengdu 13800000000.csv",
    "list of Wang Xiaoming.mag",
    "/home/x/Wang, Xiaoming/season.csv",
    "/home/x/Wang; Xiaoming/season",
    'C:\\Wang\'s "own": Xiaoming\\season.csv',
    "Professor Wang Xiaoming, second try",
    "Wang. Xiaoming: This is not a text file.",
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
        FormatError("This is not a text file.", file=name, line=12),
        ProjectError(f"The history of the run “{name}” is damaged: it says {name}."),
        IsADirectoryError(21, "Is a directory", name),
        KeyError(name),
        ValueError(f'{name}\n{name}\n  File "{name}", line 3, in {name}\nWangError: {name}'),
    )
    with logs.log_file("window"):
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


def test_values_of_a_sentence_are_left_out_and_its_words_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("QUAKEGUI_LOG", str(tmp_path))
    inner = Said("{count} days of {name} are missing: {kind}", count=7, name="Wang", kind="ValueError")
    with logs.log_file("window"):
        logging.getLogger("quakegui.x").warning("Said: %s", joined(" ", [inner, Said("Nothing was changed."), "Wang"]))
    found = harmless(logs.tail("window", 3))[1]
    assert found.endswith(f"Said: 7 days of {LEFT_OUT} are missing: ValueError Nothing was changed. {LEFT_OUT}")


@pytest.mark.parametrize("name", ["\u2060Wang", "\u2069Wang\u2068", "a\u2069 Wang \u2068b", "Wang\n\u2060Wang"])
def test_nobody_can_write_the_marks_of_the_log(name, tmp_path, monkeypatch):
    monkeypatch.setenv("QUAKEGUI_LOG", str(tmp_path))
    with logs.log_file("window"):
        logging.getLogger("pandas.x").warning(name)
        for log in ("quakegui.x", "pandas.x"):
            logging.getLogger(log).warning("%s", name)
            logging.getLogger(log).warning("%s", Said("{name}", name=name))
            try:
                fail(ProjectError(Said("{name} is damaged.", name=name)))
            except ProjectError:
                logging.getLogger(log).exception("%s", name)
    lines = harmless(logs.tail("window", 200))
    assert sum(line.endswith(f"ProjectError: {LEFT_OUT} is damaged.") for line in lines) == 2
    assert [line for line in lines if "Wang" in line] == []


def test_what_support_needs_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("QUAKEGUI_LOG", str(tmp_path))
    log = logging.getLogger("quakegui.app.jobs")
    with logs.log_file("window"):
        log.info("%s: %s after %.1f s", Said("computing"), Said("done"), 8.94)
        log.warning(
            "Said: %s",
            Said(
                "{title}: {error}",
                title=Said("Importing"),
                error=FormatError(Said("This is not a text file."), file="Wang.csv"),
            ),
        )
        log.log(logging.ERROR, "The worker %d ended with status %s: %s", 77, -11, "Failed(sentence='Wang', kind='x')")
        try:
            harmless([7])  # type: ignore[list-item]
        except Exception:
            log.exception("A job failed")
        try:
            (tmp_path / "Wang").read_text()
        except OSError:
            log.exception("A job failed")
    text = "\n".join(harmless(logs.tail("window", 100)))
    for words in (
        "INFO quakegui.app.jobs [MainThread]: computing: done after 8.9 s",
        f"Said: Importing: {LEFT_OUT}: This is not a text file.",
        f"The worker 77 ended with status -11: Failed({LEFT_OUT})",
        "Traceback (most recent call last):\n  File <...>, line ",
        "  File <quakegui>/app/harmless.py, line ",
        "TypeError: ",
        f"FileNotFoundError: [Errno 2] {LEFT_OUT}",
        f"quakegui {quakegui.__version__} started as window on Python 3.",
        "The window ended",
    ):
        assert words in text, words
    assert "  File <python>/pathlib" in text


def test_lines_without_end_take_no_time():
    lines = [
        f"2026-11-23T05:45:35.441Z ERROR quakegui.x [1 MainThread]: {part * 30_000}" for part in (": ", ". A", "“”", "a, b")
    ]
    assert len(harmless([*lines, 'File "' + "x" * 100_000, '  File "/quakegui/' + "x" * 5000 + '", line 1'])) == 5
