"""A project as open formats and back, and what other programs get: maps, regions, tables."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image
from project_parts import EVENTS, iaga, minute_values, put, small_synthetic
from terminal import Terminal

from quakegui.formats import read_images
from quakegui.project import catalogue, exchange, journal, labelfiles, run_folders, runs, season_export, seasons
from quakegui.project.exchange import writing
from quakegui.project.importing import import_paths
from quakegui.project.season_tables import guard, quality_words, unguard
from quakegui.project.store import Project, ProjectError
from quakegui.season.daymap import to_rgb
from quakegui.season.events import ClassScheme, Declustering
from quakegui.season.quality import Quality


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    made = small_synthetic(tmp_path_factory.mktemp("small") / "p")
    runs.add_run(made, runs.Run("run-1", 1_650_000_000_123, "done", {"epochs": 3}, {"note": "=1+1"}))
    days = np.array(["2022-03-01", "2022-03-02"], dtype="datetime64[D]")
    shares = np.array([[0.2, 0.2, 0.2, 0.2, 0.2], [0.1, 0.6, 0.1, 0.1, 0.1]])
    said = runs.LedgerPredictions(days, shares, "out-of-fold", ("aa", "bb"), np.array([1, 2], dtype=np.int64), "cc")
    runs.append_predictions(made, "run-1", said, issued_ms=1_650_000_000_456)
    (made.folder / "runs" / "run-1").mkdir()
    (made.folder / "runs" / "run-1" / "config.json").write_text("{}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def exported(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exchange.export_project(project, tmp_path_factory.mktemp("out") / "export")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_among_other_files_is_named_and_not_guessed_at(exported: Path, tmp_path: Path) -> None:
    """A colleague's folder or archive: the tables of an export would come in as readings of a station F_NT."""
    folder = tmp_path / "from_li"
    shutil.copytree(exported, folder / "export")
    put(folder, "kak.min", iaga())
    shutil.make_archive(str(tmp_path / "sent"), "zip", folder)
    alone = put(tmp_path, "XIC.csv.gz", next((exported / "readings").iterdir()).read_bytes())
    for number, (given, name) in enumerate(((folder, "from_li/export"), (tmp_path / "sent.zip", "sent.zip/export"))):
        with Project.create(tmp_path / str(number), timezone="UTC") as other:
            report = import_paths(other, [given])
            assert other.network().codes == ("KAK",)
            assert len(report.imported) == 1
            assert [one.file for one in report.skipped] == [name]
            assert "is an exported project" in report.skipped[0].reason
            report = import_paths(other, [alone])
            assert other.network().codes == ("KAK",)
            assert "part of an exported project" in report.skipped[0].reason


def test_an_export_lists_settings_in_one_order_whichever_was_made_first(tmp_path: Path) -> None:
    made = []
    for turn in (1, -1):
        with Project.create(tmp_path / f"p{turn}", name="p") as project:
            steps = (
                lambda: catalogue.set_class_scheme(project, ClassScheme(4.0, (29.7, 102.4), (27.2, 102.0))),
                lambda: catalogue.store_events(project, EVENTS, declustering=Declustering()),
            )
            for step in steps[::turn]:
                step()
            facts = json.loads((exchange.export_project(project, tmp_path / f"export{turn}") / "project.json").read_text())
            made.append(list(facts["settings"]))
    assert made[0] == made[1]


def test_the_way_out_and_back_gives_the_same_project(project: Project, exported: Path, tmp_path: Path) -> None:
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        report = import_paths(back, [exported])
        assert len(report.imported) == 5
        assert (back.name, back.timezone, back.synthetic) == (project.name, "Asia/Shanghai", True)
        assert back.config() == project.config()
        assert back.network() == project.network()
        assert journal.journal_rows(back) == journal.journal_rows(project)
        assert journal.in_force(back) == journal.in_force(project)
        assert catalogue.all_events(back) == catalogue.all_events(project)
        assert catalogue.class_scheme(back) == catalogue.class_scheme(project)
        assert catalogue.selection_facts(back) == catalogue.selection_facts(project)
        assert journal.label_rule(back) == journal.label_rule(project)
        assert runs.runs(back) == runs.runs(project)
        assert runs.count(back) == 1
        first, second = seasons.load_season(project), seasons.load_season(back)
        assert first is not None
        assert second is not None
        np.testing.assert_array_equal(first.indices(slice(None)), second.indices(slice(None)))
        np.testing.assert_array_equal(
            runs.predictions(back, "run-1", second.days).probabilities,
            runs.predictions(project, "run-1", first.days).probabilities,
        )
        assert journal.redo(back, "Wang") is not None  # history goes on where it was
        since, until = np.datetime64("2022-01-10", "ms"), np.datetime64("2022-01-12", "ms")
        for one, other in zip(
            seasons.record(project, "QSP", since, until), seasons.record(back, "QSP", since, until), strict=True
        ):
            np.testing.assert_array_equal(one.time, other.time)
            np.testing.assert_array_equal(one.values, other.values)


