"""Names and notes that are markup: shown as the text that they are, in the report and everywhere in the window."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile_mutations import packed
from hostile_projects import make_project
from hostile_seeds import run_parts

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QEvent
from PySide6.QtGui import QAction, Qt  # here Qt has the guess at markup too
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMessageBox, QWidget

from quakegui.app import opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn.runs.archives import import_run
from quakegui.project.store import DATABASE, Project
from quakegui.report import make_report
from quakegui.ui.main_window import MainWindow

EVIL = '<img src="file:///evil.png" onerror="alert(1)"><script>alert(2)</script>&lt;b>'
SHORT = "<b>X</b>"


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project in which everything that has a name is named by markup."""
    folder = tmp_path_factory.mktemp("marked") / "p <b>x<"
    make_project(folder)
    changes = [
        ("UPDATE setting SET value = ? WHERE key = 'name'", EVIL),
        ("UPDATE station SET name = ?", EVIL),
        *((f"UPDATE {table} SET {column} = ? WHERE {column} = 'AAA'", SHORT) for table, column in _CODES),
        ("UPDATE imported_file SET name = ?", EVIL),
        ("UPDATE imported_file SET base = ?", EVIL),
        ("UPDATE imported_file SET format = ?", SHORT),
        ("UPDATE imported_file SET notes = ?", json.dumps([EVIL])),
        ("UPDATE event SET place = ?", EVIL),
        ("UPDATE event SET magnitude_type = ?", SHORT),
        ("UPDATE event SET id = ? || id", EVIL),
        ("UPDATE journal SET note = ?", EVIL),
        ("UPDATE journal SET author = ? WHERE author = '李'", EVIL),
        ("UPDATE journal SET owner = ? WHERE owner = '李'", EVIL),
    ]
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for name in ("journal_no_update", "journal_no_delete"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement, value in changes:
            connection.execute(statement, (value,))
        connection.commit()
    parts = {name.replace("20220101-000000-abcd", "run-2"): data for name, data in run_parts().items()}
    config = json.loads(parts["run-2/config.json"])
    parts["run-2/config.json"] = json.dumps({**config, "title": EVIL, "about": {"project": EVIL}}).encode()
    card = json.loads(parts["run-2/card.json"])
    parts["run-2/card.json"] = json.dumps({**card, "title": EVIL, "versions": {EVIL: EVIL}, "device": {"name": EVIL}}).encode()
    zipped = folder.parent / "run.zip"
    zipped.write_bytes(packed(parts))
    import_run(folder / "runs", zipped)
    return folder


_CODES = (("station", "code"), ("block", "station"), ("night", "station"))


class Page(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.text: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form", "b"):
            self.faults.append(tag)
        for name, value in attrs:
            outside = name in ("src", "href") and not str(value).startswith(("data:image/png;base64,", "#"))
            if name.startswith("on") or outside:
                self.faults.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_shows_markup_as_text(marked: Path, tmp_path: Path, language: str) -> None:
    shutil.copytree(marked, tmp_path / "p")
    with Project.open(tmp_path / "p") as project:
        page = Page(make_report(project, language=language).html())  # type: ignore[arg-type]
    assert page.faults == []
    assert sum(EVIL in part for part in page.text) >= 5
    assert any(SHORT in part for part in page.text)


# -- the window ----------------------------------------------------------------------------------------------------


@pytest.fixture
def window(marked: Path, tmp_path: Path, qtbot) -> Iterator[MainWindow]:
    folder = Path(shutil.copytree(marked, tmp_path / marked.name))
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    session.set_settings(analyst=EVIL)
    assert opening.open_project(session, folder)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy, timeout=30_000)
    made = MainWindow(session)
    made.resize(1500, 950)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    shiboken6.delete(made)
    session.close()
    session.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def is_risky(text: str) -> bool:
    return ("evil" in text or SHORT in text) and Qt.mightBeRichText(text)


def faults(root: QWidget) -> set[str]:
    """Return every place below a widget where text from outside would be taken for markup."""
    found: set[str] = set()
    for widget in (root, *root.findChildren(QWidget)):
        name = f"{type(widget.parent()).__name__}/{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
        told = (widget.toolTip(), widget.statusTip(), widget.whatsThis())
        found |= {f"{name}: tooltip {text[:60]}" for text in told if is_risky(text)}
        if isinstance(widget, QLabel):
            rich = widget.textFormat() == Qt.TextFormat.RichText
            risky = "<img" in widget.text() or SHORT in widget.text() if rich else is_risky(widget.text())
            if risky and widget.textFormat() != Qt.TextFormat.PlainText:
                found.add(f"{name}: label {widget.text()[:60]}")
        if isinstance(widget, QMessageBox) and widget.textFormat() != Qt.TextFormat.PlainText and is_risky(widget.text()):
            found.add(f"{name}: box {widget.text()[:60]}")
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            found |= {f"{name}: cell's tooltip {text[:60]}" for text in tips(widget.model()) if is_risky(text)}
    for action in root.findChildren(QAction):
        if is_risky(action.toolTip()) and is_risky(action.text()):
            found.add(f"action {action.text()[:60]}")
    return found


def tips(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(min(model.rowCount(), 60)):
        for column in range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1):
            tip = model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str):
                yield tip


