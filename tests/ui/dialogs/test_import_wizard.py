from __future__ import annotations

import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox
from shown import shown
from small_season import wait, wide_table

from quakegui.app import opening
from quakegui.project import seasons
from quakegui.ui.dialogs.import_wizard import ImportWizard
from quakegui.ui.dialogs.mapping_editor import CODE, MEANING


@pytest.fixture
def session(empty_session, qtbot, tmp_path):
    """Return a session on an empty project."""
    assert opening.create_project(empty_session, tmp_path / "p", timezone="Asia/Shanghai")
    wait(qtbot, empty_session)
    return empty_session


wizard = shown(ImportWizard)


def look(qtbot, wizard: ImportWizard, *paths: Path) -> None:
    wizard.add(paths)
    wait(qtbot, wizard.session)


def ambiguous(path: Path) -> Path:
    rows = "".join(f"0{1 + hour // 24}/02/2022 {hour % 24:02d}:00,{48000 + hour},{49000 + hour}\n" for hour in range(48))
    path.write_text("when,left,right\n" + rows, encoding="utf-8")
    return path


def test_files_are_previewed_before_anything_is_kept(qtbot, wizard, session, tmp_path):
    (tmp_path / "junk.bin").write_bytes(bytes(range(256)))
    look(qtbot, wizard, wide_table(tmp_path / "wide.csv", hours=48), tmp_path / "junk.bin")
    table, junk = wizard.previews
    assert (table.kind, table.stations, table.count) == ("table", ("AAA", "BBB", "CCC", "DDD"), 192)
    assert (table.cadences_s, table.reason) == ((3600.0,), "")
    assert junk.reason
    assert session.project.network().stations == ()
    assert session.project.revision() == 0


def test_the_report_names_what_came_in_and_what_did_not(qtbot, wizard, session, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.csv").write_text("time,AAA\nyesterday,much\n")
    wide_table(tmp_path / "in" / "wide.csv", hours=72)
    look(qtbot, wizard, tmp_path / "in")
    wizard.start_import()
    wait(qtbot, session)
    report = wizard.report
    assert [one.readings for one in report.imported] == [288]
    assert [one.file for one in report.skipped] == ["in/broken.csv"]
    assert report.skipped[0].reason
    assert [row.cells[1] for row in wizard.outcome.skipped.rows.rows] == [report.skipped[0].reason]
    assert session.project.network().codes == ("AAA", "BBB", "CCC", "DDD")


def test_the_same_file_again_is_unchanged(qtbot, wizard, session, tmp_path):
    path = wide_table(tmp_path / "wide.csv", hours=24)
    for _ in range(2):
        look(qtbot, wizard, path)
        wizard.start_import()
        wait(qtbot, session)
        wizard.back()
    assert wizard.report.unchanged == ("wide.csv",)


def choose_meaning(wizard: ImportWizard, row: int, meaning: str, code: str = "") -> None:
    box = wizard.editor.columns.cellWidget(row, MEANING)
    assert isinstance(box, QComboBox)
    if code:
        wizard.editor.columns.item(row, CODE).setText(code)
    box.setCurrentIndex(box.findData(meaning))


def test_columns_that_cannot_be_guessed_are_mapped_by_hand(qtbot, wizard, session, tmp_path):
    look(qtbot, wizard, ambiguous(tmp_path / "amb.csv"))
    assert "specify them below" in wizard.previews[0].reason
    choose_meaning(wizard, 0, "time")
    assert "total-intensity columns" in wizard.sentence.text()  # incomplete: said in the dialog, and Import is off
    assert not wizard.import_button.isEnabled()
    choose_meaning(wizard, 1, "F", "kak")
    choose_meaning(wizard, 2, "F", "mmb")
    wizard.editor.clock.setCurrentText("%d/%m/%Y %H:%M")
    wizard.editor.zone.setCurrentText("Asia/Tokyo")
    wait(qtbot, session)
    assert (wizard.previews[0].stations, wizard.previews[0].count) == (("KAK", "MMB"), 96)
    wizard.start_import()
    wait(qtbot, session)
    assert [one.readings for one in wizard.report.imported] == [96]
    found = seasons.record(session.project, "KAK", np.datetime64("2022-01-01"), np.datetime64("2022-03-01"))
    # The first hour of 1 February in Tokyo, whose middle is 15:30 UTC of the day before.
    assert found[0].time[0] == np.datetime64("2022-01-31T15:30")


def test_an_import_that_is_stopped_keeps_nothing(qtbot, wizard, session, tmp_path):
    look(qtbot, wizard, wide_table(tmp_path / "wide.csv", hours=48))
    gate = threading.Event()
    session.jobs.start("waiting", lambda _report, _cancelled: gate.wait(10), lambda _none: None)
    wizard.start_import()
    wizard.reject()  # Escape stops the work first, and leaves the dialog open
    gate.set()
    wait(qtbot, session)
    assert wizard.isVisible()
    assert "nothing was saved" in wizard.sentence.text()
    assert session.project.network().stations == ()
    wizard.reject()
    assert not wizard.isVisible()


def test_files_can_be_dropped(qtbot, wizard, session, tmp_path):
    path = wide_table(tmp_path / "wide.csv", hours=24)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    wizard.dropEvent(drop)
    wait(qtbot, session)
    assert [one.name for one in wizard.previews] == ["wide.csv"]


def test_a_vanished_file_is_said_and_nothing_breaks(qtbot, wizard, session, tmp_path):
    look(qtbot, wizard, tmp_path / "gone.csv")
    assert wizard.previews[0].reason
    wizard.start_import()
    wait(qtbot, session)
    assert len(wizard.report.skipped) == 1


def test_what_is_not_sure_is_marked_and_settled_by_hand(qtbot, wizard, session, tmp_path):
    rows = [f"2024-05-09 00:{at:02d},29778.5,-4110.0,35886.8,46813.6" for at in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["time (local),Bx,By,Bz,Btotal", *rows]))
    look(qtbot, wizard, tmp_path / "a.csv")
    (preview,) = wizard.previews
    assert "specify them below" in preview.reason
    assert [note.split(":")[0] for note in preview.notes][1] == "The file does not identify its station"
    for row in range(1, 5):
        wizard.editor.columns.item(row, CODE).setText("kak")
    wizard.editor.zone.setCurrentText("UTC+08:00")
    wait(qtbot, session)
    assert (wizard.previews[0].stations, wizard.previews[0].count) == (("KAK",), 60)
    assert wizard.previews[0].first == np.datetime64("2024-05-08T16:00", "ms")


