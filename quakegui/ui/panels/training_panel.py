"""Training: settings, compute device, live curves, remaining time, and a log."""

from __future__ import annotations

import dataclasses
import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from quakegui.app.change import Change
from quakegui.app.computing import COMPUTING
from quakegui.app.session import Session
from quakegui.app.training import GATHERING, Training
from quakegui.judge.folds import PROTOCOLS
from quakegui.judge.names import PROTOCOL_NAMES, PROTOCOL_SHORT
from quakegui.learn import messages
from quakegui.learn.runs.phase_words import phase_words
from quakegui.learn.runs.presets import PRESET_NAMES, PRESETS
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.language_follower import TEXT_SIZE, LanguageFollower
from quakegui.ui.no_markup import as_text
from quakegui.ui.panels.plan_view import PlanView
from quakegui.ui.plots.curves import Curves
from quakegui.ui.tall_scroll import TallScroll

SIZES = (120, 240, 480)
STACK_SIZES = (32,)
MARGIN = 6
LEAST_CURVES = 110
"""In a lower panel, the curves are reached by scrolling."""
HEAD_NAMES = {"compact": mark("compact (pooled to 4 x 4)"), "paper": mark("as in the paper")}
PRECISION_NAMES = {
    "auto": mark("automatic (fastest)"),
    "float32": "float32",
    "mixed_bfloat16": "mixed bfloat16",
    "mixed_float16": "mixed float16",
}


