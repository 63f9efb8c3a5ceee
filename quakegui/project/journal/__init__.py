"""The journal: who gave which day which class, or flagged which readings, when, in place of what, and why. It only ever grows.

Each (day, source, owner) has its own label; the current label of a day is derived (`quakegui.season.labels`). Undo appends
the opposite rows, so it works across a restart, and undone labels can still be read. A step is what one undo reverts.
"""

from quakegui.project.flag_rows import FLAG
from quakegui.project.journal.following import Follower, Standing
from quakegui.project.journal.reading import Note, histories, history, in_force, journal_rows, notes, rows
from quakegui.project.journal.row import LABEL, NOTE, JournalRow
from quakegui.project.journal.ruling import apply_rule, label_rule, rule_labels, write_rule
from quakegui.project.journal.steps import Step, next_step, redo, revert_to, undo
from quakegui.project.journal.writing import GivenLabel, UnseenError, write_label_list, write_labels, write_note

__all__ = [
    "FLAG", "LABEL", "NOTE", "Follower", "GivenLabel", "JournalRow", "Note", "Standing", "Step", "UnseenError", "apply_rule",
    "histories", "history", "in_force", "journal_rows", "label_rule", "next_step", "notes", "redo", "revert_to", "rows",
    "rule_labels", "undo", "write_label_list", "write_labels", "write_note", "write_rule",
]  # fmt: skip
