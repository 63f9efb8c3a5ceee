"""A new shared project on a server, and joining one: each dialog says whom it will ask for what, and asks in a job."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import shared_projects
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.errors import ProjectError
from quakegui.project.shared.address import Address, compose_address, parse_address
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import WholeDialog, open_at, with_name
from quakegui.ui.dialogs.folder_row import FolderRow
from quakegui.ui.dialogs.new_project import DEFAULT_TIMEZONE
from quakegui.ui.dialogs.zone_box import zone_box, zone_names
from quakegui.ui.i18n import tr, worded
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.sharing import Survey

ASKING: Final = "asking-server"
SHARING: Final = "sharing-project"


class SharedDialog(WholeDialog):
    """What both dialogs have: what will be asked of whom, a button that only asks, and one that acts.

    Attributes
    ----------
    folder
        Where the project is on this computer.
    """

    def __init__(self, session: Session, start: Path, parent: QWidget | None) -> None:
        super().__init__(session, parent)
        self.folder = FolderRow(
            start,
            tr("Folder"),
            tr("Maps and training runs on this computer: a new or empty folder"),
            tr("Folder of the project"),
        )
        self.folder.changed.connect(self.show_plan)
        self.requests = with_name(QLabel(wordWrap=True), tr("Requests"), tr("What the server will be asked for"))
        self.requests.setMinimumHeight(5 * self.fontMetrics().lineSpacing())
        self.requests.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.why = QLabel(wordWrap=True)

    def finish(self, form: QFormLayout, act: str, tip: str) -> None:
        """Put the parts together; `act` is the text of the button that acts."""
        group = QGroupBox(tr("Requests"))
        filled(QVBoxLayout(group), self.requests)
        box = button_box(Standard.Cancel, self.reject)
        self.ask = push_button(
            tr("Check the server"), tr("Connect and show what the server has; nothing is changed"), self.survey
        )
        self.go = push_button(act, tip, self.start)
        for button in (self.ask, self.go):  # no default button: Enter in a field does not connect
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        box.button(Standard.Cancel).setAutoDefault(False)
        filled(QVBoxLayout(self), form, (group, 1), self.why, self.sentence, self.strip, box)
        self.show_plan()
        open_at(self, 620, 300)  # and as high as the contents

    def address(self) -> Address:
        """Return the address that was entered; raises ProjectError if it cannot be used."""
        raise NotImplementedError

    def plan_words(self) -> tuple[Said, ...]:
        """Return sentences on what is done beside connecting."""
        raise NotImplementedError

    def why_not(self) -> str:
        """Return why nothing can be done yet, in the current language."""
        return self.folder.why_not()

    def show_plan(self) -> None:
        """Say whom the dialog will ask for what, or why it cannot."""
        self.sentence.say("")
        address: Address | None = None
        try:
            address = self.address()
            said = (*shared_projects.connection_words(address), *self.plan_words())
            self.requests.setText("\n".join(map(worded, said)))
            why = self.why_not()
        except ProjectError as error:
            self.requests.setText("")
            why = worded(str(error))
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.ask.setEnabled(address is not None and not self.busy)
        self.go.setEnabled(not why and not self.busy)

    def busy_changed(self) -> None:
        """Disable both buttons while the server is asked."""
        self.ask.setEnabled(not self.busy)
        self.go.setEnabled(not self.busy and not self.why.text())

    def survey(self) -> None:
        """Ask the server what it has."""
        url = self.address().url

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> Survey:
            from quakegui.project import sharing

            return sharing.survey(url)

        self.run_job(ASKING, work, lambda found: self.sentence.say(_lines(shared_projects.survey_words(found))))

    def start(self) -> None:
        """Do what the dialog is for."""
        raise NotImplementedError

    def act(self, work: Callable[[ProgressCallback, CancelCheck], Any]) -> None:
        """Run the work in a job, then accept the dialog and report the sentences that it returned as warnings."""

        def done(failed: tuple[Said, ...] | None) -> None:
            for sentence in failed or ():
                self.session.message.emit(sentence, "warning")
            self.accept()

        self.run_job(SHARING, work, done, asks=True)

    def reject(self) -> None:
        """Stop the running job; if there is none, close."""
        if self.busy:
            self.stop_job()
        else:
            super().reject()


class NewSharedDialog(SharedDialog):
    """A new shared project in an empty database, empty or from an export.

    Parameters
    ----------
    session
        The session.
    start
        Default parent folder of projects.
    parent
        The parent widget.
    """

    def __init__(self, session: Session, start: Path, parent: QWidget | None = None) -> None:
        super().__init__(session, start, parent)
        self.setWindowTitle(tr("New shared project"))
        self.server = with_name(QLineEdit(), tr("Server"), tr("Name of the server, with its port if that is not 5432"))
        self.server.setPlaceholderText("centre")
        self.database = with_name(QLineEdit(), tr("Database"), tr("An empty PostgreSQL database on this server"))
        self.database.setPlaceholderText("liangshan")
        self.user = with_name(QLineEdit(), tr("Login"), tr("The login that owns the database"))
        self.user.setPlaceholderText("owner")
        self.name = with_name(QLineEdit(), tr("Name"), tr("Project name; the folder takes the same name"))
        self.name.setPlaceholderText(tr("Liangshan 2022"))
        self.name.textChanged.connect(self.folder.suggest)
        self.zone = zone_box(DEFAULT_TIMEZONE)
        self.zone.currentTextChanged.connect(self.show_plan)
        self.source = with_name(
            QLineEdit(),
            tr("From an export"),
            tr("Folder of an exported project that fills the new one; empty for an empty project"),
        )
        self.source.setPlaceholderText(tr("none: the project is empty"))
        self.roles = QCheckBox(tr("Create the roles for readers, analysts, blind labelling and import"))
        with_name(self.roles, self.roles.text(), tr("Groups to which the administrator of the server adds logins"))
        self.roles.setChecked(True)
        for field in (self.server, self.database, self.user, self.source):
            field.textChanged.connect(self.show_plan)
        self.roles.toggled.connect(self.show_plan)
        browse = push_button(tr("Choose…"), tr("Browse for a folder"), self._choose_source)
        form = QFormLayout()
        rows: tuple[tuple[str, QWidget | QHBoxLayout], ...] = (
            (tr("Server"), self.server),
            (tr("Database"), self.database),
            (tr("Login"), self.user),
            (tr("Name"), self.name),
            (tr("Folder"), self.folder),
            (tr("Time zone"), self.zone),
            (tr("From an export"), filled(QHBoxLayout(), self.source, browse)),
        )
        for caption, row in rows:
            form.addRow(caption, row)
        form.addRow(self.roles)
        self.finish(form, tr("Create"), tr("Create the project on the server"))

    def address(self) -> Address:
        """Return the address that was entered."""
        server, database, user = (field.text().strip() for field in (self.server, self.database, self.user))
        if not server or not database:
            raise ProjectError(Said("Enter the server and the database."))
        return compose_address(server, database, user)

    def plan_words(self) -> tuple[Said, ...]:
        """Return sentences on what is created."""
        said = [Said("Creates the tables of a project in the empty database; the server then protects them by rules.")]
        if self.source.text().strip():
            said.append(
                Said(
                    "Imports the exported project in {folder}, with its name and time zone.", folder=self.source.text().strip()
                )
            )
        if self.roles.isChecked():
            said.append(Said("Creates roles, for which the login needs the right CREATEROLE."))
        return tuple(said)

    def why_not(self) -> str:
        """Return why nothing can be created yet."""
        why = super().why_not()
        return why or ("" if self.zone.currentText() in zone_names() else tr("Unknown time zone."))

    def start(self) -> None:
        """Create the project."""
        source = self.source.text().strip()
        folder = self.folder.path()
        plan = shared_projects.Plan(
            folder,
            self.address().url,
            self.name.text().strip() or folder.name,
            self.zone.currentText(),
            Path(source) if source else None,
            self.roles.isChecked(),
        )
        self.act(lambda progress, cancelled: shared_projects.create(plan, progress, cancelled))

    def _choose_source(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Exported project"), self.source.text())
        if folder:
            self.source.setText(folder)


class JoinDialog(SharedDialog):
    """A folder on this computer for a shared project that exists.

    Parameters as of `NewSharedDialog`.
    """

    def __init__(self, session: Session, start: Path, parent: QWidget | None = None) -> None:
        super().__init__(session, start, parent)
        self.setWindowTitle(tr("Join shared project"))
        self.url = with_name(
            QLineEdit(), tr("Address"), tr("Address of the project, from its administrator; never with a password")
        )
        self.url.setPlaceholderText("postgresql://bo@centre/liangshan")
        self.url.textChanged.connect(self._suggest)
        form = QFormLayout()
        form.addRow(tr("Address"), self.url)
        form.addRow(tr("Folder"), self.folder)
        self.finish(form, tr("Join"), tr("Connect and open the project"))

    def address(self) -> Address:
        """Return the address that was entered."""
        text = self.url.text().strip()
        if not text:
            raise ProjectError(Said("Enter the address of the project."))
        return parse_address(text)

    def plan_words(self) -> tuple[Said, ...]:
        """Return sentences on what is done beside connecting."""
        return (Said("Reads the project; nothing on the server is changed."),)

    def start(self) -> None:
        """Join the project."""
        folder, url = self.folder.path(), self.address().url
        self.act(lambda _progress, _cancelled: shared_projects.join(folder, url))

    def _suggest(self) -> None:
        """Name the folder after the database."""
        with contextlib.suppress(ProjectError):  # `show_plan` says why
            self.folder.suggest(self.address().database)
        self.show_plan()


def _lines(said: tuple[Said, ...]) -> str:
    return "\n".join(map(worded, said))
