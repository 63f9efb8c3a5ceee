"""The log: where it is, how large it gets, and that what nobody caught is in it, from window, command line and worker."""

from __future__ import annotations

import faulthandler
import getpass
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from quakegui import cli, logs
from quakegui.learn.worker.process import FAILED
from quakegui.project import journal, seasons
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

HERE = Path(__file__).parent
ANALYST, COLLEAGUE = "Zhang San Feng", "李四光"
NOTE, OTHER_NOTE = "the pump of my brother Wei was on", "打电话给王五"
USER = "wangxm"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the folder of this test's log files."""
    folder = tmp_path / "logs"
    monkeypatch.setenv("QUAKEGUI_LOG", str(folder))
    return folder


# -- the file --------------------------------------------------------------------------------------------------------


def test_the_log_is_in_the_platforms_place(monkeypatch, tmp_path):
    monkeypatch.delenv("QUAKEGUI_LOG", raising=False)
    monkeypatch.setattr(logs.platformdirs, "user_log_dir", lambda name, appauthor: tmp_path / name / str(appauthor))
    assert logs.folder() == tmp_path / "quakegui" / "False"


def test_a_line_tells_when_how_bad_where_and_what(place):
    with logs.log_file("command"):
        logging.getLogger("quakegui.somewhere").info("said %d", 7)
        logging.getLogger("library").info("not ours, and no warning")
        logging.getLogger("library").warning("not ours")
    line = next(line for line in logs.tail("command", 10) if "said 7" in line)
    stamp, level, name, *_ = line.split()
    assert (stamp[10], stamp[-1], level, name) == ("T", "Z", "INFO", "quakegui.somewhere")
    text = (place / "command.log").read_text("utf-8")
    assert "not ours\n" in text
    assert "no warning" not in text


def test_the_log_stays_bounded_and_keeps_the_latest(place, monkeypatch):
    monkeypatch.setattr(logs, "LARGEST", 10_000)
    with logs.log_file("window"):
        for number in range(2000):
            logging.getLogger("quakegui").warning("line %d of many, long enough to fill the file soon", number)
    files = sorted(path.name for path in place.glob("window.log*"))
    assert files == ["window.log", "window.log.1", "window.log.2", "window.log.3"]
    assert sum(path.stat().st_size for path in place.glob("window.log*")) <= (logs.FORMER + 1) * 10_000
    assert "line 1999" in logs.tail("window", 2)[0]
    assert len(logs.tail("window", 90)) == 90


def test_a_file_that_another_process_holds_is_emptied_instead_of_renamed(place, monkeypatch):
    monkeypatch.setattr(logs, "LARGEST", 5_000)

    def refused(self, target):
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(Path, "replace", refused)
    with logs.log_file("window"):
        for number in range(500):
            logging.getLogger("quakegui").warning("line %d", number)
    assert (place / "window.log").stat().st_size <= 5_000
    assert (place / "window.log.1").stat().st_size <= 5_000
    assert "line 499" in logs.tail("window", 2)[0]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("QUAKEGUI_LOG", str(tmp_path / "file" / "logs"))
    with logs.log_file("command"):
        logging.getLogger("quakegui").error("nowhere to go")
    assert logs.tail("command", 5) == []
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_stops_nothing(place, capsys):
    place.mkdir()
    (place / "command.log").symlink_to("/dev/full")
    with logs.log_file("command"):
        logging.getLogger("quakegui").error("no room")
    assert capsys.readouterr().err == ""


def test_hooks_and_handlers_are_as_before_afterwards(place):
    def state():
        return sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger().handlers)

    before = state()

    def leave():
        with logs.log_file("command"):
            assert state() != before
            raise KeyError("outside it")

    with pytest.raises(KeyError):
        leave()
    assert state() == before
    text = (place / "command.log").read_text("utf-8")
    assert "Uncaught in the main thread" in text
    assert "KeyError: 'outside it'" in text


def test_an_error_that_comes_again_and_again_does_not_fill_the_log(place):
    def fail():
        raise ValueError("again")

    told = []
    with logs.log_file("window") as uncaughts:
        uncaughts.then = told.append
        for _ in range(1000):
            try:
                fail()
            except ValueError as error:
                uncaughts.main(type(error), error, error.__traceback__)
    text = (place / "window.log").read_text("utf-8")
    assert text.count("Traceback") == 10  # the 1st, 2nd, 4th, ... 512th
    assert "512 times so far" in text
    assert len(told) == 1000


