"""Events of a project, stations set by hand, and a synthetic season that cannot be made."""

from __future__ import annotations

import hashlib
import itertools
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from project_parts import EVENTS

from quakegui.formats.errors import FormatError
from quakegui.project import acts, catalogue, demo, seasons, stations
from quakegui.project.importing import import_paths
from quakegui.project.origins import Origin
from quakegui.project.store import Project, ProjectError
from quakegui.project.undoing import undo_import
from quakegui.season.events import Declustering, Selection
from quakegui.season.network import Station

USGS = """time,latitude,longitude,depth,mag,magType,place
2022-03-01T04:00:00.000Z,29.6,102.4,10,5.1,mw,Luding
2022-03-02T04:00:00.000Z,29.6,102.4,10,4.1,mb,aftershock
2022-03-08T04:00:00.000Z,27.2,101.9,10,3.6,mb,Huili
2022-03-20T04:00:00.000Z,37.2,101.9,10,5.6,mb,far away
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p") as made:
        yield made


def test_events_are_chosen_declustered_and_replace_the_former(project: Project, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(USGS)
    box = Selection(box=(26.0, 31.0, 100.0, 104.0))
    done = catalogue.import_events(project, tmp_path / "e.csv", selection=box, declustering=Declustering("window", 50.0, 5.0))
    assert (done.count, done.selection, done.mainshocks, done.former) == (4, 3, 2, 0)
    assert [event.place for event in done.aftershocks] == ["aftershock"]
    assert [event.magnitude for event in catalogue.events(project)] == [5.1, 3.6]
    assert [kept for _, kept in catalogue.all_events(project)] == [True, False, True]
    again = catalogue.import_events(project, tmp_path / "e.csv", declustering=Declustering("none"))
    assert (again.mainshocks, again.former) == (4, 3)
    more = catalogue.store_events(project, EVENTS, declustering=Declustering("none"), add=True)
    assert more.mainshocks == 7


def test_earthquakes_of_one_moment_are_ordered_whether_declustering_kept_them_or_not(project: Project) -> None:
    main, after, _ = EVENTS
    elsewhere = replace(after, id="c", longitude=101.0)
    catalogue.store_events(project, (elsewhere, after, main), declustering=Declustering("window", 10.0, 5.0))
    found = [(event.id, kept) for event, kept in catalogue.all_events(project)]
    assert found == [("a", True), ("b", False), ("c", True)]


def test_a_project_knows_the_files_that_its_events_are_from(project: Project, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(USGS)
    (tmp_path / "later.csv").write_text(USGS.replace("2022-03", "2022-05"))
    assert catalogue.origins(project) == ()
    catalogue.import_events(project, tmp_path / "e.csv", selection=Selection(min_magnitude=5.0))
    first = Origin("e.csv", hashlib.sha256(USGS.encode()).hexdigest(), 4)
    assert catalogue.origins(project) == (first,)
    for _ in range(2):  # the same file again is the same file
        catalogue.import_events(project, tmp_path / "later.csv", add=True)
    assert [(file.name, file.events) for file in catalogue.origins(project)] == [("e.csv", 4), ("later.csv", 4)]
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as file:
        file.write(tmp_path / "e.csv", "2022/e.csv")
        file.write(tmp_path / "later.csv", "2022/later.csv")
    catalogue.import_events(project, tmp_path / "both.zip")
    assert [file.name for file in catalogue.origins(project)] == ["e.csv", "later.csv"]
    assert catalogue.origins(project)[0] == first
    catalogue.store_events(project, EVENTS, declustering=Declustering("none"))
    assert catalogue.origins(project) == ()


def test_a_revised_earthquake_stays_revised_in_whatever_order_catalogues_are_added(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("first.csv", "revised.csv", "other.csv")]
    texts = (USGS, USGS.replace("5.1", "5.4"), USGS.replace("2022-03", "2022-05"))
    for hour, (file, text) in enumerate(zip(files, texts, strict=True)):
        file.write_text(text)
        os.utime(file, (1_700_000_000 + 3600 * hour,) * 2)
    found = set()
    for number, order in enumerate(itertools.permutations(files)):
        with Project.create(tmp_path / str(number)) as project:
            for file in (*order, order[0]):
                done = catalogue.import_events(project, file, declustering=Declustering("none"), add=True)
            found.add(catalogue.all_events(project))
            assert any("modified later" in note for note in done.notes) == (order[0] == files[0])
    assert len(found) == 1
    assert 5.4 in [event.magnitude for event, _ in found.pop()]


def test_the_same_catalogue_again_is_no_import(project: Project, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(USGS)
    for _ in range(3):
        done = catalogue.import_events(project, tmp_path / "e.csv", declustering=Declustering("window", 50.0, 5.0))
    assert (len(acts.acts(project)), done.mainshocks, len(done.aftershocks)) == (1, 3, 1)
    undo_import(project)
    assert catalogue.events(project) == ()


def test_an_unreadable_catalogue_changes_nothing(project: Project, tmp_path: Path) -> None:
    catalogue.store_events(project, EVENTS, declustering=Declustering("none"))
    (tmp_path / "e.csv").write_text("nothing of the kind")
    with pytest.raises(FormatError):
        catalogue.import_events(project, tmp_path / "e.csv")
    assert catalogue.events(project) == EVENTS


def test_classes_are_zero_until_asked_for(project: Project) -> None:
    catalogue.store_events(project, EVENTS, declustering=Declustering("none"))
    assert catalogue.class_scheme(project) is None
    assert catalogue.event_classes(project) == (0, 0, 0)
    scheme, warning = catalogue.make_class_scheme(project, split_magnitude=4.0)
    assert warning == ""
    assert scheme.north_centre == pytest.approx((29.6, 102.4))
    assert catalogue.event_classes(project) == (1, 2, 4)


def test_classes_need_events(project: Project) -> None:
    with pytest.raises(ProjectError, match="earthquakes"):
        catalogue.make_class_scheme(project)


def test_stations_are_set_by_hand_and_from_a_list(project: Project, tmp_path: Path) -> None:
    assert stations.set_stations(project, Station("XIC", "西昌", 27.9, 282.3)).additions == ("XIC",)
    assert project.network().stations[0] == Station("XIC", "西昌", 27.9, -77.7)
    assert stations.set_stations(project, Station(" xic", latitude=27.9, longitude=102.3)).changes == ("XIC",)
    assert project.network().stations[0] == Station("XIC", "西昌", 27.9, 102.3)
    (tmp_path / "s.csv").write_text(
        "code,name,latitude,longitude\nXIC,西昌,27.9,102.3\nHLI,会理,26.65,102.25\n", encoding="utf-8"
    )
    done = stations.import_stations(project, tmp_path / "s.csv")
    assert (done.additions, done.changes) == (("HLI",), ())
    for wrong in (Station("A", latitude=91.0, longitude=0.0), Station("A", latitude=1.0), Station(" ")):
        with pytest.raises(ProjectError):
            stations.set_stations(project, wrong)


def test_a_demo_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr(demo, "store_files", fails)
    for folder in (tmp_path / "new", tmp_path):
        with pytest.raises(RuntimeError):
            demo.create_demo(folder)
    assert list(tmp_path.iterdir()) == []


def test_kp_comes_in_with_an_import(project: Project, tmp_path: Path) -> None:
    header = "Date," + ",".join(f"K_{hour:02d}" for hour in range(0, 24, 3))
    (tmp_path / "kp.csv").write_text(f"{header}\n2022-09-04,1,2,3,4,5,6.333,5,4\n")
    report = import_paths(project, [tmp_path / "kp.csv"])
    assert [one.format for one in report.imported] == ["kp"]
    index = seasons.kp(project)
    assert index is not None
    assert index.value.max() == 6.333
    assert import_paths(project, [tmp_path / "kp.csv"]).unchanged == ("kp.csv",)