def test_every_file_of_a_synthetic_export_says_so(exported: Path) -> None:
    assert json.loads((exported / "project.json").read_text())["season"] == "SYNTHETIC"
    for path in exported.rglob("*.csv"):
        assert all(row["season"] == "SYNTHETIC" for row in read(path)), path
    assert all("SYNTHETIC" in path.name for path in (exported / "readings").iterdir())


def test_readings_leave_as_plain_csv(exported: Path) -> None:
    listed = read(exported / "readings.csv")
    assert [row["station"] for row in listed] == ["BSG", "DQW", "LTB", "QSP", "YPS"]
    with gzip.open(exported / listed[0]["path"], "rt") as file:
        lines = file.read().splitlines()
    assert lines[0] == "time_utc,f_nt,file"
    assert len(lines) - 1 == int(listed[0]["readings"])
    assert lines[1].startswith("2022-01-04T16:00:00Z,")


def test_an_export_goes_into_an_empty_project_only(project: Project, exported: Path) -> None:
    with pytest.raises(ProjectError, match="is not empty"):
        import_paths(project, [exported])
    with pytest.raises(ProjectError, match="is not empty"):
        exchange.export_project(project, exported)


def test_a_deleted_run_travels_neither_out_nor_in(tmp_path: Path) -> None:
    """Whoever deletes a run does not mean to hand it to others; what it predicted stays in the ledger, as it does at home."""
    with Project.create(tmp_path / "home", timezone="Asia/Shanghai") as home:
        for name in ("kept", "trash/deleted", "kept/trash"):
            (home.folder / "runs" / name).mkdir(parents=True)
            (home.folder / "runs" / name / "config.json").write_text("{}")
        out = writing.export_project(home, tmp_path / "out")

    def runs_of(folder: Path) -> list[str]:
        return sorted(path.relative_to(folder).parent.as_posix() for path in folder.rglob("config.json"))

    assert runs_of(out / "run_folders") == ["kept", "kept/trash"]
    (out / "run_folders" / "trash" / "deleted").mkdir(parents=True)  # as former exports have it
    (out / "run_folders" / "trash" / "deleted" / "config.json").write_text("{}")
    with Project.create(tmp_path / "away", timezone="UTC") as away:
        exchange.import_export(away, out)
        assert runs_of(away.folder / "runs") == ["kept", "kept/trash"]


def test_runs_that_still_have_to_be_moved_outlive_an_import_that_is_refused(exported: Path, tmp_path: Path) -> None:
    """A disk that failed once leaves them beside the others until the next opening; another import cleared them away."""
    with Project.create(tmp_path / "filled", timezone="UTC") as filled:
        exchange.import_export(filled, exported)
        waits = filled.folder / run_folders.PLACE / "waits"
        waits.mkdir(parents=True)
        with filled.write() as connection:
            run_folders.announce(connection)
        for folder in (exported, tmp_path):
            with pytest.raises(ProjectError, match="is not empty"):
                exchange.import_export(filled, folder)
        assert waits.is_dir()
    with Project.open(tmp_path / "filled") as filled:
        assert (filled.folder / "runs" / "waits").is_dir()


def test_a_damaged_export_changes_nothing(exported: Path, tmp_path: Path) -> None:
    import shutil

    for part in ("events.csv", "readings.csv", "config", "version", "packed"):
        folder = tmp_path / part
        shutil.copytree(exported, folder)
        if part in ("config", "version"):
            facts = json.loads((folder / "project.json").read_text())
            wrong = {"timezone": "Mars/Base"} if part == "config" else "one"
            (folder / "project.json").write_text(json.dumps({**facts, part: wrong}))
        elif part == "packed":
            one = min((folder / "readings").iterdir())
            data = bytearray(one.read_bytes())
            data[100:160] = bytes(range(60))  # within the compressed stream
            one.write_bytes(data)
        else:
            (folder / part).write_text((folder / part).read_text()[:-40])
        with Project.create(tmp_path / f"p-{part}") as back:
            with pytest.raises(ProjectError, match="damaged or incomplete"):
                import_paths(back, [folder])
            assert back.network().stations == ()
            assert catalogue.events(back) == ()


