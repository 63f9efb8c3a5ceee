"""The training environment: this Python, another one, or a Linux distribution under WSL2; with a test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QGroupBox, QHBoxLayout, QLabel, QLineEdit, QPushButton

from quakegui.app.environment import ask_worker, environment_of
from quakegui.app.settings import BACKENDS, TRAINS_IN
from quakegui.learn import messages
from quakegui.learn.worker.environments import wsl_distributions
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.dialog_parts import WholeDialog
from quakegui.ui.i18n import mark, tr

PLACES: Final = {
    "this": mark("quakegui's own Python"),
    "interpreter": mark("another Python"),
    "wsl": mark("Linux under WSL2"),
}
BACKEND_NAMES: Final = {"": mark("automatic"), "tensorflow": "TensorFlow", "torch": "PyTorch"}
ASKING: Final = "asking-device"
LISTING: Final = "listing-distributions"


def places() -> tuple[str, ...]:
    """Return the environments available on this system."""
    return TRAINS_IN if sys.platform == "win32" else TRAINS_IN[:2]


class WorkerBox(QGroupBox):
    """Four rows, of which only the necessary ones are shown, and a button that tests the environment."""

    def __init__(self, dialog: WholeDialog) -> None:
        super().__init__()
        self._dialog, self._session = dialog, dialog.session
        settings = self._session.settings
        self.place = QComboBox()
        for each in places():
            self.place.addItem("", each)
        self.place.setCurrentIndex(max(self.place.findData(settings.trains_in), 0))
        self.python = QLineEdit(settings.interpreter)
        self.distribution = QComboBox()
        self.distribution.setEditable(True)
        self.distribution.setCurrentText(settings.distribution)
        self.backend = QComboBox()
        for each in BACKENDS:
            self.backend.addItem("", each)
        self.backend.setCurrentIndex(BACKENDS.index(settings.backend))
        self.choose, self.try_it = QPushButton(), QPushButton()
        for button in (self.choose, self.try_it):
            button.setAutoDefault(False)
        self._captions = tuple(QLabel() for _ in range(4))
        self._lay_out()
        self.place.activated.connect(self._place_chosen)
        self.python.editingFinished.connect(self.keep)
        self.distribution.currentTextChanged.connect(self.keep)
        self.backend.activated.connect(self.keep)
        self.choose.clicked.connect(self._ask_python)
        self.try_it.clicked.connect(self.ask)
        self._show_rows()

    def _lay_out(self) -> None:
        row = filled(QHBoxLayout(), (self.python, 1), self.choose)
        self._form = QFormLayout(self)
        self._form.addRow(self._captions[0], self.place)
        self._form.addRow(self._captions[1], row)
        self._form.addRow(self._captions[2], self.distribution)
        self._form.addRow(self._captions[3], self.backend)
        self._form.addRow(self.try_it)

    def _show_rows(self) -> None:
        place = self.place.currentData()
        self._form.setRowVisible(1, place != "this")
        self._form.setRowVisible(2, place == "wsl")
        self.choose.setVisible(place == "interpreter")
        self.python.setPlaceholderText(
            "python3" if place == "wsl" else r"C:\Python312\python.exe" if sys.platform == "win32" else "/opt/venv/bin/python"
        )

    def _place_chosen(self) -> None:
        self._show_rows()
        self.keep()
        if self.place.currentData() == "wsl" and not self.distribution.count() and not self._dialog.busy:
            self._dialog.run_job(LISTING, lambda _report, _cancelled: wsl_distributions(), self._show_distributions)

    def _show_distributions(self, found: tuple[str, ...]) -> None:
        shown = self.distribution.currentText()
        self.distribution.addItems(list(found))
        self.distribution.setCurrentText(shown or (found[0] if found else ""))
        if not found:
            self._dialog.sentence.say(
                tr("No Linux distribution was found. Install WSL2, or choose another environment."), "warning"
            )
        self.keep()

    def keep(self, *_signalled: object) -> None:
        """Save the present choice."""
        self._session.set_settings(
            trains_in=self.place.currentData(),
            interpreter=self.python.text().strip(),
            distribution=self.distribution.currentText().strip(),
            backend=self.backend.currentData(),
        )

    def _ask_python(self) -> None:
        folder = str(Path(self.python.text()).parent) if self.python.text() else str(Path.home())
        name, _ = QFileDialog.getOpenFileName(self, tr("Python used for training"), folder)
        if name:
            self.python.setText(name)
            self.keep()

    def ask(self) -> None:
        """Start a worker in the environment that only reports its compute device."""
        self.keep()
        environment = environment_of(self._session.settings)

        def work(_progress: ProgressCallback, cancelled: CancelCheck) -> messages.Message:
            return ask_worker(environment, cancelled)

        self._dialog.run_job(ASKING, work, self._tell)

    def _tell(self, answer: messages.Message) -> None:
        say = self._dialog.sentence.say
        if isinstance(answer, messages.Hello):
            say(
                tr("Environment works: {device}, {backend} {version}, {precision}.").format(
                    device=answer.device, backend=answer.backend, version=answer.version, precision=answer.precision
                )
            )
        elif isinstance(answer, messages.Failed):
            say(answer.sentence, "error")
        else:
            say("")

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.setTitle(tr("Training and prediction"))
        texts = (
            (
                tr("Training environment"),
                self.place,
                tr("Training is done in a separate process, which may use another Python"),
            ),
            (tr("Python"), self.python, tr("Path to a Python with Keras and a backend, for example one with GPU support")),
            (tr("Distribution"), self.distribution, tr("Linux distribution under WSL2; leave empty for the default")),
            (tr("Backend"), self.backend, tr("Library to use when both backends are installed")),
        )
        for caption, (text, widget, tip) in zip(self._captions, texts, strict=True):
            caption.setText(text)
            caption.setBuddy(widget)
            widget.setAccessibleName(text)
            widget.setToolTip(tip)
        for box, names in ((self.place, PLACES), (self.backend, BACKEND_NAMES)):
            for row in range(box.count()):
                box.setItemText(row, tr(names[box.itemData(row)]))
        self.choose.setText(tr("Choose…"))
        self.choose.setToolTip(tr("Browse for the program"))
        self.try_it.setText(tr("Test this environment"))
        self.try_it.setToolTip(tr("Start a test process in this environment and report its compute device"))
