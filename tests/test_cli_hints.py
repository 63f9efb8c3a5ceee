"""What a file leaves open is said on the command line: station, day, clock, unit, lines, and mappings that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from terminal import Terminal

from quakegui.project import catalogue, seasons
from quakegui.project.store import Project

ROWS = [f"2024-05-09 00:{at:02d}:00,{48_500 + at / 10:.1f}" for at in range(60)]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    terminal = Terminal(capsys)
    terminal("new", tmp_path / "p", "--timezone", "UTC")
    return terminal


def put(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def first(project: Path, code: str) -> str:
    """Return the first stamp of a station."""
    with Project.open(project) as opened:
        day = np.datetime64("2024-05-08", "ms")
        records = list(seasons.record(opened, code, day, day + np.timedelta64(3, "D")))
    return str(min(record.time[0] for record in records).astype("datetime64[m]"))


def test_a_station_is_said_for_files_that_do_not_name_it(run: Terminal, tmp_path: Path) -> None:
    file = put(
        tmp_path,
        "readings.csv",
        ["time,Bx,By,Bz,Btotal", *(f"{row.split(',')[0]},29778.5,-4110,35886.8,46813.6" for row in ROWS)],
    )
    _out, said = run("import", tmp_path / "p", file, code=1)
    assert "Nothing could be imported" in said
    assert run.json("import", tmp_path / "p", file, "--station", "kak")["imported"][0]["stations"] == ["KAK"]


def test_stations_are_taken_from_the_names_of_files(run: Terminal, tmp_path: Path) -> None:
    for code in ("a1", "b2"):
        put(tmp_path / "files", f"mag_{code}_may.csv", ["time,F", *ROWS])
    done = run.json("import", tmp_path / "p", tmp_path / "files", "--station-from", "mag_{code}_*.csv")
    assert [each["stations"] for each in done["imported"]] == [["A1"], ["B2"]]
    run("import", tmp_path / "p", tmp_path / "files", "--station-from", "mag_*.csv", code=2)


def test_a_day_and_a_clock_are_said_for_a_log(run: Terminal, tmp_path: Path) -> None:
    file = put(tmp_path, "base.txt", ["/Gem Systems GSM-19 1 v7.0", "/", "000000.0  48500.00 99", "000100.0  48500.10 99"])
    run("import", tmp_path / "p", file, "--station", "XIC", code=1)
    run("import", tmp_path / "p", file, "--station", "XIC", "--date", "2024-05-09", "--timezone", "UTC+8")
    assert first(tmp_path / "p", "XIC") == "2024-05-08T16:00"


def test_a_unit_and_lines_are_said_for_a_table(run: Terminal, tmp_path: Path) -> None:
    rows = [f"{row.split(',')[0]},{485_000 + at}" for at, row in enumerate(ROWS)]
    file = put(tmp_path, "mag_XIC_1.csv", ["2020,1", "time,F", *rows])
    done = run.json("import", tmp_path / "p", file, "--unit", "0.1 nT", "--skip-lines", "1")
    assert done["imported"][0]["readings"] == 60


@pytest.mark.parametrize(
    "option", [("--timezone", "Mars/Olympus"), ("--unit", "stone"), ("--skip-lines", "-1"), ("--save-mapping",)]
)
def test_options_that_say_nothing_sensible_are_refused(run: Terminal, tmp_path: Path, option: tuple[str, ...]) -> None:
    run("import", tmp_path / "p", put(tmp_path, "XIC.csv", ["time,F", *ROWS]), *option, code=2)


def test_the_same_file_read_in_another_way_is_another_content(run: Terminal, tmp_path: Path) -> None:
    file = put(tmp_path, "XIC.csv", ["time (local),F", *ROWS])
    for zone, stamp in (("UTC+8", "2024-05-08T16:00"), ("UTC+7", "2024-05-08T16:00")):
        run("import", tmp_path / "p", file, "--timezone", zone)
        assert first(tmp_path / "p", "XIC") == stamp
    assert run.json("import", tmp_path / "p", file, "--timezone", "UTC+8")["unchanged"] == ["XIC.csv"]


def test_a_mapping_is_kept_for_the_next_table_with_the_same_columns(run: Terminal, tmp_path: Path) -> None:
    rows = [f"09/05/2024 00:{at:02d};48500" for at in range(60)]
    files = [put(tmp_path, f"mag_{code}_1.csv", ["Tag;Feld", *rows]) for code in ("XIC", "MUL")]
    mapping = {"layout": "long", "time": ["Tag"], "columns": [["F", "Feld"]], "station": "XIC", "time_format": "%d/%m/%Y %H:%M"}
    saved = put(tmp_path, "m.json", [json.dumps(mapping)])
    run("import", tmp_path / "p", files[1], code=1)
    run("import", tmp_path / "p", files[0], "--mapping", saved, "--save-mapping")
    assert run.json("import", tmp_path / "p", files[1])["imported"][0]["stations"] == ["MUL"]
    assert first(tmp_path / "p", "MUL") == "2024-05-09T00:00"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mapping_may_be_saved_as_editors_of_windows_save_it(run: Terminal, tmp_path: Path, encoding: str) -> None:
    file = put(tmp_path, "table.csv", ["time,KAK,MMB", *(f"{row},50000" for row in ROWS)])
    mapping = tmp_path / "m.json"
    mapping.write_text(json.dumps({"layout": "wide", "time": ["time"], "columns": [["一", "KAK"]]}), encoding=encoding)
    assert run.json("import", tmp_path / "p", file, "--mapping", mapping)["imported"][0]["stations"] == ["一"]


def test_a_mapping_is_kept_for_the_file_that_has_all_its_columns(run: Terminal, tmp_path: Path) -> None:
    """One with the same column of times came first, and the mapping was kept for that."""
    rows = [f"{row.replace(' ', 'T')},1" for row in ROWS]
    files = [put(tmp_path, f"{name}.csv", [head, *rows]) for name, head in (("a", "when,other,x"), ("b", "when,what,x"))]
    mapping = {"layout": "long", "time": ["when"], "columns": [["F", "what"]], "station": "XIC"}
    saved = put(tmp_path, "m.json", [json.dumps(mapping)])
    run("import", tmp_path / "p", *files, "--mapping", saved, "--save-mapping")
    later = put(tmp_path, "mag_MUL_2.csv", ["when,what,x", *rows])
    assert run.json("import", tmp_path / "p", later)["imported"][0]["stations"] == ["MUL"]


def test_the_clock_of_a_catalogue_is_said(run: Terminal, tmp_path: Path) -> None:
    file = put(tmp_path, "c.csv", ["Datum;Zeit;Breite;Länge;Tiefe;Magnitude", "05.09.2022;04:52:19;29,61;102,08;10;6,6"])
    _out, said = run("events", "import", tmp_path / "p", file, code=1)
    assert "--timezone" in said
    run("events", "import", tmp_path / "p", file, "--timezone", "UTC+8")
    with Project.open(tmp_path / "p") as opened:
        (event,) = catalogue.events(opened)
    assert str(event.time) == "2022-09-04T20:52:19.000"
