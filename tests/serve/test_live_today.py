"""Today's partial day of stations that send live: counted, and used for nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from live_parts import Given, impf
from terminal import Terminal

from quakegui.project import seasons
from quakegui.project.live_rows import fold
from quakegui.project.live_today import DayProgress, Today
from quakegui.project.store import Project
from quakegui.serve.broker import Message
from quakegui.serve.listening import Listener

DAY = np.datetime64("2026-03-11")
MIDNIGHT = np.datetime64("2026-03-10T16:00:00", "ms")  # of that day in Shanghai, in UTC
PLACES = {"aaa": (28.6, 101.7), "bbb": (28.6, 102.6), "ccc": (27.6, 101.7)}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "live", timezone="Asia/Shanghai")


def hear(project: Project, *messages: Message) -> None:
    listener = Listener(project, Given(*messages))
    calls = iter((False, True))
    listener.run(lambda: next(calls, True))


def ms(hours: float) -> int:
    """Hours after midnight, in milliseconds since 1970 UTC."""
    return int(MIDNIGHT.astype(np.int64) + 3_600_000 * hours)


def minutes(code: str, first: int, last: int) -> list[Message]:
    return [impf(MIDNIGHT + 60_000 * k, [46_000.0] * 60, code=code) for k in range(first, last)]


def test_what_has_arrived_since_local_midnight_is_counted_once(project: Project) -> None:
    today = Today(project)
    hear(project, *minutes("kak", -60, 30), *minutes("kak", 10, 20))
    assert today.progress(ms(1)) == {"KAK": DayProgress(DAY, 1800, 3600)}
    fold(project)
    hear(project, *minutes("kak", 25, 45), *minutes("kny", 0, 6))
    expected = {"KAK": DayProgress(DAY, 2700, 3600), "KNY": DayProgress(DAY, 360, 3600)}
    assert today.progress(ms(1)) == Today(project).progress(ms(1)) == expected
    fold(project)
    assert today.progress(ms(1)) == Today(project).progress(ms(1)) == expected


def test_blocks_are_read_in_turns_until_all_are_known(project: Project) -> None:
    hear(project, *minutes("kak", 0, 30), *minutes("kny", 0, 15))
    fold(project)
    today = Today(project)
    assert today.progress(ms(1), at_once=1) is None
    assert today.progress(ms(1), at_once=1) == Today(project).progress(ms(1))


def test_readings_of_one_utc_day_belong_to_two_local_days(project: Project) -> None:
    today = Today(project)
    hear(project, *minutes("kak", -60, 30))
    assert today.progress(ms(-1 / 60))["KAK"] == DayProgress(DAY - 1, 59 * 60, 86_340)
    assert today.progress(ms(0.5))["KAK"].share == 1.0


def test_of_several_sampling_intervals_the_best_one_counts(project: Project) -> None:
    hear(project, *minutes("kak", 0, 3), impf(MIDNIGHT, [46_000.0] * 9, cadence="pt1m", received_ms=ms(0.2)))
    assert Today(project).progress(ms(10 / 60)) == {"KAK": DayProgress(DAY, 9, 10)}


def test_a_day_in_progress_has_no_z_and_no_map_until_its_night_is_over(project: Project) -> None:
    for code, (latitude, longitude) in PLACES.items():
        place = {"latitude": latitude, "longitude": longitude}
        hear(project, *(impf(MIDNIGHT + 60_000 * k, [46_000.0] * 60, code=code, **place) for k in range(178)))
    assert Today(project).progress(ms(3))["AAA"].share > 0.98
    for hours in (2.5, 3.0, 3.2):
        season = seasons.load_season(project, now_ms=ms(hours))
        assert season is not None
        assert (season.days[-1], season.in_progress[-1], season.has_map[-1]) == (DAY, True, False)
        assert np.isnan(season.z[-1]).all()
        assert np.isnan(season.anomaly.anomaly_nt[-1]).all()
        assert "The night is not over" in season.why_no_map(len(season.days) - 1)
    season = seasons.load_season(project, now_ms=ms(3.25))
    assert season is not None
    assert not season.in_progress[-1]


def test_the_command_prints_the_share_of_today(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    hear(project, *minutes("kak", 0, 3))
    (facts,) = Terminal(capsys).json("listen", project.folder, "--status")
    assert facts["today"] == 0.0  # the readings are of another day
