"""Registrations: the terms for the evaluation of a frozen run, written once, hashed and chained before the predicted days.

Only terms fixed before the days are known allow a test of skill without correction for the number of tries. Rows are added
and never changed, as in the ledger, and the chain is of the same kind (see `chain`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, func, select

from quakegui.project import chain, schema
from quakegui.project.domains import RUNS
from quakegui.project.filesystem import is_link, is_plain
from quakegui.project.setting_rows import config_of, get_setting
from quakegui.project.store import Project, ProjectError
from quakegui.project.terms import Terms, without_dates, without_window
from quakegui.season.config import SeasonConfig
from quakegui.season.events import ClassScheme, Declustering, Selection
from quakegui.season.json_values import built, parse_json
from quakegui.season.labels import LabelRule
from quakegui.season.localtime import local_date
from quakegui.words import Said

_FACTS: Final[Mapping[str, tuple[str, type[object]]]] = {
    "selection": ("event_selection", Selection),
    "declustering": ("declustering", Declustering),
    "classes": ("class_scheme", ClassScheme),
    "label_rule": ("label_rule", LabelRule),
}
"""The setting of the project, and its type, by name in the terms."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered run.

    Attributes
    ----------
    id
        Its number.
    at_ms
        When it was written, in milliseconds since 1970 UTC.
    author
        The person who registered it.
    run
        Id of the run.
    terms
        The frozen terms.
    hash
        Its hash in the chain of registrations.
    """

    id: int
    at_ms: int
    author: str
    run: str
    terms: Terms
    hash: str

    def covers(self, days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Return whether each day is in the period, shape (day,)."""
        return (days >= self.terms.first_day) & (days <= self.terms.last_day)

    def is_running(self, now_ms: int) -> bool:
        """Return whether the last night of the period is not over at a time in milliseconds since 1970 UTC."""
        return bool(self.terms.config.over_at(np.array([self.terms.last_day]))[0] > np.datetime64(now_ms, "ms"))

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; `hash` seals the rest."""
        at = f"{np.datetime64(self.at_ms, 'ms')}Z"
        terms = {**parse_json(self.terms.to_json()), "files": dict(self.terms.files)}
        return {"id": self.id, "run": self.run, "registered": at, "author": self.author, **terms, "hash": self.hash}


def registrations(project: Project) -> tuple[Registration, ...]:
    """Return all registrations, oldest first."""
    with project.read() as connection:
        rows = connection.execute(select(schema.registration).order_by(schema.registration.c.id)).all()
    return tuple(_registration(row) for row in rows)


def registration_of(project: Project, run_id: str) -> Registration | None:
    """Return the registration of a run, or None.

    Parameters
    ----------
    project, run_id
        The project, which is only read, and the id of the run.
    """
    table = schema.registration
    with project.read() as connection:
        row = connection.execute(select(table).where(table.c.run == run_id)).first()
    return None if row is None else _registration(row)


def require_unregistered(project: Project, run_id: str) -> None:
    """Raise ProjectError if a run is registered, so that it cannot be deleted, renamed or registered again.

    Parameters
    ----------
    project, run_id
        The project, which is only read, and the id of the run.

    Raises
    ------
    ProjectError
        With the period of the registration.
    """
    found = registration_of(project, run_id)
    if found is not None:
        raise ProjectError(
            Said(
                "The run “{terms_title}” is registered from {first_day} to {last_day}; it cannot be renamed, deleted "
                "or registered again.",
                terms_title=found.terms.title,
                first_day=found.terms.first_day,
                last_day=found.terms.last_day,
            )
        )


def add_registration(
    project: Project,
    run_id: str,
    *,
    title: str,
    first_day: np.datetime64 | None,
    last_day: np.datetime64,
    files: Collection[str],
    alarm_rule: tuple[float, int, int],
    author: str,
    now_ms: int,
) -> Registration:
    """Write a registration with the present files of the run and parameters of the project.

    Parameters
    ----------
    project, run_id
        The project and the run.
    title
        Name of the run.
    first_day, last_day
        The period, local dates, both included. The default first day is the first whose night is not over.
    files
        Names of the files in the folder of the run that define it; missing ones are omitted.
    alarm_rule
        Threshold, number of consecutive days, number of days that an alarm stays open.
    author
        The person who registers it.
    now_ms
        The present time, in milliseconds since 1970 UTC; if the last row of the ledger is later, its time is used.

    Raises
    ------
    ProjectError
        If the run is registered, a night of the period is over, or the terms are invalid.
    """
    require_unregistered(project, run_id)
    hashes = tuple(_hashes(project, run_id, files).items())
    with project.write(RUNS) as connection:
        if connection.scalar(select(schema.registration.c.id).where(schema.registration.c.run == run_id)) is not None:
            raise ProjectError(Said("Another program has just registered the run “{title}”.", title=title))
        last_ms = connection.scalar(select(func.max(schema.prediction.c.issued_ms))) or 0
        at_ms = max(now_ms, last_ms)
        config = config_of(connection)
        earliest = first_open_day(config, at_ms)
        if first_day is not None and first_day < earliest:
            raise ProjectError(
                Said(
                    "The night of {first_day} is over; a registration can start on {earliest} at the earliest.",
                    first_day=first_day,
                    earliest=earliest,
                )
            )
        row, end = chain.head(connection, schema.prediction)
        threshold, run_days, open_days = alarm_rule
        try:
            terms = Terms(
                title=title,
                first_day=earliest if first_day is None else first_day,
                last_day=last_day,
                files=hashes,
                config=without_window(config),
                threshold=threshold,
                run_days=run_days,
                open_days=open_days,
                ledger_row=row,
                ledger_hash=end,
                **_facts(connection),
            )
        except ValueError as error:
            raise ProjectError(str(error)) from error
        values = {"at_ms": at_ms, "author": author, "run": run_id, "terms": terms.to_json()}
        chain.append(connection, schema.registration, [values])
    found = registration_of(project, run_id)
    assert found is not None
    return found


def first_open_day(config: SeasonConfig, now_ms: int) -> np.datetime64:
    """Return the first local date whose night is not over at a given time, datetime64[D].

    Parameters
    ----------
    config
        Says when a night is over, and in which time zone.
    now_ms
        The time, in milliseconds since 1970 UTC.
    """
    today = local_date(np.array([now_ms], dtype="datetime64[ms]"), config.timezone)[0]
    days = today + np.arange(-3, 5)
    first: np.datetime64 = days[config.over_at(days) > np.datetime64(now_ms, "ms")][0]
    return first


def require_unchanged(project: Project, run_id: str, days: NDArray[np.datetime64]) -> None:
    """Raise ProjectError if a registered run would predict days of its period with changed files or parameters.

    Parameters
    ----------
    project, run_id
        The project and the run.
    days
        The days to predict, at whatever time, datetime64[D], shape (day,).

    Raises
    ------
    ProjectError
        With the change.
    """
    found = registration_of(project, run_id)
    if found is None or not found.covers(days).any():
        return
    changed = (*_changed_files(project, found), *_changed_parameters(project.config(), found))
    if changed:
        raise ProjectError(Said("{changed} The model makes no predictions until this change is undone.", changed=changed[0]))


def changes(project: Project, registration: Registration) -> tuple[str, ...]:
    """Return a sentence for every change of the run and of the project since the registration.

    Parameters
    ----------
    project
        Open project; the registered files of the run are read for that.
    registration
        A registration of this project.
    """
    with project.read() as connection:
        facts, config = _facts(connection), config_of(connection)
    return (
        *(() if is_elsewhere(project, registration) else _changed_files(project, registration)),
        *_changed_parameters(config, registration),
        *_changed_facts(facts, registration.terms),
    )


def is_elsewhere(project: Project, registration: Registration) -> bool:
    """Return whether the files of a registered run are not on this computer, as of a colleague's run in a shared project.

    Parameters
    ----------
    project, registration
        The project, and a registration of it.
    """
    return project.is_shared and not os.path.lexists(project.runs_folder / registration.run)


def _registration(row: Row[Any]) -> Registration:
    return Registration(row.id, row.at_ms, row.author, row.run, Terms.from_json(row.terms), row.chain)


def _facts(connection: Connection) -> dict[str, Any]:
    """Return the settings that define the earthquakes for the evaluation, by name in the terms."""
    found: dict[str, Any] = {}
    for name, (key, kind) in _FACTS.items():
        text = get_setting(connection, key)
        plain = None if text is None else parse_json(text)
        found[name] = None if plain is None else built(kind, plain, what=Said("value"))
    return {**found, "selection": without_dates(found["selection"]), "label_rule": found["label_rule"] or LabelRule()}


def _hashes(project: Project, run_id: str, names: Collection[str]) -> dict[str, str]:
    """Return the SHA-256 of files in the folder of a run, by name; what is missing or not a file is omitted."""
    folder = project.folder / "runs" / run_id
    found = {}
    for path in () if is_link(folder) else (folder / name for name in sorted(names)):
        if path.is_file() and is_plain(path):
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _changed_files(project: Project, registration: Registration) -> tuple[str, ...]:
    title, files = registration.terms.title, dict(registration.terms.files)
    now = _hashes(project, registration.run, files)
    names = [name for name, digest in files.items() if now.get(name) != digest]
    if not now:
        return (Said("The folder of the registered run “{title}” is missing.", title=title),)
    return tuple(
        Said(
            "The file {name} of the run “{title}” is missing or has changed since the run was registered.",
            name=name,
            title=title,
        )
        for name in names
    )


def _changed_parameters(config: SeasonConfig, registration: Registration) -> tuple[str, ...]:
    names = _differing(registration.terms.config.to_dict(), without_window(config).to_dict())
    if not names:
        return ()
    return (
        Said(
            "Season parameters have changed since the run “{terms_title}” was registered: {names}.",
            terms_title=registration.terms.title,
            names=", ".join(names),
        ),
    )


def _changed_facts(facts: Mapping[str, Any], terms: Terms) -> Iterator[str]:
    title = terms.title
    if facts["selection"] != terms.selection:
        yield Said(
            "The selection of earthquakes by region or magnitude has changed since the run “{title}” was registered.",
            title=title,
        )
    if facts["declustering"] != terms.declustering:
        yield Said("The method of aftershock removal has changed since the run “{title}” was registered.", title=title)
    if facts["classes"] != terms.classes:
        yield Said("The earthquake classes have changed since the run “{title}” was registered.", title=title)
    if facts["label_rule"] != terms.label_rule:
        yield Said("The label rule has changed since the run “{title}” was registered.", title=title)


def _differing(before: Mapping[str, Any], now: Mapping[str, Any], where: str = "") -> list[str]:
    found = []
    for name, value in before.items():
        if isinstance(value, Mapping):
            found += _differing(value, now[name], f"{where}{name}.")
        elif value != now[name]:
            found.append(f"{where}{name}")
    return found
