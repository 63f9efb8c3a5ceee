"""A project folder: made, opened, refused, brought forward."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from former_version import turn_back
from project_parts import tamper
from sqlalchemy import inspect, text

from quakegui.project import database, journal, making, migrations, opening, schema, setting_rows, store
from quakegui.project.filesystem import mount_type
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "p", timezone="Asia/Tokyo", name="Japan"):
        pass
    return tmp_path / "p"


def base(project: Project) -> str:
    """Return the name of the file in which the tables are, or which tells where they are."""
    return making.ADDRESS if project.is_shared else making.DATABASE


def test_a_new_project_has_its_three_places_and_facts(folder: Path) -> None:
    with Project.open(folder) as project:
        assert {path.name for path in folder.iterdir()} >= {base(project), "cache", "runs"}
        assert (project.name, project.timezone, project.synthetic, project.revision()) == ("Japan", "Asia/Tokyo", False, 0)
        assert project.network().stations == ()


@pytest.mark.sqlite("its own options")
def test_what_was_confirmed_is_flushed_to_the_disk(folder: Path) -> None:
    with Project.open(folder) as project, project.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_opening_the_database_file_itself_opens_its_folder(folder: Path) -> None:
    with Project.open(folder / "project.sqlite") as project:
        assert project.folder == folder


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "../etc/passwd", "", "Asia"])
def test_an_unknown_time_zone_is_refused_and_nothing_is_made(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ProjectError, match="not a known time zone"):
        Project.create(tmp_path / "p", timezone=zone)
    assert not (tmp_path / "p").exists()


def test_a_folder_with_something_in_it_is_refused(folder: Path) -> None:
    with pytest.raises(ProjectError, match="is not empty"):
        Project.create(folder)


def test_what_is_not_a_project_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"The folder .* does not exist"):
        Project.open(tmp_path / "gone")
    with pytest.raises(ProjectError, match="is not a project"):
        Project.open(tmp_path)
    (tmp_path / "project.sqlite").write_bytes(b"this is no database, although it is called one" * 100)
    with pytest.raises(ProjectError, match="is not a project's database"):
        Project.open(tmp_path)
    (tmp_path / "project.sqlite").unlink()
    sqlite3.connect(tmp_path / "project.sqlite").execute("CREATE TABLE other (x)").connection.close()
    with pytest.raises(ProjectError, match="does not belong to a quakegui project"):
        Project.open(tmp_path)


def test_a_newer_version_is_refused_and_left_alone(folder: Path) -> None:
    tamper(folder, "UPDATE setting SET value = '99' WHERE key = 'schema'")
    with pytest.raises(ProjectError, match=r"newer quakegui \(format 99"):
        Project.open(folder)


def test_read_only_refuses_to_write_with_a_sentence(folder: Path) -> None:
    with Project.open(folder, read_only=True) as project:
        assert project.read_only
        with pytest.raises(ProjectError, match="read-only"), project.write():
            pass
        with pytest.raises(ProjectError, match=r"is read-only|no right"), project.read() as connection:
            connection.execute(text("UPDATE setting SET value = 'x' WHERE key = 'name'"))


@pytest.mark.sqlite("a server is written, wherever the folder is")
def test_a_place_that_cannot_be_written_opens_for_reading_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "is_writable", lambda _file: False)
    with Project.open(folder) as project:
        assert project.read_only
        assert "read-only" in project.warnings[0]
        assert project.name == "Japan"


@pytest.mark.sqlite("only its file can be on such a drive")
def test_on_a_network_drive_a_rollback_journal_is_used_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "is_network_folder", lambda _folder: True)
    with Project.create(tmp_path / "p") as project:
        assert "network drive" in project.warnings[0]
        with project.read() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "truncate"


def test_the_type_of_a_mount_is_that_of_the_deepest_one(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n//s/y {tmp_path}/other cifs rw 0 0\n")
    assert mount_type(tmp_path / "project", table) == "nfs4"
    assert mount_type(Path("/"), table) == "ext4"
    assert mount_type(Path("/"), tmp_path / "none") == ""


def test_a_transaction_that_raises_leaves_nothing(folder: Path) -> None:
    with Project.open(folder) as project:
        with pytest.raises(ZeroDivisionError), project.write() as connection:
            setting_rows.put_setting(
                connection, "name", str(1 / len(setting_rows.put_setting(connection, "name", "half") or ""))
            )
        project.refresh()
        assert project.name == "Japan"


def test_a_lock_held_by_another_program_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_S", 0.05)
    with Project.open(folder) as project, Project.open(folder) as other, other.write():
        said = "Another person or program is writing" if project.is_shared else "in use by another program"
        with pytest.raises(ProjectError, match=said), project.write():
            pass


def make_old(folder: Path, version: int = 1) -> None:
    """Turn a project into one of version 1, which had no table of stale nights, no acts and no chains."""
    with sqlite3.connect(folder / "project.sqlite") as old:
        turn_back(old)
        old.execute("INSERT INTO station (code, name, typed) VALUES ('KAK', 'Kakioka', 0)")
        old.execute("INSERT INTO night VALUES ('KAK', 12784, 46500.25, 1.0, 0)")
        old.execute("DROP TABLE stale_night")
        old.execute(f"UPDATE setting SET value = '{version}' WHERE key = 'schema'")
    old.close()


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_an_older_version_is_brought_forward_and_a_copy_kept(folder: Path) -> None:
    make_old(folder)
    with pytest.raises(ProjectError, match="older format"):
        Project.open(folder, read_only=True)
    with Project.open(folder) as project:
        assert project.setting("schema") == str(schema.SCHEMA) == "6"
        with project.read() as connection:
            assert connection.execute(schema.night.select()).one() == ("KAK", 12784, 46500.25, 1.0, 0)
            assert connection.execute(schema.stale_night.select()).all() == []
        assert project.network().codes == ("KAK",)
    kept = sqlite3.connect(folder / "project.version1.sqlite")
    assert kept.execute("SELECT value FROM setting WHERE key = 'schema'").fetchone() == ("1",)
    assert kept.execute("SELECT code FROM station").fetchall() == [("KAK",)]
    kept.close()
    with Project.open(folder, read_only=True) as again:
        assert again.setting("schema") == "6"


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_a_version_brought_forward_has_the_tables_of_a_new_one(folder: Path, tmp_path: Path) -> None:
    make_old(folder)
    Project.open(folder).close()
    with Project.open(folder) as old, Project.create(tmp_path / "new") as new:
        shapes = []
        for project in (old, new):
            with project.read() as connection:
                rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
            # A column that was added stands after the keys of its table in the statement; which columns there are is the same.
            shapes.append([(kind, name, sorted(re.findall(r"\w+", sql or ""))) for kind, name, sql in rows])
        assert shapes[0] == shapes[1]


def test_a_migration_that_fails_changes_nothing(folder: Path) -> None:
    def broken(connection: store.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE night ADD COLUMN extra FLOAT")
        raise RuntimeError("half-way")

    with Project.open(folder) as project:
        with pytest.raises(RuntimeError, match="half-way"), project.write() as connection:
            migrations.migrate(connection, migrations={schema.SCHEMA: broken}, target=schema.SCHEMA + 1)
        assert project.setting("schema") == str(schema.SCHEMA)
        with project.read() as connection:
            assert "extra" not in [column["name"] for column in inspect(connection).get_columns("night")]


KILLED = """
import os, signal, sys
import numpy as np
from quakegui.project import journal
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
project = Project.open(sys.argv[1])
for day in range(20):
    journal.write_labels(project, np.array([19024 + day], dtype="datetime64[D]"), 3, source=LabelSource.ANALYST, author="Li")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signal")
