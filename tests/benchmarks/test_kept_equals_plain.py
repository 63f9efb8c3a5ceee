"""What is kept between two openings of a project is what would be computed anew; opening reads little."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from built_project import Size, build
from sqlalchemy import event
from sqlalchemy.pool import Pool

from quakegui import paths
from quakegui.project import cachefiles, schema, seasons
from quakegui.project.nights import load_nights
from quakegui.project.seasoncache import load_anomalies
from quakegui.project.setting_rows import config_of
from quakegui.project.store import Project
from quakegui.season.anomaly import AnomalyConfig, Method, daily
from quakegui.season.night import NightMeans
from quakegui.season.season import Season

SIZE = Size(65, 6, labels_a_day=2)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "p"
    build(folder, SIZE)
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path, empty_cache: Path) -> Iterator[Project]:
    folder = Path(shutil.copytree(template, tmp_path / "p"))
    with Project.open(folder) as opened:
        # A threshold at which most days have regions, so that tracks go on across every cut.
        opened.set_config(replace(opened.config(), extrema=replace(opened.config().extrema, threshold_z=1.5)))
        yield opened


def assert_same(one: Season, other: Season) -> None:
    for name in ("night_nt", "anomaly_nt", "z", "scale_nt", "quality"):
        np.testing.assert_array_equal(getattr(one.anomaly, name), getattr(other.anomaly, name), err_msg=name)
    assert len(one.features) == len(other.features)
    for ours, plain in zip(one.features, other.features, strict=True):
        np.testing.assert_equal(asdict(ours), asdict(plain))


def plain(project: Project) -> Season:
    """Compute the season with nothing kept."""
    shutil.rmtree(paths.cache())
    found = seasons.load_season(project)
    assert found is not None
    return found


def loaded(project: Project) -> Season:
    found = seasons.load_season(project)
    assert found is not None
    return found


def change_night(project: Project, day: int, station: int, by_nt: float) -> None:
    table = schema.night
    with project.write() as connection:
        here = (table.c.station == f"S{station:03d}") & (table.c.day == day)
        assert (
            connection.execute(table.update().where(here).values(value=49_500.0 + by_nt, coverage=1.0, quality=0)).rowcount == 1
        )


@pytest.mark.parametrize("method", list(Method))
def test_anomalies_after_known_days_are_the_plain_ones(template: Path, method: Method) -> None:
    with Project.open(template) as project:
        night = load_nights(project)
    assert night is not None
    config = AnomalyConfig(method=method, reference_station="S002", hold_z=2.0, hold_days=8)
    whole = daily(night, config)
    for known in (0, 1, 19, 20, 37, SIZE.days - 1, SIZE.days):
        resumed = daily(night, config, earlier=(whole.anomaly_nt[:known], whole.scale_nt[:known]))
        for name in ("anomaly_nt", "z", "scale_nt", "quality"):
            np.testing.assert_array_equal(getattr(resumed, name), getattr(whole, name), err_msg=f"{name} after {known}")


@pytest.mark.slow  # computes a season many times
def test_features_after_known_days_are_the_plain_ones(project: Project) -> None:
    season = loaded(project)
    whole = season.compute_features()
    assert sum(len(day.regions) for day in whole) > 30
    assert max(day.age_days for day in whole) > 2
    for known in (1, 45, SIZE.days - 9, SIZE.days - 1, SIZE.days):
        for ours, other in zip(replace(season, first_features=whole[:known]).compute_features(), whole, strict=True):
            np.testing.assert_equal(asdict(ours), asdict(other))


@pytest.mark.slow  # computes a season many times; the other ways through the cache run every day
def test_a_second_opening_computes_no_day_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded(project)
    monkeypatch.setattr("quakegui.season.anomaly.one_day", None)  # nothing is left to compute with
    monkeypatch.setattr("quakegui.season.season.season_features", None)
    second = loaded(project)
    monkeypatch.undo()
    assert_same(second, first)
    assert_same(second, plain(project))


def test_after_a_changed_night_only_it_and_later_days_are_computed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = loaded(project)
    changed_at = SIZE.days - 10
    change_night(project, int(before.all_days[changed_at].astype(np.int64)), 3, 40.0)
    computed = []
    inner = sys.modules["quakegui.season.anomaly"].one_day
    monkeypatch.setattr(
        "quakegui.season.anomaly.one_day", lambda *given, day, **more: computed.append(day) or inner(*given, day=day, **more)
    )
    after = loaded(project)
    assert computed == list(range(changed_at, SIZE.days))
    assert not np.array_equal(after.anomaly.z[changed_at:], before.anomaly.z[changed_at:], equal_nan=True)
    monkeypatch.undo()
    assert_same(after, plain(project))


def test_a_new_day_is_computed_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = loaded(project)
    last = int(before.all_days[-1].astype(np.int64))
    with project.write() as connection:
        rows = [
            {"station": f"S{k:03d}", "day": last + 1, "value": 49_500.0 + 3.0 * k, "coverage": 1.0, "quality": 0}
            for k in range(SIZE.stations)
        ]
        connection.execute(schema.night.insert(), rows)
    drawn = []
    inner = type(before.gridder).map
    monkeypatch.setattr(type(before.gridder), "map", lambda self, values: drawn.append(1) or inner(self, values))
    after = loaded(project)
    assert after.all_days.size == before.all_days.size + 1
    assert len(drawn) == 2  # the new day, and the day before, whose regions may go on
    monkeypatch.undo()
    assert_same(after, plain(project))


@pytest.mark.slow  # computes a season many times
def test_other_parameters_or_a_broken_cache_compute_anew(project: Project, empty_cache: Path) -> None:
    loaded(project)
    config = project.config()
    night = load_nights(project)
    assert night is not None
    kept = load_anomalies(night, config.anomaly)
    assert kept is not None
    assert len(kept[0]) == SIZE.days
    assert load_anomalies(night, replace(config.anomaly, window_days=25)) is None
    assert load_anomalies(replace_first_day(night), config.anomaly) is None
    for path in (*empty_cache.glob("anomaly-*"), *empty_cache.glob("features-*")):
        path.write_bytes(path.read_bytes()[:500])
    assert load_anomalies(night, config.anomaly) is None
    broken = loaded(project)
    assert_same(broken, plain(project))


def replace_first_day(night: NightMeans) -> NightMeans:
    return replace(night, days=night.days + np.timedelta64(1, "D"))


@pytest.mark.slow  # computes a season many times
def test_kept_files_do_not_pile_up(project: Project, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cachefiles, "KEPT_BYTES", 0)
    config = project.config()
    for window in range(21, 33):
        project.set_config(replace(config, anomaly=replace(config.anomaly, window_days=window)))
        assert seasons.load_season(project, features=False) is not None
    assert len(list(empty_cache.glob("anomaly-*"))) == cachefiles.KEPT


def test_night_means_read_in_bulk_are_those_of_the_rows(project: Project) -> None:
    found = load_nights(project)
    assert found is not None
    with project.read() as connection:
        rows = connection.execute(schema.night.select()).all()
        assert config_of(connection).first_day is None
    assert len(rows) == SIZE.days * SIZE.stations
    for row in rows:
        at = int(np.searchsorted(found.days, np.datetime64(row.day, "D"))), found.codes.index(row.station)
        np.testing.assert_equal(found.values[at], np.nan if row.value is None else row.value)
        assert (found.coverage[at], found.quality[at]) == (row.coverage, row.quality)


def test_opening_a_season_asks_for_no_reading(project: Project) -> None:
    """However many readings there are: not one column of their table is read, but for the index that says what is stale."""
    seen: set[tuple[str, str]] = set()

    def watch(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        def note(action: int, table: str | None, column: str | None, _database: str | None, _trigger: str | None) -> int:
            if action == sqlite3.SQLITE_READ:
                seen.add((str(table), str(column)))
            return sqlite3.SQLITE_OK

        connection.set_authorizer(note)

    event.listen(Pool, "checkout", watch)
    loaded(project)
    assert ("night", "value") in seen
    assert not {column for table, column in seen if table in ("block", "imported_file")}


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts what the system says was read; Linux only")
def test_opening_reads_as_much_however_many_readings_there_are(template: Path, tmp_path: Path, empty_cache: Path) -> None:
    """At most 150 bytes a night mean and 512 KiB besides what is kept, at one reading a minute as at one in five seconds."""
    fine = tmp_path / "fine"
    build(fine, replace(SIZE, cadence_s=5.0))
    minute = Path(shutil.copytree(template, tmp_path / "minute"))
    assert (fine / "project.sqlite").stat().st_size > 5 * (minute / "project.sqlite").stat().st_size
    for folder in (minute, fine):
        shutil.rmtree(paths.cache(), ignore_errors=True)
        with Project.open(folder) as project:
            loaded(project)  # keeps basis, anomalies and features
        kept = sum(path.stat().st_size for path in empty_cache.iterdir())
        before = bytes_read()
        with Project.open(folder, read_only=True) as project:
            loaded(project)
        assert bytes_read() - before - kept <= 150 * SIZE.days * SIZE.stations + 2**19


def bytes_read() -> int:
    return int(Path("/proc/self/io").read_text().split("rchar:")[1].split()[0])
