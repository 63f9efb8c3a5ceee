"""Imports and removals are undone and redone: what was there before stands again, in any order of undoing."""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from former_version import turn_back
from project_parts import EVENTS, iaga, minute_values, put

from quakegui.project import acts, catalogue, seasons, stations
from quakegui.project.clock import ahead_of_clock
from quakegui.project.exchange import export_project
from quakegui.project.importing import import_paths
from quakegui.project.kpindex import kp
from quakegui.project.nights import load_nights
from quakegui.project.store import Project, ProjectError
from quakegui.project.undoing import redo_import, remove_readings, undo_import
from quakegui.season.events import Declustering
from quakegui.season.network import Station

KP = "Date,K_00,K_03,K_06,K_09,K_12,K_15,K_18,K_21\n2022-01-15,1.0,2.3,2.0,5.7,1.0,0.3,0.0,2.0\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p", timezone="Asia/Tokyo") as made:
        yield made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "files"


def state(project: Project) -> tuple[object, ...]:
    """Everything that follows from imports."""
    night, index = load_nights(project), kp(project)
    since = np.datetime64("2022-01-01", "ms")
    record = tuple(
        (code, one.time.tobytes(), one.values.tobytes(), one.cadence_s, one.derived)
        for code in project.network().codes
        for one in seasons.record(project, code, since, since + np.timedelta64(60, "D"))
    )
    return (
        record,
        None if night is None else (night.values.tobytes(), night.quality.tobytes(), night.days.tobytes()),
        project.network(),
        None if index is None else (index.time.tobytes(), index.value.tobytes()),
        catalogue.all_events(project),
        catalogue.selection_facts(project),
        catalogue.origins(project),
    )


def test_the_readings_of_a_wrong_mapping_are_taken_back(project: Project, files: Path) -> None:
    right, wrong = minute_values(), minute_values(47_000.0)
    import_paths(project, [put(files, "a.min", iaga(values=right))], author="Li")
    before = state(project)
    import_paths(project, [put(files, "b.min", iaga(values=wrong)), put(files, "c.min", iaga("MMB"))], author="Bo")
    assert project.network().codes == ("KAK", "MMB")
    after = state(project)
    act = undo_import(project, author="Li")
    assert (act.id, act.kind, act.author, act.undone) == (2, "readings", "Bo", True)
    assert state(project) == before
    listed = acts.acts(project)
    assert [(one.id, one.author, one.undone, one.changed_by) for one in listed] == [(1, "Li", False, ""), (2, "Bo", True, "Li")]
    assert listed[1].summary["names"] == ["b.min", "c.min"]
    assert redo_import(project).id == 2
    assert state(project) == after


def test_what_was_undone_comes_in_again_as_a_new_import(project: Project, files: Path) -> None:
    file = put(files, "a.min", iaga())
    import_paths(project, [file])
    there = state(project)
    undo_import(project)
    assert project.network().codes == ()
    assert load_nights(project) is None
    assert len(import_paths(project, [file]).imported) == 1
    assert state(project) == there
    undo_import(project)
    assert project.network().codes == ()


def test_the_readings_of_a_station_are_removed_and_come_back(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "a.min", iaga()), put(files, "b.min", iaga("MMB"))])
    before = state(project)
    act = remove_readings(project, "kak", author="Li")
    assert (act.kind, act.station) == ("removal", "KAK")
    assert project.network().codes == ("MMB",)
    assert state(project)[0] == tuple(one for one in before[0] if one[0] == "MMB")  # type: ignore[attr-defined]
    assert import_paths(project, [files / "b.min"]).imported == ()
    undo_import(project)
    assert state(project) == before
    remove_readings(project, "KAK")
    assert [one.file for one in import_paths(project, [files / "a.min", files / "b.min"]).imported] == ["a.min"]
    assert state(project) == before
    with pytest.raises(ProjectError, match="no station XXX"):
        remove_readings(project, "XXX")


def test_a_typed_station_stays_when_its_readings_are_removed(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "a.min", iaga())])
    stations.set_stations(project, Station("KAK", "Kakioka", 36.2, 140.2))
    remove_readings(project, "KAK")
    assert project.network().stations == (Station("KAK", "Kakioka", 36.2, 140.2, 100.0),)


def test_coordinates_are_taken_back_and_the_headers_stand_again(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "a.min", iaga())])
    before = project.network()
    stations.set_stations(project, Station("KAK", "Kakioka", 35.0, 139.0), author="Li")
    stations.set_stations(project, Station("KAK", "", 34.0, 138.0), author="Bo")
    assert project.network().stations == (Station("KAK", "Kakioka", 34.0, 138.0, 100.0),)
    undo_import(project, 2)  # not the last one: Bo's place stays, Li's name goes
    assert project.network().stations == (Station("KAK", "Somewhere", 34.0, 138.0, 100.0),)
    undo_import(project)
    assert project.network() == before
    redo_import(project, 2)
    assert project.network().stations == (Station("KAK", "Kakioka", 35.0, 139.0, 100.0),)