def test_labels_survive_the_death_of_the_program(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert done.returncode == -9
    with Project.open(folder) as project:
        kept = journal.in_force(project)
    assert list(kept) == list(np.arange("2022-02-01", "2022-02-21", dtype="datetime64[D]"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of a folder with an open file")
@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_into_a_folder_that_is_gone(tmp_path: Path, replaced: bool) -> None:
    folder = tmp_path / "project"
    with Project.create(folder) as project:
        journal.write_labels(project, np.array([19024], dtype="datetime64[D]"), 3, source=LabelSource.ANALYST, author="Li")
        folder.rename(tmp_path / "elsewhere")
        if replaced:
            Project.create(folder).close()
        with pytest.raises(ProjectError, match=r"is missing or has been replaced; this change was not saved"):
            journal.write_labels(project, np.array([19025], dtype="datetime64[D]"), 3, source=LabelSource.ANALYST, author="Li")
        if replaced:
            shutil.rmtree(folder)
        (tmp_path / "elsewhere").rename(folder)
        journal.write_labels(project, np.array([19026], dtype="datetime64[D]"), 3, source=LabelSource.ANALYST, author="Li")
        assert [str(row.day) for row in journal.rows(project)] == ["2022-02-01", "2022-02-03"]


def test_a_folder_in_which_a_making_was_cut_off_is_free(tmp_path: Path) -> None:
    """What a program that died while it made the synthetic season left, at its worst: the run is in its place already."""
    (tmp_path / "p" / ".making").mkdir(parents=True)
    (tmp_path / "p" / "cache").mkdir()
    (tmp_path / "p" / "runs" / "a run").mkdir(parents=True)
    (tmp_path / "p" / "project.sqlite.part").write_bytes(b"half")
    with Project.create(tmp_path / "p") as project:
        assert not any((project.folder / "runs").iterdir())
    assert {path.name for path in (tmp_path / "p").iterdir()} == {base(project), "cache", "runs"}