def test_the_window_shows_markup_as_text(window: MainWindow, qtbot) -> None:
    session = window.session
    found: set[str] = set()
    session.pick(session.season.network.codes)
    for index in range(session.days.size):
        walking.go_to(session, index)
        QApplication.processEvents()
        found |= faults(window)
    for say in (EVIL, f"The file {EVIL} cannot be read."):
        for level in ("info", "warning", "error"):
            session.message.emit(say, level)
            QApplication.processEvents()
            found |= faults(window)
    assert found == set()


@pytest.mark.parametrize(
    "name", ["stations", "catalogue", "rule", "agreement", "season", "settings", "revert", "wizard", "palette", "new", "report"]
)
def test_dialogs_show_markup_as_text(window: MainWindow, qtbot, name: str, tmp_path: Path) -> None:
    from quakegui.project.importreport import ImportReport
    from quakegui.project.parsing import SkippedFile
    from quakegui.ui.dialogs import (
        agreement_dialog,
        catalogue_dialog,
        command_palette,
        history_dialog,
        import_report,
        import_wizard,
        new_project,
        rule_dialog,
        season_dialog,
        settings_dialog,
        stations_dialog,
    )

    makers = {
        "stations": lambda: stations_dialog.StationsDialog(window.session, window),
        "catalogue": lambda: catalogue_dialog.CatalogueDialog(window.session, window),
        "rule": lambda: rule_dialog.RuleDialog(window.session, window),
        "agreement": lambda: agreement_dialog.AgreementDialog(window.session, window),
        "season": lambda: season_dialog.SeasonDialog(window.session, window),
        "settings": lambda: settings_dialog.SettingsDialog(window.session, window),
        "revert": lambda: history_dialog.HistoryDialog(window.session, window),
        "wizard": lambda: import_wizard.ImportWizard(window.session, window),
        "palette": lambda: command_palette.CommandPalette(window.actions(), window),
        "new": lambda: new_project.NewProjectDialog(tmp_path, window),
        "report": lambda: import_report.ImportReportPage(window),
    }
    dialog = makers[name]()
    if name == "report":
        dialog.show_report(ImportReport(skipped=(SkippedFile(EVIL, EVIL),), notes=(EVIL,)))
    if name == "wizard":
        (tmp_path / "<b>x.csv").write_text(f"time,AAA,{EVIL}\n2022-01-01 00:00,5,x\n2022-01-01 00:01,5,x\n", encoding="utf-8")
        dialog.add([tmp_path / "<b>x.csv"])
    dialog.show()
    qtbot.waitUntil(lambda: not window.session.jobs.busy, timeout=20_000)
    QApplication.processEvents()
    found = faults(dialog)
    dialog.close()
    shiboken6.delete(dialog)
    assert found == set()
