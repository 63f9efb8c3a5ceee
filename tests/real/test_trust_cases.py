"""Inputs that once lost, doubled or misplaced readings and labels, with what is right; they lie beside the real data."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from quakegui.formats.columns import TableMapping
from quakegui.formats.errors import FormatError
from quakegui.project import exchange, journal, labelfiles
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.nights import load_nights, season_days
from quakegui.project.store import Project, ProjectError
from quakegui.project.undoing import undo_import
from quakegui.season.labels import LabelSource


@pytest.fixture
def cases(real_data: Path) -> Path:
    folder = real_data.parent / "cases" / "trust"
    if not folder.is_dir():
        pytest.skip(f"no cases at {folder}")
    return folder


@pytest.fixture
def readings(tmp_path: Path) -> Callable[[Project], dict[str, int]]:
    """Return what counts how many readings of each station an export of a project holds."""

    def count(project: Project) -> dict[str, int]:
        out = exchange.export_project(project, tmp_path / f"out{len(list(tmp_path.iterdir()))}")
        found: dict[str, int] = {}
        for path in sorted((out / "readings").glob("*.csv.gz")) if (out / "readings").is_dir() else ():
            code = path.name.split("_")[0]
            found[code] = found.get(code, 0) + len(gzip.decompress(path.read_bytes()).splitlines()) - 1
        return found

    return count


def new(tmp_path: Path, timezone: str = "UTC") -> Project:
    return Project.create(tmp_path / "p", timezone=timezone)


def test_files_of_one_name_on_three_days_keep_every_evening(cases, tmp_path, readings) -> None:
    with new(tmp_path) as project:
        for day in (1, 2, 3):
            import_paths(project, [cases / "rolling" / f"day{day}" / "latest.csv"])
        assert readings(project) == {"XIC": 4320}


def test_a_cut_file_erases_nothing(cases, tmp_path, readings) -> None:
    cut = tmp_path / "XIC20220301.csv"
    cut.write_bytes((cases / "truncated" / "XIC20220301_short.csv").read_bytes())
    with new(tmp_path) as project:
        import_paths(project, [cases / "truncated" / "full" / "XIC20220301.csv"])
        report = import_paths(project, [cut])
        assert readings(project) == {"XIC": 1440}
        assert any(
            "1141 readings from 'XIC20220301.csv' on the same days are not in this file" in note for note in report.notes
        )


def test_an_untouched_folder_gives_one_season_however_often_it_comes(cases, tmp_path) -> None:
    with new(tmp_path) as project:
        first = import_paths(project, [cases / "flipflop"])
        night, revision = load_nights(project), project.revision()
        assert len(first.imported) == 2
        assert any("take precedence by data type" in note for note in first.notes)
        for _ in range(3):
            again = import_paths(project, [cases / "flipflop"])
            assert again == ImportReport(unchanged=again.unchanged)
            found = load_nights(project)
            assert night is not None
            assert found is not None
            np.testing.assert_array_equal(found.values, night.values)
        assert project.revision() == revision


def test_a_station_that_begins_late_is_read(cases, tmp_path, readings) -> None:
    with new(tmp_path) as project:
        import_paths(project, [cases / "wide" / "late_station.csv"])
        assert readings(project) == {"A3": 1440, "B3": 1440, "C3": 1140}


def test_an_import_with_a_wrong_code_is_taken_back(cases, tmp_path, readings) -> None:
    folder = cases / "wrongcode"
    with new(tmp_path) as project:
        for mapping in ("m1.json", "m2.json"):
            columns = TableMapping.from_json((folder / mapping).read_text(encoding="utf-8"))
            import_paths(project, [folder / "inst7.csv"], mapping=columns)
        assert readings(project) == {"MUL": 456, "XIC": 456}
        undo_import(project, 1)
        assert readings(project) == {"MUL": 456}
        assert project.network().codes == ("MUL",)


def test_a_date_that_never_was_has_neither_night_nor_label(cases, tmp_path) -> None:
    never = np.array(["2011-12-30"], dtype="datetime64[D]")
    with new(tmp_path, "Pacific/Apia") as project:
        import_paths(project, [cases / "apia.csv"])
        assert never[0] not in season_days(project)
        with pytest.raises(ProjectError, match="2011-12-30"):
            journal.write_labels(project, never, 1, source=LabelSource.ANALYST, author="Li")


def test_a_day_with_two_labels_is_refused(cases, tmp_path) -> None:
    with new(tmp_path) as project:
        with pytest.raises(FormatError, match=r"2022-03-07 .*line 2"):
            labelfiles.import_labels(project, cases / "labels_same_day_twice.csv", author="Li")
        assert journal.journal_rows(project) == ()
