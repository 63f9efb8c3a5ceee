"""A day that the zone's calendar skipped is no day of a project: it has no night, takes no label and is not judged."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from terminal import Terminal

from quakegui.formats.errors import FormatError
from quakegui.project import catalogue, journal, labelfiles, stations
from quakegui.project.importing import import_paths
from quakegui.project.nights import load_nights
from quakegui.project.seasons import days_with_data, load_season, season_days
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import ClassScheme, Declustering, Event
from quakegui.season.labels import LabelRule, LabelSource
from quakegui.season.network import Station

PLACES = [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21"), ("Pacific/Kiritimati", "1994-12-31")]


def make(folder: Path, zone: str, day: str, *, around: int = 4) -> Project:
    """Return a new project with ten-minute readings of three stations on the UTC days around `day`."""
    start = np.datetime64(day, "s") - np.timedelta64(around, "D")
    time = start + 600 * np.arange(144 * (2 * around + 1))
    level = 40_000.0 + np.arange(time.size) % 9 / 10
    rows = [f"{stamp}Z,{one:.1f},{one + 100:.1f},{one + 200:.1f}" for stamp, one in zip(time.astype(str), level, strict=True)]
    file = folder / "readings.csv"
    file.write_text("\n".join(["time,AAA,BBB,CCC", *rows]) + "\n")
    project = Project.create(folder / "project", timezone=zone)
    import_paths(project, [file])
    return project


@pytest.fixture(scope="module", params=PLACES, ids=lambda place: place[0].partition("/")[2])
def place_template(request, tmp_path_factory):
    """Return a closed project in a zone that skipped a day, and that day; copy it before use."""
    folder = tmp_path_factory.mktemp("place")
    zone, day = request.param
    make(folder, zone, day).close()
    return folder / "project", np.datetime64(day, "D")


@pytest.fixture
def place(place_template, tmp_path):
    folder, day = place_template
    with Project.open(shutil.copytree(folder, tmp_path / "project")) as project:
        yield project, day


def test_it_is_not_among_the_days(place):
    project, day = place
    days = season_days(project)
    assert day not in days
    assert day not in days_with_data(project)
    assert {day - 1, day + 1} <= set(days)


def test_each_reading_belongs_to_one_night_at_most(place):
    """The night of the day after was given to the skipped day as well."""
    project, day = place
    nights = load_nights(project)
    assert nights is not None
    assert day not in nights.days
    near = (nights.days >= day - 2) & (nights.days <= day + 2)
    assert np.isfinite(nights.values[near]).all()
    np.testing.assert_allclose(nights.coverage[near], 1.0)


def test_a_season_goes_on_over_it(place):
    project, day = place
    for code, latitude, longitude in (("AAA", -13.0, -171.0), ("BBB", -14.0, -172.0), ("CCC", -13.0, -172.5)):
        stations.set_stations(project, Station(code, "", latitude, longitude))
    season = load_season(project)
    assert season is not None
    assert day not in season.all_days
    assert len(season.features) == len(season.all_days)
    known = season.available_at
    assert bool((np.diff(known) == np.timedelta64(24, "h")).all())


def test_it_takes_no_label_and_no_note(place):
    project, day = place
    for act in (
        lambda: journal.write_labels(project, np.array([day - 1, day]), 3, source=LabelSource.ANALYST, author="Li"),
        lambda: journal.write_label_list(project, [journal.GivenLabel(day, 3, LabelSource.ANALYST, "Li")]),
        lambda: journal.write_note(project, day, "windy", "Li"),
    ):
        with pytest.raises(ProjectError, match=f"The calendar of the time zone {project.timezone} skipped {day}, so"):
            act()
    assert journal.journal_rows(project) == ()


def test_a_label_of_a_file_for_it_is_refused_with_its_line(place, tmp_path):
    project, day = place
    (tmp_path / "labels.csv").write_text(f"date,class\n{day - 1},1\n{day},2\n")
    with pytest.raises(FormatError, match="so that day cannot have a label or a note") as caught:
        labelfiles.import_labels(project, tmp_path / "labels.csv", author="Li")
    assert caught.value.line == 3
    assert journal.journal_rows(project) == ()


def test_the_rule_labels_the_days_around_it(place):
    project, day = place
    event = Event("a", (day + 2).astype("datetime64[ms]"), 5.0, -13.5, -172.0)
    catalogue.store_events(project, [event], declustering=Declustering("none"))
    catalogue.set_class_scheme(project, ClassScheme(4.0, (-13.0, -172.0), (-14.0, -172.0)))
    found = journal.apply_rule(project, LabelRule(flat_days_before=6))
    assert day not in found.days
    assert day not in journal.in_force(project)
    assert {day - 1, day + 1} <= set(journal.in_force(project))


def test_a_night_that_an_older_program_gave_it_goes(tmp_path):
    zone, day = PLACES[0]
    with make(tmp_path, zone, day) as project:
        number = int(np.datetime64(day, "D").astype(np.int64))
        with project.write() as connection:
            connection.exec_driver_sql(
                f"INSERT INTO night (station, day, value, coverage, quality) VALUES ('AAA', {number}, 40000.0, 1.0, 0)"
            )
        assert np.datetime64(day, "D") not in days_with_data(project)
        season_of = load_season(project)
        assert season_of is None or np.datetime64(day, "D") not in season_of.all_days


def test_a_range_over_it_goes_to_the_days_there_are(place, capsys):
    project, day = place
    run = Terminal(capsys)
    run("labels", "set", project.folder, f"{day - 1}..{day + 1}", "2", "--author", "Li", "--yes")
    assert list(journal.in_force(project)) == [day - 1, day + 1]
    said = run("labels", "set", project.folder, day, "2", "--author", "Li", "--yes", code=1)[1]
    assert "so that day cannot have a label or a note" in " ".join(said.split())
