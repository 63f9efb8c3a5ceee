"""A file in the list of the import wizard, and application of one table's mapping to similar tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from quakegui.formats import TableMapping
from quakegui.ui.dialogs.dialog_parts import TableRow
from quakegui.ui.dialogs.import_preview import FilePreview
from quakegui.ui.dialogs.import_report import format_text, minute_text
from quakegui.ui.dialogs.mapping_editor import DATA_TYPES
from quakegui.ui.i18n import mark, tr, worded
from quakegui.words import joined

KINDS: Final = {
    "readings": mark("readings"),
    "table": mark("data table"),
    "kp": mark("Kp index"),
    "stations": mark("station list"),
    "events": mark("earthquakes"),
    "": mark("unknown"),
}
TYPE_NAMES: Final = {kind.name: text for kind, text in DATA_TYPES}


def preview_row(one: FilePreview) -> TableRow:
    """Return the cells of the row of a file; one that will be skipped is marked."""
    remarks = worded(one.reason or joined(" ", one.notes))
    cells = (
        one.name,
        _contents(one),
        _some(one.stations),
        minute_text(one.first),
        minute_text(one.last),
        tr(", ").join(_cadence(seconds) for seconds in one.cadences_s),
        tr(", ").join(tr(TYPE_NAMES[name]) for name in one.data_types),
        one.count if one.count else "",
        remarks,
    )
    return TableRow(cells, "warning" if one.reason else "", about=one.key)


def _contents(one: FilePreview) -> str:
    kind = tr(KINDS[one.kind])
    if not one.format or one.kind != "readings":
        return kind
    return tr("{text} ({more})").format(text=kind, more=format_text(one.format))


def _some(codes: tuple[str, ...]) -> str:
    most = 6
    return tr(", ").join(codes[:most]) + (tr(" and {count} more").format(count=len(codes) - most) if len(codes) > most else "")


def _cadence(seconds: float) -> str:
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def for_file(mapping: TableMapping, each: FilePreview, shown_file: FilePreview) -> TableMapping:
    """Return the mapping for another table with the same columns; a code from the name of its file is kept."""
    own, its = each.guess, shown_file.guess
    if each is shown_file or own is None or its is None:
        return mapping
    if mapping.layout == "long" and mapping.station and mapping.station == its.station and own.station:
        return replace(mapping, station=own.station)
    if mapping.layout == "wide" and len(mapping.columns) == 1 and mapping.columns[0][0] == its.station and own.station:
        return replace(mapping, columns=((own.station, mapping.columns[0][1]),))
    return mapping
