"""Labelling blind: nothing from which a label could be guessed is told anywhere, and a badge says so."""

import pytest
import tiny_season as tiny
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QLabel, QToolButton

from quakegui.app import walking
from quakegui.app.day_kinds import days_of_kind
from quakegui.app.small_maps import days_in_order
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui import theme
from quakegui.ui.blind_badge import BlindBadge
from quakegui.ui.dock_plan import WORKSPACES
from quakegui.ui.i18n import tr
from quakegui.ui.plots.timeline_rows import row_boxes


@pytest.fixture
def blind(window):
    """Return a window in which somebody labels blind, on the day of an earthquake that the rule has labelled."""
    session = window.session
    for day in range(tiny.EVENT_DAY - 3, tiny.EVENT_DAY + 1):
        journal.write_labels(session.project, session.days[[day]], 1, source=LabelSource.RULE, author="rule")
    walking.go_to(session, tiny.EVENT_DAY)
    session.set_display(blind=True)
    return window


@pytest.mark.parametrize("workspace", [one.id for one in WORKSPACES])
def test_the_badge_stands_in_every_workspace_only_while_labelling_blind(blind, workspace, qtbot):
    blind.layouts.use(workspace)
    badge = blind.findChild(BlindBadge)
    bar = blind.menuBar()
    qtbot.waitUntil(lambda: badge.isVisible() and badge.text() == "BLIND")
    at = badge.mapTo(bar, QPoint(0, 0))
    qtbot.waitUntil(lambda: bar.rect().contains(badge.rect().translated(badge.mapTo(bar, QPoint(0, 0)))))
    assert at.x() > max(bar.actionGeometry(action).right() for action in bar.actions())
    assert badge.width() >= badge.sizeHint().width()
    buttons = badge.parentWidget().findChildren(QToolButton)
    assert all(button.width() >= button.sizeHint().width() for button in buttons)  # none is squeezed for it
    image = badge.grab().toImage()
    assert image.pixelColor(4, image.height() // 2) == theme.colours().text
    blind.menus.actions["blind"].trigger()
    assert badge.isHidden()


def test_the_day_card_says_blind_beside_synthetic(blind):
    stamp = blind.bench.day_panel.stamp
    assert (stamp.isVisible(), stamp.text()) == (True, "SYNTHETIC\nBLIND")
    blind.session.set_display(blind=False)
    assert stamp.text() == "SYNTHETIC"


def test_timeline_and_its_words_tell_no_earthquake_and_say_that_they_are_hidden(blind):
    session, view = blind.session, blind.docks["timeline"].widget().view
    data = view.data
    assert (data.event_index.size, data.event_magnitude.size, data.event_class.size) == (0, 0, 0)
    assert (data.labels == -1).all()
    _, box = row_boxes(view.axis, float(view.height()))[0]
    at = QPointF(view.axis.x(tiny.EVENT_DAY + 0.5), box.center().y())
    assert "M 4.6" not in view.words_at(at)
    hidden = view.grab().toImage()
    session.set_display(blind=False)
    assert view.data.event_index.size == 2
    assert "M 4.6" in view.words_at(at)
    assert view.grab().toImage() != hidden


def test_the_station_map_shows_no_epicentre_past_or_to_come(blind):
    panel = blind.docks["stations"].widget()
    assert panel.events == ()
    panel.show_events()
    narrow = panel.camera
    blind.session.set_display(blind=False)
    assert len(panel.events) == 2
    panel.show_network()
    assert narrow.km_per_px == panel.camera.km_per_px  # nor does its view tell how far away they are


def test_no_jump_filter_or_order_finds_the_days_of_earthquakes(blind):
    session = blind.session
    assert not days_of_kind(session, "event").any()
    assert not any(days_of_kind(session, f"class-{cls}").any() for cls in range(5))
    for order in ("P", "uncertainty", "suspect"):
        assert days_in_order(session, order, None).tolist() == list(range(session.days.size))
    session.set_display(blind=False)
    assert days_of_kind(session, "event").sum() == 2


@pytest.mark.parametrize("action", ["catalogue", "rule"])
def test_dialogs_that_list_earthquakes_do_not_open(blind, action):
    blind.menus.actions[action].trigger()
    assert blind.status_line.currentMessage() == "Earthquakes are hidden during blind labelling"


def test_results_and_the_training_plan_are_hidden(blind, qtbot):
    session = blind.session
    for name in ("evaluation", "training"):
        blind.layouts.show(name)
        qtbot.waitUntil(lambda: not session.jobs.busy)
    results, plan = blind.docks["evaluation"].widget(), blind.docks["training"].widget().plan
    assert (results.matrix.rowCount(), results.alarms.rowCount(), results.cell.sheet.days) == (0, 0, [])
    assert (plan.plan, plan.words.text()) == (None, "Hidden during blind labelling")


def test_no_text_on_the_screen_names_the_earthquake_in_any_workspace(blind, qtbot):
    session = blind.session
    for workspace in WORKSPACES:
        blind.layouts.use(workspace.id)
        qtbot.waitUntil(lambda: not session.jobs.busy)
        texts = [label.text() for label in blind.findChildren(QLabel) if label.isVisible()]
        tips = [label.toolTip() for label in blind.findChildren(QLabel) if label.isVisible()]
        told = {*texts, *tips} - {tr("Alarms")}  # the heading of a table that is empty
        assert not [text for text in told if "M 4.6" in text or "north of here" in text or tr("Alarm") in text]
