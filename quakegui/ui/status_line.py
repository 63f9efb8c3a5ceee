"""The status line: project, stamp, running job, and messages of the session."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from quakegui.app.arrivals import Arrivals
from quakegui.app.change import Change
from quakegui.app.job_titles import title_of
from quakegui.app.jobs import JobProgress
from quakegui.app.session import Session
from quakegui.learn import messages
from quakegui.project.title import project_title
from quakegui.ui import theme
from quakegui.ui.i18n import tr, worded
from quakegui.ui.language_follower import EVERYTHING, LanguageFollower
from quakegui.ui.no_markup import as_text
from quakegui.ui.questions import arrival_words
from quakegui.words import counted

SHOWN_MS = 8000
PEOPLE_NAMED = 3
"""Maximum number of other analysts in the line; its tooltip has all of them."""


class StatusLine(LanguageFollower, QStatusBar):
    """One line at the bottom of the window; jobs show their progress, remaining time and a cancel button here."""

    follows = EVERYTHING

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.project = QLabel()
        self.season = QLabel()
        self._saved = QLabel()
        self._saved.setObjectName("saved")
        self.people = QLabel()
        self._job = QLabel()
        self.device = QLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setMaximumWidth(160)
        self.cancel = QToolButton(autoRaise=True)
        self.cancel.clicked.connect(session.jobs.cancel)
        for widget in (self._job, self._bar, self.cancel, self.people, self._saved, self.device, self.season, self.project):
            self.addPermanentWidget(widget)
        session.changed.connect(self.refresh)
        session.message.connect(self.say)
        session.arrived.connect(self._tell_others)
        session.waited.connect(self._show_saved)
        session.waited.connect(self._show_people)
        session.jobs.progressed.connect(self._show_job)
        session.jobs.idle.connect(self._hide_job)
        self.setContentsMargins(0, 0, 6, 0)  # the last letter would lie on the edge of the screen
        self._hide_job()
        self.device.hide()  # until a worker has reported it
        self.retranslate()

    def say(self, sentence: str, level: str) -> None:
        """Show a sentence; warnings and errors stay until the next one."""
        colours = theme.colours()
        theme.tint(self, {"info": colours.text, "warning": colours.warning, "error": colours.error}[level])
        self.showMessage(worded(sentence), SHOWN_MS if level == "info" else 0)

    def _tell_others(self, arrivals: Arrivals) -> None:
        """Show changes by other programs, until the next sentence."""
        theme.tint(self, theme.colours().text)
        self.showMessage(arrival_words(arrivals))

    def hear(self, message: messages.Message) -> None:
        """Show the compute device as soon as a worker has reported it."""
        if isinstance(message, messages.Hello):
            self.device.setText(as_text(message.device))
            self.device.show()
            self.device.setToolTip(
                tr("Compute device for training and prediction: {device}, {backend} {version}, {precision}").format(
                    device=message.device, backend=message.backend, version=message.version, precision=message.precision
                )
            )

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & (Change.PROJECT | Change.SEASON | Change.SETTINGS):
            self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        project = self._session.project
        for label in (self._job, self.device, self.people, self._saved, self.project):
            theme.tint(label, theme.colours().text)  # independent of the colour of the message
        self.cancel.setText(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel the running task"))
        self.cancel.setToolTip(tr("Cancel the running task; nothing incomplete is left behind"))
        self._bar.setAccessibleName(tr("Progress"))
        self.project.setText(f"{_plain(worded(project_title(project)))} · {project.timezone}" if project else tr("No project"))
        self.project.setToolTip(as_text(str(project.folder)) if project else "")
        self.season.setVisible(project is not None and (project.synthetic or self._session.season is not None))
        self._saved.setVisible(project is not None)
        self._show_people()
        if project is not None:
            self.season.setText(tr("SYNTHETIC") if project.synthetic else tr("Measured data"))
            colour = theme.colours().alarm if project.synthetic else theme.colours().muted
            theme.tint(self.season, colour, bold=True)
            self._show_saved()

    def _show_saved(self) -> None:
        """Show whether all labels are where they belong."""
        post, project = self._session.post, self._session.project
        count = len(post.waiting) if post is not None else 0
        text = tr("Read-only") if project is not None and project.read_only else tr("All labels saved")
        tip = ""
        if count:
            text = worded(
                counted("{count} change is not on the server yet", "{count} changes are not on the server yet", count=count)
            )
            tip = tr("Saved on this computer; sent as soon as the server responds")
        self._saved.setText(f"{text} ·")
        self._saved.setToolTip(tip)

    def _show_people(self) -> None:
        """Show who else has the project open, and on which day."""
        presence = self._session.presence
        others = presence.others if presence is not None else ()
        said = [tr("{who} is on {day}").format(who=who, day=day) for who, day in others]
        more = "…" if len(said) > PEOPLE_NAMED else ""
        self.people.setText(tr(", ").join(said[:PEOPLE_NAMED]) + more + (" ·" if said else ""))
        self.people.setToolTip(as_text("\n".join(said)))
        self.people.setVisible(bool(said))

    def _show_job(self, progress: JobProgress) -> None:
        text = worded(title_of(progress.job))
        if progress.text:
            text += f": {worded(progress.text)}"
        if progress.seconds_left is not None:
            text += " · " + tr("{seconds:.0f} s left").format(seconds=progress.seconds_left)
        self._job.setText(text)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        for widget in (self._job, self._bar):
            widget.show()
        self.cancel.setVisible(progress.stoppable)

    def _hide_job(self) -> None:
        for widget in (self._job, self._bar, self.cancel):
            widget.hide()


def _plain(name: str) -> str:
    """Return the name of a project without its SYNTHETIC prefix, since the stamp is beside it."""
    return name.removeprefix("SYNTHETIC").lstrip(" —-:") or name
