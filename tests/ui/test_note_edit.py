"""The field of a note: what is pasted into it, and when the note is to be saved."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from quakegui.ui.panels.note_edit import LONGEST_NOTE, NoteEdit


def text_to_paste(length: int) -> QMimeData:
    found = QMimeData()
    found.setText("x" * length)
    return found


def test_a_million_pasted_characters_are_cut_off_with_a_sentence(qtbot: QtBot) -> None:
    field, said = NoteEdit(), list[str]()
    qtbot.addWidget(field)
    field.show()
    field.cut_off.connect(lambda sentence: said.append(str(sentence)))
    field.setPlainText("Storm, ")
    field.moveCursor(field.textCursor().MoveOperation.End)
    field.insertFromMimeData(text_to_paste(1_000_000))
    assert field.toPlainText() == "Storm, " + "x" * (LONGEST_NOTE - 7)
    assert said == ["A note has at most 10,000 characters; the rest of the pasted text was left out."]
    field.selectAll()
    field.insertFromMimeData(text_to_paste(LONGEST_NOTE))
    assert field.toPlainText() == "x" * LONGEST_NOTE
    assert len(said) == 1
    bar = field.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0, "the cursor is in sight"
