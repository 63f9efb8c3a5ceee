"""Import of labels from a csv that an analyst or another program wrote."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.archives import expand
from quakegui.formats.dates import years_first
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.source import Source, decode
from quakegui.project import journal, nights
from quakegui.project.season_tables import day_of, unguard
from quakegui.project.store import Project
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import LabelSource
from quakegui.season.localtime import never_was, skipped_days
from quakegui.words import Said

_KNOWN: Final = {"date", "class", "source", "author", "note", "label_source", "at", "file", "kp_night", "season"}
"""Columns that are imported, and further columns of the program's own tables."""
_SOURCES = {"": LabelSource.ANALYST, **{source.name.lower(): source for source in LabelSource}}


@dataclass(frozen=True, slots=True)
class LabelsReport:
    """The result of an import of labels.

    Attributes
    ----------
    count
        Number of labels in the file.
    changes
        Number of new or changed labels.
    removals
        Number of labels that were cleared, because their class is empty.
    by_rule
        Number of labels of the label rule, which were skipped.
    repeats
        Number of lines that repeat an earlier line.
    outside
        Days outside the season, datetime64[D], increasing; their labels are stored nevertheless.
    unread
        Names of the non-empty columns that were not imported, in order.
    """

    count: int
    changes: int
    removals: int
    by_rule: int
    repeats: int
    outside: NDArray[np.datetime64]
    unread: tuple[str, ...]


def import_labels(project: Project, path: Path | str, *, author: str) -> LabelsReport:
    """Import labels from a csv with the columns date and class and, if present, source, author and note.

    The index of a folder of maps is also accepted: its source is in the column label_source. Labels of the label rule are
    skipped, since they follow from the earthquakes. An empty class clears the author's label. A repeated day of the same author
    is counted if its class and note are the same, and an error otherwise. Without a column of notes, labels keep their notes,
    unless another file repeats the day with one.

    Parameters
    ----------
    project
        Open project; must be writable.
    path
        The csv, or a folder or an archive that contains only such files.
    author
        The person to whom labels without an author are attributed.

    Raises
    ------
    FormatError
        If a line cannot be read or is cut off, two lines give one day different labels, or a day does not exist; nothing was
        changed.
    ProjectError
        If the author is empty where it is needed, or the project cannot be written.
    """
    given: dict[tuple[np.datetime64, LabelSource, str], tuple[journal.GivenLabel, str]] = {}
    by_rule, repeats, unread = 0, 0, dict[str, None]()
    for source in expand(path):
        for line, row in _rows(decode(source.data)[0], source.name):
            unread |= {name: None for name, cell in row.items() if name not in _KNOWN and cell.strip()}
            label, place = _label(row, author, source.name, line), Said("line {line} of {name}", line=line, name=source.name)
            if label.source is LabelSource.RULE:
                by_rule += 1
                continue
            if label.day in skipped_days(project.timezone):
                raise FormatError(never_was(label.day, project.timezone), file=source.name, line=line)
            other, where = given.setdefault((label.day, label.source, label.author), (label, place))
            if not _agree(label, other):
                raise _contradiction(label, other, where, source, line)
            if other.note is None and label.note is not None:
                given[label.day, label.source, label.author] = label, place
            repeats += where != place
    labels = [label for label, _place in given.values()]
    days = np.unique(np.array([label.day for label in labels], dtype="datetime64[D]"))
    outside = days[~np.isin(days, nights.season_days(project))]
    changes, removals = journal.write_label_list(project, labels)
    return LabelsReport(len(labels), changes, removals, by_rule, repeats, outside, tuple(unread))


def _agree(label: journal.GivenLabel, other: journal.GivenLabel) -> bool:
    """Return whether two labels of one person for one day say the same; a file without notes does not contradict any."""
    return label.cls == other.cls and (label.note == other.note or label.note is None or other.note is None)


