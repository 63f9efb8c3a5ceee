"""What all tests share."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot
from run_projects import TINY, fill, season_of

from quakegui import cli
from quakegui.judge.predictors import PREDICTORS
from quakegui.learn import evidence, prospective, season_evaluation
from quakegui.learn.runs.presets import PRESETS
from quakegui.project import runs
from quakegui.project.importing import import_paths
from quakegui.project.nights import days_with_data
from quakegui.project.stations import import_stations
from quakegui.project.store import Project

if TYPE_CHECKING:  # Qt is for the tests that ask for it
    from quakegui.app.session import Session

settings.register_profile("everyday", deadline=None, derandomize=True)
settings.load_profile("everyday")

# Tests, and the processes that they start, write no log where a person's program does, and find nothing that it has kept.
for variable in ("QUAKEGUI_LOG", "QUAKEGUI_CACHE"):
    if variable not in os.environ:
        os.environ[variable] = tempfile.mkdtemp(prefix="quakegui-tests-")
        atexit.register(shutil.rmtree, os.environ[variable], ignore_errors=True)

# Where Python keeps no bytecode, each of the many processes that tests start would compile the whole package for itself.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

WAIT_MS = 60_000
REPOSITORY = Path(__file__).resolve().parent.parent


def real_data_folder() -> Path:
    """Return the folder of real measurements, whether or not it is there."""
    return Path(os.environ.get("QUAKEGUI_REAL_DATA", REPOSITORY.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real measurements; skip where a machine has none, unless they are required."""
    folder = real_data_folder()
    if not folder.is_dir():
        if os.environ.get("QUAKEGUI_REQUIRE_REAL_DATA"):
            pytest.fail(f"The real data are required here, and there are none at {folder}.")
        pytest.skip(f"no real data at {folder}; set QUAKEGUI_REAL_DATA")
    return folder


@pytest.fixture(scope="session", autouse=True)
def on_postgresql() -> Iterator[None]:
    """Put all projects on the server that QUAKEGUI_TEST_DATABASE names, if it does."""
    server = os.environ.get("QUAKEGUI_TEST_DATABASE")
    if not server:
        yield
        return
    from on_postgresql import dropped, put_on

    with pytest.MonkeyPatch.context() as patch:
        names = put_on(server, patch)
        yield
    dropped(server, names)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of computed parts of seasons, which are kept there for this test alone."""
    monkeypatch.setenv("QUAKEGUI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "seasons"


@pytest.fixture(scope="session", autouse=True)
def baselines_fitted_once() -> Iterator[None]:
    """Fit the baselines once for all tests that judge by the same days, labels and folds; `tests/judge` tests how they fit."""
    known = dict[bytes, Any]()

    def once(fit: Callable[..., dict[str, Any]], copied: Callable[[Any], Any]) -> Callable[..., dict[str, Any]]:
        def fitted(split: Any, inputs: Any, labels: Any) -> dict[str, Any]:
            folds = [(fold.train, fold.validation, fold.predict) for fold in split.folds]
            key = pickle.dumps((fit.__name__, tuple(PREDICTORS), folds, inputs, labels))
            if key not in known:
                known[key] = fit(split, inputs, labels)
            return copied(known[key])

        return fitted

    with pytest.MonkeyPatch.context() as patch:
        for module in (evidence, prospective):
            patch.setattr(module, "run_predictors", once(module.run_predictors, deepcopy))
        for module in (season_evaluation, prospective):
            patch.setattr(module, "run_clues", once(module.run_clues, dict))  # whose trees are grown once, when first asked for
        yield


class PatientQtBot(QtBot):
    """Waits as long as a busy machine needs: what does not come at all is a failure either way, a little later."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = WAIT_MS) -> None:  # noqa: N802 - its name
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = WAIT_MS, **more: Any) -> Any:  # noqa: N802 - its name
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitExposed(self, widget: Any, *, timeout: int = WAIT_MS) -> Any:  # noqa: N802 - its name
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """Return pytest-qt's robot, more patient."""
    return PatientQtBot(request)