# -- command line and worker -----------------------------------------------------------------------------------------


def test_a_command_that_meets_an_unknown_error_ends_with_a_sentence_and_logs_the_traceback(
    place, monkeypatch, capsys, tmp_path
):
    def broken(*_args, **_more):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Project, "open", broken)
    with pytest.raises(SystemExit) as end:
        cli.main(["info", str(tmp_path)])
    said = capsys.readouterr().err
    assert end.value.code == 1
    assert "RuntimeError: a fault of ours." in said
    assert str(place) in said.replace("\n", "")
    assert "Traceback" not in said
    text = (place / "command.log").read_text("utf-8")
    assert "Uncaught in the command info" in text
    assert 'raise RuntimeError("a fault of ours")' in text


FAILING_WORKER = """
import sys, threading
from quakegui.learn.network import devices
from quakegui.learn.worker import process

def broken():
    thread = threading.Thread(target=lambda: {}["nothing"])
    thread.start()
    thread.join()
    raise RuntimeError("a fault in the worker")

devices.choose_backend = broken
process.main([sys.argv[1], "--job", "hello"])
"""


def test_the_worker_logs_what_it_did_not_expect(place, tmp_path):
    # Its input stays open: a worker ends with whoever started it.
    with subprocess.Popen([sys.executable, "-c", FAILING_WORKER, tmp_path], stdin=-1, stdout=-1, stderr=-1) as worker:
        worker.wait(120)
    assert worker.returncode == FAILED
    text = (place / "worker.log").read_text("utf-8")
    assert "The job hello failed" in text
    assert "RuntimeError: a fault in the worker" in text
    assert "KeyError: 'nothing'" in text


def test_a_crash_leaves_its_stack(place):
    code = "import faulthandler\nfrom quakegui import logs\nwith logs.log_file('window'):\n    faulthandler._sigsegv()\n"
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONFAULTHANDLER"}
    ended = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, check=False, timeout=60)
    assert ended.returncode != 0
    text = (place / "window-crash.log").read_text("utf-8")
    assert "Segmentation fault" in text or "access violation" in text
    assert 'File "<string>", line 4' in text
    assert faulthandler.is_enabled(), "pytest's own watch goes on"


def test_what_the_database_refuses_is_logged_without_names_and_notes(place, small_project):
    with logs.log_file("command"), Project.open(small_project) as project:
        with project.write() as connection:
            abort = "CREATE TRIGGER no BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'not today'); END"
            connection.exec_driver_sql(abort)
        try:
            journal.write_note(project, project_days(project)[0], NOTE, ANALYST)
        except Exception:
            logging.getLogger("quakegui").exception("refused")
    text = (place / "command.log").read_text("utf-8")
    assert "INSERT INTO journal" in text
    assert "not today" in text
    assert NOTE not in text
    assert ANALYST not in text


# -- threads of the window -------------------------------------------------------------------------------------------


def test_readings_are_fetched_again_after_an_error_that_nobody_knows(place, small_project, monkeypatch, qtbot):
    from quakegui.ui.panels.series_loader import SeriesLoader, Wish

    def broken(*_args, **_more):
        raise KeyError("a fault of ours")

    loader = SeriesLoader()
    with Project.open(small_project) as project:
        days = project_days(project)
        wishes = [
            Wish(project, ("AAA",), days[k].astype("datetime64[ms]"), days[k + 2].astype("datetime64[ms]"), 50) for k in (0, 3)
        ]
        with logs.log_file("window"), monkeypatch.context() as change:
            change.setattr(seasons, "series", broken)
            loader.ask(wishes[0])
            qtbot.waitUntil(lambda: not loader.busy)
        with qtbot.waitSignal(loader.loaded) as got:
            loader.ask(wishes[1])
        loader.stop()
    assert got.args[0] is wishes[1]
    assert "Uncaught in the thread readings in view" in (place / "window.log").read_text("utf-8")