def _contradiction(label: journal.GivenLabel, other: journal.GivenLabel, where: str, source: Source, line: int) -> FormatError:
    """Return the sentence on two labels of one person for one day that differ, in their class or else in their note."""
    facts = {"day": label.day, "author": label.author, "where": where}
    if label.cls == other.cls:
        here, there = (shown(one.note or "", 60) for one in (label, other))
        return source.fault(
            "{day} has two different notes by {author}: '{here}' here and '{there}' in {where}. Nothing was imported; "
            "remove one of the lines.",
            line=line,
            here=here,
            there=there,
            **facts,
        )
    here, there = ("" if one.cls is None else str(one.cls) for one in (label, other))
    return source.fault(
        "{day} has two different labels by {author}: '{here}' here and '{there}' in {where}. Nothing "
        "was imported; remove one of the lines.",
        line=line,
        here=here,
        there=there,
        **facts,
    )


def _rows(text: str, file: str) -> list[tuple[int, dict[str, str]]]:
    """Return the non-empty lines, as cells by column name, each with its line number; dates as 2022-09-05.

    Spreadsheets save labels in their own way: with semicolons, other forms of dates, and columns without a name.
    """
    text = re.sub(r"\A\ufeff?(?:sep=.\r?\n)?", "", text)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(",;\t", key=first.count))
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not {"date", "class"} <= set(names):
            raise FormatError(Said("This is not a label file: it needs the columns date and class."), file=file, line=1)
        twice = [name for name in names if name in _KNOWN and names.count(name) > 1]
        if twice:
            raise FormatError(Said("The column {twice} appears twice.", twice=twice[0]), file=file, line=1)
        least = max(names.index("date"), names.index("class")) + 1  # spreadsheets omit empty cells at the end of a line
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < least:
                raise FormatError(Said("The line ends before the class column."), file=file, line=reader.line_num)
            if any(cell.strip() for cell in cells[len(names) :]):
                raise FormatError(
                    Said("The line has more cells than columns; enclose a note that contains commas in quotation marks."),
                    file=file,
                    line=reader.line_num,
                )
            rows.append((reader.line_num, dict(zip(names, [*cells, *[""] * len(names)], strict=False))))
        dates = years_first([row["date"].strip() for _, row in rows])
    except csv.Error as error:
        raise FormatError(Said("The CSV file is damaged ({error}).", error=error), file=file, line=reader.line_num) from error
    except ValueError as error:
        raise FormatError(str(error), file=file) from error
    return [(line, {**row, "date": _iso_date(date)}) for (line, row), date in zip(rows, dates, strict=True)]


def _iso_date(date: str) -> str:
    """Return a date such as 2024/1/5, or 2024-01-05 00:00:00, as 2024-01-05; any other text unchanged."""
    match = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]0?0:00(?::00)?)?", date)
    return date if match is None else f"{match[1]}-{match[3]:0>2}-{match[4]:0>2}"


def _label(row: dict[str, str], author: str, file: str, line: int) -> journal.GivenLabel:
    facts = {key: unguard(row.get(key, "").strip()) for key in ("date", "class", "source", "author", "note")}
    facts["class"] = facts["class"].removesuffix(".0")
    facts["source"] = facts["source"].lower() or row.get("label_source", "").strip().lower()
    try:
        day = day_of(facts["date"])
    except ValueError as error:
        raise FormatError(
            Said("'{date}' is not a date such as 2022-09-05.", date=facts["date"]), file=file, line=line
        ) from error
    if facts["class"] not in ("", *map(str, range(CLASS_COUNT))):
        raise FormatError(
            Said(
                "'{kind_of_class}' is not a class; classes are 0 to {class_count}.",
                kind_of_class=facts["class"],
                class_count=CLASS_COUNT - 1,
            ),
            file=file,
            line=line,
        )
    if facts["source"] not in _SOURCES:
        raise FormatError(Said("'{source}' is not a known label source.", source=facts["source"]), file=file, line=line)
    cls = int(facts["class"]) if facts["class"] else None
    note = facts["note"] if "note" in row else None
    return journal.GivenLabel(day, cls, _SOURCES[facts["source"]], shown(facts["author"], 200) or author, note)
