"""Texts shared by several panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quakegui.season.labels import LabelRow, LabelSource
from quakegui.season.names import QUALITY_REASONS, SOURCE_NAMES
from quakegui.season.quality import Quality
from quakegui.ui.i18n import tr

if TYPE_CHECKING:
    from quakegui.project.journal import Step


def step_words(step: Step) -> str:
    """Return a short description of a step of the journal: "label 3 on 2022-05-01"."""
    if step.days == 1:
        when = tr("on {day}").format(day=step.first)
    else:
        when = tr("on {count} days, {first} to {last}").format(count=step.days, first=step.first, last=step.last)
    if step.kind != "label":
        return tr("note {when}").format(when=when)
    given = [str(cls) for cls in step.classes if cls is not None]
    if not given:
        return tr("label cleared {when}").format(when=when)
    return tr("label {classes} {when}").format(classes=", ".join(given), when=when)


def quality_text(quality: Quality) -> str:
    """Return the quality flags of a station-day in words, empty for a good night."""
    return ", ".join(tr(text) for flag, text in QUALITY_REASONS.items() if flag in quality)


def source_words(row: LabelRow) -> str:
    """Return in short who a label comes from: "by an analyst (Li)"."""
    who = tr(SOURCE_NAMES[row.source])
    return f"{who} ({row.author})" if row.author and row.source is not LabelSource.RULE else who
