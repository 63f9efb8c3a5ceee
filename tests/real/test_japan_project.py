"""The main job on data that nobody here made: eight Japanese observatories, 2005-2006, and fifteen of 2022-01-15."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from quakegui.project import catalogue, journal, season_export, seasons
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.nights import load_nights
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Selection

Japan = tuple[Project, ImportReport]


@pytest.fixture(scope="module")
def japan(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Japan]:
    project = Project.create(tmp_path_factory.mktemp("japan") / "p", timezone="Asia/Tokyo")
    yield project, import_paths(project, [real_data / "wdc_hourly" / "japan"])
    project.close()


def test_eight_stations_731_dates_730_nights(japan: Japan) -> None:
    project, report = japan
    assert len(report.imported) == 24  # 16 files of readings, 8 of coordinates
    assert report.skipped == ()
    assert project.network().codes == ("CBI", "ESA", "HTY", "KAK", "KNY", "KNZ", "MIZ", "MMB")
    assert project.network().located.all()
    days = seasons.days_with_data(project)
    assert (days.size, str(days[0]), str(days[-1])) == (731, "2005-01-01", "2007-01-01")
    night = load_nights(project)
    assert night is not None
    complete = np.isfinite(night.values)
    assert int(complete.any(axis=1).sum()) == 730
    assert complete.sum(axis=0).tolist() == [727, 730, 730, 730, 730, 730, 730, 730]


def own_reading(lines: list[str], element: str, day: str) -> list[int]:
    """24 hourly values of a day by the format's description: columns 4-10 date and element, 17-20 base, 21- values."""
    year, month, date = day.split("-")
    key = f"{year[2:]}{month}{element}{date}"
    line = next(line for line in lines if f"{line[3:7]}{line[7]}{line[8:10]}".replace(" ", "0") == key)
    base = int(line[16:20])
    return [base * 100 + int(line[20 + 4 * hour : 24 + 4 * hour]) for hour in range(24)]


@pytest.mark.parametrize(("code", "day"), [("KAK", "2005-03-07"), ("MMB", "2006-11-21"), ("KNY", "2005-07-01")])
def test_f_is_as_complete_and_as_large_as_the_files_say(japan: Japan, real_data: Path, code: str, day: str) -> None:
    path = real_data / "wdc_hourly" / "japan" / f"{code.lower()}{day[:4]}.wdc"
    lines = path.read_text(encoding="latin-1").splitlines()
    since = np.datetime64(day, "ms")
    (record,) = seasons.record(japan[0], code, since, since + np.timedelta64(1, "D"))
    assert [str(time)[11:16] for time in record.time[[0, -1]]] == ["00:30", "23:30"]
    recorded = np.array(own_reading(lines, "F", day), dtype=float)
    if recorded.mean() > 20_000:
        np.testing.assert_allclose(record.values, recorded, atol=5e-4)
    else:  # column F holds delta-F there
        h, z = (np.array(own_reading(lines, element, day), dtype=float) for element in "HZ")
        np.testing.assert_allclose(record.values, np.hypot(h, z), atol=5e-4)


def test_every_day_after_the_warm_up_has_a_map_and_regions_are_exported(japan: Japan, tmp_path: Path) -> None:
    season = seasons.load_season(japan[0])
    assert season is not None
    enough = season.gridder.present(season.z).sum(axis=1) >= 3
    np.testing.assert_array_equal(season.has_map, enough)
    # the first night is that of 2005-01-02, and a baseline takes 20 of them
    assert np.flatnonzero(~season.has_map).tolist() == list(range(21))
    season_export.regions_to_csv(japan[0], season, tmp_path / "r.csv")
    dates = {line.split(",")[0] for line in (tmp_path / "r.csv").read_text().splitlines()[1:]}
    assert dates == {str(day) for day in season.days[season.has_map]}


def test_events_of_the_box_and_labels_by_them(japan: Japan, real_data: Path) -> None:
    project, _ = japan
    path = real_data / "catalog" / "USGS_japan_2005-2006.csv"
    box = Selection(box=(30.0, 46.0, 128.0, 148.0), min_magnitude=5.5)
    done = catalogue.import_events(project, path, selection=box, declustering=Declustering("none"))
    assert (done.count, done.mainshocks) == (1283, 45)
    assert all(30 <= event.latitude <= 46 and 128 <= event.longitude <= 148 for event in catalogue.events(project))
    labels = journal.apply_rule(project)
    assert labels.days.size == 731
    assert sum(labels.counts) == 731


def test_a_second_import_changes_nothing(japan: Japan, real_data: Path) -> None:
    before = japan[0].revision()
    report = import_paths(japan[0], [real_data / "wdc_hourly" / "japan"])
    assert (len(report.imported), len(report.unchanged), report.days_changed) == (0, 24, 0)
    assert japan[0].revision() == before


AWKWARD = {
    "DED": "all values of X, Y, Z, F are missing",
    "KHB": "it was derived from X, Y, Z",
    "KMH": "F is missing at 290 of 1440 times",
    "NAQ": "it was derived from X, Y, Z",
    "PHU": "all values of X, Y, Z are missing; the recorded F",
    "THL": "it was derived from X, Y, Z",
}


def test_fifteen_observatories_with_exactly_the_awkward_ones_reported(real_data: Path, tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        report = import_paths(project, sorted((real_data / "iaga2002").glob("*20220115*")))
        assert len(project.network().codes) == 15
        assert len(report.imported) == 14
        said = [*report.notes, *(one.reason for one in report.skipped)]
        for code, reason in AWKWARD.items():
            assert [text for text in said if f"{code}: " in text and reason in text], code
        assert len(said) == len(AWKWARD)
        assert [one.file[:3] for one in report.skipped] == ["ded"]