def test_parts_of_a_time_keep_their_order_and_a_kept_mapping_comes_back(qtbot, wizard, session, tmp_path):
    rows = [f"09;05;2024;{at // 60:02d};{at % 60:02d};48500,{at % 10}" for at in range(120)]
    for name in ("mag_XIC_1.csv", "mag_MUL_2.csv"):
        (tmp_path / name).write_text("\n".join(["DD;MM;YYYY;HH;MM;F(nT)", *rows]))
    look(qtbot, wizard, tmp_path / "mag_XIC_1.csv")
    wizard.editor.missing.setText("-1")
    wizard.editor.keeps.setChecked(True)
    wait(qtbot, session)
    assert wizard.previews[0].last == np.datetime64("2024-05-09T01:59", "ms")
    wizard.start_import()
    wait(qtbot, session)
    assert wizard.report.imported[0].stations == ("XIC",)
    wizard.back()
    look(qtbot, wizard, tmp_path / "mag_MUL_2.csv")
    assert wizard.editor.missing.text() == "-1"
    wizard.editor.missing.setText("-2")  # what is edited now is of this file's station
    wait(qtbot, session)
    assert wizard.previews[0].stations == ("MUL",)
    wizard.clear()
    (tmp_path / "mag_MUL_2.csv").rename(tmp_path / "table.csv")
    look(qtbot, wizard, tmp_path / "table.csv")
    wizard.editor.missing.setText("-3")
    assert "station code" in wizard.sentence.text()


def test_lines_above_a_table_are_said_by_hand(qtbot, wizard, session, tmp_path):
    rows = [f"2024-05-09 00:{at:02d},48500" for at in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["time,KAK", "2020-01-01,1", "time,XIC", *rows]))
    look(qtbot, wizard, tmp_path / "a.csv")
    wizard.editor.skip.setValue(2)
    wait(qtbot, session)
    assert wizard.editor.columns.item(1, 0).text() == "XIC"


