"""The season of a project: what is cached, what a view of readings shows, what the window of days is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from project_parts import iaga, minute_values, put, small_synthetic

from quakegui.project import cachefiles, journal, seasons
from quakegui.project.importing import import_paths
from quakegui.project.store import Project, ProjectError


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    made = small_synthetic(tmp_path_factory.mktemp("small") / "p")
    yield made
    made.close()


def test_a_project_without_readings_has_no_season(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project:
        assert seasons.load_season(project) is None
        assert seasons.season_days(project).size == 0
        with pytest.raises(ProjectError, match="no days to label"):
            journal.apply_rule(project)


def test_without_a_located_station_there_is_no_season(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project:
        import_paths(project, [put(tmp_path, "x.min", iaga("XXX", latitude="", longitude=""))])
        assert seasons.load_season(project) is None


def test_the_window_is_shown_whole_even_where_nothing_was_recorded(project: Project) -> None:
    before = project.config()
    first, last = np.datetime64("2022-02-20", "D"), np.datetime64("2022-03-20", "D")
    project.set_config(replace(before, first_day=first, last_day=last))
    season = seasons.load_season(project)
    assert season is not None
    assert (season.days[0], season.days[-1], season.days.size) == (first, last, 29)
    np.testing.assert_array_equal(seasons.season_days(project), season.days)
    assert season.has_map[:24].all()
    assert not season.has_map[24:].any()
    project.set_config(before)


@pytest.mark.usefixtures("empty_cache")
def test_every_day_that_is_computed_is_told_and_none_that_is_kept(project: Project) -> None:
    told: list[tuple[float, str]] = []

    def listen(done: int, total: int, text: str) -> None:
        told.append((done / total if total else 0.0, text))

    season = seasons.load_season(project, progress=listen)
    assert season is not None
    fractions = [done for done, _text in told]
    assert fractions == sorted(fractions)
    texts = Counter(text for _done, text in told)
    assert texts["extremum regions"] == 1 + len(season.all_days)
    assert 20 < texts["anomalies"] <= 1 + len(season.all_days) - season.config.anomaly.at_least
    told.clear()
    seasons.load_season(project, progress=listen)
    assert Counter(text for _done, text in told).keys() == {"night means", "map basis", "anomalies", "extremum regions", "done"}
    assert len(told) == 5


def test_the_basis_is_cached_and_a_broken_cache_is_no_error(project: Project, empty_cache: Path) -> None:
    first = seasons.load_season(project)
    (path,) = empty_cache.glob("basis-*.npy")
    path.with_suffix(".cut").write_bytes(path.read_bytes()[:1000])
    path.with_suffix(".cut").replace(path)
    second = seasons.load_season(project)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.fields([3]), second.fields([3]))
    assert path.stat().st_size > 1_000_000
    assert [file.name for file in empty_cache.iterdir() if file.suffix == ".npy"] == [path.name]


def test_a_cache_that_comes_with_a_project_is_not_looked_at(project: Project, empty_cache: Path) -> None:
    own = seasons.load_season(project)
    for path in empty_cache.iterdir():
        path.rename(project.folder / "cache" / path.name)
    for path in (project.folder / "cache").glob("anomaly-*.npz"):
        with np.load(path) as file:
            night, found, scale = file["night"], file["anomaly"], file["scale"]
        np.savez(path, night=night, anomaly=found + 100.0, scale=scale)
    again = seasons.load_season(project)
    assert own is not None
    assert again is not None
    np.testing.assert_array_equal(again.anomaly.anomaly_nt, own.anomaly.anomaly_nt)
    assert {path.name.partition("-")[0] for path in empty_cache.iterdir()} == {"anomaly", "basis", "features"}


def test_a_cache_keeps_a_few_files_of_each_kind_and_no_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each network has a map basis of megabytes of its own; a program that is killed leaves half of a file."""
    monkeypatch.setattr(cachefiles, "KEPT_BYTES", 0)

    def killed(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    for number in range(3 * cachefiles.KEPT):
        for kind in ("basis-{}.npy", "anomaly-{}.npz"):
            with pytest.raises(KeyboardInterrupt):
                cachefiles.put(tmp_path / kind.format("new"), killed)
            path = tmp_path / kind.format(f"{number:02d}")
            cachefiles.put(path, Path.touch)
    for kind in ("basis-{}.npy", "anomaly-{}.npz"):
        cachefiles.put(tmp_path / kind.format("last"), Path.touch)
        assert (tmp_path / kind.format("last")).read_bytes() == b""
        assert len(list(tmp_path.glob(kind.format("*")))) == cachefiles.KEPT
    assert len(list(tmp_path.iterdir())) == 2 * cachefiles.KEPT


def test_features_come_from_the_cache_and_are_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = seasons.load_season(project, features=False)
    assert computed is not None
    seasons.load_season(project)
    monkeypatch.setattr("quakegui.season.season.season_features", None)  # nothing is left to compute with
    cached = seasons.load_season(project)
    assert cached is not None
    monkeypatch.undo()
    assert any(day.regions for day in computed.features)
    for one, other in zip(computed.features, cached.features, strict=True):
        np.testing.assert_equal(asdict(other), asdict(one))
        assert type(other.day) is type(one.day)
    config = project.config()
    project.set_config(replace(config, extrema=replace(config.extrema, threshold_z=1.0)))
    lower = seasons.load_season(project)
    assert lower is not None
    assert sum(len(day.regions) for day in lower.features) > sum(len(day.regions) for day in cached.features)
    project.set_config(config)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.sets(st.integers(1, 59)))
def test_the_extremes_of_stretches_are_those_found_one_by_one(values: list[int], cuts: set[int]) -> None:
    value = np.array(values, dtype=np.float64)
    starts = np.array(sorted({0, *(cut for cut in cuts if cut < len(values))}))
    parts = zip(starts, np.split(value, starts[1:]), strict=True)
    found = {begin + pick(part) for begin, part in parts for pick in (np.argmin, np.argmax)}
    assert seasons.extremes(value, starts).tolist() == sorted(found)


def test_a_view_of_readings_loses_no_extreme_and_keeps_gaps(tmp_path: Path) -> None:
    values = minute_values()
    values[500] += 40.0
    values[700:800] = np.nan
    with Project.create(tmp_path / "p") as project:
        import_paths(project, [put(tmp_path, "k.min", iaga(values=values)), put(tmp_path, "l.min", iaga(day="2022-01-18"))])
        since, until = np.datetime64("2022-01-15", "ms"), np.datetime64("2022-01-20", "ms")
        time, shown = seasons.series(project, "KAK", since, until, most=200)
        assert 150 < time.size < 220
        assert (np.diff(time) > np.timedelta64(0, "ms")).all()
        assert np.nanmax(shown) == np.nanmax(values)
        assert np.nanmin(shown) == pytest.approx(min(np.nanmin(values), minute_values().min()))
        gaps = time[np.isnan(shown)]
        assert gaps.size == 2  # the hole of 100 minutes, and the days between the files
        whole_time, whole = seasons.series(project, "KAK", since, until, most=10_000)
        assert np.isfinite(whole).sum() == 1340 + 1440
        assert whole_time.size == 1340 + 1440 + 2
        assert seasons.series(project, "NONE", since, until)[0].size == 0


def test_changing_parameters_raises_the_revision(project: Project) -> None:
    before = project.revision()
    project.set_config(project.config())
    assert project.revision() == before + 1
