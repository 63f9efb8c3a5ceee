"""Readings into a project: all or nothing, twice is once, the better record counts, bad files are named."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from former_version import turn_back
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_parts import iaga, minute_values, put
from sqlalchemy import inspect

from quakegui.formats.columns import TableMapping
from quakegui.formats.hints import Hints
from quakegui.project import parsing, seasons
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.nights import ensure_nights, load_nights
from quakegui.project.shared.tables import deed
from quakegui.project.store import Project, ProjectError
from quakegui.project.undoing import remove_readings, undo_import
from quakegui.season.localtime import NightWindow
from quakegui.season.quality import Quality


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p", timezone="Asia/Tokyo") as made:
        yield made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


def all_of(project: Project) -> list[list[tuple[object, ...]]]:
    """Everything in the database, for 'nothing has changed'; a server also numbers transactions that changed nothing."""
    with project.read() as connection:
        names = sorted({*inspect(connection).get_table_names()} - {deed.name})
        return [sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr) for name in names]


def values(project: Project, code: str = "KAK", day: str = "2022-01-15") -> dict[str, float]:
    since = np.datetime64(day, "ms")
    records = seasons.record(project, code, since, since + np.timedelta64(1, "D"))
    return {
        str(time)[11:16]: float(value) for record in records for time, value in zip(record.time, record.values, strict=True)
    }


def test_a_day_comes_in_with_its_station_and_its_night(project: Project, files: Path) -> None:
    report = import_paths(project, [put(files, "kak.min", iaga())])
    (one,) = report.imported
    assert (one.file, one.format, one.stations, one.readings) == ("kak.min", "iaga2002", ("KAK",), 1440)
    assert (str(one.first), str(one.last)) == ("2022-01-15T00:00:00.000", "2022-01-15T23:59:00.000")
    assert report.stations_added == ("KAK",)
    assert (project.network().stations[0].latitude, project.network().stations[0].longitude) == (36.232, 140.186)
    night = load_nights(project)
    assert night is not None
    assert [str(day) for day in night.days] == ["2022-01-15", "2022-01-16"]
    # 00:00-03:00 in Tokyo is 15:00-18:00 UTC of the day before.
    assert night.values[1, 0] == pytest.approx(minute_values()[900:1080].mean(), abs=1e-6)
    assert Quality(int(night.quality[0, 0])) == Quality.MISSING
    assert len(seasons.days_with_data(project)) == 2


def test_the_same_content_a_second_time_changes_nothing(project: Project, files: Path) -> None:
    path = put(files, "kak.min", iaga())
    import_paths(project, [path])
    before = all_of(project)
    assert import_paths(project, [path]) == ImportReport(unchanged=("kak.min",))
    assert all_of(project) == before
    revision, record = project.revision(), values(project)
    copy = put(files / "copy", "other name.min", iaga())
    assert import_paths(project, [copy]).unchanged == ("other name.min",)
    assert (project.revision(), values(project)) == (revision, record)
    before = all_of(project)  # with the further name, which matters where a later issue of it marks readings as missing
    assert import_paths(project, [copy]) == ImportReport(unchanged=("other name.min",))
    assert all_of(project) == before


def test_a_file_of_which_nothing_is_said_is_the_same_by_every_way_in(project: Project, files: Path) -> None:
    path = put(files, "kak.min", iaga())
    import_paths(project, [path])
    assert import_paths(project, [path], mapping=Hints()) == ImportReport(unchanged=("kak.min",))


def test_two_equal_files_in_one_import_come_in_once(project: Project, files: Path) -> None:
    put(files, "a.min", iaga())
    put(files, "b.min", iaga())
    report = import_paths(project, [files])
    assert [one.file for one in report.imported] == ["files/a.min"]
    assert report.unchanged == ("files/b.min",)


def test_a_corrected_file_replaces_and_is_recorded(project: Project, files: Path) -> None:
    wrong = minute_values()
    wrong[600:700] += 500.0
    right = minute_values()
    right[600:700] = np.nan
    import_paths(project, [put(files, "kak.min", iaga(values=wrong))])
    report = import_paths(project, [put(files, "kak.min", iaga(values=right))])
    assert (report.imported[0].overwritten, report.imported[0].withdrawn, report.imported[0].remainder) == (0, 100, 0)
    assert "kak.min: 100 readings from 'kak.min' are withdrawn: this file marks them as missing." in report.notes
    assert "10:00" not in values(project)  # a minute that the correction took out does not come back from the old file
    assert values(project)["09:59"] == wrong[599]
    back = import_paths(project, [put(files, "kak.min", iaga(values=wrong))])
    assert back == ImportReport(unchanged=("kak.min",))  # a copy of the old file, however new, is still the old content
    assert "10:00" not in values(project)


def test_a_file_of_the_same_name_for_another_day_or_station_replaces_nothing(project: Project, files: Path) -> None:
    import_paths(project, [put(files / "1", "f.min", iaga(day="2022-01-15"))])
    for folder, data in (("2", iaga(day="2022-01-16")), ("3", iaga("KNY"))):
        one = import_paths(project, [put(files / folder, "f.min", data)]).imported[0]
        assert (one.overwritten, one.unused, one.withdrawn, one.remainder) == (0, 0, 0, 0)
    assert len(values(project)) == len(values(project, day="2022-01-16")) == len(values(project, "KNY")) == 1440


def test_definitive_counts_before_a_later_variation_file_even_of_the_same_name(project: Project, files: Path) -> None:
    definitive, variation = minute_values(46_000.0), minute_values(47_000.0)
    definitive[:60] = np.nan
    import_paths(project, [put(files / "1", "kak.min", iaga(values=definitive, kind="definitive"))])
    import_paths(project, [put(files / "2", "kak.min", iaga(values=variation))])
    found = values(project)
    assert (found["00:59"], found["01:00"]) == (variation[59], definitive[60])


@pytest.mark.parametrize("first", [0, 1])
def test_of_equally_final_records_the_later_modified_counts(project: Project, files: Path, first: int) -> None:
    made = [put(files, name, iaga(values=minute_values(level))) for name, level in (("b.min", 46_000.0), ("a.min", 47_000.0))]
    for file in (made[first], made[1 - first]):
        import_paths(project, [file])
    assert values(project)["12:00"] == minute_values(47_000.0)[720]


def test_bad_files_are_skipped_named_and_given_a_reason(project: Project, files: Path) -> None:
    put(files, "good.min", iaga())
    put(files, "cut.min", iaga()[:300])
    put(files, "notes.txt", b"what I did on my holidays")
    put(files, "nothing.min", iaga("DED", values=np.full(1440, np.nan)))
    put(files, "2022-02-01.png", b"\x89PNG\r\n")
    put(files, "events.csv", b"time,latitude,longitude,depth,mag,place\n2022-01-01T00:00:00Z,30,102,10,5.1,x\n")
    report = import_paths(project, [files, files / "gone.min"])
    assert [one.file for one in report.imported] == ["files/good.min"]
    reasons = {one.file: one.reason for one in report.skipped}
    left_out = {"2022-02-01.png", "cut.min", "notes.txt", "nothing.min", "events.csv"}
    assert set(reasons) == {"gone.min", *(f"files/{name}" for name in left_out)}
    assert "'quakegui train FOLDER'" in reasons["files/2022-02-01.png"]
    assert "all values" in reasons["files/nothing.min"]
    assert "events import" in reasons["files/events.csv"]
    assert all(reason.endswith(".") for reason in reasons.values())
    assert "DED" in project.network().codes  # the station exists, it has no readings


def test_an_archive_is_a_folder(project: Project, files: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("jan/kak.min", iaga())
        archive.writestr("jan/bad.min", b"\x00\x01")
    report = import_paths(project, [put(files, "all.zip", buffer.getvalue())])
    assert [one.file for one in report.imported] == ["all.zip/jan/kak.min"]
    assert [one.file for one in report.skipped] == ["all.zip/jan/bad.min"]


def test_a_station_without_coordinates_is_kept_and_named(project: Project, files: Path) -> None:
    report = import_paths(project, [put(files, "x.min", iaga("XXX", latitude="", longitude=""))])
    assert len(report.imported) == 1
    assert any(note.startswith("XXX has no usable coordinates") for note in report.notes)
    assert not project.network().located.any()


def test_a_station_list_places_the_stations_that_have_readings(project: Project, files: Path) -> None:
    put(files, "a_list.csv", b"code,name,latitude,longitude\nXXX,Here,30.5,102.5\nYYY,There,31,103\n")
    put(files, "x.min", iaga("XXX", latitude="", longitude=""))
    report = import_paths(project, [files])
    assert project.network().codes == ("XXX",)
    assert project.network().latitude.tolist() == [30.5]
    assert any("stations in the list without readings here: 1." in note for note in report.notes)


def test_coordinates_that_disagree_are_kept_as_they_were_and_noted(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "a.min", iaga())])
    report = import_paths(project, [put(files, "b.min", iaga(day="2022-01-16", latitude="46.232"))])
    assert any("46.232" in note and "the project keeps" in note for note in report.notes)
    assert project.network().latitude.tolist() == [36.232]


def test_cancelling_leaves_nothing(project: Project, files: Path) -> None:
    for number in range(4):
        put(files, f"{number}.min", iaga(f"ST{number}"))
    before = all_of(project)
    for after in range(12):
        asked = iter([False] * after)
        report = import_paths(project, [files], cancelled=lambda asked=asked: next(asked, True))  # type: ignore[misc]
        if not report.cancelled:
            assert len(report.imported) == 4
            break
        assert report == ImportReport(cancelled=True)
        assert all_of(project) == before
    else:
        raise AssertionError("it never got through")


def test_progress_counts_every_file(project: Project, files: Path) -> None:
    for number in range(3):
        put(files, f"{number}.min", iaga(f"ST{number}"))
    said: list[tuple[int, int]] = []
    import_paths(project, [files], progress=lambda done, total, _text: said.append((done, total)))
    assert [(done, 3) for done in range(4)] == [pair for pair in said if pair[1] == 3][:4]


def test_another_night_window_or_zone_computes_the_nights_anew(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "kak.min", iaga())])
    config = project.config()
    project.set_config(replace(config, timezone="UTC", night=replace(config.night, window=NightWindow(1.0, 2.0))))
    seasons.load_season(project)
    night = load_nights(project)
    assert night is not None
    assert [str(day) for day in night.days] == ["2022-01-15"]
    assert night.values[0, 0] == pytest.approx(minute_values()[60:120].mean(), abs=1e-6)


def test_processes_and_one_process_give_the_same(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        put(files, f"{number:02d}.min", iaga(day=f"2022-01-{number + 1:02d}", values=minute_values(seed=number)))
    put(files, "bad.min", b"nothing")
    with Project.create(tmp_path / "one") as one:
        expected = import_paths(one, [files])
        monkeypatch.setattr(parsing, "FEW_FILES", 1)
        monkeypatch.setattr(parsing.os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
        with Project.create(tmp_path / "two") as two:
            assert import_paths(two, [files]) == expected
            np.testing.assert_array_equal(load_nights(one).values, load_nights(two).values)  # type: ignore[union-attr]


def test_where_no_process_can_be_started_one_does_it_all(
    project: Project, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(parsing, "FEW_FILES", 1)
    monkeypatch.setattr(parsing.os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    monkeypatch.setattr(parsing, "processes", broken)
    both = [put(files, "kak.min", iaga()), put(files, "next.min", iaga(day="2022-01-16"))]
    assert len(import_paths(project, both).imported) == 2


def test_a_project_open_for_reading_refuses(project: Project, files: Path) -> None:
    project.close()
    with Project.open(project.folder, read_only=True) as opened, pytest.raises(ProjectError, match="read-only"):
        import_paths(opened, [put(files, "kak.min", iaga())])


@given(
    cut=st.integers(0, 2000),
    noise=st.binary(max_size=60),
    at=st.integers(0, 2000),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_cannot_be_read_leaves_the_project_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes, at: int
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    data = iaga()[:2000]
    with Project.create(folder / "p") as project:
        before = all_of(project)
        report = import_paths(project, [put(folder, "x.min", data[:at] + noise + data[at:cut])])
        if not report.imported:
            assert len(report.skipped) == 1
            if not report.stations_added:  # a good head with nothing below it still names its station
                assert all_of(project) == before


DIES = """
import os, signal, sys
from quakegui.project import importing, nights
from quakegui.project.store import Project
module, name = {"storing": (importing, "mark_stale"), "nights": (nights, "_refresh_station")}[sys.argv[3]]
whole = getattr(module, name)
def dies(*given):
    if sys.argv[3] == "storing":
        whole(*given)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(module, name, dies)