@pytest.fixture(autouse=True)
def no_garbage_in_a_jobs_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect garbage after a test with widgets, never in a thread in the middle of it: see `quakegui.ui.housekeeping`."""
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.freeze()  # what is left belongs to all tests: whoever looks for leaks looks at a test's own objects, in milliseconds
    gc.enable()


SLOW_LIMIT_S = 3600
"""A slow test is long by its nature: what would be a hang of a short one may be a busy machine."""

#: What many tests share and takes long to make, and the process in which it is made once. One process has TensorFlow.
#: Otherwise the tests of a file share a process, which makes once what they share.
DEAR = {"demo": "demo", "trained_template": "network", "built_once": "network", "driver": "driver", "japan": "japan"}


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test after the argument instead of its bytes: those of an archive hold the time, and differ between processes."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share something dear in one process; on a server, skip those that are about SQLite."""
    for item in items:
        if item.get_closest_marker("slow") is not None and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SLOW_LIMIT_S))
        about = item.get_closest_marker("sqlite")
        if about is not None and os.environ.get("QUAKEGUI_TEST_DATABASE"):
            item.add_marker(pytest.mark.skip(reason=f"about SQLite: {about.args[0]}"))
        if item.get_closest_marker("xdist_group") is None:  # of two names, xdist would make a third group
            needed = getattr(item, "fixturenames", ())
            group = next((group for name, group in DEAR.items() if name in needed), item.path.stem)
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Take what was imported out of the collector's sight.

    Raises
    ------
    UsageError
        If the tests of a group would be dealt to all processes, which costs a third more and fails nothing else.
    """
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group") is not None]
    if getattr(session.config.option, "loadgroup", False) and any("@" not in item.nodeid for item in grouped):
        raise pytest.UsageError("This pytest and this pytest-xdist do not keep the tests of a group in one process.")
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail where Qt warns while a test's fixtures are taken down; pytest-qt watches until then (`qt_log_level_fail`)."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None or item.get_closest_marker("no_qt_log") is not None:
        return (yield)
    said: list[str] = []
    ignored = re.compile("|".join(item.config.getini("qt_log_ignore")) or "$.")

    def take(kind: object, _context: object, text: str) -> None:
        if kind not in (core.QtMsgType.QtDebugMsg, core.QtMsgType.QtInfoMsg) and not ignored.search(text):
            said.append(text)

    before = core.qInstallMessageHandler(take)
    try:
        result = yield
    finally:
        core.qInstallMessageHandler(before)
    assert said == [], "Qt warned"
    return result


SMALL_DAYS = 20
SMALL_WARM_UP = 30


@pytest.fixture(scope="session")
def small_project_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed project of seven stations, hourly readings, and a season of 20 days; copy it before use."""
    rng = np.random.default_rng(7)
    folder = tmp_path_factory.mktemp("small")
    hours = pd.date_range("2022-03-01T00:30", periods=24 * (SMALL_DAYS + SMALL_WARM_UP), freq="h", tz="UTC")
    common = np.repeat(rng.normal(0, 5, len(hours) // 24), 24)
    codes = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG"]
    level = 50_000 + 40 * np.arange(len(codes))
    noise = rng.normal(0, 1.0, (len(hours), len(codes)))
    table = pd.DataFrame(np.round(level + common[:, None] + noise, 2), columns=codes)
    table.insert(0, "time", hours.strftime("%Y-%m-%dT%H:%M:%SZ"))
    table.loc[24 * 40 : 24 * 42, "CCC"] = np.nan
    table.to_csv(folder / "readings.csv", index=False)
    places = pd.DataFrame(
        {
            "code": codes,
            "latitude": [28.0, 28.6, 28.1, 27.5, 28.4, 27.7, 28.9],
            "longitude": [101.6, 101.9, 102.4, 102.0, 102.9, 102.8, 102.3],
        }
    )
    places.to_csv(folder / "stations.csv", index=False)
    with Project.create(folder / "project", timezone="Asia/Shanghai", name="Small") as project:
        report = import_paths(project, [folder / "readings.csv"])
        assert not report.skipped, report.skipped
        import_stations(project, folder / "stations.csv")
        days = days_with_data(project)
        # The last local date holds only its first hours.
        project.set_config(replace(project.config(), first_day=days[-SMALL_DAYS], last_day=days[-1]))
    return folder / "project"


@pytest.fixture(scope="session")
def trained_by_command(small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a closed project with labels of one analyst and one finished run, and what the command that trained it printed."""
    folder = Path(shutil.copytree(small_project_template, tmp_path_factory.mktemp("trained") / "project"))
    fill(folder)
    with Project.open(folder) as project:
        season = season_of(project)
        over = int(season.config.over_at(season.days)[-1].astype("datetime64[ms]").astype(np.int64))
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(runs, "wall_clock_ms", lambda: over)  # what is predicted later, at a moment of the season, comes after it
        # Another recipe, which the words of the command make `TINY`.
        patch.setitem(PRESETS, "tiny", replace(TINY, epochs=1, seed=TINY.seed + 1))
        with pytest.raises(SystemExit) as ended:
            cli.main(
                ["train", str(folder), "--preset", "tiny", "--epochs", str(TINY.epochs), "--seed", str(TINY.seed), "--json"]
            )
    assert not ended.value.code, printed.getvalue()
    return folder, printed.getvalue()


@pytest.fixture(scope="session")
def trained_template(trained_by_command: tuple[Path, str]) -> Path:
    """Return a closed project with labels of one analyst and one finished run, trained once; copy it before use."""
    return trained_by_command[0]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the demonstration's project, made by the command in its own process, and what it printed; do not change it."""
    folder = tmp_path_factory.mktemp("demo") / "p"
    command = [sys.executable, "-m", "quakegui", "demo", "--headless", "--project", str(folder), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return folder, done.stdout


@pytest.fixture
def small_project(small_project_template: Path, tmp_path: Path) -> Path:
    """Return a copy of the small project that a test may change."""
    return Path(shutil.copytree(small_project_template, tmp_path / "small project 小"))


@pytest.fixture
def empty_session(qapp: object, tmp_path: Path) -> Iterator[Session]:
    """Return a session without a project."""
    from quakegui.app.session import Session
    from quakegui.app.settings import SettingsFile

    session = Session(SettingsFile(tmp_path / "settings.ini"))
    yield session
    session.close()
    session.deleteLater()


@pytest.fixture
def session(empty_session: Session, small_project: Path, qtbot: QtBot) -> Session:
    """Return Li's session on a copy of the small project, its season computed."""
    from quakegui.app import opening

    empty_session.set_settings(analyst="Li")
    assert opening.open_project(empty_session, small_project)
    qtbot.waitUntil(lambda: empty_session.season is not None and not empty_session.jobs.busy)
    return empty_session
