"""Whether a window's session, the project on the disk and its exports say the same."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from quakegui.app.session import Session
from quakegui.learn.calibrated import calibrated
from quakegui.project import catalogue, journal, runs, season_export, seasons
from quakegui.project.store import Project


def require_agreement(session: Session, place: Path, *, maps: bool = True) -> None:
    """Compare what a session shows with a project opened anew and with what that exports.

    Parameters
    ----------
    place
        A folder for the exports.
    maps
        Whether the season is computed anew, too, and compared station by station.
    """
    shown = session.project
    assert shown is not None
    with Project.open(shown.folder) as project:
        _require_labels(session, project, place)
        _require_season(session, project, maps=maps)
        assert session.events == catalogue.events(project)
        assert session.event_classes == catalogue.event_classes(project)
        said = runs.predictions_in_use(project, session.days)
        assert (session.predictions is None) == (said is None)
        if said is not None:
            assert session.predictions.run == said.run
            shown_there = calibrated(project, said, session.days).probabilities
            np.testing.assert_array_equal(session.predictions.probabilities, shown_there)
            np.testing.assert_array_equal(session.predictions.kind, said.kind)


def _require_labels(session: Session, project: Project, place: Path) -> None:
    kept = journal.in_force(project)
    assert session.labels.rows == tuple(kept.get(day) for day in session.days)
    season_export.labels_to_csv(project, place / "labels.csv")
    with (place / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    exported = {row["date"]: int(row["class"]) for row in rows}
    shown = {str(day): int(cls) for day, cls in zip(session.days, session.labels.classes, strict=True) if cls >= 0}
    assert {day: cls for day, cls in exported.items() if np.datetime64(day) in session.days} == shown
    notes = journal.notes(project)
    for index, day in enumerate(session.days):
        assert session.notes(index) == tuple(note for note in notes if note.day == day)
        assert session.history(index) == journal.history(project, day)


def _require_season(session: Session, project: Project, *, maps: bool) -> None:
    np.testing.assert_array_equal(session.days, seasons.season_days(project))
    assert session.season is not None
    assert session.season.revision == project.revision()
    if maps:
        np.testing.assert_array_equal(session.season.z, seasons.load_season(project).z)


def require_whole_journal(before: tuple[journal.JournalRow, ...], project: Project) -> tuple[journal.JournalRow, ...]:
    """Return the journal; it may only have grown, and each step has one author."""
    after = journal.journal_rows(project)
    assert after[: len(before)] == before
    authors: dict[int, str] = {}
    for row in after:
        assert authors.setdefault(row.step, row.author) == row.author
    return after