class TrainingPanel(LanguageFollower, QWidget):
    """A form on the left, the messages of the worker on the right."""

    follows = TEXT_SIZE

    def __init__(self, session: Session, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._training = session, training
        self._base = PRESETS["compact"]
        self._preset, self._protocol, self._size = QComboBox(), QComboBox(), QComboBox()
        self._head, self._precision = QComboBox(), QComboBox()
        self._epochs, self._seed = QSpinBox(), QSpinBox()
        self._epochs.setRange(1, 1000)
        self._seed.setRange(0, 2**31 - 1)
        self._weights = QCheckBox()
        self.start, self._stop = QPushButton(), QPushButton()
        self._device, self.state = QLabel(), QLabel()
        for label in (self._device, self.state):
            label.setWordWrap(True)
        self._bar = QProgressBar()
        self._log = QPlainTextEdit(readOnly=True, maximumBlockCount=2000)
        self.curves = Curves()
        self.plan = PlanView(session)
        self._logarithmic = QCheckBox()
        self._logarithmic.toggled.connect(self.curves.set_logarithmic)
        self._phases: tuple[str, ...] = ()
        self._epochs_at_most = 1
        self._drawn = ""
        self._heard = False
        """Whether the training process has sent a message yet."""
        self._build()
        self._preset.activated.connect(lambda _index: self.fill(PRESETS[self._preset.currentData()]))
        self.start.clicked.connect(self._begin)
        self._stop.clicked.connect(training.cancel)
        training.spoke.connect(self._hear)
        training.changed.connect(self._show_buttons)
        session.changed.connect(self.refresh)
        session.jobs.failed.connect(self._not_begun)
        for box in (self._protocol, self._size, self._head, self._precision):
            box.activated.connect(lambda _row: self.plan.show_recipe(self.recipe()))
        for field in (self._epochs, self._seed):
            field.valueChanged.connect(lambda _value: self.plan.show_recipe(self.recipe()))
        self.retranslate()
        self.fill(PRESETS["compact"])

    def _build(self) -> None:
        self._form = QGridLayout()
        self._fields: tuple[tuple[str, str, QWidget], ...] = (
            (mark("Preset"), mark("Preset values; each can be changed below"), self._preset),
            (mark("Protocol"), mark("How days are split into training and test sets"), self._protocol),
            (mark("Map size (px)"), mark("Side length of the model's input map (pixels)"), self._size),
            (mark("Classifier head"), mark("Layers after the convolutions"), self._head),
            (
                mark("Maximum epochs"),
                mark("Upper limit; training stops earlier if the validation loss no longer falls"),
                self._epochs,
            ),
            (mark("Seed"), mark("The same seed and data reproduce the same run"), self._seed),
            (mark("Numerical precision"), mark("Fastest measured on this machine, or your choice"), self._precision),
            (mark("Class weights"), mark("Rare classes get more weight in training"), self._weights),
        )
        for box in (self._preset, self._protocol, self._head, self._precision):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMinimumContentsLength(8)
            box.currentIndexChanged.connect(self._tell_choices)
        self._form_captions = [QLabel() for _ in self._fields]
        half = len(self._fields) // 2
        for number, (caption, (_caption, _tip, widget)) in enumerate(zip(self._form_captions, self._fields, strict=True)):
            caption.setBuddy(widget)
            if number == 0:  # the names of the presets are long
                place, column, wide = 0, 0, 3
            else:  # two columns: the panel is wide and low
                place, column, wide = 1 + (number - 1) % half, 2 * ((number - 1) // half), 1
            self._form.addWidget(caption, place, column)
            self._form.addWidget(widget, place, column + 1, 1, wide)
        self._form.setColumnStretch(1, 1)
        self._form.setColumnStretch(3, 1)
        self._form.setHorizontalSpacing(10)
        buttons = filled(QHBoxLayout(), self.start, self._stop, (self._device, 1))
        left = filled(QVBoxLayout(), self._form, buttons, (self.plan, 1))
        row = filled(QHBoxLayout(), (self.state, 1), self._logarithmic)
        for tall in (self.curves, self._log):  # as high as there is room, but never increasing the height of the panel
            tall.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            tall.setMinimumHeight(LEAST_CURVES)
        below = filled(QHBoxLayout(), (self.curves, 3), (self._log, 1))
        right = filled(QVBoxLayout(), row, self._bar, (below, 1))
        splitter = QSplitter(childrenCollapsible=False)
        for part in (left, right):
            part.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
            side = QWidget()
            side.setLayout(part)
            splitter.addWidget(TallScroll(side))
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([500, 700])  # in this proportion, as far as the minimum width of the form allows
        filled(QVBoxLayout(self), splitter, margins=FLUSH)

    # -- settings --------------------------------------------------------------------------------------------------

    def fill(self, config: RunConfig) -> None:
        """Show settings in the form; for a pre-training, only its length and seed can be changed."""
        self._base = config
        self._offer_choices()
        for widget in (self._protocol, self._size, self._head, self._precision, self._weights):
            widget.setEnabled(not config.zero_shot)
        for box, value in (
            (self._protocol, config.protocol),
            (self._size, config.size),
            (self._head, config.head),
            (self._precision, config.precision),
        ):
            box.setCurrentIndex(box.findData(value))
        self._epochs.setValue(config.epochs)
        self._seed.setValue(config.seed)
        self._weights.setChecked(config.class_weights)
        self.plan.show_recipe(self.recipe())

    def recipe(self) -> RunConfig:
        """Return the settings in the form."""
        if self._base.zero_shot:
            return dataclasses.replace(self._base, epochs=self._epochs.value(), seed=self._seed.value())
        return dataclasses.replace(
            self._base.under(self._protocol.currentData()),
            size=self._size.currentData(),
            head=self._head.currentData(),
            precision=self._precision.currentData(),
            epochs=self._epochs.value(),
            patience=min(self._base.patience, self._epochs.value()),
            seed=self._seed.value(),
            class_weights=self._weights.isChecked(),
        )

    def _tell_choices(self) -> None:
        """Add the selected text to the tooltip of each list, since it may be wider than the list."""
        for _caption, tip, widget in self._fields:
            if isinstance(widget, QComboBox):
                whole = widget.currentData(Qt.ItemDataRole.ToolTipRole) or widget.currentText()
                widget.setToolTip(f"{whole}\n{tr(tip)}")

    def _begin(self) -> None:
        self.curves.clear()
        self._log.clear()
        self._bar.setRange(0, 0)
        self._heard = False
        self.state.setText(tr("Preparing maps and labels"))
        self._training.start(self.recipe())

    # -- messages of the worker ------------------------------------------------------------------------------------

    def _hear(self, message: messages.Message) -> None:
        self._heard = True
        if isinstance(message, messages.Hello):
            self.state.setText(tr("Reading the maps and building the model…"))
            self._device.setText(
                tr("{device} · {backend} {version} · {precision}").format(
                    device=message.device, backend=message.backend, version=message.version, precision=message.precision
                )
            )
            self._device.setToolTip(as_text(worded(message.reason)))
            self._say(worded(message.reason))
        elif isinstance(message, messages.Started):
            self._begun(message)
        elif isinstance(message, messages.Batch):
            self.state.setText(
                self._where(message.phase, message.epoch) + f" · {message.images_per_second:.0f} " + tr("images/s")
            )
            self._advance(message.phase, message.epoch - 1 + message.batch / max(message.batches, 1))
        elif isinstance(message, messages.Epoch):
            self._epoch_ended(message)
        elif isinstance(message, messages.Done):
            self._advance(len(self._phases), 0)
            self._end(worded(message.summary))
        elif isinstance(message, messages.Cancelled):
            self._end(worded(message.summary))
        elif isinstance(message, messages.Failed):
            self._end(worded(message.sentence))

    def _epoch_ended(self, message: messages.Epoch) -> None:
        self.curves.add(message)
        self._advance(message.phase, message.epoch)
        where = self._where(message.phase, message.epoch)
        left = tr("{minutes:.0f} min left").format(minutes=max(message.eta_seconds, 0.0) / 60.0)
        self.state.setText(f"{where} · {left}")
        if math.isnan(message.validation_loss):  # no validation part: the last epoch is kept, and none is the best so far
            told = tr("{where}: loss {loss:.4f}, accuracy {accuracy:.1%}")
            self._say(told.format(where=where, loss=message.loss, accuracy=message.accuracy))
            return
        best = tr(" — best so far") if message.best else ""
        told = tr(
            "{where}: loss {loss:.4f}, validation {validation_loss:.4f}; accuracy {accuracy:.1%}, validation "
            "{validation_accuracy:.1%}"
        )
        self._say(
            told.format(
                where=where, loss=message.loss, validation_loss=message.validation_loss,
                accuracy=message.accuracy, validation_accuracy=message.validation_accuracy,
            ) + best
        )  # fmt: skip

    def _advance(self, phase: int, epochs: float) -> None:
        """Show the progress of all fits: completed phases, and epochs of the current one."""
        done = phase * self._epochs_at_most + epochs
        self._bar.setValue(round(1000 * done / max(len(self._phases) * self._epochs_at_most, 1)))

    def _begun(self, message: messages.Started) -> None:
        self._phases, self._epochs_at_most = message.phases, message.epochs
        self._bar.setRange(0, 1000)
        self._advance(message.phase, message.epoch)
        run = self._training.run
        if run is not None and run.id != self._drawn:  # the curves belong to another run
            self._drawn = run.id
            self.curves.clear()
        self._say(
            tr("{parameters} parameters, {phases} fits").format(
                parameters=f"{message.parameters:,}", phases=len(message.phases)
            )
        )

    def _where(self, phase: int, epoch: int) -> str:
        name = self._phases[phase] if phase < len(self._phases) else ""
        return tr("{phase}, epoch {epoch}").format(phase=worded(phase_words(name)), epoch=epoch)

    def _say(self, text: str) -> None:
        self._log.appendPlainText(text)

    def _end(self, sentence: str) -> None:
        self._bar.setRange(0, 1000)  # unchanged: a training that stopped early is not complete
        self._bar.setValue(max(self._bar.value(), 0))
        self.state.setText(sentence)
        self._say(sentence)

    def _not_begun(self, job: str, error: object) -> None:
        if job == GATHERING:
            self._end(worded(str(error)))

    def _forget(self) -> None:
        """Clear everything about a training of another project."""
        self.curves.clear()
        self._log.clear()
        self.state.clear()
        self._bar.setRange(0, 1000)
        self._bar.setValue(0)

    # -- refreshing ------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if Change.PROJECT in change:
            self._forget()
        if change & (Change.PROJECT | Change.SEASON | Change.LABELS):
            self._show_buttons()

    def _show_buttons(self) -> None:
        labelled = bool((self._session.labels.classes >= 0).any())
        can = self._session.season is not None and self._session.can_write and labelled
        self.start.setEnabled(can and not self._training.busy)
        self._stop.setEnabled(self._training.busy)
        if self._training.running and self._training.run is not None and not self._heard:
            self.state.setText(tr("Starting the training process and loading the libraries…"))
        elif not self._training.busy and not self._log.toPlainText():
            self.state.setText("" if can else self._why_not())

    def _why_not(self) -> str:
        if self._session.jobs.has(COMPUTING):
            return tr("Reading the season…")
        return tr("Label some days first, or apply the label rule.") if self._session.project is not None else ""

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for label, (caption, tip, widget) in zip(self._form_captions, self._fields, strict=True):
            label.setText(tr(caption))
            widget.setAccessibleName(tr(caption))
            widget.setToolTip(tr(tip))
        _offer(self._preset, {name: tr(text) for name, text in PRESET_NAMES.items()})
        self._offer_choices()
        _offer(self._head, {name: tr(text) for name, text in HEAD_NAMES.items()})
        _offer(self._precision, {name: tr(text) for name, text in PRECISION_NAMES.items()})
        self._tell_choices()
        self.start.setText(tr("Start"))
        self.start.setToolTip(tr("Train on the current labels; you can keep working"))
        self._stop.setText(tr("Stop"))
        self._stop.setToolTip(tr("Stop training; completed work is saved, and training can be resumed later"))
        self._logarithmic.setText(tr("Log scale"))
        self._logarithmic.setToolTip(tr("Show the loss on a logarithmic scale"))
        self._bar.setAccessibleName(tr("Training progress"))
        self._log.setAccessibleName(tr("Training log"))
        self._log.setPlaceholderText(tr("Training log"))
        self._log.setToolTip(tr("Output of the training process (can be copied)"))
        if not self._device.toolTip():  # no worker has reported it yet
            self._device.setText(tr("The compute device is shown when training starts."))
        self.curves.retranslate()
        self._show_buttons()

    def _offer_choices(self) -> None:
        """Offer the protocols and sizes valid for the settings, and describe the number of epochs."""
        zero_shot = self._base.zero_shot
        offered = (self._base.protocol,) if zero_shot else PROTOCOLS
        names = {name: tr(text) for name, text in PROTOCOL_SHORT.items() if name in offered}
        _offer(self._protocol, {name: f"{text} — LEAKY" if name == "paper" else text for name, text in names.items()})
        for row, name in enumerate(names):
            self._protocol.setItemData(row, tr(PROTOCOL_NAMES[name]), Qt.ItemDataRole.ToolTipRole)
        _offer(self._size, {size: str(size) for size in (STACK_SIZES if zero_shot else SIZES)})
        self._epochs.setToolTip(
            tr("Epochs of each of the five members; with four, everything takes about six minutes on an idle computer")
            if self._base.own_nights
            else tr("Each epoch uses a group of 42 synthetic seasons; ten epochs take about five minutes on an idle computer")
            if zero_shot
            else tr("Upper limit; training stops earlier if the validation loss no longer falls")
        )


def _offer(box: QComboBox, choices: dict[str, str] | dict[int, str]) -> None:
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    for value, text in choices.items():
        box.addItem(text, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    box.blockSignals(False)
