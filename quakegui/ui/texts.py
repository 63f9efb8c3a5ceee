"""Texts shared by several panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from quakegui.season.labels import LabelRow, LabelSource
from quakegui.season.names import QUALITY_REASONS, SOURCE_NAMES
from quakegui.season.quality import Quality
from quakegui.ui.i18n import tr, worded
from quakegui.words import counted

if TYPE_CHECKING:
    from quakegui.project.journal import Step
    from quakegui.season.flags import Flag

MOST_FLAGS: Final = 3


def days_text(count: int) -> str:
    """Return a number of days in words: "1 day", "2 days"."""
    return worded(counted("{count} day", "{count} days", count=count))


def step_words(step: Step) -> str:
    """Return a short description of a step of the journal: "label 3 on 2022-05-01"."""
    if step.days == 1:
        when = tr("on {day}").format(day=step.first)
    else:
        when = tr("on {count} days, {first} to {last}").format(count=step.days, first=step.first, last=step.last)
    if step.kind == "flag":
        return tr("flag {when}").format(when=when)
    if step.kind != "label":
        return tr("note {when}").format(when=when)
    given = [str(cls) for cls in step.classes if cls is not None]
    if not given:
        return tr("label cleared {when}").format(when=when)
    return tr("label {classes} {when}").format(classes=tr(", ").join(given), when=when)


def quality_text(quality: Quality, flags: Sequence[Flag] = ()) -> str:
    """Return the reasons of a station-day in words, empty for a good night; of `flags` who set them and why."""
    said = [
        tr(text) for reason, text in QUALITY_REASONS.items() if reason in quality and not (reason is Quality.FLAGGED and flags)
    ]
    said += [tr("flagged by {author}: {reason}").format(author=one.author, reason=one.reason) for one in flags[:MOST_FLAGS]]
    return tr(", ").join(said)


def source_words(row: LabelRow) -> str:
    """Return in short who a label comes from: "by an analyst (Li)"."""
    who = tr(SOURCE_NAMES[row.source])
    return tr("{text} ({more})").format(text=who, more=row.author) if row.author and row.source is not LabelSource.RULE else who
