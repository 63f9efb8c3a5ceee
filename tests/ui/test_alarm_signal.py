"""An alarm that opens with the predictions of another program is signalled at the window, if the analyst wants it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from quakegui.app import others
from quakegui.app.change import Change
from quakegui.project import runs
from quakegui.project.store import Project


class Desk:
    """What reaches the analyst: sounds, messages of the desktop, sentences of the window."""

    def __init__(self, session, monkeypatch):
        self.beeps, self.messages, self.sentences = [], [], []
        monkeypatch.setattr(QApplication, "beep", lambda: self.beeps.append(1))
        monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
        monkeypatch.setattr(QSystemTrayIcon, "show", lambda _icon: None)  # the display of the tests has no tray
        monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _icon, _title, text, *_: self.messages.append(text))
        session.message.connect(lambda sentence, _kind: self.sentences.append(str(sentence)))


def known_ms(session, index):
    return session.season.available_at[session.season.shown][index].astype("datetime64[ms]").astype(np.int64)


def predict(session, days, share):
    """Let another program predict days, with one P(not 0)."""
    shares = np.tile([1 - share, share, 0, 0, 0], (days.size, 1))
    said = runs.LedgerPredictions(days, shares, "prospective", ("m",) * days.size, np.zeros(days.size, np.int64), "c")
    with Project.open(session.project.folder) as other:
        runs.append_predictions(other, "quiet", said)


@pytest.fixture
def desk(window, session, monkeypatch):
    """The desk of an analyst an hour after the last day of the season became known; its run has seen no signal."""
    monkeypatch.setattr(session, "clock", lambda: int(known_ms(session, -1)) + 3_600_000)
    runs.add_run(session.project, runs.Run("quiet", 1_650_000_000_000, "done", {}, {}))
    runs.use_run(session.project, "quiet")
    predict(session, session.days[20:-3], 0.05)
    session.reload(Change.PREDICTIONS | Change.RUNS)
    others.look(session)
    return Desk(session, monkeypatch)


def predict_last(session, share):
    predict(session, session.days[-3:], share)
    others.look(session)


def test_nothing_but_a_sentence_until_the_analyst_wants_more(window, session, desk):
    predict_last(session, 0.95)
    assert desk.sentences == [f"An alarm opened on {session.days[-2]}."]
    assert (desk.beeps, desk.messages) == ([], [])


def test_a_new_alarm_makes_a_sound_and_a_message_once(window, session, desk):
    session.set_settings(alarm_signal=True)
    predict_last(session, 0.95)
    others.poll(session)
    assert (desk.beeps, desk.messages) == ([1], [f"An alarm opened on {session.days[-2]}."])


def test_days_without_a_signal_are_silent(window, session, desk):
    session.set_settings(alarm_signal=True)
    predict_last(session, 0.05)
    assert (desk.beeps, desk.messages, desk.sentences) == ([], [], [])


def test_who_labels_blind_hears_nothing(window, session, desk):
    session.set_settings(alarm_signal=True)
    session.set_display(blind=True)
    predict_last(session, 0.95)
    session.set_display(blind=False)
    assert (desk.beeps, desk.messages, desk.sentences) == ([], [], [])


def test_an_alarm_of_the_past_is_not_news(window, session, desk, monkeypatch):
    session.set_settings(alarm_signal=True)
    monkeypatch.setattr(session, "clock", lambda: int(known_ms(session, -1)) + 10 * 86_400_000)
    predict_last(session, 0.95)
    assert (desk.beeps, desk.messages) == ([], [])


def test_a_minimised_window_still_hears_if_alarms_are_signalled(window, session, desk, qtbot):
    session.set_settings(alarm_signal=True)
    window.showMinimized()
    predict(session, session.days[-3:], 0.95)
    qtbot.waitUntil(lambda: desk.beeps == [1], timeout=6000)
    window.showNormal()