def test_a_logs_station_and_day_are_said_by_hand(qtbot, wizard, session, tmp_path):
    (tmp_path / "base.txt").write_text("/Gem Systems GSM-19 1 v7.0\n/\n000000.0  48500.00 99\n000100.0  48500.10 99\n")
    look(qtbot, wizard, tmp_path / "base.txt")
    assert "--date" in wizard.previews[0].reason
    for field, text in ((wizard.hints.station, "xic"), (wizard.hints.day, "2024-05-09"), (wizard.hints.zone, "UTC+8")):
        field.setText(text)
        field.editingFinished.emit()
        wait(qtbot, session)
    assert (wizard.previews[0].stations, wizard.previews[0].count) == (("XIC",), 2)
    wizard.start_import()
    wait(qtbot, session)
    assert wizard.report.imported[0].first == np.datetime64("2024-05-08T16:00", "ms")
    wizard.back()
    wizard.hints.day.setText("yesterday")
    with pytest.raises(ValueError, match="2024-05-09"):
        wizard.hints.hints()


def test_a_local_clock_stays_a_question_whatever_else_is_edited(qtbot, wizard, session, tmp_path):
    rows = [f"2024-05-09 00:{at:02d},48500.{at % 10},48600" for at in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["time (local),XIC,MUL", *rows]))
    look(qtbot, wizard, tmp_path / "a.csv")
    wizard.editor.missing.setText("-1")
    assert "time zone" in wizard.sentence.text()
    assert not wizard.import_button.isEnabled()
    wizard.editor.zone.setCurrentText("Asia/Tokyo")
    wait(qtbot, session)
    assert wizard.previews[0].first == np.datetime64("2024-05-08T15:00", "ms")
    assert wizard.import_button.isEnabled()


def test_members_of_one_archive_keep_mappings_of_their_own(qtbot, wizard, session, tmp_path):
    """Tables with other columns and a log with a clock of its own, which were all read by what was said last."""
    rows = [f"2024-05-09 00:{at:02d},48500.{at % 10},48600" for at in range(60)]
    gsm = "/Gem Systems GSM-19 1 v7.0\n/\n000000.0  48500.00 99\n000100.0  48500.10 99\n"
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("a.csv", "\n".join(["time (local),one,two", *rows]))
        archive.writestr("b.csv", "\n".join(["time (local),three,four", *rows]))
        archive.writestr("c.txt", gsm)
        archive.writestr("d.csv", "\n".join(["time,YUX,LZH", *rows]))
    look(qtbot, wizard, tmp_path / "in.zip")
    for number, (zone, codes) in enumerate((("UTC+08:00", ("AAA", "BBB")), ("UTC+09:00", ("CCC", "DDD")))):
        wizard.list.choose(number)
        for row, code in enumerate(codes, start=1):
            wizard.editor.columns.item(row, CODE).setText(code)
        wizard.editor.zone.setCurrentText(zone)
        wait(qtbot, session)
    wizard.list.choose(2)
    for field, text in ((wizard.hints.pattern, "c*"), (wizard.hints.pattern, ""), (wizard.hints.station, "xic")):
        field.setText(text)
        field.editingFinished.emit()
        assert ("{code}" in wizard.sentence.text()) == (text == "c*")
        wait(qtbot, session)
    wizard.hints.day.setText("2024-05-09")
    wizard.hints.day.editingFinished.emit()
    wait(qtbot, session)
    wizard.start_import()
    wait(qtbot, session)
    first = {one.file: (one.stations, str(one.first)[:16]) for one in wizard.report.imported}
    assert first == {
        "in.zip/a.csv": (("AAA", "BBB"), "2024-05-08T16:00"),
        "in.zip/b.csv": (("CCC", "DDD"), "2024-05-08T15:00"),
        "in.zip/c.txt": (("XIC",), "2024-05-09T00:00"),
        "in.zip/d.csv": (("YUX", "LZH"), "2024-05-09T00:00"),
    }


def test_a_station_in_the_files_names_is_said_by_a_pattern(qtbot, wizard, session, tmp_path):
    (tmp_path / "site7_run.txt").write_text("/Gem Systems GSM-19 1 v7.0\n/\n000000.0  48500.00 99\n000100.0  48500.10 99\n")
    look(qtbot, wizard, tmp_path / "site7_run.txt")
    for field, text in ((wizard.hints.day, "2024-05-09"), (wizard.hints.pattern, "{code}_*")):
        field.setText(text)
        field.editingFinished.emit()
        wait(qtbot, session)
    assert wizard.previews[0].stations == ("SITE7",)
