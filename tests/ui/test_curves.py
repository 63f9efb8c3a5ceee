"""The curves of a training follow a switch when they are seen, and only then."""

from quakegui.ui import theme
from quakegui.ui.plots.curves import Curves


def ground(curves):
    return curves.loss.backgroundBrush().color()


def test_curves_in_the_back_take_a_switched_theme_when_they_are_shown(qapp, qtbot):
    curves = Curves()
    qtbot.addWidget(curves)
    curves.show()
    assert ground(curves) == theme.LIGHT.background
    curves.hide()
    theme.apply("dark")
    curves.retranslate()
    assert ground(curves) == theme.LIGHT.background
    curves.show()
    assert ground(curves) == theme.DARK.background
    theme.apply("light")
    curves.retranslate()
    assert ground(curves) == theme.LIGHT.background
