"""The result of a label, an undo or a rule on more than one day: one line above the day map, with a button to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from quakegui.app import labelling
from quakegui.app.change import Change
from quakegui.app.labelling import Answer
from quakegui.app.session import Session
from quakegui.ui.i18n import tr, worded
from quakegui.ui.sentence_bar import SentenceBar
from quakegui.ui.texts import step_words


class AnswerBar(SentenceBar):
    """Shows days and class of the latest such write, until another step or another workspace follows, or it is closed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("answer", parent)
        self._session = session
        self._answer: Answer | None = None
        self.act.clicked.connect(self._walk_back)
        self.dismiss.clicked.connect(self.put_away)
        session.answered.connect(self._show)
        session.changed.connect(self.refresh)
        self._show(None)

    def refresh(self, change: Change) -> None:
        """Hide when something else was written, or another project was opened."""
        if self._answer is not None and change & (Change.PROJECT | Change.LABELS) and not self._answer.stands(self._session):
            self._show(None)

    def put_away(self) -> None:
        """Hide: the result was read, or another workspace is shown."""
        self._show(None)

    def _show(self, answer: Answer | None) -> None:
        self._answer = answer
        self.retranslate()

    def _walk_back(self) -> None:
        answer, self._answer = self._answer, None
        if answer is None or not answer.stands(self._session):
            self._session.message.emit(tr("Another change was made in the meantime. Use Undo in the Edit menu."), "info")
        elif answer.undone:
            labelling.redo(self._session)
        else:
            labelling.undo(self._session)
        self.retranslate()

    def retranslate(self) -> None:
        """Show the result in the current language, or hide."""
        answer = self._answer
        self.words.setText("" if answer is None else answer_words(answer, self._session.class_names))
        undone = answer is not None and answer.undone
        self.act.setText(tr("Redo") if undone else tr("Undo"))
        self.act.setToolTip(tr("Redo this step") if undone else tr("Undo this step"))
        self.act.setAccessibleName(self.act.toolTip())
        self.setAccessibleName(tr("Last change"))
        self.name_cross()
        self.setVisible(answer is not None)


def answer_words(answer: Answer, classes: Sequence[str]) -> str:
    """Return in words which days a write labelled with which class; `classes` are the names of the classes."""
    step = answer.step
    if answer.undone:
        return tr("Undone: {what}.").format(what=step_words(step))
    names = [f"{cls} {worded(classes[cls])}" for cls in step.classes if cls is not None]
    days = {"count": step.days, "first": step.first, "last": step.last}
    if names and answer.outweighed == step.days:
        return tr("{count} days, {first} to {last}: current labels unchanged, because another label takes precedence.").format(
            **days
        )
    if names:
        line = tr("{count} days, {first} to {last}, are now labelled {names}.").format(names=" / ".join(names), **days)
        rest = tr(" On {count} of them, another label takes precedence.")
        return line + (rest.format(count=answer.outweighed) if answer.outweighed else "")
    if step.classes:
        return tr("The labels of {count} days, {first} to {last}, were cleared.").format(**days)
    return tr("Saved: {what}.").format(what=step_words(step))
