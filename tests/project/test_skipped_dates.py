"""Dates that a zone left out when it moved across the date line: they have no night, no place in the season and no label."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from quakegui.project import journal, labelfiles
from quakegui.project.importing import import_paths
from quakegui.project.nights import days_with_data, season_days, stored_nights
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import Source
from quakegui.season.localtime import exists

SKIPPED = np.datetime64("2011-12-30", "D")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Readings of Apia every ten minutes from 27 December 2011 to 3 January 2012, UTC."""
    stamps = np.arange("2011-12-27T00:00", "2012-01-04T00:00", np.timedelta64(10, "m"), dtype="datetime64[m]")
    rows = "".join(f"{stamp}:00Z,API,{40_000 + number / 10:.1f}\n" for number, stamp in enumerate(stamps))
    (tmp_path / "apia.csv").write_text("time,station,F\n" + rows)
    with Project.create(tmp_path / "p", timezone="Pacific/Apia") as made:
        import_paths(made, [tmp_path / "apia.csv"])
        yield made


@pytest.mark.parametrize(
    ("timezone", "skipped"),
    [
        ("Pacific/Apia", ["2011-12-30"]),
        ("Pacific/Fakaofo", ["2011-12-30"]),
        ("Pacific/Kwajalein", ["1993-08-21"]),
        ("Pacific/Kiritimati", ["1994-12-31"]),
        ("Pacific/Kanton", ["1994-12-31"]),
        ("Asia/Manila", ["1844-12-31"]),
        ("Asia/Shanghai", []),
        ("America/Scoresbysund", []),  # changes its clocks at midnight, every year
        ("UTC", []),
    ],
)
def test_the_dates_that_each_zone_left_out(timezone: str, skipped: list[str]) -> None:
    days = np.arange("1840-01-01", "2030-01-01", dtype="datetime64[D]")
    assert days[~exists(days, timezone)].astype(str).tolist() == skipped


def test_the_date_is_no_day_of_the_season_and_its_readings_belong_to_the_nights_that_were(project: Project) -> None:
    days = season_days(project)
    assert days.astype(str).tolist()[1:6] == ["2011-12-27", "2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]
    assert SKIPPED not in days_with_data(project)
    night = stored_nights(project)
    assert night is not None
    np.testing.assert_array_equal(night.days, days)
    # 31 December began at 10:00 UTC of the 30th, when the 29th ended; each value stands for ten minutes about its stamp.
    first = 40_000 + (3 * 144 + 60) / 10
    assert night.values[days == np.datetime64("2011-12-31"), 0] == pytest.approx([first + 0.9], abs=1e-6)
    assert np.isfinite(night.values[2:-1]).all()


def test_nothing_can_be_said_of_the_date(project: Project, tmp_path: Path) -> None:
    sentence = "There was no 2011-12-30 in Pacific/Apia: the zone left this date out"
    days = np.array(["2011-12-29", "2011-12-30"], dtype="datetime64[D]")
    with pytest.raises(ProjectError, match=sentence):
        journal.write_labels(project, days, 3, source=Source.ANALYST, author="Li")
    with pytest.raises(ProjectError, match=sentence):
        journal.write_note(project, SKIPPED, "windy", "Li")
    (tmp_path / "labels.csv").write_text("date,class\n2011-12-29,1\n2011-12-30,2\n")
    with pytest.raises(Exception, match="2011-12-30"):
        labelfiles.import_labels(project, tmp_path / "labels.csv", author="Li")
    assert journal.journal_rows(project) == ()
    assert journal.write_labels(project, days[:1], 3, source=Source.ANALYST, author="Li")
