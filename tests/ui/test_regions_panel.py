"""The table of extremum regions: its numbers, its order, and the click that lets a region flash."""

import pytest
import tiny_season as tiny
from PySide6.QtCore import Qt
from shown import shown

from quakegui.app import walking
from quakegui.ui import i18n
from quakegui.ui.panels.regions_panel import COLUMNS, RegionsPanel

REGION_DAY = 21


shown_panel = shown(RegionsPanel, 520, 220)


@pytest.fixture
def panel(shown_panel, session):
    walking.go_to(session, REGION_DAY)
    return shown_panel


def row_texts(panel, row=0):
    return [panel.model.index(row, column).data() for column in range(len(COLUMNS))]


def test_a_row_says_what_the_region_is(panel, session):
    region = session.features().regions[0]
    assert panel.model.rowCount() == len(session.features().regions)
    texts = row_texts(panel)
    assert texts[0] == str(region.id)
    assert texts[1] == f"{region.area_km2:,.0f}"
    assert texts[2:4] == [f"+{region.peak_z:.2f}", f"+{region.peak_nt:.2f}"]
    assert texts[4:6] == [str(region.duration_days), {"N": "north", "S": "south"}[region.direction]]
    assert texts[6:8] == [f"{tiny.STRONG} +{region.station_peak_nt:.2f}", f"{region.area_px:,}"]
    assert panel.summary.text().startswith(f"Area {session.features().area_km2:,.0f} km²")


def test_a_click_and_a_key_let_the_region_flash(panel, session, qtbot):
    region = session.features().regions[0]
    at = panel.table.visualRect(panel.model.index(0, 2)).center()
    with qtbot.waitSignal(panel.region_clicked) as caught:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert caught.args == [region.id]
    with qtbot.waitSignal(panel.region_clicked):
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)


def test_a_region_that_goes_on_stays_selected(panel, session):
    region = session.features().regions[0]
    panel.select(region.id)
    walking.step(session, 1)
    rows = [index.row() for index in panel.table.selectionModel().selectedRows()]
    assert [panel.model.regions[row].id for row in rows] == [region.id]


def test_sorting_by_a_column(panel, session):
    regions = session.features().regions
    panel.model.sort(1, Qt.SortOrder.AscendingOrder)
    assert [r.area_km2 for r in panel.model.regions] == sorted(r.area_km2 for r in regions)
    panel.model.sort(-1)


def test_quiet_and_silent_days_have_their_sentences(panel, session):
    walking.go_to(session, 5)
    assert panel.summary.text().startswith("No extremum region · peak z")
    assert not panel.table.isVisible()
    walking.go_to(session, tiny.SILENT_DAY)
    assert panel.summary.text() == "No map on this day, so no extremum regions."


def test_heads_are_translated(panel, qtbot):
    assert panel.model.headerData(0, Qt.Orientation.Horizontal) == "No."
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.table.accessibleName() == "当天的极值区域")
    assert panel.model.headerData(0, Qt.Orientation.Horizontal) == "编号"


def test_without_a_project(empty_session, qtbot):
    panel = RegionsPanel(empty_session)
    qtbot.addWidget(panel)
    panel.grab()
    assert panel.summary.text() == ""


def test_headings_measured_while_there_was_no_room_for_them_are_read_in_a_wider_panel(panel, qtbot):
    panel.resize(260, 220)
    assert panel.table.isColumnHidden(len(COLUMNS) - 1)
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.table.accessibleName() == "当天的极值区域")
    assert panel.table.isColumnHidden(len(COLUMNS) - 1)
    panel.resize(1200, 220)
    test_columns_are_as_wide_as_their_widest_text(panel)


def test_columns_are_as_wide_as_their_widest_text(panel):
    head = panel.table.horizontalHeader()
    needs = [max(panel.table.sizeHintForColumn(column), head.sectionSizeHint(column)) for column in range(len(COLUMNS))]
    assert [head.sectionSize(column) for column in range(len(COLUMNS))] == needs
    assert panel.table.rowHeight(0) >= panel.table.sizeHintForRow(0)