def test_earthquakes_are_taken_back(project: Project) -> None:
    catalogue.store_events(project, EVENTS[:1], declustering=Declustering("none"), author="Li")
    first = state(project)
    catalogue.store_events(project, EVENTS[1:], declustering=Declustering(), author="Bo")
    second = state(project)
    catalogue.store_events(project, EVENTS[:1], declustering=Declustering("none"), add=True)
    assert len(catalogue.all_events(project)) == 3
    undo_import(project)
    assert state(project) == second
    undo_import(project)
    assert state(project) == first
    undo_import(project)
    assert catalogue.all_events(project) == ()
    for _ in range(2):
        redo_import(project)
    assert state(project) == second


def test_kp_is_taken_back(project: Project, files: Path) -> None:
    import_paths(project, [put(files, "kp.csv", KP.encode())])
    before = state(project)
    import_paths(project, [put(files, "kp.csv", KP.replace("5.7", "6.0").replace("01-15", "01-16").encode())])
    import_paths(project, [put(files, "kp2.csv", KP.replace("5.7", "6.0").encode())])
    index = kp(project)
    assert index is not None
    assert (index.value.size, index.value[3]) == (16, 6.0)
    undo_import(project)
    undo_import(project)
    assert state(project) == before


GFZ = "# Kp\n2022 01 15 00.0 01.50 32887.00000 32887.06250 {kp} {ap} {d}\n"


@pytest.mark.parametrize("definitive_first", [True, False])
def test_definitive_kp_counts_before_a_nowcast_that_was_fetched_later(
    project: Project, files: Path, tmp_path: Path, *, definitive_first: bool
) -> None:
    final = put(files / "final", "Kp_ap.txt", GFZ.format(kp="1.000", ap="4", d="1").encode())
    nowcast = put(files / "nowcast", "Kp_ap.txt", GFZ.format(kp="5.000", ap="48", d="0").encode())
    for file in (final, nowcast) if definitive_first else (nowcast, final):
        import_paths(project, [file])
    index = kp(project)
    assert index is not None
    assert index.value.tolist() == [1.0]
    exported = export_project(project, tmp_path / "out")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [exported])
        undo_import(back, 1 if definitive_first else 2)
        index = kp(back)
        assert index is not None
        assert index.value.tolist() == [5.0]


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_what_a_former_version_imported_stands_when_a_later_import_of_it_is_undone(
    project: Project, files: Path, tmp_path: Path
) -> None:
    file = put(files, "a.min", iaga())
    import_paths(project, [file])
    before = state(project)
    folder = project.folder
    project.close()
    with sqlite3.connect(folder / "project.sqlite") as old:
        turn_back(old)
    old.close()
    with Project.open(folder) as forward:
        removal = remove_readings(forward, "KAK")
        import_paths(forward, [file])
        undo_import(forward, removal.id)
        undo_import(forward)
        assert state(forward) == before
        exported = export_project(forward, tmp_path / "out")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [exported])
        assert state(back) == before


def test_an_earlier_copy_that_decides_otherwise_is_told_and_taken_back(project: Project, files: Path, tmp_path: Path) -> None:
    """A restored backup shows that the readings in force are the older ones."""
    old, new, other = iaga(), iaga(values=minute_values(47_000.0)), iaga("MMB", "2022-01-20")
    import_paths(project, [put(files, "b.min", new)])
    import_paths(project, [put(files, "a.min", old)])  # modified later, as it was copied without its time
    before = state(project)
    copy = put(files / "backup", "a.min", old)
    os.utime(copy, (1_000_000_000, 1_000_000_000))
    report = import_paths(project, [copy])
    assert report.unchanged == ("a.min",)
    assert report.days_changed
    assert any("a.min: This copy of a known file was modified earlier" in note for note in report.notes)
    switched = state(project)
    assert switched != before
    undo_import(project)
    assert state(project) == before
    import_paths(project, [put(files, "c.min", other), copy])
    assert state(project) != before
    exported = export_project(project, tmp_path / "out")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [exported])
        undo_import(back)
        assert state(back) == before
    undo_import(project)
    assert state(project) == before
    redo_import(project, 3)
    assert state(project) == switched
    count = len(acts.acts(project))
    import_paths(project, [copy])
    assert len(acts.acts(project)) == count


def test_what_is_undone_while_it_is_imported_once_more_comes_in(project: Project, files: Path) -> None:
    """A window undoes an import while a command reads the same files again."""
    known, fresh = put(files, "a.min", iaga()), put(files, "b.min", iaga("MMB"))
    import_paths(project, [known])
    before = state(project)

    def progress(_done: int, _count: int, doing: str) -> None:
        if doing.endswith("a.min"):
            undo_import(project)

    report = import_paths(project, [known, fresh], progress=progress)
    assert project.network().codes == ("KAK", "MMB")
    assert report.unchanged == ("a.min",)
    undo_import(project)
    assert project.network().codes == ()
    redo_import(project, 1)
    assert state(project) == before


