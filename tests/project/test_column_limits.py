"""What a project can hold is the same when it is written and when it is opened: no confirmed step locks a project."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from project_parts import EVENTS
from sqlalchemy import Column, Connection, Float, Integer, LargeBinary

from quakegui.project import catalogue, column_limits, journal, labelfiles, schema, soundness, stations
from quakegui.project.database import UNCHECKED
from quakegui.project.importing import import_paths
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import ClassScheme, Declustering, Event, Selection
from quakegui.season.labels import LabelSource
from quakegui.season.network import Station

DAY = np.array(["2022-03-01"], dtype="datetime64[D]")
STATION = Station("B", "", 1.0, 2.0)
COLUMNS = [column for table in schema.metadata.sorted_tables for column in table.columns]


KIND = """
SELECT format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s
"""
CHECKS = """
SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey = ARRAY[attnum]
WHERE contype = 'c' AND conrelid = %s::regclass AND attname = %s
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p", name="p") as made:
        stations.set_stations(made, Station("AAA", "", 28.0, 102.0))
        journal.write_labels(made, DAY, 1, source=LabelSource.ANALYST, author="Wang")
        yield made


def tries(column: Column) -> list[object]:
    """Return values around a column's bounds, and of other kinds; SQLite keeps NaN as NULL, so it is tried apart."""
    if isinstance(column.type, Integer | Float):
        whole = isinstance(column.type, Integer)
        step = column_limits.MULTIPLES.get(str(column), 1)
        low, high = (int(edge) if whole else edge for edge in column_limits.bounds_of(column))
        outer = (
            [low - step, high + step] if whole else [math.nextafter(low, -math.inf), math.nextafter(high, math.inf), math.inf]
        )
        return [low - low % step, low, high, high - high % step, 0, 1, *outer, "1", b"1", None]
    return [b"1", None, 7] if isinstance(column.type, LargeBinary) else ["", "words", "字", b"1", None, 7]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project that nobody changes."""
    with Project.create(tmp_path_factory.mktemp("empty") / "p") as made:
        yield made


def accepted(connection: Connection, column: Column) -> Callable[[object], bool]:
    """Return whether a database takes a value: of SQLite when the project is opened, of a server when it is written."""
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        sql = f'SELECT {soundness.condition_of(column)} FROM (SELECT ? AS "{column.name}")'
        return lambda value: bool(raw.execute(sql, (value,)).fetchone()[0])
    kind, filled = raw.execute(KIND, (column.table.name, column.name)).fetchone()
    checks = [check.replace("%", "%%") for (check,) in raw.execute(CHECKS, (column.table.name, column.name)).fetchall()]
    condition = " AND ".join(["true", *checks, *([f'"{column.name}" IS NOT NULL'] if filled else [])])

    def of(value: object) -> bool:
        written = raw.execute(f'SELECT {condition} FROM (SELECT CAST(%s AS {kind}) AS "{column.name}") AS one', (value,))
        return written.fetchone()[0] is not False  # a CHECK lets NULL pass

    return of


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_the_bounds_of_writing_are_those_of_the_database(empty: Project, column: Column) -> None:
    with empty.read() as connection:
        is_right = accepted(connection, column)
        kinds = {column.type.python_type, type(None)} | ({int} if isinstance(column.type, Float) else set())
        for value in tries(column):
            if empty.is_shared and type(value) not in kinds:
                continue  # the column of a server has a type
            assert (column_limits.storage_problem(column.table, {column.name: value}) is None) == is_right(value), value
    if isinstance(column.type, Float):
        assert column_limits.storage_problem(column.table, {column.name: math.nan}) is not None


def event(stamp: str = "2022-03-01T04:00", magnitude: float = 5.0, depth: float | None = 10.0) -> Event:
    return Event("one", np.datetime64(stamp, "ms"), magnitude, 28.0, 102.0, depth, "")


def write_file(act: Callable[[Project, Path], object], text: str) -> Callable[[Project], object]:
    def written(project: Project) -> object:
        path = project.folder.parent / "file.csv"
        path.write_text(text, encoding="utf-8")
        return act(project, path)

    return written


def kp_file(day: str) -> Callable[[Project], object]:
    head = "Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21,ap"
    return write_file(
        lambda project, path: import_paths(project, [path]), f"{head}\n2022-03-01,3,3,2,1,1,1,1,1,9\n{day},3,3,2,1,1,1,1,1,9\n"
    )


def label_file(day: str) -> Callable[[Project], object]:
    return write_file(lambda project, path: labelfiles.import_labels(project, path, author="Li"), f"date,class\n{day},3\n")


def label(day: str, author: str = "Li") -> Callable[[Project], object]:
    days = np.array([day], dtype="datetime64[D]")
    return lambda project: journal.write_labels(project, days, 2, source=LabelSource.ANALYST, author=author)


STEPS: dict[str, Callable[[Project], object]] = {
    **{f"label on {day}": label(day) for day in ("0202-09-05", "0001-01-01", "9999-12-31", "NaT", "-5000-01-01")},
    "label of nobody's name": label("2022-03-02", author="\ud800"),
    "note on 0202-09-05": lambda project: journal.write_note(project, np.datetime64("0202-09-05"), "seen", "Li"),
    **{f"labels of a file, {day}": label_file(day) for day in ("0202-09-05", "2984-01-01", "9999-12-31")},
    **{f"Kp of {day}": kp_file(day) for day in ("0202-09-05", "0002-01-01", "2990-01-01", "9999-12-31")},
    **{
        f"earthquake of {stamp}": lambda project, stamp=stamp: catalogue.store_events(
            project, (*EVENTS, event(stamp)), declustering=Declustering("none")
        )
        for stamp in ("0001-01-01", "0202-09-05", "2990-01-01", "9999-12-31T23:59")
    },
    "magnitude 21": lambda project: catalogue.store_events(project, [event(magnitude=21.0)], declustering=Declustering("none")),
    "depth of NaN": lambda project: catalogue.store_events(project, [event(depth=math.nan)], declustering=Declustering("none")),
    **{
        f"elevation {metres}": lambda project, metres=metres: stations.set_stations(project, Station("B", "", 1.0, 2.0, metres))
        for metres in (999_999.0, math.inf, math.nan, -30_000.0)
    },
    "centres beyond all": lambda project: catalogue.set_class_scheme(project, ClassScheme(4.0, (math.inf, 0.0), (0.0, 0.0))),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_what_could_not_be_opened_again_is_not_kept(project: Project, step: Callable[[Project], object]) -> None:
    before = journal.rows(project)
    with pytest.raises(ProjectError, match="This change was not saved"):
        step(project)
    assert journal.rows(project) == before
    assert catalogue.events(project) == ()
    project.close()
    with closing(Project.open(project.folder)) as again:
        assert journal.rows(again) == before
        assert again.network().codes == ("AAA",)
        label("2022-03-02")(again)
        assert len(journal.rows(again)) == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Selection(centre=(0.0, 0.0), radius_km=math.inf),
        lambda: Selection(min_magnitude=math.nan),
        lambda: Selection(min_magnitude=-math.inf),
        lambda: Declustering(radius_km=math.inf, days=math.inf),
        lambda: Declustering(radius_km=1e300, days=1.0),
        lambda: Declustering(days=1e300),
        *(lambda value=value: ClassScheme(value, (0.0, 0.0), (1.0, 1.0)) for value in (math.nan, math.inf, 1e300)),
    ],
)
def test_a_choice_of_earthquakes_that_nothing_fits_is_refused_before_it_is_kept(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must be between|no more than|is limited to"):
        make()
    assert Selection(until=date(2022, 1, 1)).until == date(2022, 1, 1)


def test_what_is_computed_here_is_looked_at_as_it_is_read() -> None:
    computed = {"block", "night", "stale_night", "live_station"}  # the last counts what was checked as it arrived
    assert {table.name for table in UNCHECKED} == computed


@pytest.mark.sqlite("a server's CHECKs do not let a counter get there")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sqlite_sequence SET seq = 1125899906842624 WHERE name = 'journal'",
        "UPDATE sqlite_sequence SET seq = 9007199254740992 WHERE name = 'journal'",
        "UPDATE journal SET step = 9007199254740992",
        "UPDATE journal SET id = 9007199254740992",
        "UPDATE setting SET value = '999999999999999' WHERE key = 'revision'",
    ],
)
def test_a_counter_at_its_end_stops_the_step_and_not_the_project(project: Project, change: str) -> None:
    step = (
        label("2022-03-02")
        if "setting" not in change
        else lambda project: stations.set_stations(project, Station("C", "", 3.0, 3.0))
    )
    before = len(journal.rows(project))
    stations.set_stations(project, STATION)  # so that there is a revision
    _change(project, change)
    for _ in range(2):
        with closing(Project.open(project.folder)) as again:
            with pytest.raises(ProjectError, match=r"are exhausted|cannot store"):
                step(again)
            assert again.network().codes == ("AAA", "B")
            assert len(journal.rows(again)) == before


@pytest.mark.sqlite("a server's journal has no counter of its own")
@pytest.mark.parametrize("value", [-1, 2**53 + 1, 2**63 - 1, "'x'"])
def test_a_counter_that_no_project_has_is_told_at_the_opening(project: Project, value: object) -> None:
    _change(project, f"UPDATE sqlite_sequence SET seq = {value} WHERE name = 'journal'")
    with pytest.raises(ProjectError, match="counter of the table 'journal'"):
        Project.open(project.folder)


def _change(project: Project, sql: str) -> None:
    """Change a project behind its back, its own guards put aside as a stranger would."""
    with project.write() as connection:
        raw = connection.connection.driver_connection
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute(sql)
        for _, made in guards:
            raw.execute(made)
    project.close()


def test_the_names_of_columns_are_those_of_the_tables() -> None:
    """A bound of a column that is gone would hold nothing."""
    names = {column.name for column in COLUMNS} | {str(column) for column in COLUMNS}
    assert set(column_limits._BOUNDS) | set(column_limits.MULTIPLES) <= names
