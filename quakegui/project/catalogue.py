"""The earthquakes of the project: the selected part of the catalogue, without aftershocks, and their classes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, delete, select

from quakegui import formats
from quakegui.formats.archives import expand
from quakegui.formats.errors import shown
from quakegui.project import schema
from quakegui.project.acts import EVENTS, Act, add_act, read_acts
from quakegui.project.origins import Origin, Origins
from quakegui.project.reading_blocks import Issue
from quakegui.project.setting_rows import EVENT_REVISION, put_setting, raise_revision
from quakegui.project.store import Project, ProjectError, default_author
from quakegui.season.events import ClassScheme, Declustering, Event, Selection, classify, decluster, scheme_of
from quakegui.season.events import select as choose
from quakegui.season.json_values import built, parse_json
from quakegui.words import Said

_PLAIN = tuple(name for name in Event.__dataclass_fields__ if name != "time")
"""Fields of an earthquake that a database row stores unchanged."""


@dataclass(frozen=True, slots=True)
class CatalogueRead:
    """The content of a catalogue with the notes of its reader; `path` is None for earthquakes that are already in the project.

    `modified_ms` is when the file was last modified, in milliseconds since 1970 UTC, or None if unknown.
    """

    path: Path | None
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()
    files: tuple[Origin, ...] = ()
    modified_ms: int | None = None


@dataclass(frozen=True, slots=True)
class EventsReport:
    """The result of an import of earthquakes.

    Attributes
    ----------
    count, selection, mainshocks
        Number of earthquakes in the file, in the selection, and after declustering.
    aftershocks
        Number of earthquakes removed by declustering.
    former
        Number of earthquakes in the project before the import.
    notes
        Sentences on what was corrected or dropped.
    """

    count: int
    selection: int
    mainshocks: int
    aftershocks: tuple[Event, ...]
    former: int
    notes: tuple[str, ...]


def read_catalogue(path: Path | str, *, timezone: str = "") -> CatalogueRead:
    """Read every earthquake of a file or archive.

    Parameters
    ----------
    path
        A catalogue, or an archive or a folder that contains only catalogues.
    timezone
        Zone of times that do not name one, such as "UTC+8"; empty for the zone of the file.

    Raises
    ------
    FormatError
        If a file cannot be opened or is not a catalogue.
    """
    events: list[Event] = []
    notes: list[str] = []
    files: list[Origin] = []
    times: list[int] = []
    for source in expand(path):
        times += [] if source.modified_ms is None else [source.modified_ms]
        found = formats.read_events(source, timezone=timezone)
        events += found.events
        notes += found.notes
        files.append(Origin(shown(source.base, 200), hashlib.sha256(source.data).hexdigest(), len(found.events)))
    return CatalogueRead(Path(path), tuple(events), tuple(notes), tuple(files), max(times, default=None))


def import_events(
    project: Project,
    path: Path | str,
    *,
    selection: Selection | None = None,
    declustering: Declustering | None = None,
    add: bool = False,
    timezone: str = "",
) -> EventsReport:
    """Import the earthquakes of a catalogue file, in place of those in the project.

    Parameters
    ----------
    project, path
        The project, and a catalogue, or an archive of catalogues.
    selection
        The earthquakes that belong to the project; default all.
    declustering
        How aftershocks are removed; default the usual window.
    add
        Whether the earthquakes in the project are kept. For earthquakes with the same id, the one from the file modified last
        is used, and all are declustered together.
    timezone
        Zone of times that do not name one, such as "UTC+8"; empty for the zone of the file.

    Raises
    ------
    FormatError
        If the file cannot be read; nothing was changed.
    """
    selection = selection if selection is not None else Selection()
    declustering = declustering if declustering is not None else Declustering()
    read = read_catalogue(path, timezone=timezone)
    chosen = choose(read.events, selection, timezone=project.timezone)
    return store_events(project, chosen, declustering=declustering, selection=selection, add=add, origin=read)


def store_events(
    project: Project,
    choice: Sequence[Event],
    *,
    declustering: Declustering,
    selection: Selection | None = None,
    add: bool = False,
    origin: CatalogueRead | None = None,
    author: str | None = None,
) -> EventsReport:
    """Store earthquakes that are in memory, otherwise like `import_events`.

    Parameters
    ----------
    project
        Open project; must be writable.
    choice
        The selected earthquakes; of several with the same id, the last one is stored.
    declustering
        How aftershocks are removed.
    selection
        How `choice` was selected, which is only recorded; default all.
    add
        As for `import_events`.
    origin
        The catalogue that they are from; default none, so that they take precedence over those of files.
    author
        The person who imports them; default the current user.

    Raises
    ------
    ProjectError
        If the project cannot be written; nothing was changed.
    """
    origin = origin if origin is not None else CatalogueRead(None, tuple(choice))
    summary = {
        "file": origin.path.name if origin.path is not None else "",
        "events": len(choice),
        "add": add,
        "event_selection": json.loads(json.dumps(asdict(selection or Selection()), default=date.isoformat)),
        "declustering": asdict(declustering),
        "event_origins": json.loads(json.dumps(asdict(Origins(origin.files)))),
        "modified_ms": origin.modified_ms,
    }
    by_id = {event.id: event for event in choice}
    with project.write() as connection:
        before = _events(connection)
        if not _is_in_force(connection, summary, by_id):
            act = add_act(connection, EVENTS, author or default_author(project), summary=summary)
            rows = [{**_values_of(event), "act": act} for event in by_id.values()]
            if rows:
                connection.execute(schema.chosen_event.insert(), rows)
            refresh_events(connection)
        kept, dropped = _events(connection, kept=1), _events(connection, kept=0)
    unused = sum(by_id.get(event.id, event) != event for event in (*kept, *dropped))
    note = Said(
        "{unused} of these earthquakes were saved but are not used: a catalogue modified later gives other values "
        "for the same ids.",
        unused=unused,
    )
    notes = (*origin.notes, note) if unused else origin.notes
    return EventsReport(len(origin.events), len(choice), len(kept), dropped, len(before), notes)


def _is_in_force(connection: Connection, summary: Mapping[str, Any], chosen: Mapping[str, Event]) -> bool:
    """Return whether the last import was identical, so that this one changes nothing."""
    acts = _acts_in_force(connection)
    return bool(acts) and acts[-1].summary == summary and _choice_of(connection, acts[-1]) == chosen


def refresh_events(connection: Connection) -> None:
    """Derive the earthquakes of the project from the acts in force.

    They come from the last act that replaced the earlier ones and from those added after it: for earthquakes with the same id,
    the one from the file modified last, whatever the order of import. The last act defines how aftershocks are removed.
    """
    acts = _acts_in_force(connection)
    merged: dict[str, Event] = {}
    files: tuple[Origin, ...] = ()
    for act in sorted(acts, key=_issue):
        merged |= _choice_of(connection, act)
    for act in acts:
        found: Origins = built(Origins, act.summary.get("event_origins", {"files": []}), what=Said("catalogue file"))
        files = (*(old for old in files if old not in found.files), *found.files)
    last = acts[-1].summary if acts else {}
    put_setting(connection, "event_origins", json.dumps(asdict(Origins(files)), ensure_ascii=False))
    for key in ("event_selection", "declustering"):
        put_setting(connection, key, json.dumps(last.get(key)))
    declustering = last.get("declustering")
    method: Declustering = (
        built(Declustering, declustering, what=Said("declustering value")) if declustering else Declustering("none")
    )
    kept, dropped = decluster(merged.values(), method)
    connection.execute(delete(schema.event_table))
    stored = [{**_values_of(event), "kept": flag} for flag, group in ((1, kept), (0, dropped)) for event in group]
    if stored:
        connection.execute(schema.event_table.insert(), stored)
    raise_revision(connection, EVENT_REVISION)


def _acts_in_force(connection: Connection) -> tuple[Act, ...]:
    """Return the acts from which the earthquakes are derived, oldest first."""
    acts = tuple(act for act in read_acts(connection) if act.kind == EVENTS and not act.undone)
    first = max((number for number, act in enumerate(acts) if not act.summary.get("add")), default=0)
    return acts[first:]


def _issue(act: Act) -> Issue:
    """Return the precedence of an act; earthquakes that a person entered, not from a file, precede those of files."""
    modified_ms = act.summary.get("modified_ms")
    files = (act.summary.get("event_origins") or {}).get("files", ())
    known = modified_ms if isinstance(modified_ms, int) else None
    latest = math.inf if known is None and "modified_ms" in act.summary else -math.inf
    return Issue(-math.inf, latest if known is None else float(known), "".join(file["sha256"] for file in files))


def _choice_of(connection: Connection, act: Act) -> dict[str, Event]:
    """Return the earthquakes that an act selected, by id."""
    table = schema.chosen_event
    rows = connection.execute(select(table).where(table.c.act == act.id).order_by(table.c.time_ms, table.c.id))
    return {row.id: _event_of(row) for row in rows}


def events(project: Project) -> tuple[Event, ...]:
    """Return the earthquakes of the project without aftershocks, by time."""
    with project.read() as connection:
        return _events(connection, kept=1)


def all_events(project: Project) -> tuple[tuple[Event, bool], ...]:
    """Return every selected earthquake, by time, and whether declustering kept it."""
    with project.read() as connection:
        rows = connection.execute(_by_time()).all()
    return tuple((_event_of(row), bool(row.kept)) for row in rows)


def origins(project: Project) -> tuple[Origin, ...]:
    """Return the files from which the earthquakes of the project were imported."""
    text = project.setting("event_origins")
    found: Origins = built(Origins, {} if text is None else parse_json(text), what=Said("catalogue file"))
    return found.files


def class_scheme(project: Project) -> ClassScheme | None:
    """Return the class scheme of the project, or None if none was defined."""
    text = project.setting("class_scheme")
    scheme: ClassScheme | None = (
        None if text is None else built(ClassScheme, parse_json(text), what=Said("class scheme's value"))
    )
    return scheme


def set_class_scheme(project: Project, scheme: ClassScheme) -> None:
    """Store the class scheme of the project.

    Parameters
    ----------
    project
        Open project; must be writable.
    scheme
        Replaces the present one; labels are not changed.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    with project.write() as connection:
        put_setting(connection, "class_scheme", json.dumps(asdict(scheme)))


