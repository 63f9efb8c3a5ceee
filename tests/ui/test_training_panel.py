"""What the training's panel makes of what a worker says."""

import math
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QProgressBar, QSpinBox

from quakegui.app import labelling
from quakegui.learn import messages, season_runs
from quakegui.learn.runs.presets import PRESETS
from quakegui.words import Said

FOLDS = ("fold 1", "fold 2", "all days")


@pytest.fixture
def panel(window):
    return window.docks["training"].widget()


@pytest.fixture
def say(window, panel):
    def speak(*said):
        for each in said:
            window.training.spoke.emit(each)
        bar = panel.findChild(QProgressBar)
        return panel.state.text(), bar.value(), panel.findChild(QPlainTextEdit).toPlainText().splitlines()

    return speak


def epoch(phase, number, validation=math.nan, *, best=True):
    return messages.Epoch(phase, number, 1.5, 0.464, validation, validation / 10, best, 2.0, 90.0)


def started(phase=0, epochs_over=0):
    return messages.Started(FOLDS, 2, 1000, phase, epochs_over)


def test_the_first_epoch_is_the_first_and_the_bar_tells_how_much_is_done(say):
    state, bar, _log = say(started(), messages.Batch(0, 1, 5, 10, 1.6, 0.4, 30.0))
    assert state.startswith("fold 1, epoch 1 · 30 images/s")
    assert bar == 83  # half an epoch of six
    state, bar, log = say(epoch(0, 1))
    assert state == "fold 1, epoch 1 · 2 min left"
    assert bar == 167
    assert log[-1] == "fold 1, epoch 1: loss 1.5000, accuracy 46.4%"
    assert say(messages.Batch(0, 2, 10, 10, 1.6, 0.4, 30.0))[1] == 333
    assert say(epoch(2, 2))[1] == 1000


def test_a_validation_part_is_told_with_the_best_epoch(say):
    log = say(started(), epoch(0, 1, 2.0), epoch(0, 2, 2.5, best=False))[2]
    assert log[-2:] == [
        "fold 1, epoch 1: loss 1.5000, validation 2.0000; accuracy 46.4%, validation 20.0% — best so far",
        "fold 1, epoch 2: loss 1.5000, validation 2.5000; accuracy 46.4%, validation 25.0%",
    ]


@pytest.mark.parametrize(
    ("end", "bar"),
    [
        (messages.Cancelled("Stopped. Nothing was kept."), 167),
        (messages.Failed("The worker gave up.", "crash", resumable=True), 167),
        (messages.Done("Three trainings."), 1000),
    ],
    ids=["cancelled", "failed", "done"],
)
def test_only_a_training_that_ended_fills_the_bar(say, end, bar):
    assert say(started(), epoch(0, 1), end)[1] == bar


def test_a_training_that_goes_on_begins_where_it_stopped(say):
    assert say(started(phase=1, epochs_over=1))[1] == 500


def test_curves_of_a_run_that_goes_on_are_not_joined_to_another_run(window, panel, say):
    window.training.run = SimpleNamespace(id="first")
    say(started(), epoch(0, 1), epoch(0, 2))
    say(started(phase=1), epoch(1, 1))
    assert [(each.phase, each.epoch) for each in panel.curves.epochs] == [(0, 1), (0, 2), (1, 1)]
    window.training.run = SimpleNamespace(id="second")
    say(started(phase=2), epoch(2, 1))
    assert [(each.phase, each.epoch) for each in panel.curves.epochs] == [(2, 1)]


def test_a_training_that_could_not_begin_says_why_and_runs_no_bar(panel, window, qtbot, monkeypatch):
    def refused(*_given):
        raise ValueError("These days cannot be split.")

    monkeypatch.setattr(season_runs, "begin_run", refused)
    labelling.label(window.session, 0, days=[0])
    panel.start.click()
    bar = panel.findChild(QProgressBar)
    assert (bar.maximum(), panel.state.text()) == (0, "Preparing maps and labels")
    qtbot.waitUntil(lambda: not window.session.jobs.busy)
    qtbot.waitUntil(lambda: bar.maximum() == 1000)
    assert panel.state.text() == "These days cannot be split."
    assert panel.start.isEnabled()


