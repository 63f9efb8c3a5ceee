"""Light and dark: readable, switched while running, and classes told apart without colour."""

import itertools

import numpy as np
import pytest
from oklab import srgb_to_oklab
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from quakegui.ui import i18n, theme
from quakegui.ui.plots.matrix_view import MatrixView


def luminance(colour) -> float:
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a, b) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("table", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_words_are_readable(table):
    for name in ("text", "muted", "error", "warning", "good", "storm", "accent"):
        for paper in (table.background, table.raised):
            assert contrast(getattr(table, name), paper) >= 4.5, name


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_cell_of_a_matrix_is_readable(look, qtbot):
    theme.apply(look)
    matrix = MatrixView()
    qtbot.addWidget(matrix)
    matrix.show_matrix(
        np.array([[10, 0, 0, 0, 0], [3, 7, 0, 0, 0], [10, 0, 0, 0, 0], [5, 0, 0, 5, 0], [9, 0, 0, 0, 1]]), ["a"] * 5
    )
    for row, column in np.ndindex(5, 5):
        item = matrix.item(row, column)
        assert contrast(item.foreground().color(), item.background().color()) >= 4.5, (row, column)


@pytest.mark.parametrize("table", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_marks_are_visible(table):
    for colour in (*table.classes, *table.series, table.cursor, table.missing, table.alarm):
        assert contrast(colour, table.background) >= 2.4


# Linear-light projections of the three dichromacies (Viénot, Brettel & Mollon 1999 for the first two).
DICHROMAT = {
    "protan": [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
    "deutan": [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
}


def as_seen(colour, matrix):
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0.0, 1.0)
    return np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("table", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["normal", *DICHROMAT])
def test_classes_stay_apart_for_every_reader(table, kind):
    matrix = DICHROMAT.get(kind, np.eye(3))
    lab = [srgb_to_oklab(as_seen(colour, matrix)) for colour in table.classes]
    for a, b in itertools.combinations(lab, 2):
        assert np.linalg.norm(a - b) > 0.08


def test_patterns_tell_the_smaller_earthquakes_from_the_larger_and_from_each_other():
    assert theme.CLASS_PATTERNS[1] == theme.CLASS_PATTERNS[3]
    assert len(set(theme.CLASS_PATTERNS[1:])) == 3


def test_switching_changes_palette_and_table(qapp):
    theme.apply("dark")
    assert theme.colours() is theme.DARK
    assert QApplication.palette().color(QPalette.ColorRole.Window) == theme.DARK.raised
    theme.apply("light")
    assert theme.colours() is theme.LIGHT


def test_text_size_follows_the_choice(qapp):
    normal = qapp.font().pointSizeF()
    theme.apply("light", text_scale=1.5)
    assert qapp.font().pointSizeF() == pytest.approx(1.5 * normal)
    theme.apply("light")
    assert qapp.font().pointSizeF() == pytest.approx(normal)


def test_an_unknown_theme_is_refused(qapp):
    with pytest.raises(ValueError, match="does not exist"):
        theme.apply("pink")


def test_english_has_quotation_marks_of_proportional_width_and_chinese_has_not(qapp):
    try:
        for language, wanted in (("en", True), ("zh", False), ("en", True)):
            i18n.set_language(language)
            theme.apply("light")
            assert qapp.font().isFeatureSet(QFont.Tag("pwid")) is wanted
    finally:
        i18n.set_language("en")