def make_class_scheme(project: Project, *, split_magnitude: float | None = None) -> tuple[ClassScheme, str]:
    """Derive a class scheme from the earthquakes of the project and store it; returns the scheme and a warning or "".

    Parameters
    ----------
    project
        The project.
    split_magnitude
        Magnitude split; default the median magnitude.

    Raises
    ------
    ProjectError
        If there are too few earthquakes, or all are at one location.
    """
    try:
        scheme, warning = scheme_of(events(project), split_magnitude=split_magnitude)
    except ValueError as error:
        raise ProjectError(str(error)) from error
    set_class_scheme(project, scheme)
    return scheme, warning


def event_classes(project: Project) -> tuple[int, ...]:
    """Return the class 1 to 4 of each of `events`, in the same order; all 0 if the project has no scheme."""
    scheme = class_scheme(project)
    found = events(project)
    return classify(found, scheme) if scheme is not None else (0,) * len(found)


def selection_facts(project: Project) -> dict[str, Any]:
    """Return selection and declustering of the stored earthquakes, as JSON values."""
    return {key: json.loads(project.setting(key) or "null") for key in ("event_selection", "declustering")}


def _events(connection: Connection, *, kept: int | None = None) -> tuple[Event, ...]:
    """Return all earthquakes by time, or those that declustering kept (1) or removed (0)."""
    query = _by_time()
    if kept is not None:
        query = query.where(schema.event_table.c.kept == kept)
    return tuple(_event_of(row) for row in connection.execute(query))


def _by_time() -> Select[Any]:
    """Return the query for all earthquakes, those of one moment in the same order on every database."""
    table = schema.event_table
    return select(table).order_by(table.c.time_ms, table.c.magnitude, table.c.id)


def _event_of(row: Row[Any]) -> Event:
    return Event(time=np.datetime64(row.time_ms, "ms"), **{name: getattr(row, name) for name in _PLAIN})


def _values_of(event: Event) -> dict[str, object]:
    return {"time_ms": int(event.time.astype(np.int64)), **{name: getattr(event, name) for name in _PLAIN}}
