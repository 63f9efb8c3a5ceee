"""Nights of days that no reading can have, as a stranger's database may hold them, are left out."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select

from quakegui.project import nights, schema
from quakegui.project.store import Project, ProjectError
from quakegui.season.localtime import FIRST_DAY, LAST_DAY, available_at


def add(project: Project, *days: int) -> None:
    with project.write() as connection:
        code = connection.scalars(select(schema.night.c.station)).first()
        rows = [{"station": code, "day": day, "value": 50_000.0, "coverage": 1.0, "quality": 0} for day in days]
        connection.execute(insert(schema.night), rows)


@pytest.mark.parametrize("far", [-399_999, 369_999, -(2**60), 2**60])
def test_far_nights_are_left_out(small_project: Path, far: int) -> None:
    with Project.open(small_project) as project:
        season, kept = nights.season_days(project), nights.load_nights(project)
        data = nights.days_with_data(project)
        assert kept is not None
        if project.is_shared and abs(far) == 2**60:  # PostgreSQL has limits for its columns
            with pytest.raises(ProjectError, match="night_day_limits"):
                add(project, far)
            return
        add(project, far)
        after = nights.load_nights(project)
        assert after is not None
        assert np.array_equal(nights.season_days(project), season)
        assert np.array_equal(nights.days_with_data(project), data)
        np.testing.assert_array_equal(after.values, kept.values)
        np.testing.assert_array_equal(after.days, kept.days)


def test_the_farthest_days_have_nights(small_project: Path) -> None:
    with Project.open(small_project) as project:
        add(project, *(int(day.astype(np.int64)) for day in (FIRST_DAY, LAST_DAY)))
        kept = nights.load_nights(project)
        assert kept is not None
        assert (kept.days[0], kept.days[-1]) == (FIRST_DAY, LAST_DAY)
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Shanghai"):
            assert not np.isnat(available_at(kept.days[[0, -1]], zone, project.config().night.window)).any()
