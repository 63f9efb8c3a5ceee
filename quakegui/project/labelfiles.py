"""Labels from a csv that an analyst, or another program, wrote."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import FormatError, shown
from quakegui.formats.source import decode, expand
from quakegui.project import journal, nights
from quakegui.project.store import Project
from quakegui.project.tables import day_of, unguard
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import Source
from quakegui.season.localtime import never_was, skipped_days

_SOURCES = {"": Source.ANALYST, **{source.name.lower(): source for source in Source}}


@dataclass(frozen=True, slots=True)
class LabelsReport:
    """What came of a file of labels.

    Attributes
    ----------
    read
        How many labels it held.
    written
        How many of them were new or changed.
    by_rule
        How many were the rule's, and left out.
    repeated
        How many lines say again what an earlier one says.
    outside
        The days among them that are none of the season's, datetime64[D], increasing; their labels are kept all the same.
    """

    read: int
    written: int
    by_rule: int
    repeated: int
    outside: NDArray[np.datetime64]


def import_labels(project: Project, path: Path | str, *, author: str) -> LabelsReport:
    """Take labels from a csv with the columns date and class and, if it has them, source, author and note.

    The index of a folder of maps is one too: its source is in the column label_source.

    The rule's labels are left out: they follow from the events. An empty class takes the author's label back. A day that the
    same author is given twice is counted where it says the same, and refused where it does not.

    Raises
    ------
    FormatError
        If a line cannot be read, gives a day another class than an earlier line, or a day that never was; nothing was changed.
    """
    given: dict[tuple[np.datetime64, Source, str], journal.GivenLabel] = {}
    lines: dict[tuple[np.datetime64, Source, str], tuple[str, int]] = {}
    by_rule = repeated = 0
    for source in expand(path):
        text = decode(source.data)[0]
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        try:
            if not {"date", "class"} <= set(reader.fieldnames or ()):
                raise FormatError("Labels need the columns date and class.", file=source.name, line=1)
            for row in reader:
                line = reader.line_num
                label = _label(row, author, source.name, line)
                if label.source is Source.RULE:
                    by_rule += 1
                    continue
                if label.day in skipped_days(project.timezone):
                    raise FormatError(never_was(label.day, project.timezone), file=source.name, line=line)
                key = label.day, label.source, label.author
                if key in given:
                    if label.cls != given[key].cls:
                        raise FormatError(_differ(label, given[key], *lines[key], source.name), file=source.name, line=line)
                    repeated += 1
                    continue
                given[key], lines[key] = label, (source.name, line)
        except csv.Error as error:
            raise FormatError(f"The csv is damaged ({error}).", file=source.name, line=reader.line_num) from error
    days = np.unique(np.array([label.day for label in given.values()], dtype="datetime64[D]"))
    outside = days[~np.isin(days, nights.season_days(project))]
    return LabelsReport(len(given), journal.write_given(project, list(given.values())), by_rule, repeated, outside)


def _differ(label: journal.GivenLabel, earlier: journal.GivenLabel, earlier_file: str, earlier_line: int, file: str) -> str:
    """Return the sentence on a day that is given two classes."""
    here, there = ("" if one.cls is None else str(one.cls) for one in (label, earlier))
    if earlier_file == file:
        return f"{label.day} is given the class '{here}' here and '{there}' in line {earlier_line}; leave one of the lines out."
    return (
        f"{label.day} is given the class '{here}' here and '{there}' in line {earlier_line} of {earlier_file}; "
        "leave one of the lines out."
    )


def _label(row: dict[str, str], author: str, file: str, line: int) -> journal.GivenLabel:
    facts = {key: unguard((row.get(key) or "").strip()) for key in ("date", "class", "source", "author", "note")}
    facts["source"] = facts["source"] or (row.get("label_source") or "").strip()
    try:
        day = day_of(facts["date"])
    except ValueError as error:
        raise FormatError(f"'{facts['date']}' is not a date such as 2022-09-05.", file=file, line=line) from error
    if facts["class"] not in ("", *map(str, range(CLASS_COUNT))):
        raise FormatError(f"'{facts['class']}' is not a class; classes are 0 to {CLASS_COUNT - 1}.", file=file, line=line)
    if facts["source"] not in _SOURCES:
        raise FormatError(f"'{facts['source']}' is not a source of labels.", file=file, line=line)
    cls = int(facts["class"]) if facts["class"] else None
    return journal.GivenLabel(day, cls, _SOURCES[facts["source"]], shown(facts["author"], 200) or author, facts["note"])
