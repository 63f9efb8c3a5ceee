"""The command line: its contract with scripts outside, its exit codes, its sentences."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from terminal import Terminal

from quakegui.cli import window
from quakegui.judge.folds import PROTOCOLS
from quakegui.learn.runs.presets import PRESETS
from quakegui.project import catalogue, journal, seasons
from quakegui.project.store import Project

EVENTS = """time,latitude,longitude,depth,mag,magType,place
2022-03-01T04:00:00.000Z,29.6,102.4,10,5.1,mw,"Luding, Sichuan"
2022-03-02T04:00:00.000Z,29.6,102.4,10,4.1,mb,aftershock
2022-03-08T04:00:00.000Z,27.2,101.9,,3.6,mb,Huili
2022-03-20T04:00:00.000Z,37.2,101.9,10,5.6,mb,far away
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def hourly(folder: Path, stations: int = 4, days: int = 60) -> Path:
    """A wide csv of hourly means, and a list of where the stations are."""
    folder.mkdir()
    time = np.datetime64("2022-01-15T00:30:00", "s") + np.arange(24 * days) * np.timedelta64(3600, "s")
    random = np.random.default_rng(5)
    common = np.cumsum(random.normal(0, 1.0, time.size))
    columns = [50_000.0 + 100.0 * s + common + random.normal(0, 0.5, time.size) for s in range(stations)]
    with (folder / "f.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", *(f"ST{s}" for s in range(stations))])
        for row, stamp in enumerate(time):
            writer.writerow([f"{stamp}Z", *(f"{column[row]:.2f}" for column in columns)])
    places = [(27.5, 101.5), (28.6, 101.7), (27.7, 102.8), (28.5, 102.9)]
    lines = [f"ST{s},Place {s},{lat},{lon}" for s, (lat, lon) in enumerate(places[:stations])]
    (folder / "stations.csv").write_text("\n".join(["code,name,latitude,longitude", *lines]) + "\n")
    return folder


def test_the_whole_way_from_files_to_maps(run: Terminal, tmp_path: Path) -> None:
    """The contract, verb by verb, on one project."""
    project, data = tmp_path / "p", hourly(tmp_path / "data")
    out, err = run("new", project, "--timezone", "Asia/Shanghai")
    assert out == ""
    assert "Asia/Shanghai" in err

    (data / "readme.txt").write_text("not a reading")
    done = run.json("import", project, data)
    assert [one["file"] for one in done["imported"]] == ["data/f.csv", "data/stations.csv"]
    assert done["skipped"][0]["file"] == "data/readme.txt"
    assert done["skipped"][0]["reason"]
    assert set(done) >= {"imported", "skipped", "notes"}
    assert run.json("import", project, data)["imported"] == []

    found = run.json("stations", "list", project)
    assert [(one["code"], one["latitude"]) for one in found] == [("ST0", 27.5), ("ST1", 28.6), ("ST2", 27.7), ("ST3", 28.5)]
    assert found[0]["name"] == "Place 0"

    info = run.json("info", project)
    assert (info["stations"], info["first_day"], info["last_day"], info["days"]) == (4, "2022-01-15", "2022-03-16", 61)
    assert info["days_with_map"] == 61 - 1 - 20
    run("season", project, "--since", "2022-02-10", "--until", "2022-03-11")
    info = run.json("info", project)
    assert (info["first_day"], info["last_day"], info["days"], info["days_with_map"]) == ("2022-02-10", "2022-03-11", 30, 30)
    assert (info["events"], info["runs"], info["synthetic"]) == (0, 0, False)
    assert info["labels"] == {"0": 0, "1": 0, "2": 0, "3": 0, "4": 0}

    check_events(run, project, tmp_path)
    check_labels(run, project, tmp_path)
    check_output(run, project, tmp_path)


