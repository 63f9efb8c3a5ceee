"""Projects from strangers, one attack at a time: refused before anything in them runs, in a sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hostile_projects import use

from quakegui.project import exchange, journal, seasons
from quakegui.project.importing import import_paths
from quakegui.project.store import DATABASE, Project, ProjectError
from quakegui.season.labels import LabelSource


def write(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def read(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("CREATE TRIGGER evil AFTER INSERT ON journal BEGIN DELETE FROM station; END", "the trigger 'evil'"),
        ("CREATE TRIGGER evil AFTER UPDATE ON setting BEGIN DELETE FROM kp; END", "the trigger 'evil'"),
        ("CREATE VIEW v AS SELECT 1", "the view 'v'"),
        ('CREATE VIEW "<b>v</b>" AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c', "the view"),
        ("CREATE INDEX one_day ON journal (abs(day))", "the index 'one_day'"),
        ("CREATE VIRTUAL TABLE words USING fts5 (a)", "the virtual table 'words'"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_foreign_parts_are_refused(folder: Path, part: str, says: str, read_only: bool) -> None:
    write(folder, part)
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(ProjectError, match="was not opened, and nothing in it was run") as caught:
        Project.open(folder, read_only=read_only)
    assert says in str(caught.value)
    assert (folder / DATABASE).read_bytes() == before


def test_a_table_of_ours_with_another_meaning_is_refused(folder: Path) -> None:
    """With REPLACE a new label would take the place of an old one without any trigger."""
    (statement,) = read(folder, "SELECT sql FROM sqlite_master WHERE name = 'kp'")[0]
    assert isinstance(statement, str)
    for changed in (
        statement.replace("NOT NULL", "NOT NULL ON CONFLICT REPLACE", 1),
        statement.replace("time_ms", "TIME_MS"),
        statement.replace("(", "(more INTEGER GENERATED ALWAYS AS (abs(value)), ", 1),
        statement[:-1] + ", CHECK (value < 5))",
        statement[:-1] + ", UNIQUE (value))",
    ):
        copy = Path(shutil.copytree(folder, folder.parent / "copy"))
        write(copy, "DROP TABLE kp", changed)
        with pytest.raises(ProjectError, match="a table 'kp' with a different structure than in this program"):
            Project.open(copy)
        shutil.rmtree(copy)


def test_a_view_in_the_place_of_the_facts_is_never_asked(folder: Path) -> None:
    endless = "WITH RECURSIVE c(key, value) AS (SELECT 'schema', '2' UNION ALL SELECT * FROM c) SELECT * FROM c"
    write(folder, "DROP TABLE setting", f"CREATE VIEW setting AS {endless}")
    with pytest.raises(ProjectError, match="the view 'setting'"):
        Project.open(folder)


def test_a_wrong_value_in_a_row_that_its_number_does_not_find_is_told(folder: Path) -> None:
    """A damaged page: going through the table meets the row, looking for it does not."""
    write(folder, "UPDATE setting SET value = x'00' WHERE key = 'name'")
    [(number, root, size)] = read(
        folder,
        "SELECT setting.rowid, rootpage, page_size FROM setting, sqlite_master, pragma_page_size "
        "WHERE setting.key = 'name' AND sqlite_master.name = 'setting'",
    )
    assert isinstance(number, int)
    assert isinstance(root, int)
    assert isinstance(size, int)
    data = bytearray((folder / DATABASE).read_bytes())
    page = (root - 1) * size
    assert data[page] == 13  # a leaf
    pointers = page + 8
    cells = [page + int.from_bytes(data[at : at + 2], "big") for at in range(pointers, pointers + 2 * data[page + 4], 2)]
    (at,) = (cell + 1 for cell in cells if data[cell + 1] == number)  # after the payload's length, of one byte
    data[at] = 127  # beyond the rows that follow it
    (folder / DATABASE).write_bytes(data)
    assert read(folder, "SELECT rowid FROM setting WHERE rowid = 127") == []
    with pytest.raises(ProjectError, match=r"row 127 of the table 'setting' \(column value\)"):
        Project.open(folder)


def test_plain_tables_of_others_are_left_alone(folder: Path) -> None:
    write(folder, "CREATE TABLE theirs (a, b)", "INSERT INTO theirs VALUES (1, x'00')")
    use(folder, all_of_it=False)
    assert read(folder, "SELECT a FROM theirs") == [(1,)]


def test_the_journal_gets_its_triggers_back(folder: Path) -> None:
    write(folder, "DROP TRIGGER journal_no_update", "DROP TRIGGER prediction_no_delete")
    Project.open(folder).close()
    with closing(sqlite3.connect(folder / DATABASE)) as connection, pytest.raises(sqlite3.DatabaseError, match="never changed"):
        connection.execute("UPDATE journal SET note = 'x'")


def test_nothing_is_attached_and_nothing_loaded(folder: Path) -> None:
    with Project.open(folder) as project, project.read() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        assert raw.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert raw.execute("PRAGMA cell_size_check").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="too many attached"):
            raw.execute(f"ATTACH '{folder.parent / 'other.db'}' AS other")
        with pytest.raises(sqlite3.OperationalError, match="not authorized"):
            raw.execute("SELECT load_extension('evil')")
    assert not (folder.parent / "other.db").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE journal SET day = 'tomorrow' WHERE id = 1", r"row 1 of the table 'journal' \(column day\)"),
        ("UPDATE journal SET day = 99999999 WHERE id = 1", "journal"),
        ("UPDATE journal SET source = 7", "journal"),
        ("UPDATE journal SET note = x'00'", "journal"),
        ("UPDATE station SET latitude = 'north' WHERE code = 'AAA'", "station"),
        ("UPDATE station SET latitude = 9e999 WHERE code = 'AAA'", "station"),
        ("UPDATE event SET magnitude = 9e999", "event"),
        ("UPDATE event SET time_ms = 9223372036854775807", "event"),
        ("UPDATE prediction SET p0 = 1e308", "prediction"),
        ("UPDATE night SET quality = -1", "night"),
        ("UPDATE kp SET value = 'high'", "kp"),
        ("UPDATE setting SET value = x'00' WHERE key = 'name'", "setting"),
        ("UPDATE setting SET value = 'many' WHERE key = 'revision'", "revision"),
        ("UPDATE setting SET value = '[[[' WHERE key = 'label_rule'", "label_rule"),
        ("UPDATE run SET card = '[]'", "run 'run-1'"),
        ("UPDATE run SET id = '../../other/runs/run-1'", "run '../../other/runs/run-1'"),
        ("UPDATE run SET id = '/tmp/other'", "run '/tmp/other'"),
        ("UPDATE run SET id = '..'", "run '..'"),
        ("UPDATE run SET id = ''", "run ''"),
        ("INSERT OR REPLACE INTO setting VALUES ('run_in_use', '../../other/runs/run-1')", "run_in_use"),
    ],
)
def test_values_of_another_kind_are_refused(folder: Path, change: str, says: str) -> None:
    write(folder, "DROP TRIGGER journal_no_update", "DROP TRIGGER prediction_no_update", change)
    with pytest.raises(ProjectError, match=says):
        Project.open(folder)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE setting SET value = 'Mars/Base' WHERE key = 'timezone'", "time zone"),
        ("DELETE FROM setting WHERE key = 'timezone'", "time zone"),
        ("UPDATE setting SET value = '../../etc/passwd' WHERE key = 'timezone'", "time zone"),
        ("UPDATE setting SET value = replace(printf('%9000d', 0), ' ', '[') WHERE key = 'config'", "nested too deeply"),
        ("UPDATE setting SET value = json_set(value, '$.anomaly.window_days', 1000000000) WHERE key = 'config'", "3660 days"),
        ("UPDATE setting SET value = json_set(value, '$.style.levels', 'many') WHERE key = 'config'", "style.levels"),
        ("UPDATE setting SET value = replace(value, '0.8', '1e999') WHERE key = 'config'", "night.coverage is inf"),
        ("UPDATE setting SET value = replace(value, '0.8', 'NaN') WHERE key = 'config'", "night.coverage is nan"),
        ("UPDATE setting SET value = '99' WHERE key = 'schema'", "newer quakegui"),
        ("UPDATE setting SET value = printf('%.5000d', 1) WHERE key = 'schema'", "does not belong to a quakegui project"),
        ("UPDATE setting SET value = '-1' WHERE key = 'schema'", "does not belong to a quakegui project"),
        ("UPDATE setting SET value = hex(zeroblob(34000000)) WHERE key = 'name'", "larger value"),
    ],
)
def test_facts_that_no_project_has_are_refused(folder: Path, change: str, says: str) -> None:
    write(folder, change)
    with pytest.raises(ProjectError, match=says):
        Project.open(folder)


def test_a_newer_or_foreign_database_is_not_touched(folder: Path, tmp_path: Path) -> None:
    write(folder, "PRAGMA journal_mode = DELETE", "UPDATE setting SET value = '99' WHERE key = 'schema'")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    with closing(sqlite3.connect(theirs / DATABASE)) as connection:
        connection.execute("CREATE TABLE passwords (a)")
    for place in (folder, theirs):
        before = (place / DATABASE).read_bytes()
        with pytest.raises(ProjectError):
            Project.open(place)
        assert (place / DATABASE).read_bytes() == before  # not even the journal's mode


@pytest.mark.parametrize(
    "block",
    [
        "UPDATE block SET times = x''",
        "UPDATE block SET times = zeroblob(21)",
        "UPDATE block SET times = 'text'",
        "UPDATE block SET count = 5",
        "UPDATE block SET data_type = 9",
        "UPDATE block SET derived = 'no'",
    ],
)
def test_damaged_readings_are_told(folder: Path, block: str) -> None:
    write(folder, block)
    with Project.open(folder) as project, pytest.raises(ProjectError, match=r"Readings stored in .* are damaged"):
        seasons.series(project, "AAA", np.datetime64("2022-03-01", "ms"), np.datetime64("2022-03-09", "ms"))


@pytest.mark.parametrize("walk", ["undoes", "redoes"])
def test_a_step_that_undoes_one_that_is_not_there_is_passed_over(folder: Path, walk: str) -> None:
    with Project.open(folder) as project:
        journal.write_labels(project, np.array(["2022-03-25"], "datetime64[D]"), 2, source=LabelSource.ANALYST, author="Zhao")
    write(folder, "DROP TRIGGER journal_no_update", f"UPDATE journal SET {walk} = 254 WHERE id = (SELECT max(id) FROM journal)")
    with Project.open(folder) as project:
        for back in (True, False):
            assert journal.next_step(project, "Zhao", back=back) is None
        assert journal.undo(project, "Zhao") is None


@pytest.mark.parametrize("day", ["'tomorrow'", "x'00'", "2.5", "99999999999"])
def test_damaged_days_of_readings_are_told_by_an_export(folder: Path, tmp_path: Path, day: str) -> None:
    write(folder, f"UPDATE block SET utc_day = {day} WHERE id = (SELECT min(id) FROM block)")
    with Project.open(folder) as project, pytest.raises(ProjectError, match=r"Readings stored in .* are damaged"):
        exchange.export_project(project, tmp_path / "e")


def test_a_day_of_an_export_with_a_time_is_refused(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "e"))
    path = folder / "journal.csv"
    head, *rows = path.read_text("utf-8-sig").splitlines()
    place = next(number for number, line in enumerate((head, *rows)) if "day" in line.split(","))
    lines = [head, *rows]
    cells = lines[place + 1].split(",")
    cells[lines[place].split(",").index("day")] += "T16:22:16.548Z"
    path.write_text("\n".join([*lines[: place + 1], ",".join(cells), *lines[place + 2 :]]) + "\n", "utf-8")
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        with pytest.raises(ProjectError, match="is not a valid day"):
            import_paths(project, [folder])
        assert journal.journal_rows(project) == ()


def test_packed_readings_that_are_a_bomb_unpack_to_what_they_say() -> None:
    import struct
    import zlib

    from quakegui.project.reading_blocks import DamagedReadingsError, unpack

    bomb = struct.pack("<qqIB", 0, 1, 10, 8) + zlib.compress(bytes(30 * 2**20))
    for packed in (
        bomb,
        struct.pack("<qqIB", 0, 1, 2**32 - 1, 8) + bomb[21:],
        struct.pack("<qqIB", 0, 1, 10, 3) + bomb[21:],
        b"x",
    ):
        with pytest.raises(DamagedReadingsError):
            unpack(packed)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
@pytest.mark.parametrize("name", [DATABASE, f"{DATABASE}-wal"])
def test_a_link_is_not_a_project(made: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(made, tmp_path / "p")
    (tmp_path / "p" / name).unlink(missing_ok=True)
    (tmp_path / "p" / name).symlink_to(made / DATABASE)
    with pytest.raises(ProjectError, match="is a link to another file"):
        Project.open(tmp_path / "p")


@pytest.mark.parametrize("kind", ["zip", "text", "empty", "cut", "noise"])
def test_what_is_no_database_is_told(folder: Path, kind: str) -> None:
    path = folder / DATABASE
    data = path.read_bytes()
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a", "b")
    else:
        path.write_bytes(
            {"text": b"Dear colleague,\n", "empty": b"", "cut": data[: len(data) // 3], "noise": os.urandom(9000)}[kind]
        )
    with pytest.raises(ProjectError, match=r"\.$"):
        use(folder, all_of_it=True)


# -- exports -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    copy = Path(shutil.copytree(made, folder / "p"))
    with Project.open(copy) as project:
        return exchange.export_project(project, folder / "e")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_links_in_a_strangers_project_bring_nothing_along(folder: Path, tmp_path: Path) -> None:
    """Whoever sends a project on must not send what its links point at on this machine."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("mine", encoding="utf-8")
    (folder / "runs" / "r1").mkdir(parents=True)
    (folder / "runs" / "r1" / "config.json").symlink_to(secret / "key")
    (folder / "runs" / "r2").symlink_to(secret)
    with Project.open(folder) as project:
        out = exchange.export_project(project, tmp_path / "out")
    assert not [path for path in out.rglob("*") if path.name == "key" or (path.is_file() and path.read_bytes() == b"mine")]
    (out / "run_folders" / "r3").symlink_to(secret)
    with Project.create(tmp_path / "back", timezone="UTC") as project:
        import_paths(project, [out])
    assert not list((tmp_path / "back").rglob("key"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_a_table_of_an_export_that_is_a_link_or_no_file_is_refused(exported: Path, tmp_path: Path) -> None:
    for number, spoil in enumerate((lambda path: path.symlink_to("/dev/zero"), os.mkfifo, Path.mkdir)):
        folder = Path(shutil.copytree(exported, tmp_path / f"e{number}"))
        (folder / "stations.csv").unlink()
        spoil(folder / "stations.csv")
        with Project.create(tmp_path / f"p{number}", timezone="UTC") as project, pytest.raises(ProjectError):
            import_paths(project, [folder])


def test_readings_of_an_export_that_are_a_bomb_are_refused(exported: Path, tmp_path: Path) -> None:
    import gzip

    folder = Path(shutil.copytree(exported, tmp_path / "e"))
    path = next((folder / "readings").iterdir())
    with gzip.open(path, "wb") as file:
        file.write(b"time_utc,f_nt,file\n")
        for _ in range(40):
            file.write(b"2" * 2**20)
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        with pytest.raises(ProjectError, match="unpacks to far more"):
            import_paths(project, [folder])
        assert project.network().stations == ()


def test_a_manifest_nested_without_end_is_no_export(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "e"))
    (folder / "project.json").write_text('{"a":' * 100_000, encoding="utf-8")
    assert not exchange.is_export(folder)


def test_a_very_long_note_comes_back(folder: Path, tmp_path: Path) -> None:
    day = np.datetime64("2022-03-30", "D")
    words = "note " * 60_000  # longer than what csv takes by default
    with Project.open(folder) as project:
        journal.write_note(project, day, words, "A")
        journal.write_labels(project, np.array([day]), 1, source=LabelSource.ANALYST, author="=cmd()", note="@x")
        exchange.export_project(project, tmp_path / "e")
    with Project.create(tmp_path / "back", timezone="UTC") as project:
        import_paths(project, [tmp_path / "e"])
        assert [note.text for note in journal.notes(project, day)] == [words]
        assert journal.in_force(project)[day].author in ("=cmd()", "李", "rule")