def test_a_path_that_leaves_the_export_is_refused(exported: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(exported, tmp_path / "evil")
    text = (tmp_path / "evil" / "readings.csv").read_text()
    (tmp_path / "evil" / "readings.csv").write_text(text.replace("readings/BSG", "../../readings/BSG"))
    with Project.create(tmp_path / "p") as back, pytest.raises(ProjectError, match="points outside the export"):
        import_paths(back, [tmp_path / "evil"])


def test_layers_of_one_station_survive_the_way(tmp_path: Path) -> None:
    files = tmp_path / "files"
    import_first = put(files, "a.min", iaga("XYZ", values=minute_values(1.0 + 46_000.0), kind="definitive"))
    import_second = put(files, "b.min", iaga("XYZ", values=minute_values(47_000.0)))
    with Project.create(tmp_path / "p") as project, Project.create(tmp_path / "back") as back:
        import_paths(project, [import_first, import_second])
        exchange.export_project(project, tmp_path / "out")
        import_paths(back, [tmp_path / "out"])
        code = project.network().codes[0]
        since, until = np.datetime64("2022-01-15", "ms"), np.datetime64("2022-01-16", "ms")
        (one,), (other,) = (seasons.record(each, code, since, until) for each in (project, back))
        np.testing.assert_array_equal(one.values, other.values)
        assert one.data_type == other.data_type
        assert import_paths(back, [files]).unchanged == ("files/a.min", "files/b.min")


def test_every_code_gets_a_file_name_of_its_own() -> None:
    names = {writing.file_name((code, 60_000, 4, 0), synthetic=False) for code in ("KAK", "kak", "É/1", "_/1", "../x", "CON")}
    assert len(names) == 6
    assert "KAK_60s_definitive.csv.gz" in names
    assert not any("/" in name or ".." in name for name in names)


def test_maps_are_the_networks_own_pixels_and_can_be_read_back(project: Project, tmp_path: Path) -> None:
    season = seasons.load_season(project)
    assert season is not None
    count = season_export.maps_to_folder(project, season, tmp_path / "maps", class_folders=True)
    assert count == int(season.has_map.sum()) > 20
    rows = read(tmp_path / "maps" / "index.csv")
    assert len(rows) == count
    labels = journal.in_force(project)
    for row in rows[::9]:
        image = Image.open(tmp_path / "maps" / row["file"])
        index = int((np.datetime64(row["date"], "D") - season.days[0]).astype(int))
        np.testing.assert_array_equal(np.asarray(image), to_rgb(season.indices([index])[0], season.config.style))
        assert "SYNTHETIC" in row["file"]
        assert "SYNTHETIC" in image.text["Title"]  # type: ignore[attr-defined]
        assert row["file"].split("/")[0] == row["class"] == str(labels[season.days[index]].cls)
    back = read_images(tmp_path / "maps")
    assert [(image.day, image.cls) for image in back.images] == [
        (np.datetime64(row["date"], "D"), int(row["class"])) for row in rows
    ]
    with pytest.raises(ProjectError, match="not empty"):
        season_export.maps_to_folder(project, season, tmp_path / "maps")


def test_cancelled_maps_leave_an_index_of_what_is_there(project: Project, tmp_path: Path) -> None:
    season = seasons.load_season(project)
    assert season is not None
    asked = iter([False] * 3)
    count = season_export.maps_to_folder(project, season, tmp_path / "maps", cancelled=lambda: next(asked, True))
    assert count == 3
    assert len(read(tmp_path / "maps" / "index.csv")) == 3


def test_regions_have_the_columns_and_the_numbers_of_the_season(project: Project, tmp_path: Path) -> None:
    season = seasons.load_season(project)
    assert season is not None
    season_export.regions_to_csv(project, season, tmp_path / "r.csv")
    rows = read(tmp_path / "r.csv")
    wanted = [
        "date",
        "region",
        "area_px",
        "area_km2",
        "peak",
        "peak_station",
        "duration_days",
        "direction",
        "centroid",
        "season",
    ]
    assert list(rows[0]) == wanted
    assert {row["date"] for row in rows} == {str(day) for day in season.days[season.has_map]}
    for day in season.features[season.shown]:
        mine = [row for row in rows if row["date"] == str(day.day) and row["region"] != "0"]
        assert [int(row["area_px"]) for row in mine] == [region.area_px for region in day.regions]


def test_tables_as_a_workbook_and_as_csv(project: Project, tmp_path: Path) -> None:
    season = seasons.load_season(project)
    assert season is not None
    season_export.save_tables(project, season, tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx", read_only=True)
    assert book.sheetnames == ["days", "regions", "station_days", "events", "labels"]
    places = [row[5].value for row in book["events"].iter_rows(min_row=2)]
    assert places == ["'=HYPERLINK(1) 泸定", "''quoted"]
    book.close()
    season_export.save_tables(project, season, tmp_path / "t.csv")
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == [f"{name}.csv" for name in sorted(book.sheetnames)]


def test_the_tables_go_where_they_are_wanted_and_missing_folders_are_created(project: Project, tmp_path: Path) -> None:
    season = seasons.load_season(project)
    assert season is not None
    wanted = {
        "season v1.2": "season v1.2",
        "new/season.2022.CSV": "new/season.2022",
        "newer/still/t.xlsx": "newer/still/t.xlsx",
    }
    for given, written in wanted.items():
        assert season_export.save_tables(project, season, tmp_path / "out" / given) == tmp_path / "out" / written
    found = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    tables = ("days", "regions", "station_days", "events", "labels")
    folders = ("season v1.2", "new/season.2022")
    assert found == {"newer/still/t.xlsx", *(f"{folder}/{table}.csv" for folder in folders for table in tables)}


def test_the_command_tells_where_the_tables_are(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "".join(Terminal(capsys)("tables", project.folder, tmp_path / "v1.2"))
    assert f"Tables written to {tmp_path / 'v1.2'}." in said
    assert (tmp_path / "v1.2" / "days.csv").is_file()


def test_text_from_outside_is_no_formula_and_comes_back_as_it_was() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\t=", "'=", "'", "plain", "", "泸定"):
        assert not guard(text).startswith(("=", "+", "-", "@", "\t"))
        assert unguard(guard(text)) == text


def test_quality_is_told_in_words() -> None:
    assert quality_words(0) == "good"
    assert quality_words(int(Quality.SHORT | Quality.WARM_UP)) == "short warm-up"


def test_labels_go_out_and_come_in(project: Project, tmp_path: Path) -> None:
    season_export.labels_to_csv(project, tmp_path / "l.csv")
    with Project.create(tmp_path / "p") as other:
        done = labelfiles.import_labels(other, tmp_path / "l.csv", author="Zhao")
        assert (done.count, done.changes) == (2, 2)
        assert done.by_rule == len(read(tmp_path / "l.csv")) - 2
        found = journal.in_force(other)
        assert [(row.cls, row.author, row.note) for row in found.values()] == [(3, "李", "+ peak")] * 2
        assert labelfiles.import_labels(other, tmp_path / "l.csv", author="Zhao").changes == 0


def test_the_index_of_a_folder_of_maps_holds_labels_too(tmp_path: Path) -> None:
    rows = ("file,date,class,label_source", "1/a.png,2022-01-01,1,rule", "3/b.png,2022-01-02,3,analyst", "c.png,2022-01-03,2,")
    (tmp_path / "index.csv").write_text("\n".join(rows))
    with Project.create(tmp_path / "p") as other:
        done = labelfiles.import_labels(other, tmp_path / "index.csv", author="Zhao")
        assert (done.count, done.by_rule) == (2, 1)
        assert [row.cls for row in journal.in_force(other).values()] == [3, 2]


@pytest.mark.parametrize(
    "text",
    [
        "day,label\n",
        "date,class\n2022-13-01,1\n",
        "date,class\n2022,1\n",
        "date,class\n20220105,1\n",
        "date,class\ntoday,1\n",
        "date,class\n,1\n",
        "date,class\n2022-01-01,5\n",
        "date,class,source\n2022-01-01,1,oracle\n",
    ],
)
def test_a_bad_label_file_changes_nothing(tmp_path: Path, text: str) -> None:
    from quakegui.formats.errors import FormatError

    (tmp_path / "l.csv").write_text("date,class\n2022-01-01,1\n" + text if text.startswith("2") else text)
    with Project.create(tmp_path / "p") as other:
        with pytest.raises(FormatError):
            labelfiles.import_labels(other, tmp_path / "l.csv", author="Zhao")
        assert journal.journal_rows(other) == ()