def check_events(run: Terminal, project: Path, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(EVENTS)
    choose = ("--box", 26, 31, 100, 104, "--min-magnitude", 3.1, "--since", "2022-02-01", "--until", "2022-12-31")
    run("events", "import", project, tmp_path / "e.csv", *choose)
    assert len(run.json("events", "list", project)) == 3
    run("events", "import", project, tmp_path / "e.csv", *choose, "--decluster", 50, 5)
    events = run.json("events", "list", project)
    assert [set(event) >= {"time", "magnitude", "latitude", "longitude", "depth_km", "place"} for event in events] == [
        True,
        True,
    ]
    assert events[0]["time"] == "2022-03-01T04:00:00Z"
    assert events[1]["depth_km"] is None
    assert "class" not in events[0]
    classes = run.json("events", "classes", project)
    assert [(event["direction"], event["class"]) for event in classes] == [("N", 1), ("S", 4)]
    assert run.json("events", "list", project) == classes
    run("events", "import", project, tmp_path / "e.csv", "--radius", 300)
    assert len(run.json("events", "list", project)) == 3


def check_labels(run: Terminal, project: Path, tmp_path: Path) -> None:
    run("labels", "rule", project)
    labels = run.json("labels", "list", project)
    assert len(labels) == 30
    run("labels", "set", project, "2022-02-12..2022-02-13", "2", "--author", "Li", "--note", "why")
    labels = {one["date"]: one for one in run.json("labels", "list", project)}
    assert (labels["2022-02-13"]["class"], labels["2022-02-13"]["source"], labels["2022-02-13"]["author"]) == (
        2,
        "analyst",
        "Li",
    )
    assert sum(run.json("info", project)["labels"].values()) == 30
    run("labels", "export", project, tmp_path / "labels.csv")
    assert "choose a name that ends in .csv" in run("labels", "export", project, tmp_path / "labels.xlsx", code=1)[1]
    assert not (tmp_path / "labels.xlsx").exists()
    run("labels", "set", project, "2022-02-12", "none", "--author", "Li")
    run("labels", "import", project, tmp_path / "labels.csv")
    assert {one["date"]: one["class"] for one in run.json("labels", "list", project)}["2022-02-12"] == 2


class Keyboard(io.StringIO):
    """What somebody at a terminal types."""

    def isatty(self) -> bool:
        return True


def labelled(project: Path) -> int:
    with Project.open(project) as opened:
        return len(journal.rows(opened))


@pytest.fixture
def wintry(small_project: Path) -> Path:
    """Return a project with a season from 10 February to 20 February 2022."""
    with Project.open(small_project) as project:
        first, last = np.datetime64("2022-02-10"), np.datetime64("2022-02-20")
        project.set_config(replace(project.config(), first_day=first, last_day=last))
    return small_project


UNUSUAL = {
    "before": (
        ("2022-02-08..2022-02-11", "3"),
        "This would label 4 days, 2022-02-08 to 2022-02-11. 2 of them are outside the season (2022-02-10 to 2022-02-20): "
        "2022-02-08 to 2022-02-09.",
    ),
    "both sides": (
        ("2022-02-09..2022-02-22", "3"),
        "This would label 14 days, 2022-02-09 to 2022-02-22. 3 of them are outside the season (2022-02-10 to 2022-02-20): "
        "2022-02-09 and 2022-02-21 to 2022-02-22.",
    ),
    "one day": (
        ("2023-02-15", "none"),
        "This would clear your labels of 2023-02-15. 1 of them are outside the season (2022-02-10 to 2022-02-20): 2023-02-15.",
    ),
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_days_outside_the_season_are_not_labelled_unasked(
    run: Terminal, wintry: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    (days, cls), says = UNUSUAL[case]
    before = labelled(wintry)
    _out, err = run("labels", "set", wintry, days, cls, "--author", "Li", code=1)
    assert " ".join(err.split()) == f"{says} Nothing was changed; add --yes to include all of them."
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    _out, err = run("labels", "set", wintry, days, cls, "--author", "Li", code=1)
    assert says in " ".join(err.split())
    assert labelled(wintry) == before
    monkeypatch.setattr(sys, "stdin", Keyboard("y\n"))
    run("labels", "set", wintry, days, cls, "--author", "Li")
    assert (labelled(wintry) > before) == (cls != "none")


def test_more_than_400_days_are_labelled_on_request_only(run: Terminal, small_project: Path) -> None:
    with Project.open(small_project) as project:
        first, last = np.datetime64("2021-01-01"), np.datetime64("2022-12-31")
        project.set_config(replace(project.config(), first_day=first, last_day=last))
    _out, err = run("labels", "set", small_project, "2021-01-01..2022-02-05", "1", code=1)
    says = "This would label 401 days, 2021-01-01 to 2022-02-05. Nothing was changed; add --yes to include all of them."
    assert " ".join(err.split()) == says
    assert labelled(small_project) == 0
    run("labels", "set", small_project, "2021-01-01..2022-02-04", "1")
    assert labelled(small_project) == 400
    run("labels", "set", small_project, "2021-01-01..2022-02-05", "2", "--yes")
    assert labelled(small_project) == 801


def test_a_file_with_labels_outside_the_season_is_taken_and_told(run: Terminal, wintry: Path, tmp_path: Path) -> None:
    days = ("2022-02-08", "2022-02-09", "2022-02-12", "2022-03-30")
    (tmp_path / "labels.csv").write_text("date,class\n" + "".join(f"{day},3\n" for day in days))
    _out, err = run("labels", "import", wintry, tmp_path / "labels.csv", "--author", "Li")
    assert "Labels of 3 days outside the season (2022-02-08 to 2022-03-30) were imported, too." in " ".join(err.split())
    assert labelled(wintry) == 4


def check_output(run: Terminal, project: Path, tmp_path: Path) -> None:
    run("maps", project, tmp_path / "maps", "--class-folders")
    with (tmp_path / "maps" / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert np.asarray(Image.open(tmp_path / "maps" / rows[0]["file"])).shape == (480, 480, 3)

    run("regions", project, tmp_path / "regions.csv")
    with (tmp_path / "regions.csv").open(newline="") as file:
        header = next(csv.reader(file))
    assert header == ["date", "region", "area_px", "area_km2", "peak", "peak_station", "duration_days", "direction", "centroid"]

    run("export", project, tmp_path / "out")
    run("new", tmp_path / "back", "--timezone", "Asia/Tokyo")
    run("import", tmp_path / "back", tmp_path / "out")
    assert {**run.json("info", tmp_path / "back"), "name": ""} == {**run.json("info", project), "name": ""}
    assert run.json("labels", "list", tmp_path / "back") == run.json("labels", "list", project)
    run("maps", tmp_path / "back", tmp_path / "maps2", "--class-folders")
    for row in rows:
        assert (tmp_path / "maps2" / row["file"]).read_bytes()[-4000:] == (tmp_path / "maps" / row["file"]).read_bytes()[-4000:]


def test_refusals_are_one_sentence_and_exit_code_one(run: Terminal, tmp_path: Path) -> None:
    run("new", tmp_path / "p")
    for arguments in (
        ("info", tmp_path / "gone", "--json"),
        ("new", tmp_path / "p"),
        ("new", tmp_path / "q", "--timezone", "Mars/Base"),
        ("maps", tmp_path / "p", tmp_path / "maps"),
        ("regions", tmp_path / "p", tmp_path / "r.csv"),
        ("events", "import", tmp_path / "p", tmp_path / "gone.csv"),
        ("events", "classes", tmp_path / "p"),
        ("events", "import", tmp_path / "p", __file__, "--radius", 100),
        ("labels", "rule", tmp_path / "p"),
        ("labels", "import", tmp_path / "p", __file__),
        ("stations", "import", tmp_path / "p", __file__),
        ("stations", "set", tmp_path / "p", "X", "--latitude", 95, "--longitude", 0),
    ):
        out, err = run(*arguments, code=1)
        assert out == "", arguments
        assert err.strip().endswith("."), (arguments, err)
        assert "Traceback" not in err
    assert not (tmp_path / "q").exists()


def test_wrong_usage_is_exit_code_two(run: Terminal, tmp_path: Path) -> None:
    run("new", tmp_path / "p")
    for arguments in (
        ("nonsense",),
        ("demo", "--headless", "--strength", "inf"),
        ("demo", "--headless", "--strength", 1e9),
        ("new",),
        ("events", "import", tmp_path / "p", __file__, "--box", 31, 26, 100, 104),
        ("events", "import", tmp_path / "p", __file__, "--since", "yesterday"),
        ("labels", "rule", tmp_path / "p", "--days-after", 5000),
        ("labels", "rule", tmp_path / "p", "--days-before", 5000),
        ("season", tmp_path / "p", "--since", "0001-01-01", "--until", "9999-12-31"),
        ("season", tmp_path / "p", "--since", "0022-03-28", "--until", "0022-04-04"),
        ("season", tmp_path / "p", "--since", "1800-01-01", "--until", "2199-12-31"),
        ("events", "import", tmp_path / "p", __file__, "--decluster", 0, 5),
        ("train", tmp_path / "p", "--preset", "stack", "--workers", 2),
        ("train", tmp_path / "p", "--workers", 2, "--cluster", "tls://centre:8786"),
        ("labels", "set", tmp_path / "p", "2022-02-30", 1),
        ("labels", "set", tmp_path / "p", "2022", 1),
        ("labels", "set", tmp_path / "p", "20220205", 1),
        ("labels", "set", tmp_path / "p", "today", 1),
        ("labels", "set", tmp_path / "p", "2022-02-05..2022-02-01", 1),
        ("labels", "set", tmp_path / "p", "2022-02-01", 7),
        ("season", tmp_path / "p", "--since", "2022-03-01", "--until", "2022-02-01"),
    ):
        assert run(*arguments, code=2)[0] == ""


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_command_needs_no_open_stream(run: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    """Schedulers and `<&-` close them."""
    run("new", tmp_path / "p")
    run("labels", "set", tmp_path / "p", "2022-02-01", 3, "--yes")
    monkeypatch.setattr(sys, stream, None)
    run("labels", "set", tmp_path / "p", "2022-02-02", 3, code=1)  # outside the season, and nobody to ask
    run("labels", "list", tmp_path / "p", "--json")
    run("labels", "export", tmp_path / "p", tmp_path / "l.csv")
    assert (tmp_path / "l.csv").is_file()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no full device")
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_output_without_room_is_one_sentence(
    run: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    run("new", tmp_path / "p")
    with Path("/dev/full").open("w", buffering=1) as full, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", full)
        _out, said = run("labels", "list", tmp_path / "p", *more, code=1)
    assert said == "The output could not be written: No space left on device. Saved work is kept.\n"


def test_an_empty_argument_is_not_the_current_folder(run: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is not set, as in `quakegui import p "$FILES"`, imported everything in the current folder."""
    monkeypatch.chdir(tmp_path)
    _out, said = run("new", "", code=2)
    assert "Argument 2 is empty" in said
    assert not list(tmp_path.iterdir())
    run("new", "p", "--name", "")
    (tmp_path / "l.csv").write_text("date,class\n2022-02-01,3\n", encoding="utf-8")
    _out, said = run("labels", "import", "p", "", code=2)
    assert "Argument 4 is empty" in said


def test_an_import_of_which_nothing_could_be_read_fails_and_still_prints_its_report(run: Terminal, tmp_path: Path) -> None:
    run("new", tmp_path / "p")
    (tmp_path / "x.txt").write_text("no reading")
    out, err = run("import", tmp_path / "p", tmp_path / "x.txt", "--json", code=1)
    assert [one["file"] for one in json.loads(out)["skipped"]] == ["x.txt"]
    assert "Nothing could be imported" in err


def test_without_a_season_window_info_counts_every_date_with_data(run: Terminal, tmp_path: Path) -> None:
    run("new", tmp_path / "p", "--timezone", "Asia/Tokyo")
    empty = run.json("info", tmp_path / "p")
    assert (empty["stations"], empty["first_day"], empty["days"], empty["days_with_map"]) == (0, None, 0, 0)
    assert empty["timezone"] == "Asia/Tokyo"


def test_stations_are_typed_in(run: Terminal, tmp_path: Path) -> None:
    run("new", tmp_path / "p")
    run("stations", "set", tmp_path / "p", "BOU", "--latitude", 40.137, "--longitude", -105.237, "--name", "Boulder")
    (one,) = run.json("stations", "list", tmp_path / "p")
    assert one == {"code": "BOU", "name": "Boulder", "latitude": 40.137, "longitude": -105.237, "elevation_m": None}


def test_every_command_has_help_with_an_example(run: Terminal) -> None:
    groups = {"stations": ("list", "import", "set"), "events": ("import", "list", "classes")}
    groups["labels"] = ("rule", "list", "set", "export", "import")
    commands = [
        (name,) for name in ("demo", "new", "import", "season", "info", "maps", "regions", "export", "simulate", "pretrain")
    ]
    commands += [(group, name) for group, names in groups.items() for name in names]
    for command in commands:
        assert "Example: quakegui" in " ".join(run(*command, "--help")[0].split()), command


def test_brackets_in_the_help_are_no_markup(run: Terminal) -> None:
    for command in ("limit", "compare"):
        assert 'pip install "quakegui[cluster]"' in " ".join(run(command, "--help")[0].split())
    assert '"columns": [["F",' in " ".join(run("import", "--help")[0].split())


def test_the_help_explains_every_preset_and_protocol(run: Terminal) -> None:
    told = " ".join(run("train", "--help")[0].split()).split(" Arguments ")[0]
    assert [name for name in PRESETS if not re.search(rf"\b{name} (has|is) ", told)] == []
    assert [name for name in PROTOCOLS if not re.search(rf"\b{name} (holds|trains|reproduces) ", told)] == []


def test_the_usage_of_a_command_puts_what_is_optional_into_one_pair_of_brackets(run: Terminal) -> None:
    for command in (("listen",), ("update",), ("flags", "remove"), ("imports", "undo"), ("apply",), ("import",)):
        usage = next(line for line in run(*command, "--help")[0].splitlines() if "Usage:" in line)
        assert "[[" not in usage, usage
        assert "...}..." not in usage, usage


def test_the_window_opens_without_a_command(run: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[Path | None] = []
    monkeypatch.setattr(window, "show_window", lambda folder: opened.append(folder) or 0)
    run()
    run("--open", tmp_path)
    assert opened == [None, tmp_path]


def test_the_demo_runs_the_whole_chain_without_a_display(demo: tuple[Path, str]) -> None:
    facts = json.loads(demo[1])
    assert (facts["stations"], facts["days"], facts["days_with_map"], facts["events"]) == (25, 334, 334, 18)
    assert facts["labels"] == {"0": 169, "1": 83, "2": 18, "3": 40, "4": 24}
    assert facts["synthetic"] is True
    assert facts["regions"] >= facts["days_with_region"] > 0


def test_the_demo_is_the_original_papers_season(demo: tuple[Path, str]) -> None:
    with Project.open(demo[0]) as project:
        assert project.synthetic
        assert "SYNTHETIC" in project.name
        assert np.bincount(catalogue.event_classes(project), minlength=5).tolist() == [0, 6, 3, 5, 4]
        rule = journal.rule_labels(project)
        assert rule is not None
        assert rule.counts == (169, 83, 18, 40, 24)
        assert 0 < int(rule.post.sum()) < 60


def test_the_demo_keeps_every_minute_in_little_room(demo: tuple[Path, str]) -> None:
    assert (demo[0] / "project.sqlite").stat().st_size < 30_000_000  # 25 stations, 394 days; "well under 200 MB"
    with Project.open(demo[0]) as project:
        time, value = seasons.series(project, "QSP", np.datetime64("2022-05-01", "ms"), np.datetime64("2022-05-02", "ms"))
    assert time.size > 1000
    assert 45_000 < float(np.nanmedian(value)) < 52_000


def test_the_demo_is_made_once_and_not_over_another_project(demo: tuple[Path, str], run: Terminal, tmp_path: Path) -> None:
    out, _ = run("demo", "--headless", "--project", demo[0])
    assert "SYNTHETIC season, strength 1: 25 stations, 334 days" in out
    _, err = run("demo", "--headless", "--project", demo[0], "--strength", 0, code=1)
    assert "a different project" in err
    Project.create(tmp_path / "p").close()
    run("demo", "--headless", "--project", tmp_path / "p", code=1)