def test_a_file_that_is_there_brings_no_other_station_of_the_same_content_back(project: Project, files: Path) -> None:
    data = b"time,F\n2022-01-15 00:00:00,46000\n2022-01-15 00:01:00,46001\n"
    first = put(files, "KAK.csv", data)
    import_paths(project, [first])
    import_paths(project, [put(files, "MMB.csv", data)])
    undo_import(project)
    assert import_paths(project, [first]).unchanged == ("KAK.csv",)
    assert project.network().codes == ("KAK",)


def test_readings_of_a_wrong_year_are_ahead_of_the_clock_until_they_are_taken_back(project: Project, files: Path) -> None:
    now_ms = int(np.datetime64("2022-01-16T12:00", "ms").astype(np.int64))
    import_paths(project, [put(files, "a.min", iaga())])
    import_paths(project, [put(files, "wrong.min", iaga(day="2032-01-15"))])
    assert ahead_of_clock(project, now_ms) == {"KAK": np.datetime64("2032-01-15T23:59", "ms")}
    undo_import(project)
    assert ahead_of_clock(project, now_ms) == {}


def test_refusals_say_why(project: Project, files: Path) -> None:
    with pytest.raises(ProjectError, match="no import to undo"):
        undo_import(project)
    with pytest.raises(ProjectError, match="no import to redo"):
        redo_import(project)
    import_paths(project, [put(files, "a.min", iaga())])
    with pytest.raises(ProjectError, match="no import 7"):
        undo_import(project, 7)
    with pytest.raises(ProjectError, match="Import 1 has not been undone"):
        redo_import(project, 1)
    undo_import(project)
    with pytest.raises(ProjectError, match="Import 1 has already been undone"):
        undo_import(project, 1)


def made_earlier(folder: Path, rng: random.Random) -> Path:
    """One of the files, imported or not, as a copy that kept an earlier time of modification."""
    file = rng.choice(sorted(folder.iterdir()))
    earlier = file.stat().st_mtime - rng.randint(0, 10)
    os.utime(file, (earlier, earlier))
    return file


def play(project: Project, folder: Path, rng: random.Random, steps: int) -> None:
    """Random imports, removals, undos and redos; each state has to be the one that its acts in force give."""
    seen: dict[tuple[int, ...], tuple[object, ...]] = {}
    names = itertools.count()
    for _ in range(steps):
        listed = acts.acts(project)
        undone, standing = [one.id for one in listed if one.undone], [one.id for one in listed if not one.undone]
        match rng.choice(("readings", "readings", "copy", "events", "station", "remove", "undo", "undo", "redo")):
            case "readings" | "copy" as kind:
                code, level = rng.choice(("AAA", "BBB")), rng.choice((46_000.0, 47_000.0))
                day = rng.choice(("2022-01-15", "2022-01-16"))
                file = put(folder, f"{next(names)}.min", iaga(code, day, minute_values(level, next(names))))
                import_paths(project, [file] if kind == "readings" else [made_earlier(folder, rng)])
            case "events":
                chosen = rng.sample(EVENTS, rng.randint(0, 3))
                catalogue.store_events(project, chosen, declustering=Declustering(), add=rng.random() < 0.5)
            case "station":
                stations.set_stations(project, Station(rng.choice(("AAA", "CCC")), "", rng.uniform(20, 40), 100.0))
            case "remove" if project.network().codes:
                remove_readings(project, rng.choice(project.network().codes))
            case "undo" if standing:
                undo_import(project, rng.choice(standing))
            case "redo" if undone:
                redo_import(project, rng.choice(undone))
        key = tuple(one.id for one in acts.acts(project) if not one.undone)
        assert seen.setdefault(key, state(project)) == state(project), key
    for one in acts.acts(project):
        if not one.undone:
            undo_import(project, one.id)
    assert state(project)[0] == ()
    assert project.network().codes == ()


@pytest.mark.parametrize("seed", range(2))
def test_a_state_follows_from_the_acts_in_force_alone(project: Project, files: Path, seed: int) -> None:
    play(project, files, random.Random(seed), 20)


@pytest.mark.slow  # 2,000 random acts
@pytest.mark.timeout(1800)
def test_states_of_2000_random_acts_follow_from_the_acts_in_force(tmp_path: Path) -> None:
    for seed in range(40):
        with Project.create(tmp_path / f"p{seed}", timezone="Asia/Tokyo") as project:
            play(project, tmp_path / f"f{seed}", random.Random(100 + seed), 50)


def test_acts_and_what_they_superseded_survive_an_export(project: Project, files: Path, tmp_path: Path) -> None:
    import_paths(project, [put(files, "a.min", iaga())])
    import_paths(project, [put(files, "b.min", iaga(values=minute_values(47_000.0)))])
    catalogue.store_events(project, EVENTS, declustering=Declustering())
    undo_import(project)
    exported = export_project(project, tmp_path / "out")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [exported])
        assert state(back) == state(project)
        assert acts.acts(back) == acts.acts(project)
        undo_import(project, 2)
        undo_import(back, 2)
        assert state(back) == state(project)
        redo_import(project, 3)
        redo_import(back, 3)
        assert state(back) == state(project)