def test_a_map_that_cannot_be_drawn_ahead_does_not_end_drawing_ahead(caplog):
    from quakegui.app.maps import MapCache

    drawn = threading.Event()

    class Season:
        def day_map(self, index):
            if index == 1:
                raise ValueError("a fault of ours")
            drawn.set()
            return f"map {index}"

    cache = MapCache(Season())
    cache.want([1, 2])
    assert drawn.wait(10)
    cache.close()
    assert cache.get(2) == "map 2"
    assert "The map of day 1 could not be drawn ahead" in caplog.text


# -- the window ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def troubled(small_project_template, tmp_path_factory):
    """Return what became of a window in which everything fails, the project it showed, and its log."""
    base = tmp_path_factory.mktemp("troubled")
    home = base / "home of Wang Xiaoming"
    folder = home / "My readings of Liangshan" / "project 小"
    shutil.copytree(small_project_template, folder)
    with Project.open(folder) as project:
        journal.write_labels(project, project_days(project), 1, source=LabelSource.ANALYST, author=COLLEAGUE)
        journal.write_note(project, project_days(project)[0], OTHER_NOTE, COLLEAGUE)
    place = base / "logs"
    own = {"HOME": str(home), "USERPROFILE": str(home), "USER": USER, "LOGNAME": USER, "USERNAME": USER}
    ended = subprocess.run(
        [sys.executable, HERE / "troubled_window.py", folder, home, ANALYST, NOTE],
        env={**os.environ, **own, "QUAKEGUI_LOG": str(place), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout), folder, (place / "window.log").read_text("utf-8")


def project_days(project):
    from quakegui.project.nights import season_days

    return season_days(project)


def test_the_window_says_one_sentence_and_goes_on(troubled):
    told, _, _ = troubled
    assert told["shown"]
    assert told["first"].startswith("An unexpected error occurred (ValueError).")
    assert "times" not in told["first"]
    assert told["last"].endswith("This error has occurred 44 times.")
    assert told["more_windows"] == 0, "forty-four errors, one bar"
    assert told["labels"] == [3, 1], "keys label as before, and the labels are in the journal"
    assert told["focus"], "the message takes the keys from nobody"
    assert told["chinese"].startswith("程序发生意外错误")
    assert told["dismissed"]


@pytest.mark.parametrize(
    "words",
    [
        "ValueError: Zhang San Feng labelled",  # a slot
        "RuntimeError: cannot paint",  # a method of a widget that Qt calls
        "LookupError: in a Qt thread",
        "ZeroDivisionError: division by zero",  # a thread of Python
        "ArithmeticError: in a finaliser",
        "quakegui.qt [", "Qt is not pleased",
    ],
)  # fmt: skip
def test_every_kind_of_error_is_in_the_log(troubled, words):
    assert words in troubled[2]


def test_each_error_has_its_traceback(troubled):
    text = troubled[2]
    assert text.count("Traceback (most recent call last)") == 10  # six of forty from the slot, and one each of four others
    assert "in a slot or the main thread, 32 times so far" in text


def test_the_report_for_support_names_nobody(troubled):
    told, folder, _ = troubled
    report = told["report"]
    secret = [ANALYST, COLLEAGUE, NOTE, OTHER_NOTE, USER, platform.node(), "Wang Xiaoming", "My readings of Liangshan"]
    secret += [str(folder), str(folder.parent), folder.name, str(HERE), "Small", "readings.csv", "tester", "AAA", "BBB"]
    found = [word for word in secret if word.casefold() in report.casefold()]
    assert found == []
    assert getpass.getuser() not in report.replace("root or", "")


def test_the_report_for_support_holds_what_is_asked_for(troubled):
    report = troubled[0]["report"]
    for words in (
        "quakegui 0.", "Python 3.", "Qt 6.", "numpy 2.", "keras 3.", "pyqtgraph 0.", "Screen: offscreen", "scale 1",
        "schema ", "20 days x 7 stations", "ValueError: <...>", "Uncaught in a slot",
        "Traceback (most recent call last):", "File <...>, line ", "File <python>/threading.py, line ",
    ):  # fmt: skip
        assert words in report, words
    assert "no names, notes or paths" in troubled[0]["said"]
    assert "剪贴板" in troubled[0]["chinese_said"]
