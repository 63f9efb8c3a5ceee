"""Maps, regions and readings for other tools, opened by libraries that know nothing of this program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import rasterio
import rasterio.warp
import xarray
from terminal import Terminal

from quakegui import formats
from quakegui.project import interchange, seasons
from quakegui.project.geotiff import maps_to_geotiff
from quakegui.project.importing import store_files
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.setting_rows import put_setting
from quakegui.project.store import Project, ProjectError
from quakegui.season.network import Frame, Station
from quakegui.season.readings import Readings
from quakegui.season.season import Season


@pytest.fixture
def project(small_project: Path) -> Iterator[Project]:
    with Project.open(small_project) as opened:
        yield opened


@pytest.fixture
def season(project: Project) -> Season:
    found = seasons.load_season(project)
    assert found is not None
    return found


def test_a_seasons_maps_as_one_netcdf_file(project: Project, season: Season, tmp_path: Path) -> None:
    count = interchange.maps_to_netcdf(project, season, tmp_path / "maps.nc")
    with xarray.open_dataset(tmp_path / "maps.nc", engine="netcdf4") as found:
        assert found.z.dims == ("time", "y", "x")
        np.testing.assert_array_equal(found.time.values.astype("datetime64[D]"), season.days)
        assert count == int(season.has_map.sum()) == int(np.isfinite(found.z).any(("y", "x")).sum())
        index = int(np.flatnonzero(season.has_map)[-1])
        np.testing.assert_array_equal(found.z[index].values, season.fields([index])[0])
        nt = season.gridder.map(season.anomaly.anomaly_nt[season.shown][index])
        np.testing.assert_array_equal(found.anomaly[index].values, nt)
        assert (found.anomaly.attrs["units"], found.z.attrs["grid_mapping"]) == ("nT", "crs")
        codes = found.station_code.values.astype(str).tolist()
        assert codes == [station.code for station in season.network.stations if station.located]
        # The georeference, by another library alone: a station's place lies where the map has it.
        there = pyproj.Transformer.from_crs("EPSG:4326", pyproj.CRS.from_cf(found.crs.attrs), always_xy=True)
        x, y = there.transform(found.station_longitude.values, found.station_latitude.values)
        frame = season.gridder.basis.frame
        placed = [station for station in season.network.stations if station.located]
        rows = frame.to_pixels(frame.project(*(np.array([getattr(s, n) for s in placed]) for n in ("latitude", "longitude"))))
        step = abs(float(found.x[1] - found.x[0]))
        np.testing.assert_allclose((x - float(found.x[0])) / step, rows[:, 1], atol=1e-3)
        np.testing.assert_allclose((float(found.y[0]) - y) / step, rows[:, 0], atol=1e-3)


def test_names_and_codes_in_any_script_are_in_the_netcdf_file(project: Project, season: Season, tmp_path: Path) -> None:
    with project.write() as connection:
        put_setting(connection, "name", "凉山 é")
    stations = season.network.stations
    odd = (replace(stations[0], code="西昌"), replace(stations[1], code="É1"), *stations[2:])
    named = replace(season, network=replace(season.network, stations=odd))
    with Project.open(project.folder) as renamed:
        interchange.maps_to_netcdf(renamed, named, tmp_path / "maps.nc")
    with xarray.open_dataset(tmp_path / "maps.nc", engine="netcdf4") as found:
        assert found.attrs["title"] == "凉山 é"
        codes = [code.decode().rstrip() for code in found.station_code.values.tolist()]
    assert codes == [station.code for station in odd if station.located]


def test_a_days_map_as_geotiff(project: Project, season: Season, tmp_path: Path) -> None:
    count = maps_to_geotiff(project, season, tmp_path / "tif")
    index = int(np.flatnonzero(season.has_map)[-1])
    date, mark = season.days[index], "_SYNTHETIC" if project.synthetic else ""
    assert count == int(season.has_map.sum()) == len(list((tmp_path / "tif").iterdir())) // 2
    nt = season.gridder.map(season.anomaly.anomaly_nt[season.shown][index])
    for name, values in (("z", season.fields([index])[0]), ("nt", nt)):
        with rasterio.open(tmp_path / "tif" / f"{date}_{name}{mark}.tif") as found:
            np.testing.assert_array_equal(found.read(1), values)
            assert np.isnan(found.nodata)
            assert str(date) in found.tags()["TIFFTAG_IMAGEDESCRIPTION"]
            # The georeference, by another library alone: a station lies in the map's pixel, to a thousandth of one.
            for station in (one for one in season.network.stations if one.located):
                (x,), (y,) = rasterio.warp.transform("EPSG:4326", found.crs, [station.longitude], [station.latitude])
                to = found.transform
                column, row = (x - to.c) / to.a, (y - to.f) / to.e
                place = np.array([station.latitude]), np.array([station.longitude])
                frame = season.gridder.basis.frame
                np.testing.assert_allclose((row - 0.5, column - 0.5), frame.to_pixels(frame.project(*place))[0], atol=1e-3)
    with pytest.raises(ProjectError, match="not empty"):
        maps_to_geotiff(project, season, tmp_path / "tif")
    asked = iter([False, False])
    assert maps_to_geotiff(project, season, tmp_path / "some", cancelled=lambda: next(asked, True)) == 2


def test_regions_as_polygons(project: Project, season: Season, tmp_path: Path) -> None:
    extrema = replace(season.config.extrema, threshold_z=0.8)
    season = replace(season, config=replace(season.config, extrema=extrema), first_features=())
    count = interchange.regions_to_geojson(project, season, tmp_path / "r.geojson")
    found = json.loads((tmp_path / "r.geojson").read_text(encoding="utf-8"))
    regions = [region for day in season.features[season.shown] for region in day.regions]
    assert count == len(found["features"]) == len(regions) > 0
    other = geopandas.read_file(tmp_path / "r.geojson")
    assert (other.crs.to_epsg(), bool(other.geometry.is_valid.all())) == (4326, True)
    assert other["region"].tolist() == [region.id for region in regions]
    np.testing.assert_allclose(
        other.geometry.to_crs("ESRI:54034").area.sum() / 1e6, sum(region.area_km2 for region in regions), rtol=0.05
    )
    geod = pyproj.Geod(ellps="WGS84")
    for feature, region in zip(found["features"], regions, strict=True):
        assert (feature["properties"]["region"], feature["properties"]["date"]) == (region.id, str(region.day))
        areas = [
            geod.polygon_area_perimeter(*np.array(ring).T)[0]
            for polygon in feature["geometry"]["coordinates"]
            for ring in polygon
        ]
        assert areas[0] > 0  # outlines go counter-clockwise, and that is positive
        if region.area_px > 400:
            assert sum(areas) / 1e6 == pytest.approx(region.area_km2, rel=0.1)


@pytest.mark.parametrize(("half", "centre"), [(200.0, (28.0, 102.0)), (50.0, (-33.0, 179.9))])
def test_a_regions_outline_lies_on_its_pixels(half: float, centre: tuple[float, float]) -> None:
    """A ring with a hole, whose corners are known."""
    frame = Frame(*centre, 0.0, 0.0, half, 100)
    inside = np.zeros((100, 100), dtype=bool)
    inside[20:60, 30:70] = True
    inside[35:45, 45:55] = False
    ((outline, hole),) = interchange.outlines(inside, frame)
    for ring, first, last in ((outline, (19.5, 29.5), (59.5, 69.5)), (hole, (35.0 - 0.5, 44.5), (44.5, 54.5))):
        xy = frame.project(*np.array(ring)[:, ::-1].T)
        pixels = frame.to_pixels(xy)
        np.testing.assert_allclose(pixels.min(axis=0), first, atol=0.51)
        np.testing.assert_allclose(pixels.max(axis=0), last, atol=0.51)


def test_readings_as_iaga_2002_are_the_same_readings(project: Project, tmp_path: Path) -> None:
    count = interchange.readings_to_iaga(project, tmp_path / "iaga")
    files = sorted((tmp_path / "iaga").iterdir())
    assert count == len(files) > 0
    station = project.network().stations[0]
    written = [path for path in files if path.name.startswith(station.code.lower())]
    read = [formats.read_readings(source) for path in written for source in formats.expand(path)]
    times = np.concatenate([one.readings[0].time for one in read])
    values = np.concatenate([one.readings[0].values for one in read])
    first, last = times.min() - np.timedelta64(1, "D"), times.max() + np.timedelta64(1, "D")
    kept = seasons.record(project, station.code, first, last)
    np.testing.assert_array_equal(np.sort(times), np.sort(np.concatenate([one.time for one in kept])))
    np.testing.assert_allclose(np.sort(values), np.sort(np.concatenate([one.values for one in kept])), atol=0.00501)
    place = read[0].stations[0]
    assert place.latitude == pytest.approx(station.latitude, abs=5e-4)
    assert place.longitude == pytest.approx(station.longitude, abs=5e-4)
    assert {one.format for one in read} == {"iaga2002"}
    with pytest.raises(ProjectError, match="not empty"):
        interchange.readings_to_iaga(project, tmp_path / "iaga")


def test_readings_of_any_code_stay_in_their_folder(tmp_path: Path) -> None:
    codes = ("KAK", "kak", "../X", "A/B", "A?B", "\\\\C:", "冕宁", "B-2")
    time = np.arange("2022-01-15T00:00", "2022-01-15T00:10", dtype="datetime64[m]").astype("datetime64[ms]")
    blocks = [block for code in codes for block in blocks_of(Readings(code, time, np.full(10, 46_000.0), 60.0))]
    with Project.create(tmp_path / "p") as project:
        store_files(project, [ParsedFile("a.csv", "a.csv", "0" * 64, "table", tuple(blocks), tuple(map(Station, codes)))])
        assert interchange.readings_to_iaga(project, tmp_path / "out" / "iaga") == len(codes)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["iaga"]
    files = [path for path in (tmp_path / "out" / "iaga").iterdir() if path.is_file()]
    names = {path.name for path in files}
    assert len(files) == len(codes)
    assert {"kak20220115vmin.min", "冕宁20220115vmin.min", "b-220220115vmin.min"} < names
    assert not any(letter in name for name in names for letter in '/\\:*?"<>|')
    assert len({name.casefold() for name in names}) == len(codes)
    heads = {path.read_text(encoding="ascii").split("IAGA CODE")[1].split("|")[0].strip() for path in files}
    assert {"KAK", "kak", "../X", "A/B", "A?B"} < heads


def test_the_commands(small_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Terminal(capsys)
    run("maps", small_project, tmp_path / "m.nc")
    run("maps", small_project, tmp_path / "n.nc", "--class-folders", code=2)
    run("maps", small_project, tmp_path / "tif", "--geotiff", "--class-folders", code=2)
    assert "days written to" in run("maps", small_project, tmp_path / "tif", "--geotiff")[1]
    assert list((tmp_path / "tif").glob("*_nt*.tif"))
    run("regions", small_project, tmp_path / "r.geojson")
    run("readings", small_project, tmp_path / "iaga")
    assert (tmp_path / "m.nc").is_file()
    assert json.loads((tmp_path / "r.geojson").read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert any((tmp_path / "iaga").iterdir())
