"""Imports in any order, twice, truncated, renamed and overlapping give one and the same record: a property over random sets."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from quakegui.project import seasons
from quakegui.project.exchange import export_project
from quakegui.project.importing import import_paths, store_files
from quakegui.project.importreport import ImportReport
from quakegui.project.nights import load_nights
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.store import Project
from quakegui.project.undoing import redo_import, undo_import
from quakegui.season.network import Station
from quakegui.season.readings import DataType, Readings

START = np.datetime64("2022-03-01T00:00", "ms")
HOURS = 72
STATIONS = 50
"""Cases that one project holds: each station has its own random set of files."""


@dataclass(frozen=True, slots=True)
class Made:
    """One content: hours and their values, hours marked as missing, and what the file says of itself."""

    base: str
    hours: tuple[int, ...]
    values: tuple[float, ...]
    missing: tuple[int, ...]
    data_type: DataType
    issued_ms: int | None
    modified_ms: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(repr(replace(self, modified_ms=0, base="")).encode()).hexdigest()

    def parsed(self, code: str) -> ParsedFile:
        time = START + np.array(self.hours) * np.timedelta64(1, "h")
        missing = START + np.array(self.missing, dtype=np.int64) * np.timedelta64(1, "h")
        readings = Readings(code, time.astype("datetime64[ms]"), np.array(self.values), 3600.0, self.data_type, missing=missing)
        return ParsedFile(
            f"{code}/{self.base}",
            self.base,
            hashlib.sha256((code + self.sha256).encode()).hexdigest(),
            "table",
            blocks_of(readings),
            (Station(code, "", 30.0 + self.hours[0] % 7, 100.0),),
            issued_ms=self.issued_ms,
            modified_ms=self.modified_ms,
        )


def random_set(rng: random.Random) -> list[Made]:
    """A handful of files: pieces of one truth and of other issues of it, cut, with holes, renamed, copied, of equal times."""
    truth = [round(50_000 + rng.gauss(0, 3), 3) for _ in range(HOURS)]
    found: list[Made] = []
    for _ in range(rng.randint(2, 6)):
        if found and rng.random() < 0.2:  # a copy of what there is, modified at another time
            base = rng.choice(("latest.csv", "latest (1).csv"))
            found.append(replace(rng.choice(found), modified_ms=rng.randint(1, 4), base=base))
            continue
        first = rng.randrange(HOURS - 2)
        last = rng.randrange(first + 2, HOURS + 1)
        kept = [hour for hour in range(first, last) if rng.random() < rng.choice((1.0, 0.8))] or [first]
        missing = [hour for hour in range(kept[0], kept[-1]) if hour not in kept and rng.random() < 0.5]
        shift = rng.choice((0.0, 0.0, 100.0, -7.5))
        found.append(
            Made(
                rng.choice(("latest.csv", "latest.csv", "XIC.csv")),
                tuple(kept),
                tuple(truth[hour] + shift for hour in kept),
                tuple(missing),
                rng.choice((DataType.UNKNOWN, DataType.UNKNOWN, DataType.VARIATION, DataType.DEFINITIVE)),
                rng.choice((None, None, 10, 20)),
                rng.randint(1, 4),
            )
        )
    return found


def expected(files: Sequence[Made], code: str) -> dict[int, float]:
    """What counts, by plain loops: of equal contents the earliest time of modification, then the largest of all keys."""
    contents: dict[str, Made] = {}
    names: dict[str, set[str]] = {}
    for file in files:
        names.setdefault(file.sha256, set()).add(file.base)
        known = contents.get(file.sha256, file)
        contents[file.sha256] = replace(file, modified_ms=min(file.modified_ms, known.modified_ms))

    def key(file: Made) -> tuple[int, float, int, str]:
        issued = -np.inf if file.issued_ms is None else file.issued_ms
        return int(file.data_type), issued, file.modified_ms, hashlib.sha256((code + file.sha256).encode()).hexdigest()

    slots: dict[int, list[tuple[float, Made]]] = {}
    for file in sorted(contents.values(), key=key):
        for hour in file.missing:
            slots[hour] = [
                (value, other)
                for value, other in slots.get(hour, [])
                if other.data_type != file.data_type or not names[other.sha256] & names[file.sha256]
            ]
        for hour, value in zip(file.hours, file.values, strict=True):
            slots.setdefault(hour, []).append((value, file))
    return {hour: found[-1][0] for hour, found in slots.items() if found}


def stored(project: Project, code: str) -> dict[int, float]:
    return {
        int((time - START) / np.timedelta64(1, "h")): float(value)
        for record in seasons.record(project, code, START, START + np.timedelta64(10, "D"))
        for time, value in zip(record.time, record.values, strict=True)
    }


def check_orders(folder: Path, seed: int, stations: int = STATIONS) -> None:
    """Import random sets in two orders and in rounds, one of them with everything twice, and compare."""
    rng = random.Random(seed)
    sets = {f"S{number:02d}": random_set(rng) for number in range(stations)}
    nights, places = [], []
    for order in range(2):
        with Project.create(folder / f"{seed}-{order}", timezone="UTC") as project:
            rounds = [[] for _ in range(7 + 3 * order)]  # type: list[list[ParsedFile]]
            for code, files in sets.items():
                wanted = rng.sample(files, len(files)) + (rng.choices(files, k=3) if order else [])
                for number, file in enumerate(wanted):
                    rounds[number].append(file.parsed(code))
            for parsed in rounds:
                store_files(project, parsed)
            for code, files in sets.items():
                assert stored(project, code) == pytest.approx(expected(files, code), abs=1e-6), f"seed {seed}, {code}"
            revision = project.revision()
            again = store_files(project, [file.parsed(code) for code, files in sets.items() for file in files])
            assert again.imported == ()
            assert project.revision() == revision
            night = load_nights(project)
            assert night is not None
            nights.append(night)
            places.append(project.network())
    np.testing.assert_array_equal(nights[0].values, nights[1].values)
    np.testing.assert_array_equal(nights[0].coverage, nights[1].coverage)
    np.testing.assert_array_equal(nights[0].quality, nights[1].quality)
    assert places[0] == places[1]


@pytest.mark.parametrize("seed", range(1))
def test_what_counts_depends_on_the_files_and_never_on_their_order(tmp_path: Path, seed: int) -> None:
    check_orders(tmp_path, seed, stations=20)


@pytest.mark.slow  # 10,000 random sets of files, some fifteen minutes
@pytest.mark.timeout(3600)
def test_what_counts_depends_on_the_files_and_never_on_their_order_in_10000_sets(tmp_path: Path) -> None:
    for seed in range(10, 10 + 10_000 // STATIONS):
        check_orders(tmp_path, seed)


def csv_of(hours: Sequence[int], shift: float = 0.0) -> bytes:
    rows = "".join(f"{str(START + np.timedelta64(hour, 'h'))[:19]}Z,{50_000 + hour + shift}\n" for hour in hours)
    return f"time,S1\n{rows}".encode()


def place(folder: Path, name: str, data: bytes, modified: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    os.utime(folder / name, (1_700_000_000 + modified, 1_700_000_000 + modified))
    return folder / name


def test_files_on_disk_in_every_order_give_the_same_record(tmp_path: Path) -> None:
    files = [
        place(tmp_path / "a", "latest.csv", csv_of(range(24)), 10),
        place(tmp_path / "b", "latest.csv", csv_of(range(20, 44)), 20),  # the next day's file of the same name
        place(tmp_path / "c", "latest.csv", csv_of(range(20, 30)), 30),  # the same, cut off
        place(tmp_path / "d", "corrected.csv", csv_of(range(5, 8), 100.0), 15),
        place(tmp_path / "e", "renamed.csv", csv_of(range(24)), 99),  # a copy, modified later than the correction
    ]
    right = {hour: 50_000.0 + hour + (100.0 if 5 <= hour < 8 else 0.0) for hour in range(44)}
    for number, order in enumerate(([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 3, 1], [3, 4, 1, 0, 2])):
        with Project.create(tmp_path / f"p{number}", timezone="UTC") as project:
            for at in order:
                import_paths(project, [files[at]])
            assert stored(project, "S1") == right
            revision = project.revision()
            assert import_paths(project, files).imported == ()
            assert project.revision() == revision


def test_the_day_files_of_one_name_leave_every_evening_in_place(tmp_path: Path) -> None:
    """A logger that writes `latest.csv` from 20:00 to 20:00: each import erased the evening before."""
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        for day in range(3):
            file = place(tmp_path / str(day), "latest.csv", csv_of(range(20 + 24 * day, 44 + 24 * day)), day)
            report = import_paths(project, [file])
        assert len(stored(project, "S1")) == 72
        assert report.imported[0].remainder == 20
        assert (
            "latest.csv: 20 readings from 'latest.csv' on the same days are not in this file; they remain in use."
            in report.notes
        )


def test_a_file_that_was_cut_off_erases_nothing_and_is_noted(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        import_paths(project, [place(tmp_path / "full", "XIC20220301.csv", csv_of(range(24)), 1)])
        report = import_paths(project, [place(tmp_path / "cut", "XIC20220301.csv", csv_of(range(5)), 2)])
        assert len(stored(project, "S1")) == 24
        assert (report.imported[0].readings, report.imported[0].remainder, report.days_changed) == (5, 19, 0)
        assert any("19 readings from 'XIC20220301.csv'" in note for note in report.notes)


def test_an_unchanged_folder_imported_again_and_again_changes_nothing(tmp_path: Path) -> None:
    place(tmp_path / "folder" / "original", "XIC.csv", csv_of(range(48)), 10)
    place(tmp_path / "folder" / "corrected", "XIC.csv", csv_of(range(10, 20), 100.3), 20)
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        first = import_paths(project, [tmp_path / "folder"])
        overwritten = {one.file: one.overwritten for one in first.imported}
        assert overwritten == {"folder/corrected/XIC.csv": 0, "folder/original/XIC.csv": 0}  # nothing was there before
        assert any(
            "10 readings are stored but not used: different values from 'folder/corrected/XIC.csv'" in note
            for note in first.notes
        )
        record, revision = stored(project, "S1"), project.revision()
        assert record[12] == 50_112.3
        for _ in range(3):
            report = import_paths(project, [tmp_path / "folder"])
            assert report == ImportReport(unchanged=("folder/corrected/XIC.csv", "folder/original/XIC.csv"))
        assert (stored(project, "S1"), project.revision()) == (record, revision)


def test_a_correction_withdraws_whole_days_too(tmp_path: Path) -> None:
    """The days 2 and 3 of five hold nothing but empty cells: their readings do not count any more, on any way to that."""
    first = place(tmp_path / "1", "XIC.csv", csv_of(range(120)), 10)
    text = csv_of(range(120)).decode().splitlines()
    empty = [f"{line.split(',')[0]}," if 24 <= hour < 72 else line for hour, line in enumerate(text[1:])]
    second = place(tmp_path / "2", "XIC.csv", "\n".join([text[0], *empty, ""]).encode(), 20)
    right = {hour: 50_000.0 + hour for hour in range(120) if not 24 <= hour < 72}
    for number, order in enumerate(([first, second], [second, first])):
        with Project.create(tmp_path / f"p{number}", timezone="UTC") as project:
            for file in order:
                report = import_paths(project, [file])
            assert stored(project, "S1") == right
            nights = load_nights(project)
            assert nights is not None
            assert np.isfinite(nights.values[:, 0]).tolist() == [True, False, False, True, True]
            if number == 0:
                assert report.imported[0].withdrawn == 48
                undo_import(project)
                assert len(stored(project, "S1")) == 120
                redo_import(project)
                exported = export_project(project, tmp_path / "out")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [exported])
        assert stored(back, "S1") == right
        undo_import(back)
        assert len(stored(back, "S1")) == 120


def test_an_older_version_that_comes_in_late_takes_no_readings_of_other_files_out(tmp_path: Path) -> None:
    """A correction marks hours as missing; what an older file of another name has there stands, whatever was between."""
    text = csv_of(range(24)).decode().splitlines()
    holed = [f"{line.split(',')[0]}," if 5 <= hour < 8 else line for hour, line in enumerate(text[1:])]
    month = place(tmp_path / "0", "month.csv", csv_of(range(24), 100.0), 10)
    former = place(tmp_path / "1", "day.csv", csv_of(range(24)), 20)
    holes = place(tmp_path / "2", "day.csv", "\n".join([text[0], *holed, ""]).encode(), 30)
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        import_paths(project, [month, holes])
        right = {hour: 50_000.0 + hour + (100.0 if 5 <= hour < 8 else 0.0) for hour in range(24)}
        assert stored(project, "S1") == right
        import_paths(project, [former])
        assert stored(project, "S1") == right
    with Project.create(tmp_path / "q", timezone="UTC") as project:
        import_paths(project, [month, former])
        assert import_paths(project, [holes]).imported[0].withdrawn == 3
        assert stored(project, "S1") == right


def test_a_correction_says_how_much_it_overwrites(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        import_paths(project, [place(tmp_path / "1", "XIC.csv", csv_of(range(48)), 10)])
        report = import_paths(project, [place(tmp_path / "2", "XIC.csv", csv_of(range(10, 20), 1.0), 20)])
        assert report.imported[0].overwritten == 10
        assert "XIC.csv: 10 readings replace different values from 'XIC.csv'." in report.notes


def test_the_files_that_a_correction_overwrites_are_named_by_day_and_station(tmp_path: Path) -> None:
    lines = csv_of(range(24)).decode().splitlines()[1:]
    both = "\n".join(["time,B1,A1", *(f"{line},{49_000 + hour}" for hour, line in enumerate(lines)), ""])
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        for code in ("B1", "A1"):
            import_paths(project, [place(tmp_path / "1", f"{code}.csv", "\n".join([f"time,{code}", *lines, ""]).encode(), 10)])
        report = import_paths(project, [place(tmp_path / "2", "both.csv", both.replace(",50", ",51").encode(), 20)])
        assert any("48 readings replace different values from 'A1.csv', 'B1.csv'." in note for note in report.notes)


def test_one_content_under_the_names_of_two_stations_is_two_stations(tmp_path: Path) -> None:
    data = b"time,F\n" + csv_of(range(24)).split(b"\n", 1)[1]
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        for name in ("XIC.csv", "MUL.csv"):
            place(tmp_path / "files", name, data, 1)
        import_paths(project, [tmp_path / "files"])
        assert len(stored(project, "XIC")) == len(stored(project, "MUL")) == 24
        assert import_paths(project, [tmp_path / "files"]).imported == ()