importing.import_paths(Project.open(sys.argv[1]), [sys.argv[2]])
"""


def dies(project: Project, file: Path, when: str) -> None:
    project.close()
    done = subprocess.run([sys.executable, "-c", DIES, str(project.folder), str(file), when], check=False)
    assert done.returncode == -signal.SIGKILL


def test_kp_is_told_by_its_intervals_since_it_has_no_readings(project: Project, files: Path) -> None:
    table = "Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21\n2022-01-15,1.0,2.3,2.0,5.7,1.0,0.3,0.0,2.0\n"
    file = put(files, "kp.csv", table.encode())
    report = import_paths(project, [file])
    assert report.notes == ("kp.csv: Kp values of 8 three-hour intervals are new or changed.",)
    file.write_bytes(table.replace("5.7", "6.0").encode())
    assert import_paths(project, [file]).notes == ("kp.csv: Kp values of 1 three-hour intervals are new or changed.",)


def test_a_program_that_dies_in_an_import_leaves_nothing_half(project: Project, files: Path) -> None:
    """Killed with every row written and the transaction not yet ended."""
    before = all_of(project)
    dies(project, put(files, "kak.min", iaga()), "storing")
    with Project.open(project.folder) as again:
        assert all_of(again) == before
        assert len(import_paths(again, [files]).imported) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signal")
def test_nights_that_a_dead_program_left_undone_are_done_when_asked_for(project: Project, files: Path) -> None:
    dies(project, put(files, "kak.min", iaga()), "nights")
    with Project.open(project.folder) as again:
        assert import_paths(again, [files]).unchanged == ("files/kak.min",)
        night = load_nights(again)
        assert night is not None
        assert night.values[1, 0] == pytest.approx(minute_values()[900:1080].mean(), abs=1e-6)
        assert ensure_nights(again).size == 0


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_a_table_that_a_former_version_read_in_part_is_read_again(project: Project, files: Path) -> None:
    rows = "".join(f"2022-03-01T00:{minute:02d}:00Z,{48_000 + minute},{49_000 + minute}\n" for minute in range(60))
    table = put(files, "wide.csv", f"time,AAA,BBB\n{rows}".encode())
    import_paths(project, [table])
    with closing(sqlite3.connect(project.folder / "project.sqlite")) as database, database:
        database.execute("DELETE FROM block WHERE station = 'BBB'")  # as if its column had been lost
        turn_back(database)
    with Project.open(project.folder) as again:
        assert len(values(again, "BBB", "2022-03-01")) == 0
        assert [one.stations for one in import_paths(again, [table]).imported] == [("AAA", "BBB")]
        assert len(values(again, "AAA", "2022-03-01")) == len(values(again, "BBB", "2022-03-01")) == 60
        assert import_paths(again, [table]).unchanged == ("wide.csv",)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_a_correction_withdraws_under_every_name_that_it_was_seen_by(
    project: Project, files: Path, order: tuple[int, ...]
) -> None:
    """The correction came as "latest (1).csv" first, and as "latest.csv", the name of what it corrects, too."""
    corrected = minute_values()
    corrected[600:700] = np.nan
    made = [
        put(files / "1", "latest.min", iaga()),
        put(files / "2", "latest (1).min", iaga(values=corrected)),
        put(files / "3", "latest.min", iaga(values=corrected)),
    ]
    for at in order:
        import_paths(project, [made[at]])
    assert len(values(project)) == 1340


def test_what_a_removal_hides_is_counted_where_it_is_overwritten(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "kak.min", iaga())])
    remove_readings(project, "KAK")
    import_paths(project, [put(files, "day.min", iaga(values=minute_values(47_000.0)))])
    report = import_paths(project, [put(files, "day.min", iaga(values=minute_values(47_001.0)))])
    assert report.imported[0].overwritten == 1440


def test_a_copy_with_a_wrong_time_decides_no_longer_once_its_import_is_undone(project: Project, files: Path) -> None:
    early = put(files / "1", "a.min", iaga(values=minute_values(46_000.0)))
    late = put(files / "2", "b.min", iaga(values=minute_values(47_000.0)))
    wrong = put(files / "3", "b.min", late.read_bytes())
    os.utime(wrong, (1, 1))
    import_paths(project, [early])
    import_paths(project, [wrong])
    assert values(project)["12:00"] == minute_values(46_000.0)[720]
    undo_import(project)
    import_paths(project, [late])
    assert values(project)["12:00"] == minute_values(47_000.0)[720]


def test_a_file_without_readings_gives_its_reason_every_time(project: Project, files: Path) -> None:
    empty = put(files, "nothing.min", iaga("DED", values=np.full(1440, np.nan)))
    first = import_paths(project, [empty])
    again = import_paths(project, [empty])
    assert [one.file for one in again.skipped] == ["nothing.min"]
    assert again.skipped == first.skipped
    assert "DED" in project.network().codes


def test_files_with_mappings_of_their_own_are_one_import(project: Project, files: Path) -> None:
    rows = "".join(f"2022-03-01T00:{minute:02d}:00Z,{48_000 + minute}\n" for minute in range(60))
    table = put(files, "inst.csv", f"when,what\n{rows}".encode())
    mapping = TableMapping("wide", ("when",), (("AAA", "what"),))
    of_file = {(str(table), table.name): mapping}
    report = import_paths(project, [table, put(files, "kak.min", iaga())], of_file=of_file)
    assert [one.stations for one in report.imported] == [("AAA",), ("KAK",)]
    undo_import(project)
    assert project.network().codes == ()


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_what_a_former_version_kept_in_part_comes_in_again(project: Project, files: Path) -> None:
    """Kp, whose being definitive was not kept, and a workbook of which only one sheet was read."""
    kp = put(files, "kp.csv", b"Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21\n2022-01-15,1.0,2.3,2.0,5.7,1.0,0.3,0.0,2.0\n")
    rows = "".join(f"2022-03-01T00:{minute:02d}:00Z,{48_000 + minute}\n" for minute in range(60))
    table = put(files, "days.csv", f"time,AAA\n{rows}".encode())
    import_paths(project, [kp, table])
    with closing(sqlite3.connect(project.folder / "project.sqlite")) as database, database:
        database.execute("UPDATE imported_file SET readings = 30 WHERE name = 'days.csv'")
        turn_back(database)
    with Project.open(project.folder) as again:
        assert [one.file for one in import_paths(again, [kp, table]).imported] == ["kp.csv", "days.csv"]
        assert import_paths(again, [kp, table]).unchanged == ("kp.csv", "days.csv")


def test_the_columns_of_a_kp_table_that_are_not_kept_are_named(project: Project, files: Path) -> None:
    table = "Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21,Kp_Sum,ap\n2022-01-15,1.0,2.3,2.0,5.7,1.0,0.3,0.0,2.0,14.3,9\n"
    report = import_paths(project, [put(files, "kp.csv", table.encode())])
    assert "kp.csv: Columns not imported: Kp_Sum, ap." in report.notes
