"""The watch over random hands: it tells of a label on a day that was not shown, and of nothing that is in order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from random_window import Hands

from quakegui.app import labelling
from quakegui.app.session import Session
from quakegui.ui.main_window import MainWindow


class Settled(random.Random):
    """Draws one place on the timeline, again and again, and then always labels."""

    def __init__(self, x: int) -> None:
        super().__init__()
        self._x = x

    def randrange(self, *_ends: int) -> int:
        return self._x

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Sequence) -> object:
        return seq[0]


@pytest.fixture
def hands(session: Session, tmp_path: Path, qtbot: QtBot) -> Iterator[Hands]:
    """Return hands on a window, which have just come to the training of a model, where no date is shown."""
    session.set_settings(auto_advance=False)
    window = MainWindow(session)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.layouts.use("days")
    window.layouts.show("timeline")
    axis = window.docks["timeline"].widget().view.axis
    made = Hands(window, tmp_path, seed=1, acts=10)
    made.random = Settled(round(axis.x(session.index + 0.5)))
    window.layouts.use("model")
    made.watch.look()
    yield made
    made.file.close()
    window.close()
    window.deleteLater()


def test_a_day_that_the_hands_bring_to_the_screen_may_be_labelled(hands):
    day = hands.window.session.index
    hands.choose()  # a click on the day that is shown already: nothing changes but the workspace
    assert hands.window.session.index == day
    assert hands.watch.written == {"day": 1}
    assert hands.errors == []


def test_a_label_on_a_day_that_nobody_sees_is_told(hands):
    session = hands.window.session
    assert labelling.label(session, 1)
    assert [(error["wrote"], error["shown"]) for error in hands.errors] == [([str(session.day)], [])]
