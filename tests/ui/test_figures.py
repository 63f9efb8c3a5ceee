"""Figures that stand alone: their size in mm, language and colours chosen at export, and where the map lies drawn on it."""

import pytest
import tiny_season as tiny
from PIL import Image
from PySide6.QtGui import QImage

from quakegui.app import walking
from quakegui.ui import i18n, theme
from quakegui.ui.actions import GEOGRAPHY
from quakegui.ui.dialogs.export_dialogs import FigureDialog
from quakegui.ui.plots.figures import picture_of


@pytest.fixture
def dialog(window, qtbot):
    """Return the dialog over the day map."""
    walking.go_to(window.session, 21)
    made = FigureDialog(window.session, {"day map": ("Day map", window.day_map_panel.view)}, window)
    qtbot.addWidget(made)
    return made


def test_a_picture_has_the_width_in_mm_that_is_asked_for(dialog, window, tmp_path):
    dialog.width_mm.setValue(120.0)
    dialog.write(tmp_path / "map.png")
    view = window.day_map_panel.view
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.width == pytest.approx(120.0 / 25.4 * 300.0, abs=1)
        assert picture.height / picture.width == pytest.approx(view.height() / view.width(), abs=0.002)
        assert picture.info["dpi"] == pytest.approx((300.0, 300.0), abs=0.1)
    dialog.write(tmp_path / "map.svg")
    assert 'width="120' in (tmp_path / "map.svg").read_text(encoding="utf-8")
    dialog.write(tmp_path / "map.pdf")
    box = (tmp_path / "map.pdf").read_bytes().split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert float(box[2]) == pytest.approx(120.0 / 25.4 * 72.0, abs=1.0)


def test_a_map_that_the_window_squeezes_to_nothing_is_painted_at_its_usual_size(window, tmp_path):
    view = window.day_map_panel.view
    view.resize(400, 0)
    assert picture_of(view).size() == view.sizeHint()
    for name in ("map.png", "map.svg"):
        view.resize(0, 400)
        squeezed = FigureDialog(window.session, {"day map": ("Day map", view)}, window)
        view.resize(0, 400)
        squeezed.write(tmp_path / name)
        squeezed.deleteLater()
    assert not QImage(str(tmp_path / "map.png")).isNull()
    assert f'viewBox="0 0 {view.sizeHint().width()} ' in (tmp_path / "map.svg").read_text(encoding="utf-8")


def test_language_and_colours_are_those_chosen_and_the_window_has_its_own_again(dialog, window, tmp_path):
    dialog.language.setCurrentIndex(dialog.language.findData("zh"))
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    before = picture_of(window.day_map_panel.view)
    dialog.write(tmp_path / "map.svg")
    words = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert "台站" in words
    dialog.write(tmp_path / "map.png")
    assert QImage(str(tmp_path / "map.png")).pixelColor(3, 3) == theme.DARK.background
    assert (i18n.language(), theme.colours()) == ("en", theme.LIGHT)
    assert picture_of(window.day_map_panel.view) == before
    assert window.updatesEnabled()


@pytest.mark.parametrize("name", [name for name, _text in GEOGRAPHY])
def test_an_overlay_is_painted_inside_the_map_and_nowhere_else(window, name):
    session, view = window.session, window.day_map_panel.view
    walking.go_to(session, tiny.EVENT_DAY)
    before = picture_of(view)
    window.menus.actions[f"overlay-{name}"].trigger()
    assert window.menus.actions[f"overlay-{name}"].isChecked()
    after = picture_of(view)
    box = view.layout_now().image.toAlignedRect()
    every = [(x, y) for y in range(0, before.height(), 2) for x in range(0, before.width(), 2)]
    differs = [(x, y) for x, y in every if before.pixel(x, y) != after.pixel(x, y)]
    if name != "borders":  # the small project lies where none is
        assert len(differs) > 20
    outside = [(x, y) for x, y in differs if not box.contains(x, y)]
    foot = view.layout_now().foot.toAlignedRect().adjusted(-1, 0, 0, 0)  # the first letter leans out by a pixel
    elsewhere = [(x, y) for x, y in outside if not foot.contains(x, y)]
    assert elsewhere == [], (box, foot)
    assert name == "scale_bar" or not outside  # where the time zone stands then


def test_epicentres_name_their_magnitude_and_are_hidden_while_labelling_blind(window, tmp_path):
    session, view = window.session, window.day_map_panel.view
    walking.go_to(session, tiny.EVENT_DAY)
    session.set_display(epicentres=True)
    assert [(mark.magnitude, mark.age_days) for mark in view.scene.events] == [(4.6, 0), (3.4, -8)]
    session.set_display(blind=True)
    assert view.scene.events == ()
    session.set_display(blind=False)
    walking.go_to(session, 0)
    session.set_display(scale_bar=True)
    assert view.scene.place.endswith(" · Asia/Shanghai, UTC+08:00")
    assert [mark.age_days for mark in view.scene.events] == [-25]
