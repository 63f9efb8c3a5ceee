"""What an analyst names in the import window: stations by the files' names, units, serial days, days of the year, zones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from shown import shown
from small_season import wait

from quakegui.app import opening
from quakegui.formats import TableMapping
from quakegui.project import seasons
from quakegui.project.mappings import saved_mappings
from quakegui.ui.dialogs.import_wizard import ImportWizard
from quakegui.ui.dialogs.mapping_editor import CODE, MEANING

DAY = np.datetime64("2024-05-09T00:00", "ms")


@pytest.fixture
def session(empty_session, qtbot, tmp_path):
    """Return a session on an empty project."""
    assert opening.create_project(empty_session, tmp_path / "p", timezone="UTC")
    wait(qtbot, empty_session)
    return empty_session


wizard = shown(ImportWizard)


def look(qtbot, wizard: ImportWizard, *paths: Path) -> None:
    wizard.add(paths)
    wait(qtbot, wizard.session)


def written(path: Path, heading: str, rows: list[str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return path


def minutes(count: int = 60) -> list[str]:
    return [f"2024-05-09 00:{at:02d},{48_500 + at / 10:.1f}" for at in range(count)]


def means(wizard: ImportWizard, **meanings: str) -> None:
    """Say what columns hold, by their headings."""
    columns = wizard.editor.columns
    for row in range(columns.rowCount()):
        box = columns.cellWidget(row, MEANING)
        box.setCurrentIndex(box.findData(meanings.get(columns.item(row, 0).text(), "")))


def typed(qtbot, field, text: str) -> None:
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def choose(form_box, text: str) -> None:
    form_box.setCurrentIndex(form_box.findText(text))


def named(wizard: ImportWizard, caption: str):
    """Return the control of a caption."""
    return next(box for box in wizard.editor.findChildren(type(wizard.editor.clock)) if box.accessibleName() == caption)


def first_of(session, code: str) -> tuple[str, float, int]:
    (one,) = seasons.record(session.project, code, np.datetime64("2024-05-01"), np.datetime64("2024-06-01"))
    return str(one.time[0])[:16], round(float(one.values[0]), 3), len(one)


def test_a_pattern_finds_the_stations_of_tables_and_shows_them(qtbot, wizard, session, tmp_path):
    files = [written(tmp_path / "in" / f"mag_{code}_{at}.csv", "time,F", minutes()) for at, code in enumerate(("ab12", "cd34"))]
    other = written(tmp_path / "in" / "table.csv", "time,F", minutes())
    look(qtbot, wizard, *files, other)
    for preview in wizard.previews:
        assert "could not be identified" in preview.reason
        assert any("does not identify its station" in note for note in preview.notes)
    assert not wizard.editor.columns.isColumnHidden(CODE)
    typed(qtbot, wizard.editor.pattern, "mag_{code}_*.csv")
    wait(qtbot, session)
    assert [(one.stations, one.count) for one in wizard.previews] == [(("AB12",), 60), (("CD34",), 60), ((), 0)]
    assert wizard.editor.columns.isColumnHidden(CODE), "a code beside a column would count for nothing"
    shown_rows = [(row.cells[2], row.level) for row in wizard.list.rows.rows]
    assert shown_rows == [("AB12", ""), ("CD34", ""), ("", "warning")]
    assert "does not match mag_{code}_*.csv" in wizard.previews[2].reason
    wizard.start_import()
    wait(qtbot, session)
    assert {one.file: one.stations for one in wizard.report.imported} == {
        "mag_ab12_0.csv": ("AB12",),
        "mag_cd34_1.csv": ("CD34",),
    }
    assert [one.file for one in wizard.report.skipped] == ["table.csv"]
    assert session.project.network().codes == ("AB12", "CD34")


def test_a_pattern_goes_before_the_code_that_was_guessed_and_is_saved_with_the_mapping(qtbot, wizard, session, tmp_path):
    heading, rows = "time,X,Y,Z,F", [f"{row.split(',')[0]},29778.5,-4110,35886.8,46813.6" for row in minutes()]
    look(qtbot, wizard, written(tmp_path / "mag_XIC_s7.csv", heading, rows))
    assert wizard.previews[0].stations == ("XIC",)
    typed(qtbot, wizard.editor.pattern, "mag_XIC_{code}")
    wizard.editor.keeps.setChecked(True)
    wait(qtbot, session)
    assert wizard.previews[0].stations == ("S7",)
    wizard.start_import()
    wait(qtbot, session)
    assert [one.mapping.station_pattern for one in saved_mappings(session.project)] == ["mag_XIC_{code}"]
    wizard.back()
    rows = [row.replace("05-09", "05-10") for row in rows]
    look(qtbot, wizard, written(tmp_path / "mag_XIC_s8.csv", heading, rows), written(tmp_path / "MUL.csv", heading, rows))
    assert [one.stations for one in wizard.previews] == [("S8",), ()]
    assert wizard.editor.pattern.text() == "mag_XIC_{code}"
    assert "does not match" in wizard.previews[1].reason


def test_a_pattern_that_cannot_be_is_refused_with_a_sentence(qtbot, wizard, session, tmp_path):
    look(qtbot, wizard, written(tmp_path / "mag_ab12_0.csv", "time,F", minutes()))
    for pattern in ("mag_*.csv", "{code}_{code}"):
        typed(qtbot, wizard.editor.pattern, pattern)
        assert 'Enter "{code}" exactly once' in wizard.sentence.text()
        assert not wizard.import_button.isEnabled()
    look_at = written(tmp_path / "several.csv", "time,code,F", [f"{row.split(',')[0]},XIC,48500" for row in minutes()])
    wizard.clear()
    look(qtbot, wizard, look_at)
    typed(qtbot, wizard.editor.pattern, "{code}")
    assert "not both" in wizard.sentence.text()
    with pytest.raises(ValueError, match="exactly once"):
        TableMapping.from_json('{"layout": "long", "time": ["t"], "columns": [["F", "F"]], "station_pattern": "mag"}')


@pytest.mark.parametrize(("unit", "one_nt"), [("pT", 1000), ("0.1 nT", 10), ("0.01 nT", 100)])
def test_units_smaller_than_a_nanotesla(qtbot, wizard, session, tmp_path, *, unit, one_nt):
    rows = [f"2024-05-09 00:{at:02d},{round((48_500 + at / 10) * one_nt)}" for at in range(60)]
    look(qtbot, wizard, written(tmp_path / "XIC20240509.csv", "time,number", rows))
    assert wizard.previews[0].reason
    means(wizard, time="time", number="F")
    wizard.editor.columns.item(1, CODE).setText("XIC")
    choose(named(wizard, "Unit"), unit)
    wait(qtbot, session)
    wizard.start_import()
    wait(qtbot, session)
    assert first_of(session, "XIC") == ("2024-05-09T00:00", 48_500.0, 60)


@pytest.mark.parametrize(("clock", "origin"), [("spreadsheet day number", 25_569), ("MATLAB day number", 719_529)])
def test_serial_days(qtbot, wizard, session, tmp_path, *, clock, origin):
    days = origin + (DAY - np.datetime64(0, "ms")) / np.timedelta64(1, "D")
    rows = [f"{days + at / 1440:.9f},48500.{at % 10}" for at in range(60)]
    look(qtbot, wizard, written(tmp_path / "XIC_serial.csv", "when,level", rows))
    means(wizard, when="time", level="F")
    wizard.editor.columns.item(1, CODE).setText("XIC")
    choose(wizard.editor.clock, clock)
    wait(qtbot, session)
    assert (wizard.previews[0].first, wizard.previews[0].count) == (DAY, 60)
    wizard.start_import()
    wait(qtbot, session)
    assert first_of(session, "XIC") == ("2024-05-09T00:00", 48_500.0, 60)


@pytest.mark.parametrize(
    ("form", "heading", "stamp"),
    [
        ("%Y %j %H %M", "a,b,c,d,F", "2024,130,0,{0}"),
        ("%Y%j%H%M", "a,F", "202413000{0:02d}"),
        ("%Y-%j %H:%M", "a,F", "2024-130 00:{0:02d}"),
    ],
)
def test_days_of_the_year_with_an_offset_for_the_zone(qtbot, wizard, session, tmp_path, *, form, heading, stamp):
    look(qtbot, wizard, written(tmp_path / "a.csv", heading, [f"{stamp.format(at)},48500.{at % 10}" for at in range(60)]))
    means(wizard, **dict.fromkeys(heading.split(",")[:-1], "time"), F="F")
    wizard.editor.columns.item(heading.count(","), CODE).setText("XIC")
    choose(wizard.editor.clock, form)
    wizard.editor.zone.setCurrentText("UTC+8")
    wait(qtbot, session)
    assert (wizard.previews[0].first, wizard.previews[0].count) == (DAY - np.timedelta64(8, "h"), 60)


def test_a_mapping_with_its_unit_zone_and_lines_is_found_again_for_the_next_file_of_its_kind(qtbot, wizard, session, tmp_path):
    titles = ["Observatory 7, row 1, 2024", "made, by, hand"]
    for day, name in (("2024-05-09", "XIC20240509.csv"), ("2024-05-10", "XIC20240510.csv")):
        rows = [f"{day} 08:{at:02d};{485_000 + at}" for at in range(60)]
        written(tmp_path / name, titles[0], [titles[1], "clock;reading", *rows])
    look(qtbot, wizard, tmp_path / "XIC20240509.csv")
    wizard.editor.skip.setValue(2)
    wait(qtbot, session)
    means(wizard, clock="time", reading="F")
    wizard.editor.columns.item(1, CODE).setText("XIC")
    choose(named(wizard, "Unit"), "0.1 nT")
    choose(wizard.editor.zone, "UTC+08:00")
    wizard.editor.keeps.setChecked(True)
    wait(qtbot, session)
    assert (wizard.previews[0].stations, wizard.previews[0].first) == (("XIC",), DAY)
    wizard.start_import()
    wait(qtbot, session)
    wizard.back()
    look(qtbot, wizard, tmp_path / "XIC20240510.csv")
    assert wizard.editor.skip_lines() == 2
    assert named(wizard, "Unit").currentText() == "0.1 nT"
    assert wizard.previews[0].first == DAY + np.timedelta64(1, "D")
    wizard.start_import()
    wait(qtbot, session)
    assert first_of(session, "XIC") == ("2024-05-09T00:00", 48_500.0, 120)
