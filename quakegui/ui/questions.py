"""Messages about changes by other programs, and questions about them; the default answer leaves their work unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

from quakegui.app.arrivals import Arrivals
from quakegui.app.consent import ForeignStep, Question, Replacement
from quakegui.season.labels import LabelRow, LabelSource
from quakegui.ui.i18n import tr
from quakegui.ui.texts import step_words

if TYPE_CHECKING:
    from quakegui.project.journal import Note


def arrival_words(arrivals: Arrivals) -> str:
    """Return a line about changes by other programs."""
    parts = [_counted(arrivals.new_days, tr("one new day"), tr("{count} new days"))]
    parts.append(_counted(arrivals.other_days, tr("changed readings on one day"), tr("changed readings on {count} days")))
    parts.append(tr("changed readings or parameters") if arrivals.readings else "")
    for author, count in arrivals.labels.items():
        parts.append(_counted(count, tr("one label by {author}"), tr("{count} labels by {author}"), author=author))
    for author, count in arrivals.removals.items():
        one, more = tr("one label cleared by {author}"), tr("{count} labels cleared by {author}")
        parts.append(_counted(count, one, more, author=author))
    parts.append(_counted(arrivals.by_rule, tr("one label by the label rule"), tr("{count} labels by the label rule")))
    parts.append(_counted(arrivals.notes, tr("one note"), tr("{count} notes")))
    parts.append(tr("a changed earthquake catalogue") if arrivals.events else "")
    parts.append(_counted(arrivals.predictions, tr("one prediction"), tr("{count} predictions")))
    parts.append(tr("changed runs") if arrivals.runs else "")
    *rest, last = [part for part in parts if part]
    what = tr("{others} and {last}").format(others=tr(", ").join(rest), last=last) if rest else last
    line = tr("{what} arrived from another program.").format(what=what[:1].upper() + what[1:])
    return line + tr(" Recomputing the season.") if arrivals.readings else line


def _counted(count: int, one: str, more: str, **values: str) -> str:
    return (one if count == 1 else more).format(count=count, **values) if count else ""


def ask(parent: QWidget, question: Question) -> bool:
    """Ask whether to change the work of others; returns the answer."""
    if isinstance(question, Replacement):
        title, text = tr("Labels by others") if question.rows else tr("Notes by others"), _replacing_words(question)
        go_on = tr("Replace") if question.cls is not None else tr("Discard")
    else:
        title, text = tr("Step by another program"), _walking_words(question)
        go_on = tr("Undo") if question.back else tr("Redo")
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)  # a name may look like markup
    keep = box.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole)
    change = box.addButton(go_on, QMessageBox.ButtonRole.AcceptRole)
    keep.setToolTip(tr("Change nothing"))
    change.setToolTip(tr("Proceed; the change can be undone"))
    for button in (keep, change):
        button.setIcon(QIcon())
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    answer = box.clickedButton() is change
    box.deleteLater()
    return answer


def _replacing_words(question: Replacement) -> str:
    rows, notes, said = question.rows, question.notes, list[str]()
    if rows:
        line = tr("{who} labelled {days} as class {classes} {when}. You have not seen this change yet.")
        classes = tr(", ").join(sorted({str(row.cls) for row in rows}))
        said.append(line.format(who=_names(map(_who, rows)), days=_days(rows), classes=classes, when=_when(rows)))
    if notes:
        line = tr("{who} wrote a note on {days} {when}. You have not seen this note yet.")
        said.append(line.format(who=_names(note.author for note in notes), days=_days(notes), when=_when(notes)))
    if question.cls is None:
        said.append(tr("Discard this work?"))
    else:
        wanted = tr("Replace this label with class {cls}?") if len(rows) == 1 else tr("Replace these labels with class {cls}?")
        said.append(wanted.format(cls=question.cls))
    return "\n".join(said)


def _walking_words(question: ForeignStep) -> str:
    said = tr("Another program wrote the last step in the name of {who} {when}: {what}.").format(
        who=question.author, when=ago_words(question.step.at), what=step_words(question.step)
    )
    asked = tr("Undo this step?") if question.back else tr("Redo this step?")
    return f"{said}\n{asked}"


def _who(row: LabelRow) -> str:
    return tr("The label rule") if row.source is LabelSource.RULE else row.author


def _names(names: Iterable[str]) -> str:
    return tr(", ").join(sorted(set(names)))


def _days(rows: Sequence[LabelRow | Note]) -> str:
    days = sorted({row.day for row in rows})
    if len(days) == 1:
        return str(days[0])
    return tr("{count} days ({first} to {last})").format(count=len(days), first=days[0], last=days[-1])


def _when(rows: Sequence[LabelRow | Note]) -> str:
    return ago_words(max(row.at for row in rows))


def ago_words(at: np.datetime64, now: datetime | None = None) -> str:
    """Return the time since `at` (UTC) in words; `now` is UTC, default the present time."""
    moment = np.datetime64((now or datetime.now(UTC)).replace(tzinfo=None), "ms")
    minutes = int((moment - at) / np.timedelta64(1, "m"))
    if minutes < 1:
        return tr("just now")
    if minutes < 2:
        return tr("a minute ago")
    if minutes < 120:
        return tr("{count} minutes ago").format(count=minutes)
    return tr("{count} hours ago").format(count=minutes // 60)
