"""The door for Python: what a notebook reads of a project."""

from __future__ import annotations

import doctest
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import quakegui
from quakegui import door
from quakegui.formats.errors import FormatError
from quakegui.paths import resources
from quakegui.project import seasons
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season


@pytest.fixture(scope="module")
def folder(small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(small_project_template, tmp_path_factory.mktemp("door") / "japan"))


@pytest.fixture
def season(folder: Path) -> Iterator[door.OpenSeason]:
    with quakegui.open(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def computed(folder: Path) -> Season:
    with Project.open(folder) as project:
        found = seasons.load_season(project)
    assert found is not None
    return found


def test_the_examples_of_the_documentation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    done = doctest.testmod(door)
    assert done.attempted >= 12
    assert done.failed == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guides_program_draws_its_figure(language: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl  # takes a second to import, in each process that collects this test
    import matplotlib.pyplot as plt

    page = (resources() / "help" / language / "guide.html").read_text(encoding="utf-8")
    monkeypatch.chdir(folder.parent)
    mpl.use("agg")
    exec(page.split("<pre>")[1].split("</pre>")[0], {})
    with Image.open(folder.parent / "strongest-day.png") as picture:
        colours = picture.convert("RGB").getcolors(2**20)
    assert colours is not None
    assert len(colours) > 100
    (folder.parent / "strongest-day.png").unlink()
    plt.close("all")


def test_arrays_are_the_seasons_with_their_axes(season: door.OpenSeason, computed: Season) -> None:
    shown = computed.shown
    for array, values, unit in (
        (season.z, computed.z, "1"),
        (season.anomalies, computed.anomaly.anomaly_nt[shown], "nT"),
        (season.night_means, computed.anomaly.night_nt[shown], "nT"),
    ):
        np.testing.assert_array_equal(array.values, values)
        np.testing.assert_array_equal(array.axes["day"], computed.days)
        assert (array.unit, array.axes["station"].tolist()) == (unit, list(computed.network.codes))
    index = int(np.flatnonzero(computed.has_map)[0])
    found = season.map(str(computed.days[index]))
    np.testing.assert_array_equal(found.values, computed.fields([index])[0])
    assert found.axes["y_km"][0] > found.axes["y_km"][-1]
    there = season.z.at(day=computed.days[3], station="BBB")
    assert float(there.values) == computed.z[3, 1]
    nt = season.maps([str(computed.days[index])], "nT").to_xarray()
    assert (nt.dims, nt.attrs["units"]) == (("day", "y_km", "x_km"), "nT")
    with pytest.raises(KeyError, match="is not a day of the season"):
        season.map("1999-01-01")
    with pytest.raises(KeyError, match="has no XYZ"):
        season.z.at(station="XYZ")
    with pytest.raises(ValueError, match="one axis or two"):
        season.maps([computed.days[0]]).to_frame()


def test_readings_are_those_in_force(season: door.OpenSeason) -> None:
    found = season.readings("CCC", "2022-04-05", "2022-04-12")
    assert len(found.values) == len(found.axes["time"]) < 7 * 24  # two days of it are missing
    with pytest.raises(KeyError, match="interval of 1 s; available: 3600 s"):
        season.readings("CCC", cadence_s=1.0)
    with pytest.raises(KeyError):
        season.readings("NOPE")


def test_tables_have_dates_and_instants(trained_template: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained_template, tmp_path / "p"))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.sqlite")}
    with quakegui.open(folder) as season:
        assert str(season.labels["date"].dtype).startswith("datetime64")
        assert set(season.regions["date"].dt.date) <= set(pd.to_datetime(season.days).date)
        said = season.predictions()
        assert said.columns.tolist() == ["date", "p0", "p1", "p2", "p3", "p4", "kind"]
        np.testing.assert_allclose(said.dropna()[["p0", "p1", "p2", "p3", "p4"]].sum(axis=1), 1.0, atol=1e-5)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.sqlite")} == before


@pytest.mark.slow  # judges a season
def test_scores_are_judged_as_by_the_command(trained_template: Path) -> None:
    with quakegui.open(trained_template) as season:
        scores = pd.DataFrame({"date": season.days.astype(str), "score": np.arange(len(season.days), dtype=float)})
        judged = season.judge(scores, "zero-shot", title="rising")
        assert (judged.title, judged.protocol) == ("rising", "zero-shot")
        assert judged.verdict.text()
        with pytest.raises(FormatError, match=r"rising: .*column date"):
            season.judge(scores.drop(columns="score"), title="rising")


def test_what_is_no_project_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        quakegui.open(tmp_path)
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        _ = quakegui.close


def test_importing_is_light_and_opening_loads_no_window_and_no_network(folder: Path) -> None:
    # A process of its own: this one has loaded everything.
    program = (
        "import sys, quakegui; heavy = {'numpy', 'pandas', 'sqlalchemy', 'PySide6', 'tensorflow', 'keras'}; "
        "assert not heavy & set(sys.modules); quakegui.open(sys.argv[1]).z; "
        "assert not {'PySide6', 'tensorflow', 'keras', 'torch'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