def test_another_project_shows_nothing_of_the_training_before(panel, window, say):
    say(started(), epoch(0, 1))
    window.session.close()
    state, bar, log = say()
    assert (bar, log, panel.curves.epochs) == (0, [], [])
    assert "epoch" not in state


def test_below_the_form_stands_the_plan_of_the_recipe_in_it(panel, window, session, qtbot, monkeypatch):
    def settled():
        qtbot.waitUntil(lambda: not session.jobs.busy)
        return panel.plan.words.text()

    window.layouts.show("training")
    assert "folds" in settled()
    first = len(panel.plan.plan.roles)
    panel.plan.show_recipe(PRESETS["compact"].under("chronological"))
    panel.plan.show_recipe(PRESETS["compact"].under("blocked"))  # before the one before is planned
    panel.plan.show_recipe(PRESETS["compact"].under("chronological"))
    settled()
    assert len(panel.plan.plan.roles) == 1 != first

    zero_shot = next(preset for preset in PRESETS.values() if preset.zero_shot)
    panel.plan.show_recipe(zero_shot)
    assert (panel.plan.words.text(), panel.plan.plan) == (
        "No days from this season are used; the model is trained on synthetic seasons.",
        None,
    )
    panel.plan.show_recipe(PRESETS["own"])
    assert panel.plan.words.text().endswith("labels and earthquakes of the season are not used.")

    said = []
    session.message.connect(lambda text, _kind: said.append(text))
    monkeypatch.setattr("quakegui.ui.panels.plan_view.training_plan", refused)
    panel.plan.show_recipe(PRESETS["compact"])
    assert (settled(), said) == ("No fold can be made.", [])

    monkeypatch.undo()
    panel.plan.show_recipe(PRESETS["compact"].under("chronological"))
    assert "1 fold and" in settled()
    session.set_settings(analyst="one without a label")
    session.set_display(blind=True)
    assert (settled(), panel.plan.plan) == ("Hidden during blind labelling", None)


def refused(*_given):
    raise ValueError(Said("No fold can be made."))


def test_a_pre_training_asks_for_its_length_and_its_seed_alone(panel):
    def named(kind, name):
        return next(each for each in panel.findChildren(kind) if each.accessibleName() == name)

    recipe = named(QComboBox, "Preset")
    recipe.setCurrentIndex(recipe.findData("stack"))
    recipe.activated.emit(recipe.currentIndex())
    named(QSpinBox, "Maximum epochs").setValue(3)
    named(QSpinBox, "Seed").setValue(5)
    asked = panel.recipe()
    assert (asked.protocol, asked.channel, asked.size, asked.epochs, asked.seed) == ("zero-shot", "stack", 32, 3, 5)
    assert not named(QComboBox, "Protocol").isEnabled()
    assert "42 synthetic seasons" in named(QSpinBox, "Maximum epochs").toolTip()
    recipe.setCurrentIndex(recipe.findData("own"))
    recipe.activated.emit(recipe.currentIndex())
    assert (panel.recipe().protocol, panel.recipe().members) == ("own-nights", 5)
    assert named(QComboBox, "Protocol").currentText() == "Own nights"
    assert "five members" in named(QSpinBox, "Maximum epochs").toolTip()
    recipe.setCurrentIndex(recipe.findData("fast"))
    recipe.activated.emit(recipe.currentIndex())
    assert (panel.recipe().protocol, panel.recipe().channel) == ("blocked", "colour")
    assert named(QComboBox, "Protocol").isEnabled()
    assert named(QComboBox, "Protocol").findData("zero-shot") < 0
